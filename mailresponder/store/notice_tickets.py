"""Which tickets a mail of the ladder names.

A mail that could not be sent at once is taken back when it is no longer true, and who should have
had it is told anew.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, or_, select

from mailresponder.policy.ticket import TicketState
from mailresponder.store import untold
from mailresponder.store.messages import forget
from mailresponder.store.outbox import WAITS
from mailresponder.store.schema import notice_tickets, outbox, tickets


def add(conn: Connection, outbox_id: int, ticket_ids: Sequence[int]) -> None:
    """Write down what a mail that was just queued is about."""
    rows = [{"outbox_id": outbox_id, "ticket_id": ticket_id} for ticket_id in ticket_ids]
    conn.execute(notice_tickets.insert(), rows)


def untrue(conn: Connection, mailbox: str, *, now: datetime, old: datetime) -> list[int]:
    """The mails that wait and are not true any more, as the outbox numbers them: one of their
    tickets waits no longer or rests; or they were written before `old` and never tried."""
    query = select(outbox.c.id).where(
        outbox.c.mailbox == mailbox,
        WAITS,
        or_(
            and_(outbox.c.created_at <= old, outbox.c.attempts == 0, _names()),
            _names(_rests(now)),
        ),
    )
    return list(conn.execute(query).scalars())


def is_untrue(conn: Connection, outbox_id: int, *, now: datetime) -> bool:
    """Does a mail name a ticket that waits no longer or rests?"""
    query = select(outbox.c.id).where(outbox.c.id == outbox_id, _names(_rests(now)))
    return conn.execute(query).first() is not None


def still_waiting(conn: Connection, outbox_id: int, *, now: datetime) -> list[int]:
    """The tickets that a mail names and that still wait; it names no others from now on."""
    which = notice_tickets.c.outbox_id == outbox_id
    resting = select(tickets.c.id).where(_rests(now))
    conn.execute(delete(notice_tickets).where(which, notice_tickets.c.ticket_id.in_(resting)))
    query = select(notice_tickets.c.ticket_id).where(which).order_by(notice_tickets.c.ticket_id)
    return list(conn.execute(query).scalars())


def take_back(conn: Connection, outbox_ids: Collection[int]) -> set[int]:
    """Remove these mails where they still wait; who should have had them is still to hear of their
    tickets, which are handed back by their ids."""
    found: set[int] = set()
    for outbox_id in outbox_ids:
        named = select(notice_tickets.c.ticket_id).where(notice_tickets.c.outbox_id == outbox_id)
        ticket_ids = conn.execute(named).scalars().all()
        gone = delete(outbox).where(outbox.c.id == outbox_id, WAITS)
        row = conn.execute(gone.returning(outbox.c.message_id, outbox.c.recipient)).first()
        if row is None:
            continue
        forget(conn, [row.message_id])
        for ticket_id in ticket_ids:
            untold.add(conn, ticket_id, row.recipient)
        found.update(ticket_ids)
    return found


def _names(*what: ColumnElement[bool]) -> ColumnElement[bool]:
    """Is it a mail about tickets, of which one is such?"""
    named = notice_tickets.join(tickets)
    query = select(notice_tickets.c.ticket_id).select_from(named)
    return query.where(notice_tickets.c.outbox_id == outbox.c.id, *what).exists()


def _rests(now: datetime) -> ColumnElement[bool]:
    return or_(tickets.c.state != TicketState.OPEN, tickets.c.snoozed_until > now)
