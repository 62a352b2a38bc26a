"""How the whole desk stands, in a fixed number of statements."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from making import ANA, HOUR, NOON, a_ticket
from sqlalchemy import Connection, event

from mailresponder.policy.digest import MOST, Answered, Some, Standing
from mailresponder.policy.ticket import Ticket, TicketState
from mailresponder.store import answers, outbox, tickets
from mailresponder.store.answers import Answer
from mailresponder.store.database import Store
from mailresponder.store.outbox import Draft
from mailresponder.store.overview import Overview, last_digest, number_written

ENDS = NOON + 11 * HOUR
"""Midnight in Madrid."""
CLOSED = {"state": TicketState.CLOSED, "waiting_since": None, "due_at": None}


def overview(conn: Connection, *mailboxes: str, since: datetime = NOON - 24 * HOUR) -> Overview:
    """How it stands at noon."""
    return Overview(conn, mailboxes or ("support",), now=NOON, ends=ENDS, since=since)


def opened(
    conn: Connection, number: int, *, due: float = 30, taken: datetime = NOON, **changes: Any
) -> Ticket:
    """A ticket that is due so many hours past noon."""
    given = {"id": 0, "reference": f"MR-{number:05}", "due_at": NOON + due * HOUR}
    ticket = tickets.add_ticket(conn, a_ticket(**{**given, **changes}))
    tickets.add_event(conn, ticket.id, at=taken, what="opened", why="", by="mailresponder")
    return ticket


def told(some: Some[Ticket]) -> list[int]:
    """The numbers of the tickets of a list."""
    return [int(ticket.reference[3:]) for ticket in some.first]


def test_each_ticket_stands_in_one_list(store: Store) -> None:
    """The angry in theirs, whenever they are due; the others where they are late or due today.
    What is put off is neither, and what is settled, spam or elsewhere counts for nothing."""
    later = {"snoozed_until": NOON + HOUR}
    with store.begin() as conn:
        opened(conn, 1, due=-1)
        opened(conn, 2, due=-3)
        opened(conn, 3, due=2)
        opened(conn, 4, due=12)
        opened(conn, 5, due=5, angry=True)
        opened(conn, 6, due=-2, angry=True)
        opened(conn, 7, due=-9, **later)
        opened(conn, 8, due=-1, angry=True, **later)
        opened(conn, 9, due=-9, snoozed_until=NOON)
        opened(conn, 10, spam=True)
        opened(conn, 11, mailbox="elsewhere")
        opened(conn, 12, **CLOSED)
        found = overview(conn)
        standing = found.standing()

        assert standing == Standing(
            open=9, angry=3, late=4, late_angry=1, due_today=2, due_today_angry=1, snoozed=2
        )
        assert told(found.angry(standing)) == [6, 8, 5]
        assert told(found.late(standing)) == [9, 2, 1]
        assert told(found.due_today(standing)) == [3]
        assert overview(conn, "support", "elsewhere").standing().open == 10


def test_an_empty_desk_has_nothing(store: Store) -> None:
    """No ticket is no mistake."""
    with store.read() as conn:
        found = overview(conn)
        assert found.standing() == Standing()
        assert found.angry(Standing()) == Some()
        assert (found.unreachable(), found.unacknowledged(), found.unsent()) == (Some(),) * 3
        assert found.answered() == []


def test_who_cannot_be_reached(store: Store) -> None:
    """Whether their ticket is open or answered, but not once it is closed."""
    with store.begin() as conn:
        opened(conn, 1, unreachable_at=NOON - HOUR)
        opened(conn, 2, unreachable_at=NOON, state=TicketState.ANSWERED)
        opened(conn, 3, unreachable_at=NOON, **CLOSED)
        opened(conn, 4)
        assert told(overview(conn).unreachable()) == [2, 1]


def test_who_had_no_acknowledgement(store: Store) -> None:
    """Since the last digest, by when we took their mail; not where acknowledgements are off or
    the answer came first. The angry stand on top."""
    before = NOON - 25 * HOUR
    with store.begin() as conn:
        opened(conn, 1, suppressed_by=("role_address",), opened_at=before)
        opened(conn, 2, suppressed_by=("role_address",), taken=before)
        opened(conn, 3, suppressed_by=("hourly_cap", "daily_cap"), angry=True)
        opened(conn, 4)
        opened(conn, 5, suppressed_by=("acknowledgements_disabled", "role_address"))
        opened(conn, 6, suppressed_by=("answered_first",))
        opened(conn, 7, suppressed_by=("not_handled",), **CLOSED)
        assert told(overview(conn).unacknowledged()) == [3, 7, 1]


def queue(conn: Connection, key: str, *, ticket: int | None = None, kind: Any = "relay") -> int:
    """Put a mail of ours into the outbox, at noon."""
    draft = Draft(
        mailbox="support",
        ticket_id=ticket,
        kind=kind,
        recipient=ANA,
        message_id=f"<{key}@example.com>",
        dedup_key=key,
        content=b"Subject: x\r\n\r\n",
        subject_key="",
    )
    row = outbox.enqueue(conn, draft, NOON)
    assert row is not None
    return row


def test_what_could_not_be_sent(store: Store) -> None:
    """Since the last digest, with the ticket and why; what is tried again is not among it."""
    with store.begin() as conn:
        ticket = opened(conn, 1)
        rows = [queue(conn, str(number), ticket=ticket.id) for number in range(3)]
        rows.append(queue(conn, "admin", kind="admin"))
        outbox.claim(conn, "support", owner="we", now=NOON, lease=timedelta(minutes=1), limit=9)
        for row, hours in zip(rows, (-30, -3, -2, -1), strict=True):
            assert outbox.failed(conn, row, "we", "550 no", NOON + hours * HOUR)
        outbox.retry_now(conn, rows[2], NOON)
        found = overview(conn).unsent()

    assert [(one.kind, one.reference) for one in found.first] == [
        ("admin", None),
        ("relay", "MR-00001"),
    ]
    assert {(one.recipient, one.why) for one in found.first} == {(ANA, "550 no")}


def test_word_of_an_assignment_that_could_not_be_sent_is_told_as_that(store: Store) -> None:
    """As on the page: staff would look for a customer who waits too long."""
    with store.begin() as conn:
        row = queue(conn, f"{outbox.ASSIGNED}MR-00001", kind="escalation")
        outbox.claim(conn, "support", owner="we", now=NOON, lease=timedelta(minutes=1), limit=9)
        assert outbox.failed(conn, row, "we", "550 no", NOON - HOUR)
        [one] = overview(conn).unsent().first

    assert one.kind == "assignment"


def test_answers_name_their_mailbox(store: Store) -> None:
    """From the last digest on, of the mailboxes asked for."""
    with store.begin() as conn:
        here, there = opened(conn, 1), opened(conn, 2, mailbox="sales")
        for ticket, hours in ((here, -25), (here, -2), (there, -1)):
            given = {"waiting_since": NOON - 30 * HOUR, "due_at": None, "how": "", "by": ""}
            at = NOON + hours * HOUR
            answers.add(conn, Answer(ticket_id=ticket.id, answered_at=at, angry=False, **given))  # type: ignore[arg-type]
        found = overview(conn).answered()

    assert found == [
        Answered(
            mailbox="support",
            waiting_since=NOON - 30 * HOUR,
            due_at=None,
            answered_at=NOON - 2 * HOUR,
        )
    ]


def test_the_last_digest_is_known_by_its_mail(store: Store) -> None:
    """Today's is not the last one, and no other mail is one."""
    with store.begin() as conn:
        assert last_digest(conn, before=NOON + HOUR) is None
        queue(conn, "digest", kind="digest")
        queue(conn, "other")
        assert last_digest(conn, before=NOON + HOUR) == NOON
        assert last_digest(conn, before=NOON) is None
        assert number_written(conn, ["digest", "none"]) == 1


@pytest.mark.parametrize("number", [3, 400])
def test_thousands_of_tickets_take_no_more_statements(store: Store, number: int) -> None:
    """The lists are cut, what they leave out is counted, and nothing is asked per ticket."""
    asked: list[str] = []
    with store.begin() as conn:
        for one in range(number):
            opened(
                conn,
                one,
                due=-1,
                angry=one % 2 == 0,
                suppressed_by=("role_address",),
                unreachable_at=NOON,
            )
    with store.begin() as conn:
        event.listen(conn, "before_cursor_execute", lambda *given: asked.append(given[2]))
        found = overview(conn)
        standing = found.standing()
        lists = [
            *(found.angry(standing), found.late(standing), found.due_today(standing)),
            *(found.unreachable(), found.unacknowledged()),
        ]
        found.unsent()
        found.answered()

    halves = [(number + 1) // 2, number // 2, 0]
    assert [len(one.first) + one.more for one in lists] == [*halves, number, number]
    assert all(len(one.first) <= MOST for one in lists)
    assert len(asked) <= 13
