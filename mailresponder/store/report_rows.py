"""What a listening report is counted from: rows of a time as light tuples, in a fixed number of
statements however many there are.

No texts: `report_extras` has those of the few messages that are quoted. Nothing is counted or
judged here. Left out everywhere: what staff called spam, and tickets that became part of another.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    true,
)

from mailresponder.policy.facts import Outcome
from mailresponder.policy.ticket import TicketState
from mailresponder.store.column_types import UtcDateTime
from mailresponder.store.messages import OF_PEOPLE
from mailresponder.store.schema import answers, events, labels, messages, tickets
from mailresponder.store.schema_themes import message_themes, themed

_TOLD = ("escalated", "warned", "reopened", "solved", "not_solved", "unreachable")


class MessageRow(NamedTuple):
    """A mail of a person to us."""

    row: int
    ticket: int
    mailbox: str
    language: str
    """The ticket's, as all figures by language have it."""
    person: str
    """Tells the customer from others; the ticket stands for one whose address is gone."""
    at: datetime
    angry: bool
    """By what staff said of it, else as it was heard."""
    anger: float
    is_first: bool
    """Did it open its ticket?"""
    praise: float | None
    """None: nobody has looked yet what it is about."""


class TicketRow(NamedTuple):
    """A ticket that was opened in the time, or is open now."""

    ticket: int
    reference: str
    mailbox: str
    language: str
    person: str
    opened_at: datetime
    waiting_since: datetime | None
    due_at: datetime | None
    is_open: bool


class AnswerRow(NamedTuple):
    """An answer to a customer who waited."""

    ticket: int
    mailbox: str
    language: str
    waiting_since: datetime
    due_at: datetime | None
    answered_at: datetime
    is_first: bool
    """Did they wait since the ticket was opened?"""


class EventRow(NamedTuple):
    """What was done to a ticket."""

    ticket: int
    mailbox: str
    language: str
    at: datetime
    what: str
    level: int
    """Of an escalation, from 1 on; else 0."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Only:
    """What a report is limited to; None: it is not."""

    mailbox: str | None = None
    language: str | None = None
    themes: frozenset[str] | None = None
    """The keys that stand for one theme, with those merged into it."""

    @property
    def tickets(self) -> ColumnElement[bool]:
        """Of tickets, those that count."""
        holds: list[ColumnElement[bool]] = [
            tickets.c.spam.is_(False),
            tickets.c.merged_into.is_(None),
        ]
        if self.mailbox is not None:
            holds.append(tickets.c.mailbox == self.mailbox)
        if self.language is not None:
            holds.append(tickets.c.language == self.language)
        if self.themes is not None:
            about = (
                select(messages.c.ticket_id)
                .join(message_themes, message_themes.c.message_row == messages.c.id)
                .where(message_themes.c.theme.in_(self.themes), messages.c.ticket_id.is_not(None))
            )
            holds.append(tickets.c.id.in_(about))
        return and_(*holds)

    @property
    def messages(self) -> ColumnElement[bool]:
        """Of the messages of such tickets, those that count."""
        if self.themes is None:
            return true()
        about = select(message_themes.c.message_row)
        return messages.c.id.in_(about.where(message_themes.c.theme.in_(self.themes)))


def messages_of_people(
    conn: Connection, only: Only, since: datetime, until: datetime
) -> list[MessageRow]:
    """The mails of persons to us, oldest first."""
    query = (
        select(
            messages.c.id,
            messages.c.ticket_id,
            tickets.c.mailbox,
            tickets.c.language,
            func.lower(tickets.c.customer_email),
            messages.c.at,
            func.coalesce(labels.c.angry, messages.c.angry),
            func.coalesce(messages.c.anger, 0.0),
            messages.c.outcome,
            themed.c.praise,
        )
        .join(tickets, tickets.c.id == messages.c.ticket_id)
        .outerjoin(labels, labels.c.message_row == messages.c.id)
        .outerjoin(themed, themed.c.message_row == messages.c.id)
        .where(*OF_PEOPLE, only.tickets, only.messages)
        .where(messages.c.at >= since, messages.c.at < until)
        .order_by(messages.c.at, messages.c.id)
    )
    same = _Same()
    return [
        MessageRow(
            row=row,
            ticket=ticket,
            mailbox=same(mailbox),
            language=same(language),
            person=same(person or f"#{ticket}"),
            at=at,
            angry=bool(angry),
            anger=anger,
            is_first=outcome == Outcome.OPENED,
            praise=praise,
        )
        for row, ticket, mailbox, language, person, at, angry, anger, outcome, praise in (
            conn.execute(query)
        )
    ]


def themes_of(
    conn: Connection, only: Only, since: datetime, until: datetime
) -> dict[int, tuple[str, ...]]:
    """What these mails are about: row to keys as they were written, the clearest first."""
    query = (
        select(message_themes.c.message_row, message_themes.c.theme)
        .join(messages, messages.c.id == message_themes.c.message_row)
        .join(tickets, tickets.c.id == messages.c.ticket_id)
        .where(*OF_PEOPLE, only.tickets, only.messages)
        .where(messages.c.at >= since, messages.c.at < until)
        .order_by(message_themes.c.message_row, message_themes.c.weight.desc())
    )
    found: dict[int, tuple[str, ...]] = {}
    same = _Same()
    for row, theme in conn.execute(query):
        found[row] = (*found.get(row, ()), same(theme))
    return found


def first_met(conn: Connection, only: Only) -> dict[str, datetime]:
    """When each theme, by its key as it was written, was first written about."""
    query = (
        select(message_themes.c.theme, func.min(messages.c.at, type_=UtcDateTime()))
        .join(messages, messages.c.id == message_themes.c.message_row)
        .join(tickets, tickets.c.id == messages.c.ticket_id)
        .where(*OF_PEOPLE, only.tickets)
        .group_by(message_themes.c.theme)
    )
    return {row[0]: row[1] for row in conn.execute(query)}


def oldest(conn: Connection, only: Only) -> datetime | None:
    """When the first mail of a person came; None: never."""
    query = (
        select(func.min(messages.c.at, type_=UtcDateTime()))
        .join(tickets, tickets.c.id == messages.c.ticket_id)
        .where(*OF_PEOPLE, only.tickets)
    )
    found: datetime | None = conn.execute(query).scalar_one()
    return found


def tickets_opened(
    conn: Connection, only: Only, since: datetime, until: datetime
) -> list[TicketRow]:
    """Tickets opened in a time, and all opened before its end whose customer waits now; oldest
    first."""
    is_open = tickets.c.state == TicketState.OPEN
    query = (
        select(
            tickets.c.id,
            tickets.c.reference,
            tickets.c.mailbox,
            tickets.c.language,
            func.lower(tickets.c.customer_email),
            tickets.c.opened_at,
            tickets.c.waiting_since,
            tickets.c.due_at,
            is_open,
        )
        .where(only.tickets, tickets.c.opened_at < until)
        .where(or_(tickets.c.opened_at >= since, is_open))
        .order_by(tickets.c.opened_at, tickets.c.id)
    )
    same = _Same()
    return [
        TicketRow(
            ticket=number,
            reference=reference,
            mailbox=same(mailbox),
            language=same(language),
            person=same(person or f"#{number}"),
            opened_at=opened_at,
            waiting_since=waiting_since,
            due_at=due_at,
            is_open=bool(waits),
        )
        for (
            number,
            reference,
            mailbox,
            language,
            person,
            opened_at,
            waiting_since,
            due_at,
            waits,
        ) in conn.execute(query)
    ]


def answers_given(conn: Connection, only: Only, since: datetime) -> list[AnswerRow]:
    """The answers from a moment on, up to now, oldest first."""
    query = (
        select(
            answers.c.ticket_id,
            tickets.c.mailbox,
            tickets.c.language,
            answers.c.waiting_since,
            answers.c.due_at,
            answers.c.answered_at,
            answers.c.waiting_since <= tickets.c.opened_at,
        )
        .join(tickets, tickets.c.id == answers.c.ticket_id)
        .where(only.tickets, answers.c.answered_at >= since)
        .order_by(answers.c.answered_at, answers.c.id)
    )
    same = _Same()
    return [
        AnswerRow(ticket, same(mailbox), same(language), waited, due_at, at, bool(is_first))
        for ticket, mailbox, language, waited, due_at, at, is_first in conn.execute(query)
    ]


def what_was_done(conn: Connection, only: Only, since: datetime, until: datetime) -> list[EventRow]:
    """What figures are made of among what was done to tickets, oldest first."""
    query = (
        select(
            events.c.ticket_id,
            tickets.c.mailbox,
            tickets.c.language,
            events.c.at,
            events.c.what,
            case((events.c.what == "escalated", events.c.why), else_=literal("")),
        )
        .join(tickets, tickets.c.id == events.c.ticket_id)
        .where(only.tickets, events.c.what.in_(_TOLD))
        .where(events.c.at >= since, events.c.at < until)
        .order_by(events.c.at, events.c.id)
    )
    same = _Same()
    return [
        EventRow(ticket, same(mailbox), same(language), at, same(what), _level(why))
        for ticket, mailbox, language, at, what, why in conn.execute(query)
    ]


class _Same(dict[str, str]):
    """Texts that are equal become one: a hundred thousand rows name few mailboxes."""

    def __call__(self, text: str) -> str:
        return self.setdefault(text, text)


def _level(why: str) -> int:
    """The level that an escalation's story tells, as `level 2, told …`."""
    number = why.removeprefix("level ").partition(",")[0]
    return int(number) if why.startswith("level ") and number.isdigit() else 0
