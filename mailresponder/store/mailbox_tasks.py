"""What is to be done in a mailbox on the server: flags, copies to Sent, moves, drafts.

Like mail, they are rows before they are network calls. They are worked off by whoever holds the
mailbox's lease, which is renewed before each step, so they need none of their own.

    pending  to be done at next_attempt_at   due -> pending, the attempt counts
                                             done -> done; retry_later -> pending, later
                                             failed -> failed; called off -> done
    done     carried out, or called off      (stays)
    failed   given up                        (stays)

What a crash leaves is always `pending`, and the next pass does it again; `attempts` above 0 says
that it may have been done:

    handed out, and on the server     done again comes to
    flag not set, or set              setting it; keywords count as ours, a \\Flagged that is there
                                      by then as somebody's: it is not taken away later
    unflag not done, or done          taking away what is ours
    copy not in Sent, or there        a search for its Message-ID; only what is missing is appended
    not moved, or moved               moving what is still there; where it lies now is looked up
    draft not in Drafts, or there     a search for its Message-ID; only what is missing is appended
    draft not taken away, or taken    taking away what is there and ours

Who was frozen with tasks in hand asks before each copy whether another has filed it by then.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, and_, or_, select, update

from mailresponder.store.gathering import gathered
from mailresponder.store.schema import mailbox_tasks as rows

Kind = Literal["flag", "unflag", "move", "sent_copy", "draft", "undraft"]
"""Add the flags in `argument`, which then become those that were not there before; remove those of
`argument` that are ours; move to the folder in `argument`; append to Sent what `outbox_id`
names; put the draft of the ticket in `argument` into Drafts; take it away again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """One thing to be done in a mailbox."""

    mailbox: str
    kind: Kind
    folder: str = ""
    """Where the message lies; empty for a copy or a draft, which has no place yet."""
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


def add(conn: Connection, task: Task, now: datetime) -> None:
    """Write a task down, with what else is gathered, due at once; where its `dedup_key` is there
    already, it is dropped."""
    row = {
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
    gathered(conn).add(rows, [row])


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


def still_pending(conn: Connection, ids: Collection[int]) -> frozenset[int]:
    """Those of some tasks that were handed out which are still to be done."""
    query = select(rows.c.id).where(rows.c.id.in_(ids), rows.c.state == "pending")
    return frozenset(conn.execute(query).scalars())


def pending(conn: Connection) -> list[DueTask]:
    """Every task that waits, due or not, oldest first; no attempt is counted."""
    query = select(rows).where(rows.c.state == "pending").order_by(rows.c.id)
    return [_task(row, attempts=row.attempts) for row in conn.execute(query)]


def angry_key(message_row: int, *, again: datetime | None = None) -> str:
    """The `dedup_key` of flagging a message as angry; `again` by staff, at that moment."""
    return f"angry:{message_row}" + (f":{again.isoformat()}" if again else "")


def junk_key(message_row: int, *, again: datetime) -> str:
    """The `dedup_key` of marking a message as unwanted, by staff, at that moment."""
    return f"junk:{message_row}:{again.isoformat()}"


def call_off_junk(conn: Connection, message_row: int) -> None:
    """As `call_off_angry`, of marking a message as unwanted and of taking that back."""
    undone = rows.c.dedup_key.startswith(f"not_junk:{message_row}:")
    _call_off(conn, [_marks(message_row, "junk"), undone])


def call_off_angry(conn: Connection, message_row: int, *, moves: bool) -> None:
    """Whatever still waits to be flagged or unflagged because a message is angry, or with `moves`
    to be moved, is not to be done any more. One that was begun may be done all the same."""
    whose = [_marks(message_row, "angry"), rows.c.dedup_key.startswith(f"not_angry:{message_row}:")]
    if moves:
        whose.append(rows.c.dedup_key == f"move:{message_row}")
    _call_off(conn, whose)


def call_off_above(conn: Connection, mailbox: str, folder: str, uidvalidity: int, uid: int) -> None:
    """Do nothing more to messages with higher UIDs: the server gives these to others."""
    lies = (rows.c.mailbox == mailbox, rows.c.folder == folder, rows.c.uidvalidity == uidvalidity)
    _call_off(conn, [and_(*lies, rows.c.uid > uid)])


def _call_off(conn: Connection, whose: Sequence[ColumnElement[bool]]) -> None:
    statement = update(rows).where(or_(*whose), rows.c.state == "pending").values(state="done")
    called_off = conn.execute(statement.returning(rows.c.id, rows.c.kind, rows.c.attempts)).all()
    for row in called_off:
        if row.kind == "flag" and not row.attempts:
            flagged(conn, row.id, ())


def flagged(conn: Connection, task_id: int, added: Collection[str]) -> None:
    """Write down which flags a task has put on a message that had not got them."""
    conn.execute(update(rows).where(rows.c.id == task_id).values(argument=sorted(added)))


def our_flags(conn: Connection, message_row: int) -> frozenset[str]:
    """The flags that we have put on a message because it is angry or unwanted, and not taken away
    again."""
    return frozenset(flag for row in _flagged_by_us(conn, message_row) for flag in row.argument)


def forget_flags(conn: Connection, message_row: int, flags: Collection[str]) -> None:
    """They were taken away: whoever sets them from now on, it was not us."""
    for row in _flagged_by_us(conn, message_row):
        left = [flag for flag in row.argument if flag not in flags]
        conn.execute(update(rows).where(rows.c.id == row.id).values(argument=left))


def _flagged_by_us(conn: Connection, message_row: int) -> Sequence[Row[Any]]:
    whose = or_(_marks(message_row, "angry"), _marks(message_row, "junk"))
    return conn.execute(select(rows).where(whose, rows.c.state == "done")).all()


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


def _marks(message_row: int, as_: Literal["angry", "junk"]) -> ColumnElement[bool]:
    key = f"{as_}:{message_row}"
    return or_(rows.c.dedup_key == key, rows.c.dedup_key.startswith(f"{key}:"))


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
