"""What the desk lets go of, once a day."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from offices import EMMA, Office, complaint
from replying import lena, overdue, relayed
from servers.dovecot import MailUser

from mailresponder.jobs import actions, trimming
from mailresponder.jobs.trimming import Trimmed
from mailresponder.store import leases, outbox_view
from mailresponder.store.schema import desk

RETENTION = '\n[retention]\nsent_mail = "30d"\nevents = "60d"\n'


def bytes_of_sent(office: Office) -> list[int]:
    """The size of each mail in the outbox."""
    with office.app.store.read() as conn:
        ids = [row.id for row in outbox_view.rows(conn)]
        return list(outbox_view.sizes(conn, ids).values())


def begin(office: Office) -> None:
    """A customer was acknowledged on Monday, and the ticket closed and noted upon."""
    office.receive(complaint())
    office.open(acknowledge=RETENTION, ladder="")
    office.run_well()
    told = {"now": office.clock.now, "by": "ana@example.com"}
    reference = office.ticket.reference
    actions.note(office.app.store, reference, "She sends a photo.", **told)
    actions.close(office.app.store, reference, **told)


def test_what_is_old_goes_and_what_people_wrote_stays(office: Office) -> None:
    """After its time a mail's bytes are gone, and a closed ticket's story but for notes and who
    closed it; every message stays to be read."""
    begin(office)
    story, messages = office.events(), office.messages()

    office.clock.advance(days=31)
    office.run_well()
    assert (bytes_of_sent(office), office.events()) == ([0], story)
    office.clock.advance(days=31)
    office.run_well()

    assert office.events() == ["note", "closed"]
    assert office.messages() == messages
    assert len(office.sent_to(EMMA)) == 1


def test_what_was_settled_stays_settled(office: Office) -> None:
    """Who replies to a notice of a ticket that somebody has closed since is told so, however long
    ago that was: the customer gets nothing."""
    office.open(acknowledge='\n[retention]\nevents = "1d"\n')
    notice = overdue(office)
    office.clock.advance(minutes=5)
    told = {"now": office.clock.now, "by": "ana@example.com"}
    actions.close(office.app.store, office.ticket.reference, **told)
    office.clock.advance(days=2)
    office.run_well()
    assert "acknowledged" not in office.events()

    office.receive(lena().reply(notice, "It left today.\nLena", at=office.clock.now))
    office.run_well()

    assert relayed(office) == []


def test_it_is_done_once_a_day(office: Office) -> None:
    """A pass soon after another lets go of nothing, and one a day later does again."""
    begin(office)
    work = office.app.mailboxes["support"].work
    found = []
    for hours in (1, 24):
        office.clock.advance(hours=hours)
        found.append(trimming.run(work))

    assert found[0] is None
    assert found[1] is not None


def test_a_clock_that_went_back_stops_nothing(office: Office) -> None:
    """A day that was noted in the future by mistake does not put trimming off until then."""
    begin(office)
    office.clock.advance(days=-3)

    assert trimming.run(office.app.mailboxes["support"].work) is not None


def test_what_a_pass_leaves_the_next_one_takes(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No pass takes more than its share, and a day's work is done when all of it is."""
    begin(office)
    monkeypatch.setattr(trimming, "BATCH", 2)
    monkeypatch.setattr(trimming, "BATCHES", 4)
    many = len(office.events()) - 2
    office.clock.advance(days=62)
    work = office.app.mailboxes["support"].work

    reports = [trimming.run(work) for _ in range(4)]

    done = [report for report in reports if report is not None]
    assert [report.left is None for report in done] == [False] * (len(done) - 1) + [True]
    assert 1 < len(done) < len(reports)
    assert sum(report.events for report in done) == many
    assert office.events() == ["note", "closed"]


def test_one_mailbox_does_it_for_all(
    office: Office, new_dovecot_user: Callable[[], MailUser], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the pass over one mailbox trims, that over another of the same instance does not."""
    office.add_mailbox(new_dovecot_user(), name="sales", address="sales@example.com")
    support, sales = (runner.work for runner in office.app.mailboxes.values())
    meanwhile: list[Trimmed | None] = []
    trim = trimming.trim

    def trim_slowly(*given: Any, **more: Any) -> Trimmed:
        monkeypatch.setattr(trimming, "trim", trim)
        with ThreadPoolExecutor(1) as another:
            meanwhile.append(another.submit(trimming.run, sales).result())
        return trim(*given, **more)

    monkeypatch.setattr(trimming, "trim", trim_slowly)

    assert trimming.run(support) == Trimmed()
    assert meanwhile == [None]


def test_only_one_instance_is_at_it(office: Office) -> None:
    """While another instance trims, nobody else does."""
    begin(office)
    office.clock.advance(days=31)
    with office.app.store.begin() as conn:
        leases.acquire(conn, "trimming", "another", timedelta(minutes=1), office.clock.now)

    assert trimming.run(office.app.mailboxes["support"].work) is None


def test_texts_go_before_their_ticket_and_neither_comes_back(office: Office) -> None:
    """After its time what was written is let go of, later the ticket; a copy of its mail that turns
    up after that is no new ticket."""
    office.receive(complaint())
    office.open(acknowledge='\n[retention]\ntext = "30d"\ntickets = "60d"\n', ladder="")
    office.run_well()
    told = {"now": office.clock.now, "by": "ana@example.com"}
    actions.close(office.app.store, office.ticket.reference, **told)

    office.clock.advance(days=31)
    office.run_well()
    assert {message.new_text for message in office.messages()} == {""}
    assert office.messages()[0].from_ == EMMA
    office.clock.advance(days=31)
    office.run_well()
    assert office.tickets() == []

    office.receive(complaint())
    assert dict(office.run_well().intake.outcomes) == {"erased": 1}
    assert office.tickets() == []


def test_what_was_kept_for_ever_is_not_let_go_of_unasked(office: Office) -> None:
    """A desk with mail from before there were such times keeps it for two weeks more, and says so,
    unless its configuration gives both."""
    office.receive(complaint())
    office.open(ladder="")
    office.run_well()
    told = {"now": office.clock.now, "by": "ana@example.com"}
    actions.close(office.app.store, office.ticket.reference, **told)
    with office.app.store.begin() as conn:
        conn.execute(desk.delete().where(desk.c.key.like("trim%")))
    app, signer = office.app, office.app.mailboxes["support"].work.signer
    office.clock.advance(days=1100)
    began = office.clock.now
    kept = []

    for days in (0, 13, 1):
        office.clock.advance(days=days)
        trimming.trim(app.store, app.config, signer, now=office.clock.now)
        kept.append((trimming.grace(app.store, app.config, now=office.clock.now), office.tickets()))

    assert [ends for ends, _ in kept] == [began + trimming.GRACE] * 2 + [None]
    assert [len(left) for _, left in kept] == [1, 1, 0]


def test_times_that_are_given_hold_at_once(office: Office) -> None:
    """Who says how long is warned of nothing."""
    office.receive(complaint())
    office.open(acknowledge='\n[retention]\ntext = "30d"\ntickets = "60d"\n', ladder="")
    office.run_well()
    with office.app.store.begin() as conn:
        conn.execute(desk.delete().where(desk.c.key.like("trim%")))
    app = office.app
    later = office.clock.now + timedelta(days=61)

    assert trimming.grace(app.store, app.config, now=later) is None
