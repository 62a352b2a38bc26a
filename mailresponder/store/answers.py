"""When customers were answered, how and by whom: what figures and a failed answer are read from."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, delete, insert, select

from mailresponder.store.schema import answers


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """One answer to a customer who was waiting."""

    ticket_id: int
    waiting_since: datetime
    """Since when they had waited."""
    due_at: datetime | None
    """By when a person was to answer."""
    answered_at: datetime
    how: str
    """What proves it, as `sent_folder`, `relayed` or `command`."""
    by: str
    """Who of staff, as far as is known; else empty."""
    angry: bool
    """Was the customer angry?"""
    outbox_id: int | None = None
    """Our mail that carries it, where we pass it on."""


def add(conn: Connection, answer: Answer) -> None:
    """Write an answer down."""
    values = {name: getattr(answer, name) for name in Answer.__slots__}
    conn.execute(insert(answers).values(values))


def between(conn: Connection, since: datetime, until: datetime) -> list[Answer]:
    """The answers given from `since` on and before `until`, oldest first."""
    query = select(answers).where(answers.c.answered_at >= since, answers.c.answered_at < until)
    rows = conn.execute(query.order_by(answers.c.answered_at, answers.c.id))
    return [_answer(row._mapping) for row in rows]


def of_mail(conn: Connection, outbox_id: int) -> Answer | None:
    """The answer that this mail of ours carries, or None."""
    row = conn.execute(select(answers).where(answers.c.outbox_id == outbox_id)).first()
    return _answer(row._mapping) if row is not None else None


def of_ticket(conn: Connection, ticket_id: int) -> list[Answer]:
    """The answers in a ticket, oldest first."""
    query = select(answers).where(answers.c.ticket_id == ticket_id)
    rows = conn.execute(query.order_by(answers.c.answered_at, answers.c.id))
    return [_answer(row._mapping) for row in rows]


def take_back(conn: Connection, outbox_id: int) -> None:
    """The mail that carried it did not arrive: it answered nothing."""
    conn.execute(delete(answers).where(answers.c.outbox_id == outbox_id))


def _answer(row: RowMapping) -> Answer:
    return Answer(**{name: row[name] for name in Answer.__slots__})
