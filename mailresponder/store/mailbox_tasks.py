"""What is to be done in a mailbox on the server: flags, copies to Sent, moves.

Like mail, they are rows before they are network calls: `pending` until `done`, or `failed` for
good. They are worked off by whoever holds the mailbox's lease, so they need none of their own. The
attempt is counted when a task is handed out, so one that comes with `attempts` above 0 may have
been carried out before a crash: a flag is set again without harm, a copy is looked for first.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, select, update

from mailresponder.store.inserting import insert_new
from mailresponder.store.schema import mailbox_tasks as rows

Kind = Literal["flag", "move", "sent_copy"]
"""Add the flags in `argument`; move to the folder in `argument`; append to Sent what `outbox_id`
names."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """One thing to be done in a mailbox."""

    mailbox: str
    kind: Kind
    folder: str = ""
    """Where the message lies; empty for a copy, which has no place yet."""
    uidvalidity: int = 0
    uid: int = 0
    argument: Sequence[str] = ()
    outbox_id: int | None = None
    dedup_key: str
    """A second task with the same one is dropped."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DueTask:
    """A task handed out to be done."""

    id: int
    mailbox: str
    kind: Kind
    folder: str
    uidvalidity: int
    uid: int
    argument: tuple[str, ...]
    outbox_id: int | None
    attempts: int
    """How often it was tried before."""


def add(conn: Connection, task: Task, now: datetime) -> int | None:
    """Write a task down, due at once. Its id, or None where its `dedup_key` is there already."""
    values = {
        "mailbox": task.mailbox,
        "kind": task.kind,
        "folder": task.folder,
        "uidvalidity": task.uidvalidity,
        "uid": task.uid,
        "argument": list(task.argument),
        "outbox_id": task.outbox_id,
        "dedup_key": task.dedup_key,
        "state": "pending",
        "attempts": 0,
        "next_attempt_at": now,
    }
    return insert_new(conn, rows, values, key="dedup_key")


def due(conn: Connection, mailbox: str, now: datetime, limit: int) -> list[DueTask]:
    """Up to `limit` tasks that are due, oldest first. Counts the attempt: commit before trying."""
    picked = (
        select(rows.c.id)
        .where(
            rows.c.mailbox == mailbox,
            rows.c.state == "pending",
            rows.c.next_attempt_at <= now,
        )
        .order_by(rows.c.id)
        .limit(limit)
    )
    statement = (
        update(rows)
        .where(rows.c.id.in_(picked))
        .values(attempts=rows.c.attempts + 1)
        .returning(rows)
    )
    found = sorted(conn.execute(statement).all(), key=lambda row: row.id)
    return [_task(row, attempts=row.attempts - 1) for row in found]


def pending(conn: Connection) -> list[DueTask]:
    """Every task that waits, due or not, oldest first; no attempt is counted."""
    query = select(rows).where(rows.c.state == "pending").order_by(rows.c.id)
    return [_task(row, attempts=row.attempts) for row in conn.execute(query)]


def done(conn: Connection, ids: Collection[int]) -> None:
    """The tasks were carried out, or there is nothing left to do."""
    _settle(conn, ids, state="done", last_error=None)


def retry_later(conn: Connection, task_id: int, error: str, next_attempt_at: datetime) -> None:
    """A temporary failure: due again later."""
    _settle(conn, [task_id], next_attempt_at=next_attempt_at, last_error=error)


def failed(conn: Connection, task_id: int, error: str) -> None:
    """Given up."""
    _settle(conn, [task_id], state="failed", last_error=error)


def _settle(conn: Connection, ids: Collection[int], **changes: object) -> None:
    pending = rows.c.state == "pending"
    conn.execute(update(rows).where(rows.c.id.in_(ids), pending).values(**changes))


def _task(row: Row[Any], *, attempts: int) -> DueTask:
    return DueTask(
        id=row.id,
        mailbox=row.mailbox,
        kind=row.kind,
        folder=row.folder,
        uidvalidity=row.uidvalidity,
        uid=row.uid,
        argument=tuple(row.argument),
        outbox_id=row.outbox_id,
        attempts=attempts,
    )
