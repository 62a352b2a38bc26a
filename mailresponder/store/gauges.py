"""How much there is of what somebody watches: open tickets, mail and tasks that wait, by mailbox.

Three statements however many mailboxes there are. Each is led by an index to what is open or waits,
so that it costs as much as there is of that, not as much as was ever stored. Changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from mailresponder.policy.ticket import TicketState
from mailresponder.store.column_types import UtcDateTime
from mailresponder.store.schema import mailbox_tasks, mailboxes, outbox, tickets


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenTickets:
    """Tickets of a mailbox for which a customer waits for us, all angry or none."""

    mailbox: str
    angry: bool
    number: int
    overdue: int
    """Past their deadline, and not snoozed."""
    snoozed: int
    waiting_since: datetime | None
    """Since when the customer waits who has waited longest."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mails:
    """Mails of a mailbox in one state."""

    mailbox: str
    state: str
    """`queued`, `sending` or `failed`."""
    number: int
    next_attempt_at: datetime | None
    """When the first of them was, or will be, due."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tasks:
    """Flags, moves, copies and drafts of a mailbox."""

    mailbox: str
    pending: int
    failed: int
    """Given up."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Gauges:
    """Each only where there is any."""

    tickets: tuple[OpenTickets, ...]
    mails: tuple[Mails, ...]
    tasks: tuple[Tasks, ...]


def read(conn: Connection, *, now: datetime) -> Gauges:
    """All of them."""
    return Gauges(tickets=_tickets(conn, now), mails=_mails(conn), tasks=_tasks(conn))


def _tickets(conn: Connection, now: datetime) -> tuple[OpenTickets, ...]:
    put_off = tickets.c.snoozed_until
    awake = or_(put_off.is_(None), put_off <= now)
    query = (
        select(
            tickets.c.mailbox,
            tickets.c.angry,
            func.count(),
            func.count().filter(and_(tickets.c.due_at <= now, awake)),
            func.count().filter(put_off > now),
            func.min(tickets.c.waiting_since, type_=UtcDateTime()),
        )
        .where(tickets.c.state == TicketState.OPEN, tickets.c.spam.is_(False))
        .group_by(tickets.c.mailbox, tickets.c.angry)
    )
    return tuple(
        OpenTickets(
            mailbox=mailbox,
            angry=angry,
            number=number,
            overdue=overdue,
            snoozed=snoozed,
            waiting_since=since,
        )
        for mailbox, angry, number, overdue, snoozed, since in conn.execute(query)
    )


def _mails(conn: Connection) -> tuple[Mails, ...]:
    # Nothing that the index lacks: the row holds the whole mail.
    query = (
        select(
            outbox.c.mailbox,
            outbox.c.state,
            func.count(),
            func.min(outbox.c.next_attempt_at, type_=UtcDateTime()),
        )
        .where(outbox.c.state.in_(["queued", "sending", "failed"]))
        .group_by(outbox.c.state, outbox.c.mailbox)
    )
    return tuple(
        Mails(mailbox=mailbox, state=state, number=number, next_attempt_at=at)
        for mailbox, state, number, at in conn.execute(query)
    )


def _tasks(conn: Connection) -> tuple[Tasks, ...]:
    def of_mailbox(state: str) -> ColumnElement[int]:
        return (
            select(func.count())
            .where(mailbox_tasks.c.mailbox == mailboxes.c.name, mailbox_tasks.c.state == state)
            .scalar_subquery()
        )

    # Asked mailbox by mailbox: the index leads by its name, and what is done is never let go of.
    query = select(mailboxes.c.name, of_mailbox("pending"), of_mailbox("failed"))
    return tuple(
        Tasks(mailbox=name, pending=pending, failed=failed)
        for name, pending, failed in conn.execute(query)
        if pending or failed
    )
