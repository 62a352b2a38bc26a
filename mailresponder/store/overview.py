"""What stands on the whole desk: counts and short lists for the morning digest.

A fixed number of statements however many tickets there are, and lists of a fixed length. Changes
nothing; which of it is told, and in which words, is policy's and the template's.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    and_,
    cast,
    func,
    not_,
    or_,
    select,
)

from mailresponder.policy.digest import MOST, Answered, Some, Standing, Unsent
from mailresponder.policy.ticket import Ticket, TicketState
from mailresponder.store.outbox import name_of
from mailresponder.store.schema import answers, events, outbox, tickets
from mailresponder.store.tickets import load

NOBODY_LEFT_OUT = ("acknowledgements_disabled", "answered_first")
"""Reasons for which a missing acknowledgement is no person left out."""


class Overview:
    """The tickets and mails of some mailboxes at one moment, all read from one connection."""

    def __init__(
        self,
        conn: Connection,
        mailboxes: Collection[str],
        *,
        now: datetime,
        ends: datetime,
        since: datetime,
    ) -> None:
        """`ends` is the end of the day, `since` when the last digest was written."""
        self._conn, self._now, self._since = conn, now, since
        self._ours = and_(tickets.c.mailbox.in_(mailboxes), tickets.c.spam.is_(False))
        self._open = tickets.c.state == TicketState.OPEN
        put_off = tickets.c.snoozed_until
        self._snoozed = and_(put_off.is_not(None), put_off > now)
        awake = or_(put_off.is_(None), put_off <= now)
        self._late = and_(tickets.c.due_at <= now, awake)
        self._today = and_(tickets.c.due_at > now, tickets.c.due_at < ends, awake)
        self._angry = tickets.c.angry.is_(True)
        self._mailboxes = tuple(mailboxes)

    def standing(self) -> Standing:
        """How many tickets are open."""
        query = select(
            func.count().label("open"),
            func.count().filter(self._angry).label("angry"),
            func.count().filter(self._late).label("late"),
            func.count().filter(and_(self._late, self._angry)).label("late_angry"),
            func.count().filter(self._today).label("due_today"),
            func.count().filter(and_(self._today, self._angry)).label("due_today_angry"),
            func.count().filter(self._snoozed).label("snoozed"),
        ).where(self._ours, self._open)
        return Standing(**self._conn.execute(query).one()._mapping)

    def angry(self, standing: Standing) -> Some[Ticket]:
        """The angry ones that are open, the soonest deadline first."""
        return self._by_deadline(self._angry, number=standing.angry)

    def late(self, standing: Standing) -> Some[Ticket]:
        """The late ones that are not angry, the longest first."""
        number = standing.late - standing.late_angry
        return self._by_deadline(self._late, not_(self._angry), number=number)

    def due_today(self, standing: Standing) -> Some[Ticket]:
        """Those due today that are not angry, the soonest first."""
        number = standing.due_today - standing.due_today_angry
        return self._by_deadline(self._today, not_(self._angry), number=number)

    def unreachable(self) -> Some[Ticket]:
        """Those not closed whose customer cannot be reached, the newest first."""
        return self._some(
            tickets.c.unreachable_at.is_not(None),
            tickets.c.state != TicketState.CLOSED,
            order=(tickets.c.unreachable_at.desc(),),
        )

    def unacknowledged(self) -> Some[Ticket]:
        """Those opened lately by somebody who had no acknowledgement, the angry first."""
        # By when they were taken: mail that lay there while the program was down is older. Intake
        # comes before the digest, so what was taken at that very moment has been told.
        lately = select(events.c.ticket_id).where(
            events.c.what == "opened", events.c.at > self._since
        )
        return self._some(
            tickets.c.id.in_(lately),
            nobody_told(),
            order=(tickets.c.angry.desc(), tickets.c.opened_at.desc()),
        )

    def unsent(self) -> Some[Unsent]:
        """Mails of ours that were given up lately and not tried again, the newest first."""
        query = (
            select(
                outbox.c.kind,
                outbox.c.dedup_key,
                outbox.c.recipient,
                tickets.c.reference,
                outbox.c.last_error,
                func.count().over().label("number"),
            )
            .outerjoin(tickets, tickets.c.id == outbox.c.ticket_id)
            .where(
                outbox.c.mailbox.in_(self._mailboxes),
                outbox.c.state == "failed",
                outbox.c.settled_at >= self._since,
            )
            .order_by(outbox.c.settled_at.desc(), outbox.c.id.desc())
            .limit(MOST)
        )
        rows = self._conn.execute(query).all()
        first = tuple(
            Unsent(
                kind=name_of(row.kind, row.dedup_key),
                recipient=row.recipient,
                reference=row.reference,
                why=row.last_error or "",
            )
            for row in rows
        )
        return Some(first=first, more=rows[0].number - len(rows) if rows else 0)

    def answered(self) -> list[Answered]:
        """The answers given lately."""
        query = (
            select(
                tickets.c.mailbox,
                answers.c.waiting_since,
                answers.c.due_at,
                answers.c.answered_at,
            )
            .join(tickets, tickets.c.id == answers.c.ticket_id)
            .where(
                self._ours, answers.c.answered_at >= self._since, answers.c.answered_at < self._now
            )
        )
        return [Answered(**row._mapping) for row in self._conn.execute(query)]

    def _by_deadline(self, *conditions: ColumnElement[bool], number: int) -> Some[Ticket]:
        if not number:
            return Some()
        first = load(
            self._conn,
            self._ours,
            self._open,
            *conditions,
            order=(tickets.c.due_at,),
            limit=MOST,
        )
        return Some(first=tuple(first), more=max(number - len(first), 0))

    def _some(
        self, *conditions: ColumnElement[bool], order: Sequence[ColumnElement[Any]]
    ) -> Some[Ticket]:
        first = load(self._conn, self._ours, *conditions, order=order, limit=MOST)
        if len(first) < MOST:
            return Some(first=tuple(first))
        query = select(func.count()).where(self._ours, *conditions)
        number = self._conn.execute(query).scalar_one()
        return Some(first=tuple(first), more=max(number - len(first), 0))


def nobody_told() -> ColumnElement[bool]:
    """That a ticket's customer was sent no acknowledgement, and should have heard of us."""
    reasons = cast(tickets.c.suppressed_by, Text)
    return and_(
        reasons != "[]",
        *(not_(reasons.contains(f'"{name}"', autoescape=True)) for name in NOBODY_LEFT_OUT),
    )


def last_digest(conn: Connection, *, before: datetime) -> datetime | None:
    """When the last digest before this moment was written; None: never."""
    query = select(func.max(outbox.c.created_at, type_=outbox.c.created_at.type)).where(
        outbox.c.kind == "digest", outbox.c.created_at < before
    )
    found: datetime | None = conn.execute(query).scalar_one_or_none()
    return found


def number_written(conn: Connection, dedup_keys: Collection[str]) -> int:
    """How many of these mails stand in the outbox, sent or not."""
    query = select(func.count()).where(outbox.c.dedup_key.in_(dedup_keys))
    return conn.execute(query).scalar_one()
