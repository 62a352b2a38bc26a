"""Lets go of what has served its time: the bytes of old mail of ours, the story of old tickets.

A table is walked through in the order in which it was written, a stretch in each transaction, so
that none takes longer the more there is. What people wrote stays: customers' mails, answers, notes
of colleagues. How old is old enough is the configuration's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Table,
    and_,
    delete,
    exists,
    func,
    select,
    update,
)

from mailresponder.policy.ticket import TicketState
from mailresponder.store.schema import audit, events, mailbox_tasks, outbox, tickets


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """Some rows, one after the other, that were looked at."""

    gone: int
    """Of how many of them something was let go."""
    last: int | None
    """The id of the last one; None where nothing old comes behind it."""


def sent_bodies(conn: Connection, *, before: datetime, after: int, limit: int) -> Stretch:
    """Look at up to `limit` mails behind the one with the id `after`, and empty those that the
    server took before a moment.

    A mail whose copy is still to be put into Sent keeps its bytes. What the mail said stays among
    the ticket's messages, as text.
    """
    owed = exists().where(
        mailbox_tasks.c.outbox_id == outbox.c.id, mailbox_tasks.c.state == "pending"
    )
    goes = and_(
        outbox.c.state == "sent",
        outbox.c.settled_at < before,
        func.length(outbox.c.content) > 0,
        ~owed,
    )
    found = _next(conn, outbox, goes, outbox.c.created_at < before, after=after, limit=limit)
    ids = [row.id for row in found if row.goes]
    if ids:
        conn.execute(update(outbox).where(outbox.c.id.in_(ids)).values(content=b""))
        conn.execute(delete(mailbox_tasks).where(mailbox_tasks.c.outbox_id.in_(ids)))
    return _stretch(found, ids, limit)


def told(
    conn: Connection, *, before: datetime, keep: tuple[str, ...], after: int, limit: int
) -> Stretch:
    """Look at up to `limit` events behind the one with the id `after`, and delete those of closed
    tickets from before a moment.

    `keep`: names of events that stay.
    """
    is_old = events.c.at < before
    closed = exists().where(
        tickets.c.id == events.c.ticket_id, tickets.c.state == TicketState.CLOSED
    )
    goes = and_(is_old, events.c.what.not_in(keep), closed)
    found = _next(conn, events, goes, is_old, after=after, limit=limit)
    ids = [row.id for row in found if row.goes]
    if ids:
        conn.execute(delete(events).where(events.c.id.in_(ids)))
    return _stretch(found, ids, limit)


def audited(conn: Connection, *, before: datetime, after: int, limit: int) -> Stretch:
    """Look at up to `limit` lines of the audit behind the one with the id `after`, and delete those
    from before a moment."""
    is_old = audit.c.at < before
    found = _next(conn, audit, is_old, is_old, after=after, limit=limit)
    ids = [row.id for row in found if row.goes]
    if ids:
        conn.execute(delete(audit).where(audit.c.id.in_(ids)))
    return _stretch(found, ids, limit)


def _next(
    conn: Connection,
    table: Table,
    goes: ColumnElement[bool],
    is_old: ColumnElement[bool],
    *,
    after: int,
    limit: int,
) -> Sequence[Row[Any]]:
    # Nothing but the id is searched by: by any other condition the database would look up, and
    # sort, all that is old for each few of them.
    query = select(table.c.id, goes.label("goes"), is_old.label("is_old"))
    return conn.execute(query.where(table.c.id > after).order_by(table.c.id).limit(limit)).all()


def _stretch(found: Sequence[Row[Any]], ids: Sequence[int], limit: int) -> Stretch:
    ends = len(found) < limit or not any(row.is_old for row in found)
    return Stretch(gone=len(ids), last=None if ends else found[-1].id)
