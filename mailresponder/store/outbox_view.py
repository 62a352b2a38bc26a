"""What stands in the outbox: lists, counts and the content of one mail. Changes nothing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, case, func, or_, select

from mailresponder.store.column_types import UtcDateTime
from mailresponder.store.outbox import Kind, State, name_of
from mailresponder.store.outbox_due import claimable
from mailresponder.store.schema import outbox

REPLIES: tuple[Kind, ...] = ("not_sent", "command_report")
"""Kinds that answer a mail that somebody of staff wrote."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OutboxRow:
    """A mail in a list: everything but its content."""

    id: int
    mailbox: str
    ticket_id: int | None
    kind: Kind
    recipient: str
    """`local@domain`."""
    message_id: str
    dedup_key: str
    """Why it was written, as whoever wrote it named it."""
    state: State
    attempts: int
    created_at: datetime
    next_attempt_at: datetime
    """When it is or was due; says nothing once it is sent or failed."""
    settled_at: datetime | None
    """When it was sent or given up; None before."""
    last_error: str | None

    @property
    def name(self) -> str:
        """What it is, where people read it (`outbox.name_of`)."""
        return name_of(self.kind, self.dedup_key)

    @property
    def sent_at(self) -> datetime | None:
        """When the server accepted it; None where it has not."""
        return self.settled_at if self.state == "sent" else None


@dataclass(frozen=True, kw_only=True, slots=True)
class WholeMail:
    """A mail as it stands in the outbox, content and all."""

    message_id: str
    content: bytes
    """CRLF, as last written."""
    settled_at: datetime | None
    """When it was sent or given up; None before."""


LISTED = [column for column in outbox.c if column.name in OutboxRow.__slots__]
"""The columns of an `OutboxRow`."""


def rows(
    conn: Connection, states: Collection[State] | None = None, *, ticket_id: int | None = None
) -> list[OutboxRow]:
    """The mails in these states, or all, oldest first; of one ticket, or of all."""
    query = select(*LISTED).order_by(outbox.c.id)
    if states is not None:
        query = query.where(outbox.c.state.in_(states))
    if ticket_id is not None:
        query = query.where(outbox.c.ticket_id == ticket_id)
    return [row_of(row) for row in conn.execute(query)]


def row(conn: Connection, outbox_id: int) -> OutboxRow | None:
    """One mail, or None."""
    found = conn.execute(select(*LISTED).where(outbox.c.id == outbox_id)).first()
    return None if found is None else row_of(found)


def sizes(conn: Connection, ids: Collection[int]) -> dict[int, int]:
    """How many bytes each of these mails has, by id."""
    length = func.length(outbox.c.content)
    rows = conn.execute(select(outbox.c.id, length).where(outbox.c.id.in_(ids)))
    return {row.id: row[1] for row in rows}


def whole(conn: Connection, ids: Collection[int]) -> dict[int, WholeMail]:
    """These mails with their content, by id."""
    query = select(outbox.c.id, outbox.c.message_id, outbox.c.content, outbox.c.settled_at)
    return {
        row.id: WholeMail(message_id=row.message_id, content=row.content, settled_at=row.settled_at)
        for row in conn.execute(query.where(outbox.c.id.in_(ids)))
    }


def dedup_key(conn: Connection, outbox_id: int) -> str:
    """Why a mail was written, as whoever wrote it named it; empty where there is none."""
    return (
        conn.execute(
            select(outbox.c.dedup_key).where(outbox.c.id == outbox_id)
        ).scalar_one_or_none()
        or ""
    )


def kinds_of(conn: Connection, message_ids: Collection[str]) -> dict[str, Kind]:
    """Which of these Message-IDs are of mails of ours, and of what kind."""
    named = or_(outbox.c.message_id.in_(message_ids), outbox.c.sent_as.in_(message_ids))
    rows = conn.execute(select(outbox.c.message_id, outbox.c.sent_as, outbox.c.kind).where(named))
    return {one: row.kind for row in rows for one in (row.message_id, row.sent_as) if one}


def due_count(conn: Connection, mailbox: str, now: datetime) -> int:
    """How many mails of a mailbox could be claimed now."""
    counts = [
        select(func.count()).where(which).scalar_subquery()
        for which in claimable(conn.dialect.name).values()
    ]
    return sum(conn.execute(select(*counts), {"its_mailbox": mailbox, "now": now}).one())


def sent_since(conn: Connection, mailbox: str, since: datetime) -> int:
    """How many mails of a mailbox the server has accepted after this moment."""
    query = select(func.count()).where(
        outbox.c.mailbox == mailbox,
        outbox.c.state == "sent",
        outbox.c.settled_at > since,
    )
    return conn.execute(query).scalar_one()


def notices_to(
    conn: Connection, recipient: str, *, since: datetime, now: datetime
) -> list[datetime]:
    """When the mails to this address were sent that were sent after a moment or are about to be,
    but for what answers mail of its own.

    What is not sent yet is taken to be sent now, whenever it was written: after an outage it all
    leaves at once.
    """
    rows = _sent_to(conn, outbox.c.kind.not_in(REPLIES), recipient, since)
    return [row.settled_at or now for row in rows]


def replies_to(
    conn: Connection, recipient: str, *, since: datetime, now: datetime
) -> list[datetime]:
    """As `notices_to`, of what answers mail that somebody of staff wrote; what is held back counts
    as sent when it is due."""
    rows = _sent_to(conn, outbox.c.kind.in_(REPLIES), recipient, since)
    return [row.settled_at or max(row.next_attempt_at, now) for row in rows]


def _sent_to(
    conn: Connection, of_kind: ColumnElement[bool], recipient: str, since: datetime
) -> Sequence[Row[Any, Any]]:
    query = select(outbox.c.settled_at, outbox.c.next_attempt_at).where(
        outbox.c.recipient_key == recipient.casefold(),
        outbox.c.state != "failed",
        or_(outbox.c.settled_at.is_(None), outbox.c.settled_at > since),
        of_kind,
    )
    return conn.execute(query).all()


def written_since(conn: Connection, kind: Kind, since: datetime) -> int:
    """How many mails of a kind were written after this moment, sent or not."""
    query = select(func.count()).where(outbox.c.kind == kind, outbox.c.created_at > since)
    return conn.execute(query).scalar_one()


def next_attempt_at(conn: Connection, mailbox: str) -> datetime | None:
    """When a mail of this mailbox can be claimed next; None where nothing waits."""
    sending = outbox.c.state == "sending"
    when = case((sending, outbox.c.lease_expires_at), else_=outbox.c.next_attempt_at)
    query = select(func.min(when, type_=UtcDateTime())).where(
        outbox.c.mailbox == mailbox,
        outbox.c.state.in_(["queued", "sending"]),
    )
    return conn.execute(query).scalar_one_or_none()


def row_of(row: Row[Any]) -> OutboxRow:
    """A row with at least these columns, as a mail in a list."""
    return OutboxRow(**{column.name: row._mapping[column] for column in LISTED})
