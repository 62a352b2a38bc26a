from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import cases
import databases
import pytest
import tales

from mailresponder.jobs.timeline import Part, Timeline, seen_of, timeline
from mailresponder.policy.facts import Outcome
from mailresponder.policy.ticket import Ticket, TicketState
from mailresponder.store import tickets
from mailresponder.store.database import Store
from mailresponder.store.schema import messages, outbox


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty database."""
    opened = databases.open_new(tmp_path / "desk.db")
    yield opened
    opened.close()


@pytest.fixture
def ticket(store: Store) -> Ticket:
    """The ticket of `tales`."""
    with store.begin() as conn:
        return tales.tell(conn)


def told(store: Store) -> Timeline:
    with store.read() as conn:
        found = timeline(conn, tales.REFERENCE)
    assert found is not None
    return found


def test_a_story_is_told_in_order(store: Store, ticket: Ticket) -> None:
    """Each mail by what it is to whom, notes apart, and what was done in between in runs."""
    entries = told(store).entries

    assert [entry.part.value for entry in entries] == [
        *("customer", "events", "ours", "other", "machine", "events", "note", "internal"),
        *("events", "staff", "events", "staff", "events", "customer"),
    ]
    assert [event.what for event in entries[1].events] == ["opened", "angry", "sender_judged"]
    assert [len(entry.events) for entry in entries if entry.part is Part.EVENTS] == [3, 2, 1, 1, 1]


def test_what_happened_within_a_second_stands_as_it_was_written_down(
    store: Store, ticket: Ticket
) -> None:
    """A mail server tells whole seconds: a reply to an escalation comes after it all the same, and
    before what was done about it."""
    second = cases.NOON + timedelta(hours=3)
    first, sent, replied, obeyed = (second + timedelta(milliseconds=ms) for ms in (1, 300, 0, 800))
    with store.begin() as conn:
        tickets.add_event(conn, ticket.id, at=first, what="escalated", why="", by="mailresponder")
        tale = tales.Tale(conn=conn, ticket=ticket, minute=200)
        tale.ours("Nobody answers.", "escalation", to="lead@example.com")
        notice = f"<mr.{ticket.reference}.200@example.com>"
        conn.execute(
            outbox.update()
            .where(outbox.c.message_id == notice)
            .values(state="sent", settled_at=sent)
        )
        conn.execute(messages.update().where(messages.c.message_id == notice).values(at=first))
        tickets.add_event(
            conn, ticket.id, at=sent, what="escalation_sent", why="", by="mailresponder"
        )
        tale.mail(
            "#mine",
            at=replied,
            direction="staff",
            outcome=Outcome.COMMANDED,
            in_reply_to=(notice,),
        )
        tickets.add_event(conn, ticket.id, at=obeyed, what="assigned", why="", by="lead@x.test")

    *_, ours, done, command, then = told(store).entries
    assert (ours.part, command.part) == (Part.OURS, Part.INTERNAL)
    assert [event.what for event in done.events] == ["escalated", "escalation_sent"]
    assert [event.what for event in then.events] == ["assigned"]


def test_who_wrote_what(store: Store, ticket: Ticket) -> None:
    """An answer that we passed on is its writer's, though it is from our address."""
    by_part = {entry.part: entry.who for entry in told(store).entries}

    assert by_part[Part.STAFF] == by_part[Part.NOTE] == "jane@example.com"
    assert by_part[Part.OTHER] == "leo@other.test"
    assert by_part[Part.CUSTOMER] == "emma@customer.test"


def test_what_has_not_left_is_told(store: Store, ticket: Ticket) -> None:
    """Mails of ours that wait stand beside the story, and in it are marked."""
    found = told(store)

    assert [row.kind for row in found.unsent] == ["acknowledgement", "relay"]
    assert [entry.part.value for entry in found.entries if entry.sending] == ["ours", "staff"]


def test_a_mail_without_sender_is_the_customer_s(store: Store, ticket: Ticket) -> None:
    """What nobody can be named for opened the ticket."""
    with store.begin() as conn:
        tale = tales.Tale(conn=conn, ticket=ticket, minute=100)
        tale.mail("?", from_="", kind="unreadable", outcome=Outcome.OPENED)

    assert told(store).entries[-1].part is Part.CUSTOMER


def test_there_is_no_story_without_a_ticket(store: Store) -> None:
    """An unknown reference has none."""
    with store.read() as conn:
        assert timeline(conn, "MR-22222") is None


def seen(store: Store) -> str:
    return told(store).seen


def test_what_people_do_changes_the_mark(store: Store, ticket: Ticket) -> None:
    """Whoever looks at an older state is told when they act on it."""
    marks = [seen(store)]
    changes = (
        {"state": TicketState.CLOSED},
        {"assigned_to": "lead@example.com"},
        {"angry": False, "judged_by": "jane@example.com"},
        {"snoozed_until": cases.NOON},
        {"spam": True},
    )
    for change in changes:
        with store.begin() as conn:
            tickets.save_ticket(conn, replace(ticket, **change))
        marks.append(seen(store))
    with store.begin() as conn:
        tickets.save_ticket(conn, ticket)
        tale = tales.Tale(conn=conn, ticket=ticket, minute=100)
        tale.event("note", "again", by="jane@example.com")
    marks.append(seen(store))
    with store.begin() as conn:
        tale.conn = conn
        tale.mail("Are you there?")
    marks.append(seen(store))

    assert len(set(marks)) == len(marks)


def test_what_the_program_does_leaves_the_mark(store: Store, ticket: Ticket) -> None:
    """Nobody has to press a button twice because an acknowledgement left or somebody was told."""
    before = seen(store)
    later = cases.NOON + timedelta(hours=1)
    with store.begin() as conn:
        tale = tales.Tale(conn=conn, ticket=ticket, minute=100)
        tickets.mark_acknowledged(conn, ticket.id, later)
        tale.event("acknowledgement_sent")
        tale.event("escalated", "level 2, told lead@example.com")
        tale.ours("It is still unanswered.", "escalation", to="lead@example.com")
        after = tickets.ticket_by_id(conn, ticket.id)
        assert after is not None
        assert seen_of(conn, after) == before
