"""The flags of a mail after staff judged it, as rows that filing acts on.

Where the mail lies it stays. What we have not set ourselves is never taken away.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection

from mailresponder.policy.ticket import Ticket
from mailresponder.store import mailbox_tasks, messages
from mailresponder.store.mailbox_tasks import Kind, Task
from mailresponder.store.messages import MessageRecord

ANGRY_FLAGS = ("\\Flagged", "$Angry")
JUNK_FLAGS = ("$Junk",)
"""RFC 9051 §2.3.2; what a mail client or filter makes of it is theirs."""


def flag(conn: Connection, ticket: Ticket, message_row: int, *, now: datetime) -> None:
    """The message is to be flagged, where it is not."""
    mailbox_tasks.call_off_angry(conn, message_row, moves=False)
    key = mailbox_tasks.angry_key(message_row, again=now)
    _queue(conn, ticket, {message_row: key}, kind="flag", now=now)


def unflag(
    conn: Connection, ticket: Ticket, message_rows: Collection[int], *, now: datetime
) -> None:
    """The flags that we have set on the messages are to be taken away, or not to be set at all."""
    for row in message_rows:
        mailbox_tasks.call_off_angry(conn, row, moves=True)
    ours = _with_ours(conn, message_rows, ANGRY_FLAGS)
    keys = {row: f"not_angry:{row}:{now.isoformat()}" for row in ours}
    _queue(conn, ticket, keys, kind="unflag", now=now)


def mark_junk(conn: Connection, ticket: Ticket, *, now: datetime) -> None:
    """The ticket's mails are to be marked as unwanted."""
    keys = {m.id: mailbox_tasks.junk_key(m.id, again=now) for m in _received(conn, ticket)}
    _queue(conn, ticket, keys, kind="flag", now=now, flags=JUNK_FLAGS)


def unmark_junk(conn: Connection, ticket: Ticket, *, now: datetime) -> None:
    """What we have marked so is not to be, where we have."""
    rows = [message.id for message in _received(conn, ticket)]
    for row in rows:
        mailbox_tasks.call_off_junk(conn, row)
    ours = _with_ours(conn, rows, JUNK_FLAGS)
    keys = {row: f"not_junk:{row}:{now.isoformat()}" for row in ours}
    _queue(conn, ticket, keys, kind="unflag", now=now, flags=JUNK_FLAGS)


def _with_ours(conn: Connection, message_rows: Collection[int], flags: Sequence[str]) -> list[int]:
    return [row for row in message_rows if mailbox_tasks.our_flags(conn, row) & set(flags)]


def _received(conn: Connection, ticket: Ticket) -> list[MessageRecord]:
    return [m for m in messages.of_ticket(conn, ticket.id) if m.direction == "in"]


def _queue(
    conn: Connection,
    ticket: Ticket,
    keys: dict[int, str],
    *,
    kind: Kind,
    now: datetime,
    flags: Sequence[str] = ANGRY_FLAGS,
) -> None:
    """A task for each message that was seen in the mailbox that took it."""
    for place in messages.locations(conn, ticket.id):
        if place.message_row in keys:
            task = Task(
                mailbox=place.mailbox,
                kind=kind,
                folder=place.folder,
                uidvalidity=place.uidvalidity,
                uid=place.uid,
                argument=flags,
                dedup_key=keys[place.message_row],
            )
            mailbox_tasks.add(conn, task, now)
