from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import cases
import pytest
from counting import counted
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from mailresponder.policy.facts import Outcome
from mailresponder.store import mailbox_tasks, messages, outbox, tickets
from mailresponder.store.database import Store
from mailresponder.store.gathering import gathered
from mailresponder.store.mailbox_tasks import Task
from mailresponder.store.messages import MessageRecord


def record(key: str, *, ticket_id: int | None = None) -> MessageRecord:
    return MessageRecord(
        dedup_key=key,
        mailbox="support",
        ticket_id=ticket_id,
        direction="in",
        kind="human",
        outcome=Outcome.OPENED,
        message_id=f"<{key}@customer.test>",
        from_="emma@customer.test",
        to="",
        subject="",
        new_text="",
        at=cases.NOON,
    )


def open_one(conn: Connection, number: int) -> None:
    """All that a customer's first mail leaves behind."""
    reference, now = f"MR-{number:05}", cases.NOON
    ticket = tickets.add_ticket(conn, cases.open_ticket(reference))
    row = messages.add_message(conn, record(reference, ticket_id=ticket.id))
    for what in ("opened", "judged"):
        tickets.add_event(conn, ticket.id, at=now, what=what, why="", by="mailresponder")
    draft = cases.draft(reference, ticket_id=ticket.id, kind="acknowledgement")
    outbox.enqueue_first(conn, draft, now)
    task = Task(mailbox="support", kind="flag", dedup_key=mailbox_tasks.angry_key(row))
    mailbox_tasks.add(conn, task, now)
    messages.record_sighting(
        conn,
        mailbox="support",
        folder="INBOX",
        uidvalidity=1,
        uid=number,
        message_row=row,
        outcome=Outcome.OPENED,
        at=now,
    )


def test_many_mails_are_a_few_statements(store: Store) -> None:
    """A statement for each table, and one for each that has to give ids; sixty rows of each are
    written as they were gathered."""
    with counted() as asked, store.begin() as conn:
        for number in range(60):
            open_one(conn, number)
    # PostgreSQL gives fifty ids at a time.
    assert asked.statements - asked.about("nextval") - asked.about("max(") - asked.about("SET") == 7
    assert asked.about("nextval") + asked.about("max(") <= 6

    with store.read() as conn:
        found = tickets.list_tickets(conn)
        assert sorted(row.ticket.reference for row in found) == [f"MR-{n:05}" for n in range(60)]
        for row in found:
            [mail] = messages.of_ticket(conn, row.ticket.id)
            assert mail.dedup_key == row.ticket.reference
            assert [e.what for e in tickets.events(conn, row.ticket.id)] == ["opened", "judged"]
            assert messages.locations(conn, row.ticket.id)[0].message_row == mail.id
        assert len(mailbox_tasks.pending(conn)) == 60


def test_nobody_misses_a_gathered_row(store: Store) -> None:
    """Whoever asks within the transaction sees what was gathered before, and so does whoever asks
    after it."""
    with store.begin() as conn:
        ticket = tickets.add_ticket(conn, cases.open_ticket("MR-22222"))
        assert tickets.ticket_by_id(conn, ticket.id) == ticket
        tickets.save_ticket(conn, replace(ticket, angry=True))
        tickets.add_event(conn, ticket.id, at=cases.NOON, what="angry", why="", by="")
    with store.read() as conn:
        assert tickets.ticket_by_id(conn, ticket.id) == replace(ticket, angry=True)
        assert [event.what for event in tickets.events(conn, ticket.id)] == ["angry"]


def test_nothing_is_gathered_where_nothing_would_be_written(store: Store) -> None:
    """Who writes on a connection that only reads is told, and loses no row without a word."""
    for opened in (store.read, store.alone):
        with opened() as conn, pytest.raises(RuntimeError, match="write transaction"):
            messages.add_message(conn, record("a"))


def test_ids_go_on_from_rows_that_were_written_at_once(store: Store) -> None:
    """What was gathered and what was not has ids in the order in which it was written down."""
    with store.begin() as conn:
        ids = [
            messages.add_message(conn, record("a")),
            messages.record_message(conn, record("b")),
            messages.add_message(conn, record("c")),
            messages.add_message(conn, record("d")),
            messages.record_message(conn, record("e")),
        ]
        keys = [messages.by_dedup_key(conn, key) for key in "abcde"]
    assert [one.id for one in keys if one] == ids == sorted(set(ids))


def test_what_was_gathered_behind_a_savepoint_goes_with_it(store: Store) -> None:
    """Rows gathered before it stay, and so do those gathered after it was rolled back."""
    with store.begin() as conn:
        messages.add_message(conn, record("before"))
        savepoint = conn.begin_nested()
        messages.add_message(conn, record("behind"))
        savepoint.rollback()
        messages.add_message(conn, record("after"))
    with store.read() as conn:
        found = [messages.by_dedup_key(conn, key) for key in ("before", "behind", "after")]
    assert [one and one.dedup_key for one in found] == ["before", None, "after"]


def test_what_collides_spoils_only_its_savepoint(store: Store) -> None:
    """Written behind a savepoint, a second row of a key is refused there, and all else is kept."""
    with store.begin() as conn:
        messages.add_message(conn, record("a"))
        savepoint = conn.begin_nested()
        messages.add_message(conn, replace(record("a"), new_text="another"))
        with pytest.raises(IntegrityError):
            gathered(conn).write(conn)
        savepoint.rollback()
        messages.add_message(conn, record("b"))
    with store.read() as conn:
        found = [messages.by_dedup_key(conn, key) for key in "ab"]
    assert [one and one.new_text for one in found] == ["", ""]


def test_nothing_is_left_of_a_transaction_that_was_rolled_back(store: Store) -> None:
    """What it had gathered is in no later one."""
    with suppress(ZeroDivisionError), store.begin() as conn:
        open_one(conn, 1)
        raise ZeroDivisionError
    with store.begin() as conn:
        open_one(conn, 2)
    with store.read() as conn:
        assert [row.ticket.reference for row in tickets.list_tickets(conn)] == ["MR-00002"]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("MR-00001", True),
        ("emma@customer.test", True),
        ("<MR-00001@customer.test>", True),
        ("<mr.admin.desk.MR-00001@example.com>", True),
        ("ops@example.com", True),
        ("noah@customer.test", False),
    ],
)
def test_a_question_has_only_rows_written_that_its_names_lead_to(
    store: Store, name: str, written: bool
) -> None:
    """A ticket by its reference and those who take part, a mail by its keys, one of ours by whom it
    is for as well; all others wait."""
    with store.begin() as conn:
        open_one(conn, 1)
        with counted() as asked, gathered(conn).about(conn, [name]):
            tickets.last_language(conn, cases.open_ticket("").customer)
        assert (asked.about("INSERT") > 0) is written


def test_long_names_lead_to_rows_all_the_same(store: Store) -> None:
    """A key is cut in its column; whoever asks by the whole of it finds the row."""
    long = "k" * 5_000
    with store.begin() as conn:
        messages.add_message(conn, replace(record("a"), dedup_key=long))
        with gathered(conn).about(conn, [long]):
            assert messages.by_dedup_key(conn, long)


def test_the_order_of_events_is_that_in_which_they_were_written_down(store: Store) -> None:
    """Also where something was asked in between."""
    with store.begin() as conn:
        ticket = tickets.add_ticket(conn, cases.open_ticket("MR-22222"))
        for number in range(6):
            at = cases.NOON - timedelta(minutes=number)
            tickets.add_event(conn, ticket.id, at=at, what=str(number), why="", by="")
            if number % 2:
                tickets.ticket_by_id(conn, ticket.id)
        found = tickets.events(conn, ticket.id)
    assert [event.what for event in found] == list("012345")
