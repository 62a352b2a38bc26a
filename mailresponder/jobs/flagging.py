"""The flags of an angry mail after staff judged it, as rows that filing acts on.

Where the mail lies it stays. What we have not set ourselves is never taken away.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection

from mailresponder.policy.ticket import Ticket
from mailresponder.store import mailbox_tasks, messages
from mailresponder.store.mailbox_tasks import Kind, Task

ANGRY_FLAGS = ("\\Flagged", "$Angry")


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
    ours = [row for row in message_rows if mailbox_tasks.our_angry_flags(conn, row)]
    keys = {row: f"not_angry:{row}:{now.isoformat()}" for row in ours}
    _queue(conn, ticket, keys, kind="unflag", now=now)


def _queue(
    conn: Connection, ticket: Ticket, keys: dict[int, str], *, kind: Kind, now: datetime
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
                argument=ANGRY_FLAGS,
                dedup_key=keys[place.message_row],
            )
            mailbox_tasks.add(conn, task, now)
