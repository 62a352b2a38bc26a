"""Who hears of an outage, and over which mailbox; and what a mistake of ours stops."""

from collections.abc import Callable, Iterator
from email.message import EmailMessage

import pytest
from breaking import Outage
from desks import text_of
from offices import EMMA, MONDAY, OPS, complaint, subjects
from servers.dovecot import MailUser
from servers.proxy import Proxy
from structlog.typing import EventDict

from mailresponder import config
from mailresponder.app import App
from mailresponder.jobs import escalation, intake
from mailresponder.store.mailboxes import Way

Lines = Callable[[str], list[EventDict]]
SECRET = "the customer's own words"


@pytest.fixture
def two(outage: Outage, new_dovecot_user: Callable[[], MailUser]) -> Iterator[Outage]:
    """A second mailbox, whose SMTP server does not fail."""
    office = outage.office
    office.add_mailbox(new_dovecot_user(), name="sales", address="sales@example.com")
    with Proxy(office.sink.port) as other:
        office.configure()
        first, second = office.path.read_text().split("[[mailbox]]")[1:]
        head = office.path.read_text().split("[[mailbox]]")[0]
        second = second.replace(f"port = {outage.smtp.port}", f"port = {other.port}")
        office.path.write_text("[[mailbox]]".join([head, first, second]))
        office._apps.append(App.open(config.load(office.path), clock=office.clock))
        yield outage


def both(two: Outage, number: int, *, minutes: int = 1) -> None:
    """So many passes over both mailboxes, with so many minutes after each."""
    for _ in range(number):
        two.tick()
        two.tick("sales")
        two.office.clock.advance(minutes=minutes)


def test_what_cannot_send_is_told_over_what_can(two: Outage) -> None:
    """Once when it has failed for five minutes, once when it is well: from the other mailbox, about
    this one."""
    office = two.office
    both(two, 1)
    two.smtp.refuse()
    office.receive(complaint())
    both(two, 5, minutes=4)
    two.smtp.serve()
    both(two, 5, minutes=5)

    failing, well = office.sent_to(OPS)
    assert failing["Subject"] == "Acme Support: the mailbox support cannot send"
    assert well["Subject"] == "Acme Support: the mailbox support can send again"
    assert {mail["From"].addresses[0].addr_spec for mail in (failing, well)} == {
        "sales@example.com"
    }
    assert "connection refused" in text_of(failing)
    assert "it had failed since 2025-03-10 10:01" in text_of(well)
    assert len(office.sent_to(EMMA)) == 1


def test_where_no_mailbox_sends_it_is_told_when_one_does(outage: Outage) -> None:
    """With no mailbox left that sends, the log and Health tell of it; the mail follows."""
    office = outage.office
    office.receive(complaint())
    outage.smtp.refuse()
    outage.ticks(5, minutes=3)
    assert office.outbox("admin") == []
    fault = outage.fault(Way.SENDING)
    assert fault is not None
    assert fault.told_at is not None
    outage.smtp.serve()
    outage.minutes_until_well(Way.SENDING)

    assert subjects(office.sent_to(OPS)) == ["Acme Support: the mailbox support can send again"]


def words_of(mail: EmailMessage) -> str:
    """Its text on one line."""
    return " ".join(text_of(mail).split())


NAMES = ("support", "sales", "orders", "press")


@pytest.fixture
def four(outage: Outage, new_dovecot_user: Callable[[], MailUser]) -> Outage:
    """Three more mailboxes of the same servers."""
    for name in NAMES[1:]:
        outage.office.add_mailbox(new_dovecot_user(), name=name, address=f"{name}@example.com")
    outage.office.open()
    return outage


def all_of_them(four: Outage, number: int, *, but: str = "") -> None:
    """So many passes over each, with a minute after them."""
    for _ in range(number):
        for name in NAMES:
            if name != but:
                four.tick(name)
        four.office.clock.advance(minutes=1)


@pytest.mark.parametrize("way", [Way.READING, Way.SENDING])
def test_of_a_server_that_is_away_one_mail_tells(four: Outage, way: Way) -> None:
    """However many mailboxes it has: one mail names all that fail, and one says that they are well,
    when the last of them is. No mail leaves while none can be sent."""
    office, server = four.office, four.imap if way is Way.READING else four.smtp
    for name in NAMES:
        mail = complaint(f"{name}@customer.test", to=f"{name}@example.com")
        office.receive(mail, mailbox=name)
    server.refuse()
    all_of_them(four, 12)
    faults = [four.fault(way, name) for name in NAMES]
    assert all(fault is not None and fault.told_at is not None for fault in faults)
    server.serve()
    all_of_them(four, 17, but="press")
    told = office.sent_to(OPS)
    assert len(told) == (1 if way is Way.READING else 0)
    all_of_them(four, 17)

    *failing, well = office.sent_to(OPS)
    if way is Way.READING:
        [one] = failing
        assert one["Subject"] == "Acme Support: the mailbox support cannot be read"
        assert "other mailboxes of this server fail too: orders, press, sales" in words_of(one)
    else:
        assert failing == []
    assert str(well["Subject"]).startswith("Acme Support: the mailbox press can ")
    assert "what failed with it is well again too: orders, sales, support" in words_of(well)


def test_refused_sign_ins_of_one_server_are_two_mails(four: Outage) -> None:
    """The first is told at once, for somebody must mend it; those that follow it within minutes,
    because the provider has refused them all, are told together."""
    office = four.office
    office.open(password="wrong")
    all_of_them(four, 4)
    assert subjects(office.sent_to(OPS)) == ["Acme Support: the mailbox support cannot be read"]
    all_of_them(four, 8)

    _, rest = office.sent_to(OPS)
    assert "other mailboxes of this server fail too: orders, press" in words_of(rest)


def test_a_mailbox_that_fails_anew_is_told_of_anew(four: Outage) -> None:
    """Though others of which the admins were told with it still fail."""
    office = four.office
    four.imap.refuse()
    all_of_them(four, 7)
    four.imap.serve()
    four.minutes_until_well(Way.READING)
    four.imap.refuse()
    all_of_them(four, 7)

    subject = "Acme Support: the mailbox support cannot be read"
    assert subjects(office.sent_to(OPS)) == [subject, subject]


def broken(*_: object, **__: object) -> None:
    raise KeyError(SECRET)


def test_a_mistake_of_ours_in_one_step_leaves_the_others(
    outage: Outage, said: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Escalation breaks: mail is read and answered, the admins hear of it once a day, and nothing
    repeats what a customer wrote."""
    office = outage.office
    with monkeypatch.context() as patched:
        broken.__module__ = escalation.__name__
        patched.setattr(escalation, "run", broken)
        office.receive(complaint(text=SECRET))
        reports = outage.ticks(5)

    assert len(office.sent_to(EMMA)) == 1
    assert reports[-1].exit_status == 75
    [line] = said("failing")
    assert line["what"] == "escalation"
    assert "KeyError at app/runner.py:" in line["reason"]
    [told] = office.sent_to(OPS)
    assert told["Subject"] == "Acme Support: a mistake in mailresponder"
    assert SECRET not in text_of(told) + str(line)

    assert outage.tick().exit_status == 0
    assert [line["what"] for line in said("well_again")] == ["escalation"]


def test_a_mistake_of_ours_in_reading_is_told_like_an_outage(
    outage: Outage, said: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits is sent all the same, reading rests as after any failure, and is taken up when the
    program is mended."""
    office = outage.office
    with monkeypatch.context() as patched:
        patched.setattr(intake, "run", broken)
        office.receive(complaint())
        outage.ticks(8)
    fault = outage.fault(Way.READING)
    assert fault is not None
    assert fault.failures < 6
    assert [line["what"] for line in said("failing")] == ["reading"]
    assert subjects(office.sent_to(OPS)) == ["Acme Support: the mailbox support cannot be read"]
    assert SECRET not in text_of(office.sent_to(OPS)[0])

    outage.minutes_until_well(Way.READING)
    assert len(office.sent_to(EMMA)) == 1


def test_a_mistake_of_ours_in_one_mailbox_leaves_the_other(
    two: Outage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even one outside every step ends that pass only."""
    office = two.office
    monkeypatch.setattr(two.runner().standing, "due", broken)
    office.receive(complaint(to="sales@example.com"), mailbox="sales")
    report = two.tick()

    assert "a mistake in mailresponder: KeyError" in report.errors[0].message
    assert two.tick("sales").exit_status == 0
    assert len(office.sent_to(EMMA)) == 1


def test_the_folder_of_templates_may_go_and_come(outage: Outage) -> None:
    """Without it customers get the shipped words, and nothing fails."""
    office = outage.office
    folder = office.path.parent / "templates"
    (folder / "en").mkdir(parents=True)
    (folder / "en" / "acknowledgement.md.j2").write_text("Subject: Ours\n\nOur own words.\n")
    office.open()
    office.receive(complaint())
    outage.tick()
    assert "Our own words" in text_of(office.sent_to(EMMA)[0])
    folder.rename(folder.with_name("away"))
    office.receive(complaint("noah@customer.test", number=2))
    assert outage.tick().exit_status == 0
    assert "Our own words" not in text_of(office.sent_to("noah@customer.test")[0])
    folder.with_name("away").rename(folder)
    office.receive(complaint("mia@customer.test", number=3))
    assert outage.tick().exit_status == 0
    assert "Our own words" in text_of(office.sent_to("mia@customer.test")[0])


def test_who_is_over_the_cap_is_logged_once(outage: Outage, said: Lines) -> None:
    """Once for each that has to wait, not with every pass until there is room."""
    office = outage.office
    office.open(acknowledge="max_per_recipient_per_hour = 1")
    office.receive(complaint())
    outage.tick()
    office.clock.advance(hours=8)
    outage.tick()
    office.receive(complaint("noah@customer.test", subject="Another"), at=MONDAY)
    outage.ticks(3)
    office.receive(complaint("zoe@customer.test", subject="A third"), at=MONDAY)
    outage.ticks(2)

    assert [line["tickets"] for line in said("escalations_over_cap")] == [1, 2]
