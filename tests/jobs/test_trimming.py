"""What the desk lets go of, once a day."""

from datetime import timedelta

import pytest
from offices import EMMA, Office, complaint

from mailresponder.jobs import actions, trimming
from mailresponder.store import leases, outbox_view

RETENTION = '\n[retention]\nsent_mail = "30d"\nevents = "60d"\n'


def bytes_of_sent(office: Office) -> list[int]:
    """The size of each mail in the outbox."""
    with office.app.store.read() as conn:
        rows = outbox_view.rows(conn)
        return [
            len(mail.content) for mail in outbox_view.whole(conn, [r.id for r in rows]).values()
        ]


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
    """After its time a mail's bytes are gone, and a closed ticket's story but for notes; every
    message stays to be read."""
    begin(office)
    story, messages = office.events(), office.messages()

    office.clock.advance(days=31)
    office.run_well()
    assert (bytes_of_sent(office), office.events()) == ([0], story)
    office.clock.advance(days=31)
    office.run_well()

    assert office.events() == ["note"]
    assert office.messages() == messages
    assert len(office.sent_to(EMMA)) == 1


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
    monkeypatch.setattr(trimming, "BATCH", 2)
    monkeypatch.setattr(trimming, "BATCHES", 3)
    begin(office)
    many = len(office.events()) - 1
    office.clock.advance(days=62)
    work = office.app.mailboxes["support"].work

    reports = [trimming.run(work) for _ in range(4)]

    done = [report for report in reports if report is not None]
    assert [report.complete for report in done] == [False] * (len(done) - 1) + [True]
    assert len(done) > 1
    assert sum(report.events for report in done) == many
    assert office.events() == ["note"]


def test_only_one_instance_is_at_it(office: Office) -> None:
    """While another instance trims, nobody else does."""
    begin(office)
    office.clock.advance(days=31)
    with office.app.store.begin() as conn:
        leases.acquire(conn, "trimming", "another", timedelta(minutes=1), office.clock.now)

    assert trimming.run(office.app.mailboxes["support"].work) is None
