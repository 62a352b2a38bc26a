"""What staff said of the anger in a customer's mail, with the texts to learn from.

One label a message. A message whose text is gone keeps its label, and nothing is learnt from it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from mailresponder.policy.facts import Outcome
from mailresponder.store.inserting import insert_or
from mailresponder.store.schema import labels as rows
from mailresponder.store.schema import messages, tickets


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """What a person said of a message."""

    message_row: int
    angry: bool
    by: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A customer's mail that has a text."""

    message_row: int
    customer: str
    """`local@domain` of the ticket's customer; may be empty."""
    name: str
    """Their display name; may be empty."""
    language: str | None
    outcome: Outcome
    subject: str
    new_text: str
    angry: bool | None
    """What staff said of it; None where they said nothing."""


def put(conn: Connection, label: Label) -> None:
    """Store a label, over an earlier one of the same message."""
    values = {"angry": label.angry, "by": label.by, "at": label.at}
    statement = insert_or(conn, rows).values(message_row=label.message_row, **values)
    conn.execute(statement.on_conflict_do_update(index_elements=["message_row"], set_=values))


def of_message(conn: Connection, message_row: int) -> Label | None:
    """The label of a message, or None."""
    row = conn.execute(select(rows).where(rows.c.message_row == message_row)).first()
    if row is None:
        return None
    return Label(message_row=row.message_row, angry=row.angry, by=row.by, at=row.at)


def labelled(conn: Connection) -> list[Said]:
    """The messages to learn from: labelled, and their text is still there. Oldest row first."""
    query = _said().where(rows.c.angry.is_not(None)).order_by(messages.c.id)
    return [_as_said(row) for row in conn.execute(query)]


def latest(conn: Connection, limit: int) -> list[Said]:
    """The last mails of customers, labelled or not, the newest first."""
    query = _said().order_by(messages.c.at.desc(), messages.c.id.desc()).limit(limit)
    return [_as_said(row) for row in conn.execute(query)]


def staff_addresses(conn: Connection) -> list[str]:
    """Every address that staff have answered from."""
    column = messages.c["from"]
    query = select(column).where(messages.c.direction == "staff").distinct().order_by(column)
    return [row[0] for row in conn.execute(query)]


def _said() -> Select[Any]:
    return (
        select(
            messages, tickets.c.customer_email, tickets.c.customer_name, rows.c.angry.label("is")
        )
        .join(tickets, tickets.c.id == messages.c.ticket_id)
        .outerjoin(rows, rows.c.message_row == messages.c.id)
        .where(
            messages.c.direction == "in",
            messages.c.outcome.in_([Outcome.OPENED, Outcome.FOLLOWED_UP]),
            messages.c.kind == "human",
            messages.c.new_text != "",
        )
    )


def _as_said(row: Row[Any]) -> Said:
    return Said(
        message_row=row.id,
        customer=row.customer_email,
        name=row.customer_name,
        language=row.language,
        outcome=Outcome(row.outcome),
        subject=row.subject,
        new_text=row.new_text,
        angry=row._mapping["is"],
    )
