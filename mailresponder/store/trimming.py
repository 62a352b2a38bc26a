"""Lets go of what has served its time: the bytes of old mail of ours, the story of old tickets,
what people wrote, at last the tickets themselves.

A table is walked through in the order in which it was written, a stretch in each transaction, so
that none takes longer the more there is. Nothing of a ticket that is open goes. How old is old
enough is the configuration's, mailbox by mailbox.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Table,
    and_,
    case,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)

from mailresponder.policy.ticket import TicketState
from mailresponder.store import erasing
from mailresponder.store.column_types import UtcDateTime
from mailresponder.store.erasing import Tombstone
from mailresponder.store.outgoing import OVERVIEWS
from mailresponder.store.schema import audit, events, mailbox_tasks, messages, outbox, tickets


@dataclass(frozen=True, kw_only=True, slots=True)
class Before:
    """Until when something is old."""

    desk: datetime
    of_mailboxes: Mapping[str, datetime] = field(default_factory=dict)
    """Of those mailboxes that have a time of their own."""

    @property
    def latest(self) -> datetime:
        """What is younger than that is old nowhere."""
        return max([self.desk, *self.of_mailboxes.values()])

    def of(self, mailbox: ColumnElement[str]) -> ColumnElement[datetime]:
        """The time of a row's mailbox."""
        desk = literal(self.desk, UtcDateTime)
        if not self.of_mailboxes:
            return desk
        each = [
            (mailbox == name, literal(at, UtcDateTime)) for name, at in self.of_mailboxes.items()
        ]
        return case(*each, else_=desk)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """Some rows, one after the other, that were looked at."""

    gone: int
    """Of how many of them something was let go."""
    last: int | None
    """The id of the last one; None where nothing old comes behind it."""


def sent_bodies(conn: Connection, *, before: Before, after: int, limit: int) -> Stretch:
    """Look at up to `limit` mails behind the one with the id `after`, and empty those that the
    server took, or may have taken, before a moment, and the overviews that were given up by then.

    A mail whose copy is still to be put into Sent keeps its bytes. What the mail said stays among
    the ticket's messages, as text.
    """
    owed = exists().where(
        mailbox_tasks.c.outbox_id == outbox.c.id, mailbox_tasks.c.state == "pending"
    )
    # It quotes customers, and nobody sends one of so long ago again.
    given_up = and_(outbox.c.state == "failed", outbox.c.kind.in_(OVERVIEWS))
    goes = and_(
        or_(outbox.c.state.in_(["sent", "overtaken"]), given_up),
        outbox.c.settled_at < before.of(outbox.c.mailbox),
        func.length(outbox.c.content) > 0,
        ~owed,
    )
    found = _next(conn, outbox, goes, outbox.c.created_at < before.latest, after=after, limit=limit)
    ids = [row.id for row in found if row.goes]
    if ids:
        conn.execute(update(outbox).where(outbox.c.id.in_(ids)).values(content=b""))
        conn.execute(delete(mailbox_tasks).where(mailbox_tasks.c.outbox_id.in_(ids)))
    return _stretch(found, ids, limit)


def told(
    conn: Connection, *, before: Before, keep: tuple[str, ...], after: int, limit: int
) -> Stretch:
    """Look at up to `limit` events behind the one with the id `after`, and delete those of closed
    tickets from before a moment.

    `keep`: names of events that stay.
    """
    is_old = events.c.at < before.latest
    closed = exists().where(
        tickets.c.id == events.c.ticket_id,
        tickets.c.state == TicketState.CLOSED,
        events.c.at < before.of(tickets.c.mailbox),
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


def texts(
    conn: Connection, *, before: Before, written: tuple[str, ...], after: int, limit: int
) -> Stretch:
    """Look at up to `limit` tickets behind the one with the id `after`, and let go of what people
    wrote in those that wait for nobody and in which nothing has happened since a moment.

    `written`: names of events in which somebody's words stand.
    """
    has_text = or_(
        tickets.c.subject != "",
        exists().where(messages.c.ticket_id == tickets.c.id, messages.c.new_text != ""),
    )
    goes = and_(_rests_since(before), has_text)
    is_old = tickets.c.opened_at < before.latest
    found = _next(conn, tickets, goes, is_old, after=after, limit=limit)
    ids = [row.id for row in found if row.goes]
    erasing.texts_of(conn, ids, written=written)
    return _stretch(found, ids, limit)


def whole_tickets(
    conn: Connection,
    *,
    before: Before,
    tombstone: Tombstone,
    now: datetime,
    after: int,
    limit: int,
) -> Stretch:
    """As `texts`, and take those tickets out altogether."""
    is_old = tickets.c.opened_at < before.latest
    found = _next(conn, tickets, _rests_since(before), is_old, after=after, limit=limit)
    ids = [row.id for row in found if row.goes]
    erasing.tickets_whole(conn, ids, tombstone=tombstone, now=now)
    return _stretch(found, ids, limit)


def loose_messages(
    conn: Connection,
    *,
    before: Before,
    tombstone: Tombstone,
    now: datetime,
    after: int,
    limit: int,
) -> Stretch:
    """Look at up to `limit` messages behind the one with the id `after`, and take out those from
    before a moment that belong to no ticket."""
    is_old = messages.c.at < before.latest
    loose = messages.c.ticket_id.is_(None)
    goes = and_(loose, messages.c.at < before.of(messages.c.mailbox))
    found = _next(conn, messages, goes, is_old, after=after, limit=limit)
    ids = [row.id for row in found if row.goes]
    erasing.messages_whole(conn, ids, tombstone=tombstone, now=now)
    return _stretch(found, ids, limit)


def is_anything_from(conn: Connection, *, before: datetime) -> bool:
    """Is there a mail from before a moment?"""
    query = select(messages.c.id).where(messages.c.at < before).limit(1)
    return conn.execute(query).first() is not None


def _rests_since(before: Before) -> ColumnElement[bool]:
    moment = before.of(tickets.c.mailbox)
    # An answer that could not be sent for as long is still owed.
    on_its_way = outbox.c.state.in_(["queued", "sending"])
    return and_(
        tickets.c.state != TicketState.OPEN,
        ~exists().where(outbox.c.ticket_id == tickets.c.id, on_its_way),
        tickets.c.opened_at < moment,
        *(
            ~exists().where(of.c.ticket_id == tickets.c.id, of.c.at >= moment)
            for of in (messages, events)
        ),
    )


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
