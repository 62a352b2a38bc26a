"""Which tickets a mail of the ladder names, and when it is taken back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from making import a_ticket

from mailresponder.policy.ticket import Ticket, TicketState
from mailresponder.store import notice_tickets, outbox, tickets, untold
from mailresponder.store.database import Store
from mailresponder.store.outbox import Draft

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LEAD = "Lead@example.com"


def two_tickets(store: Store) -> list[Ticket]:
    """Both open."""
    with store.begin() as conn:
        return [
            tickets.add_ticket(conn, a_ticket(id=0, reference=reference))
            for reference in ("MR-00001", "MR-00002")
        ]


def queued(store: Store, about: list[Ticket], *, key: str = "a", at: datetime = NOW) -> int:
    """A mail to the lead about these tickets."""
    draft = Draft(
        mailbox="support",
        ticket_id=None,
        kind="escalation_list",
        recipient=LEAD,
        message_id=f"<{key}@example.test>",
        dedup_key=key,
        content=b"",
        subject_key="",
    )
    with store.begin() as conn:
        new = outbox.enqueue(conn, draft, at)
        assert new is not None
        notice_tickets.add(conn, new, [ticket.id for ticket in about])
    return new


def untrue(store: Store, *, mailbox: str = "support") -> list[int]:
    """What is to be taken back, where mails are old after an hour."""
    with store.read() as conn:
        return notice_tickets.untrue(conn, mailbox, now=NOW, old=NOW - HOUR)


def save(store: Store, ticket: Ticket) -> None:
    with store.begin() as conn:
        tickets.save_ticket(conn, ticket)


def test_a_mail_about_tickets_that_wait_is_true(store: Store) -> None:
    """While all of them wait, and for an hour, in its own mailbox."""
    made = two_tickets(store)
    queued(store, made)
    old = queued(store, made, key="old", at=NOW - HOUR)
    assert untrue(store) == [old]
    assert untrue(store, mailbox="sales") == []


def test_a_mail_that_names_what_was_answered_or_rests_is_not_true(store: Store) -> None:
    """One of them is enough; a snooze that has ended is none."""
    first, second = two_tickets(store)
    both, one = queued(store, [first, second]), queued(store, [second], key="b")
    for change, expected in (
        ({"state": TicketState.ANSWERED}, [both]),
        ({"snoozed_until": NOW + HOUR}, [both]),
        ({"snoozed_until": NOW}, []),
    ):
        save(store, replace(first, **change))
        assert untrue(store) == expected
        with store.read() as conn:
            assert notice_tickets.is_untrue(conn, both, now=NOW) == bool(expected)
            assert not notice_tickets.is_untrue(conn, one, now=NOW)


def test_what_was_tried_by_itself_keeps_its_place(store: Store) -> None:
    """A mail that its server refuses for now is given up at last, and so must not be begun anew
    because it is old."""
    queued(store, two_tickets(store), at=NOW - 2 * HOUR)
    with store.begin() as conn:
        [row] = outbox.claim(conn, "support", owner="me", now=NOW, lease=HOUR, limit=1)
        outbox.retry_later(conn, row.id, "me", "451", NOW)
    assert untrue(store) == []


def test_who_should_have_had_what_is_taken_back_is_still_to_hear(store: Store) -> None:
    """Of each ticket it named; the mail is gone, unless somebody is sending it or may have."""
    first, second = made = two_tickets(store)
    waiting, leaving = queued(store, made), queued(store, [second], key="b", at=NOW - HOUR)
    with store.begin() as conn:
        outbox.claim(conn, "support", owner="me", now=NOW - HOUR, lease=HOUR, limit=1)
        assert notice_tickets.take_back(conn, [waiting, leaving]) == {first.id, second.id}
        assert [people for _, people in untold.of_mailbox(conn, "support")] == [(LEAD,), (LEAD,)]
        outbox.release_dead(conn, "another")
        assert notice_tickets.take_back(conn, [waiting, leaving]) == set()
