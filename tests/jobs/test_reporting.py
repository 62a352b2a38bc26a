"""The weekly report: who gets it, when, once, and in which language."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from letters import SUPPORT
from mornings import local, told
from offices import BOSS, EMMA, LADDER, LEAD, OPS, PROVEN, Office, answer, complaint
from servers.dovecot import MailUser

from mailresponder.jobs import reporting, reports, trimming
from mailresponder.jobs.work import Work
from mailresponder.policy.ticket import TicketState
from mailresponder.reports import pictures
from mailresponder.reports.report import Report


@pytest.fixture(autouse=True)
def _without_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are drawn where a test is about them: they take half a second."""
    monkeypatch.setattr(pictures, "find_spec", lambda _: None)


def to(*people: str, at: str = "mon 08:30", more: str = "") -> str:
    """The section that names who gets it; it stands behind `[acknowledge]`."""
    named = ", ".join(f'"{person}"' for person in people)
    return f'[report]\nto = [{named}]\nat = "{at}"\n{more}'


@pytest.fixture
def early(office: Office) -> Office:
    """The office on Monday at six in the morning, which tells its lead at half past eight."""
    office.clock.now = local(10, 6)
    office.configure(ladder="", acknowledge=to(LEAD))
    return office


def at(office: Office, day: int, hour: int, minute: int = 0) -> list[str]:
    """Make a pass at this moment; the mails that the lead has by then, on one line each."""
    office.clock.now = local(day, hour, minute)
    office.run_well()
    return told(office)


def test_one_mail_a_week(early: Office) -> None:
    """On Monday at half past eight, once however many passes and restarts there are."""
    heard = {}
    for day, hour, minute in ((10, 8, 29), (10, 8, 30), (10, 20, 0), (13, 9, 0), (17, 8, 31)):
        if hour == 20:
            early.reopen()
        heard[day, hour, minute] = len(at(early, day, hour, minute))

    assert list(heard.values()) == [0, 1, 1, 1, 2]
    assert {row.state for row in early.outbox("report")} == {"sent"}
    [first, _] = told(early)
    assert first.startswith("Acme Support: what customers said, 3 March 2025 to 9 March 2025 ")


def test_no_mail_of_a_customer_waits_for_it(early: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes seconds to make: what waits is sent before, and itself at once behind."""
    sent_before = []
    make = reports.made

    def noted(*of: Any, **more: Any) -> Report:
        sent_before.append([row.state for row in early.outbox("acknowledgement")])
        return make(*of, **more)

    monkeypatch.setattr(reports, "made", noted)
    early.receive(complaint(), at=local(10, 8))
    assert len(at(early, 10, 9)) == 1
    assert sent_before == [["sent"]]


def test_a_mistake_in_letting_go_of_what_is_old_does_not_keep_it(
    early: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes before it in a pass may fail for days: the report is written all the same."""

    def broken(work: Work) -> None:
        raise RuntimeError(work.owner)

    broken.__module__ = trimming.__name__
    monkeypatch.setattr(trimming, "run", broken)
    early.clock.now = local(10, 8, 30)
    report = early.run()

    assert len(report.errors) == 1
    assert len(told(early)) == 1


def test_a_program_that_comes_up_late_sends_it_for_a_day(early: Office) -> None:
    """On Tuesday before half past eight it still comes; after that the next one does."""
    assert len(at(early, 11, 8, 29)) == 1
    assert len(at(early, 18, 8, 30)) == 1


def test_it_comes_on_a_closed_day_too(early: Office) -> None:
    """It asks nothing of anybody: nobody need be at work."""
    early.configure(deadlines='[deadlines.holidays]\nextra_closed_days = ["2025-03-10"]')
    assert len(at(early, 10, 9)) == 1


def test_each_reads_it_in_their_own_language(early: Office) -> None:
    """Theirs where it is given, else the desk's first; who is named twice gets one."""
    more = f'languages = {{ "{LEAD.upper()}" = "en" }}\n'
    early.configure(
        desk='languages = ["es", "en"]', acknowledge=to(LEAD.upper(), BOSS, LEAD, more=more)
    )
    early.receive(complaint(), at=local(7, 10))
    at(early, 10, 9)

    [english], [spanish] = told(early, LEAD), told(early, BOSS)
    assert "What matters first" in english
    assert spanish.startswith("Acme Support: lo que dijeron los clientes, del 3 de marzo de 2025")
    [mail] = early.sent_to(BOSS)
    assert mail["Auto-Submitted"] == "auto-generated"
    html = mail.get_body(("html",))
    assert html is not None
    assert '<html lang="es"' in html.get_content()
    assert len(early.outbox("report")) == 2


def test_somebody_named_later_on_the_day_gets_it_too(early: Office) -> None:
    """And nobody gets a second one."""
    at(early, 10, 9)
    early.reopen(acknowledge=to(LEAD, BOSS))
    at(early, 10, 18)
    assert (len(told(early)), len(told(early, BOSS))) == (1, 1)


def test_it_waits_for_a_mail_server_that_is_down(early: Office) -> None:
    """What it tells of is over, so it stays true: it leaves as soon as it can."""
    port, early.smtp_port = early.smtp_port, 9
    early.reopen()
    early.clock.now = local(10, 9)
    early.run()
    early.smtp_port = port
    early.reopen()
    [late] = at(early, 12, 9)
    assert "3 March 2025 to 9 March 2025" in late


def test_it_carries_its_pictures(early: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the HTML that shows them."""
    monkeypatch.undo()
    for week in range(3):
        early.receive(complaint(f"c{week}@customer.test"), at=local(7, 9) - timedelta(weeks=week))
    at(early, 10, 9)
    [mail] = early.sent_to(LEAD)

    kinds = [part.get_content_type() for part in mail.walk()]
    assert kinds[:4] == ["multipart/alternative", "text/plain", "multipart/related", "text/html"]
    assert "image/png" in kinds


def test_caps_hold_it_back_from_nobody(early: Office) -> None:
    """Who has had all the mail of an hour gets this one too: it comes once a week."""
    early.configure(acknowledge="max_per_recipient_per_hour = 1\n" + to(LEAD), ladder=LADDER)
    early.receive(complaint(), at=local(9, 23))
    at(early, 10, 8, 20)
    assert len(early.sent_to(LEAD)) == 1
    assert len(at(early, 10, 8, 30)) == 2


def test_the_first_mailbox_writes_it(
    early: Office, new_dovecot_user: Callable[[], MailUser]
) -> None:
    """One mail for the whole desk."""
    early.add_mailbox(new_dovecot_user(), name="sales", address="sales@example.com")
    early.configure()
    early.clock.now = local(10, 9)
    early.run_well("sales")
    assert told(early) == []
    early.run_well()
    early.run_well("sales")
    assert len(told(early)) == 1


def test_mistakes_in_the_themes_are_told_to_the_admins_once(early: Office) -> None:
    """No report is written, and mail is answered all the same."""
    early.path.with_name("themes.toml").write_text("[late\n", encoding="utf-8")
    early.receive(complaint(), at=local(10, 8))
    early.clock.now = local(10, 9)
    early.run()
    early.run()

    assert early.outbox("report") == []
    assert len(early.sent_to(EMMA)) == 1
    [mail] = told(early, OPS)
    assert "themes.toml" in mail


def test_an_address_that_cannot_be_written_to_is_told_to_the_admins(early: Office) -> None:
    """The others get theirs."""
    work = early.open().mailboxes["support"].work
    people = work.config.report.model_copy(update={"to": ("peña@example.com", LEAD)})
    early.clock.now = local(10, 9)
    reporting.run(replace(work, config=replace(work.config, report=people)))
    early.run_well()

    assert len(told(early)) == 1
    assert len(early.sent_to(OPS)) == 1


def test_a_reply_to_it_reaches_no_customer(early: Office) -> None:
    """It is about many: an answer written above it goes back to its writer."""
    early.receive(complaint(), at=local(9, 8))
    at(early, 10, 8, 30)
    [sent] = early.sent_to(LEAD)
    early.receive(answer(SUPPORT, sender=LEAD, in_reply_to=sent["Message-ID"]), at=local(10, 9))
    [_, returned] = at(early, 10, 9)

    assert EMMA not in returned
    assert len(early.tickets()) == 1
    assert len(early.sent_to(EMMA)) == 1


def test_a_command_in_a_reply_to_it_is_obeyed(early: Office) -> None:
    """As in a reply to the digest: the command names its ticket."""
    early.receive(complaint(), at=local(9, 8))
    at(early, 10, 8, 30)
    [sent] = early.sent_to(LEAD)
    order = answer(
        SUPPORT, sender=LEAD, in_reply_to=sent["Message-ID"], Authentication_Results=PROVEN
    )
    command = f"#close {early.ticket.reference}".encode()
    early.receive(order.replace(b"It is on its way.", command), at=local(10, 9))
    at(early, 10, 9)

    assert early.ticket.state is TicketState.CLOSED


def test_without_names_there_is_none(early: Office) -> None:
    """The default."""
    early.configure(acknowledge="")
    assert at(early, 10, 9) == []
    assert early.outbox("report") == []
