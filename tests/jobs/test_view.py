from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import cases
import databases
import pytest

from mailresponder.jobs import view
from mailresponder.policy.ticket import TicketState
from mailresponder.store import mailboxes
from mailresponder.store.database import Store
from mailresponder.store.mailboxes import Way
from mailresponder.store.schema import outbox as rows


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty database."""
    opened = databases.open_new(tmp_path / "desk.db")
    yield opened
    opened.close()


def test_queue_has_the_interface_s_keys(store: Store) -> None:
    """A ticket in the list has exactly the keys of the interface, `messages` being a number."""
    with store.begin() as conn:
        cases.add(conn, cases.open_ticket("MR-22222"), "Hello", "Are you there?")

    with store.read() as conn:
        [shown] = view.queue(conn)

    assert list(shown) == cases.TICKET_KEYS
    assert shown["messages"] == 2
    assert shown["customer"] == "emma@customer.test"


def test_nothing_is_null_and_words_are_lists(store: Store) -> None:
    """What is not there is None; words come with their weights, suppression with its rules."""
    with store.begin() as conn:
        cases.add(conn, cases.open_ticket("MR-22222"))
        cases.add(conn, cases.angry_ticket("MR-33333"))

    with store.read() as conn:
        angry, calm = view.queue(conn)

    assert (calm["suppressed_by"], calm["because"], calm["answered_at"]) == (None, [], None)
    assert angry["because"] == [["never again", 2.5], ["!!!", 0.5]]
    assert angry["suppressed_by"] == ["null_return_path", "marked_as_spam"]
    assert angry["acknowledged_at"] is None
    assert (calm["band"], angry["band"]) == ("calm", "angry")


def test_angry_and_overdue_come_first_and_can_be_chosen(store: Store) -> None:
    """The order and the filters of the queue are the interface's."""
    closed = cases.open_ticket("MR-44444", state=TicketState.CLOSED, due_at=None)
    with store.begin() as conn:
        for ticket in (closed, cases.open_ticket("MR-22222"), cases.angry_ticket("MR-33333")):
            cases.add(conn, ticket)
    later = cases.angry_ticket("").due_at

    with store.read() as conn:
        everything = [t["reference"] for t in view.queue(conn)]
        angry = [t["reference"] for t in view.queue(conn, angry=True)]
        overdue = [t["reference"] for t in view.queue(conn, overdue_at=later)]
        shut = [t["reference"] for t in view.queue(conn, state=TicketState.CLOSED)]

    assert everything == ["MR-33333", "MR-22222", "MR-44444"]
    assert angry == overdue == ["MR-33333"]
    assert shut == ["MR-44444"]


def test_ticket_has_the_interface_s_keys(store: Store) -> None:
    """One ticket has the list's keys and `events`; its messages and events have theirs."""
    with store.begin() as conn:
        cases.add(conn, cases.angry_ticket("MR-33333"), "Never again!!!")

    with store.read() as conn:
        shown = view.ticket(conn, "MR-33333")

    assert shown is not None
    assert list(shown) == [*cases.TICKET_KEYS, "events", "defects"]
    [message], [event] = shown["messages"], shown["events"]
    assert list(message) == cases.MESSAGE_KEYS
    assert list(event) == cases.EVENT_KEYS
    assert message["to"] == "support@example.com, boss@customer.test"
    assert message["direction"] == "in"


def test_unknown_reference_is_none(store: Store) -> None:
    """There is nothing to show of a ticket that is not there."""
    with store.read() as conn:
        assert view.ticket(conn, "MR-22222") is None


def test_what_was_not_sent_of_a_ticket(store: Store) -> None:
    """Its own mails, not those of other tickets."""
    with store.begin() as conn:
        ticket = cases.add(conn, cases.open_ticket("MR-22222"))
        cases.add(conn, cases.open_ticket("MR-33333"))
        for key, state in (("1", "failed"), ("2", "sent"), ("3", "queued")):
            number = cases.queue_mail(conn, key=key)
            conn.execute(
                rows.update()
                .where(rows.c.id == number)
                .values(state=state, ticket_id=ticket.id if key != "3" else None)
            )

    with store.read() as conn:
        assert view.unsent(conn, "MR-22222") == {"<mr.admin.desk.1@example.com>": "failed"}
        assert view.unsent(conn, "MR-33333") == {}
        with pytest.raises(LookupError):
            view.unsent(conn, "MR-44444")


def test_outbox_shows_what_waits_or_failed(store: Store) -> None:
    """Sent mail is not shown; a failed one has no next attempt."""
    later = cases.NOON.replace(hour=13)
    with store.begin() as conn:
        sent, failed, queued = (cases.queue_mail(conn, key=key) for key in "123")
        conn.execute(rows.update().where(rows.c.id == sent).values(state="sent"))
        conn.execute(
            rows.update()
            .where(rows.c.id == failed)
            .values(state="failed", last_error="550 no such user", settled_at=later)
        )

    with store.read() as conn:
        shown = view.outbox(conn)

    assert [mail["id"] for mail in shown] == [failed, queued]
    assert all(list(mail) == cases.OUTBOX_KEYS for mail in shown)
    assert [mail["next_attempt_at"] for mail in shown] == [None, cases.NOON]
    assert shown[0]["last_error"] == "550 no such user"


def test_outbox_tells_when_a_server_that_fails_is_tried_again(store: Store) -> None:
    """What is due while its server rests is tried when that is; what is due later, later."""
    until = cases.NOON + timedelta(minutes=5)
    later = cases.NOON + timedelta(hours=1)
    with store.begin() as conn:
        cases.queue_mail(conn)
        number = cases.queue_mail(conn, key="another")
        conn.execute(rows.update().where(rows.c.id == number).values(next_attempt_at=later))
        mailboxes.failed(conn, "support", cases.NOON, "no such host", Way.SENDING)
        mailboxes.rest(conn, "support", until, Way.SENDING)

    with store.read() as conn:
        assert [mail["next_attempt_at"] for mail in view.outbox(conn)] == [until, later]
