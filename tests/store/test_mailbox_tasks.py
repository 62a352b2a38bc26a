from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from mailresponder.store import mailbox_tasks
from mailresponder.store.database import Store
from mailresponder.store.mailbox_tasks import DueTask, Kind, Task

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def task(key: str, *, kind: Kind = "flag", mailbox: str = "support") -> Task:
    return Task(
        mailbox=mailbox,
        kind=kind,
        folder="INBOX",
        uidvalidity=2**32 - 1,
        uid=7,
        argument=["\\Flagged", "$Angry"],
        dedup_key=key,
    )


def added(conn: Connection, one: Task) -> int:
    mailbox_tasks.add(conn, one, NOW)
    return mailbox_tasks.pending(conn)[-1].id


def test_a_task_comes_back_as_it_was_written(store: Store) -> None:
    """All that is needed to do it is in the row."""
    with store.begin() as conn:
        new = added(conn, task("a"))
        found = mailbox_tasks.due(conn, "support", NOW, limit=10)
    assert found == [
        DueTask(
            id=new,
            mailbox="support",
            kind="flag",
            folder="INBOX",
            uidvalidity=2**32 - 1,
            uid=7,
            argument=("\\Flagged", "$Angry"),
            outbox_id=None,
            attempts=0,
        )
    ]


def test_a_reason_makes_one_task(store: Store) -> None:
    """A second task with the same key is dropped, even when the first is done."""
    with store.begin() as conn:
        new = added(conn, task("a"))
        mailbox_tasks.add(conn, task("a"), NOW)
        assert [one.id for one in mailbox_tasks.pending(conn)] == [new]
        mailbox_tasks.done(conn, [new])
        mailbox_tasks.add(conn, task("a"), NOW)
        assert mailbox_tasks.due(conn, "support", LATER, limit=10) == []


def test_due_tasks_are_the_mailbox_s_own_oldest_first(store: Store) -> None:
    """Others' tasks are not handed out, and never more than asked for."""
    with store.begin() as conn:
        ids = [added(conn, task(key)) for key in "abc"]
        mailbox_tasks.add(conn, task("d", mailbox="billing"), NOW)
        mailbox_tasks.add(conn, task("e"), LATER)
        found = mailbox_tasks.due(conn, "support", NOW, limit=2)
    assert [one.id for one in found] == ids[:2]


def test_an_attempt_counts_although_it_crashed(store: Store) -> None:
    """A task handed out and never settled comes again, and says that it was tried."""
    with store.begin() as conn:
        mailbox_tasks.add(conn, task("a", kind="sent_copy"), NOW)
        mailbox_tasks.due(conn, "support", NOW, limit=10)
    with store.begin() as conn:
        (again,) = mailbox_tasks.due(conn, "support", NOW, limit=10)
    assert again.attempts == 1


def test_a_task_can_wait_and_be_given_up(store: Store) -> None:
    """Later means not before; given up means never; what is done stays done."""
    with store.begin() as conn:
        first, second, third = (added(conn, task(key)) for key in "abc")
        mailbox_tasks.retry_later(conn, first, "busy", LATER)
        mailbox_tasks.failed(conn, second, "no such folder")
        mailbox_tasks.done(conn, [third])
        mailbox_tasks.retry_later(conn, third, "busy", NOW)
        assert mailbox_tasks.due(conn, "support", NOW, limit=10) == []
        assert [one.id for one in mailbox_tasks.due(conn, "support", LATER, limit=10)] == [first]


def angry_task(store: Store, *, message: int = 7, kind: Kind = "flag", key: str = "") -> int:
    with store.begin() as conn:
        key = key or mailbox_tasks.angry_key(message)
        return added(conn, task(key, kind=kind))


def test_flags_are_ours_once_they_were_set(store: Store) -> None:
    """Of a message: those that a task has put on it, whichever task, until they are taken away."""
    first = angry_task(store)
    second = angry_task(store, key=mailbox_tasks.angry_key(7, again=LATER))
    angry_task(store, message=77)
    with store.begin() as conn:
        assert mailbox_tasks.our_flags(conn, 7) == frozenset()
        mailbox_tasks.flagged(conn, first, ["$Angry"])
        mailbox_tasks.flagged(conn, second, [])
        mailbox_tasks.done(conn, [first, second])
        assert mailbox_tasks.our_flags(conn, 7) == {"$Angry"}
        assert mailbox_tasks.our_flags(conn, 77) == frozenset()
        mailbox_tasks.forget_flags(conn, 7, {"$Angry"})
        assert mailbox_tasks.our_flags(conn, 7) == frozenset()


def test_what_was_called_off_is_not_done(store: Store) -> None:
    """Flagging, unflagging and moving of that message, and of no other."""
    angry_task(store)
    angry_task(store, kind="move", key="move:7")
    angry_task(store, kind="unflag", key="not_angry:7:then")
    other = angry_task(store, message=77)
    with store.begin() as conn:
        mailbox_tasks.call_off_angry(conn, 7, moves=True)
        left = mailbox_tasks.due(conn, "support", NOW, limit=10)
        assert [one.id for one in left] == [other]
        assert mailbox_tasks.our_flags(conn, 7) == frozenset()


def test_a_flag_that_may_have_been_set_counts_as_ours(store: Store) -> None:
    """A task that was handed out before it was called off may be under way."""
    angry_task(store)
    with store.begin() as conn:
        mailbox_tasks.due(conn, "support", NOW, limit=10)
        mailbox_tasks.call_off_angry(conn, 7, moves=True)
        assert mailbox_tasks.our_flags(conn, 7) == {"\\Flagged", "$Angry"}
