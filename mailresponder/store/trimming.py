"""Lets go of what has served its time: the bytes of old mail of ours, the story of old tickets.

Everything goes in batches, each small enough for one short transaction. What people wrote stays:
customers' mails, answers, notes of colleagues. How old is old enough is the configuration's.
"""

from datetime import datetime

from sqlalchemy import Connection, delete, exists, func, select, update

from mailresponder.policy.ticket import TicketState
from mailresponder.store.schema import audit, events, mailbox_tasks, outbox, tickets


def sent_bodies(conn: Connection, *, before: datetime, limit: int) -> int:
    """Empty up to `limit` mails that the server took before a moment; gives how many.

    A mail whose copy is still to be put into Sent keeps its bytes. What the mail said stays among
    the ticket's messages, as text.
    """
    copied = ~exists().where(
        mailbox_tasks.c.outbox_id == outbox.c.id, mailbox_tasks.c.state == "pending"
    )
    old = (
        select(outbox.c.id)
        .where(
            outbox.c.state == "sent",
            outbox.c.settled_at < before,
            func.length(outbox.c.content) > 0,
            copied,
        )
        .order_by(outbox.c.id)
        .limit(limit)
    )
    ids = list(conn.execute(old).scalars())
    if ids:
        conn.execute(update(outbox).where(outbox.c.id.in_(ids)).values(content=b""))
        conn.execute(delete(mailbox_tasks).where(mailbox_tasks.c.outbox_id.in_(ids)))
    return len(ids)


def told(conn: Connection, *, before: datetime, keep: tuple[str, ...], limit: int) -> int:
    """Delete up to `limit` events of closed tickets from before a moment; gives how many.

    `keep`: names of events that say what somebody wrote, or who did.
    """
    old = (
        select(events.c.id)
        .join(tickets, tickets.c.id == events.c.ticket_id)
        .where(
            events.c.at < before,
            events.c.what.not_in(keep),
            tickets.c.state == TicketState.CLOSED,
        )
        .order_by(events.c.id)
        .limit(limit)
    )
    ids = list(conn.execute(old).scalars())
    if ids:
        conn.execute(delete(events).where(events.c.id.in_(ids)))
    return len(ids)


def audited(conn: Connection, *, before: datetime, limit: int) -> int:
    """Delete up to `limit` lines of the audit from before a moment; gives how many."""
    old = select(audit.c.id).where(audit.c.at < before).order_by(audit.c.id).limit(limit)
    ids = list(conn.execute(old).scalars())
    if ids:
        conn.execute(delete(audit).where(audit.c.id.in_(ids)))
    return len(ids)
