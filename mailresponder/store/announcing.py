"""Orders to tell everyone who complained of a defect that it is mended, and who was told, as rows.

A row of `announced` is written in the transaction that queues the mail, and stays: nobody is told
of one defect twice, whatever ended meanwhile.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Text,
    cast,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from mailresponder.policy.announcing import Complaint, Said
from mailresponder.policy.defects import LinkState
from mailresponder.policy.suppression import looks_automatic
from mailresponder.store.database import is_writing
from mailresponder.store.inserting import insert_or
from mailresponder.store.outbox import WAITS
from mailresponder.store.schema import messages, outbox, tickets
from mailresponder.store.schema_themes import announced, announcements, defect_tickets
from mailresponder.store.tickets import chunks, load

_MACHINES = ("list", "bulk", "abuse_report")
"""Not out-of-office replies and reports of delivery: persons have those too."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Announcement:
    """An order to tell everyone; unfinished until it has a time at which it was."""

    id: int
    defect_id: int
    said: Said
    most: int | None
    """How many people at most; None: all of them."""
    by: str
    at: datetime
    finished_at: datetime | None


def order(
    conn: Connection, defect_id: int, said: Said, *, most: int | None, by: str, at: datetime
) -> Announcement:
    """Write down that everyone is to be told, and with which words."""
    written = {"words": dict(said.words), "names": dict(said.names), "most": most}
    values = {"defect_id": defect_id, "words": written, "by": by, "at": at}
    row = conn.execute(insert(announcements).values(values).returning(announcements)).one()
    return _announcement(row)


def unfinished(conn: Connection, defect_id: int | None = None) -> list[Announcement]:
    """The orders that are not carried out yet, of one defect or of all, the oldest first; held
    until the end of a write transaction, so that two passes do not tell more than they may."""
    query = select(announcements).where(announcements.c.finished_at.is_(None))
    if defect_id is not None:
        query = query.where(announcements.c.defect_id == defect_id)
    query = query.order_by(announcements.c.id)
    if is_writing(conn):
        query = query.with_for_update()
    return [_announcement(row) for row in conn.execute(query)]


def of_defect(conn: Connection, defect_id: int) -> list[Announcement]:
    """A defect's announcements, the oldest first."""
    query = select(announcements).where(announcements.c.defect_id == defect_id)
    return [_announcement(row) for row in conn.execute(query.order_by(announcements.c.id))]


def finish(conn: Connection, announcement_id: int, *, at: datetime) -> None:
    """Nobody is left to be told."""
    statement = update(announcements).where(announcements.c.id == announcement_id)
    conn.execute(statement.values(finished_at=at))


def complaints(conn: Connection, defect_id: int) -> list[Complaint]:
    """The tickets that are linked to a defect, with what telling their customers depends on."""
    machine = exists().where(
        messages.c.ticket_id == defect_tickets.c.ticket_id,
        or_(
            messages.c.kind.in_(_MACHINES),
            cast(messages.c.reasons, Text).contains(f'"{looks_automatic.__name__}"'),
        ),
    )
    query = select(defect_tickets.c.ticket_id, machine.label("machine")).where(
        defect_tickets.c.defect_id == defect_id, defect_tickets.c.state == LinkState.LINKED
    )
    found = {row.ticket_id: row.machine for row in conn.execute(query)}
    return [
        Complaint(ticket=ticket, machine_wrote=found[ticket.id])
        for some in chunks(list(found))
        for ticket in load(conn, tickets.c.id.in_(some))
    ]


def told(conn: Connection, defect_id: int) -> set[str]:
    """The keys of who was told of a defect."""
    query = select(announced.c.customer_key).where(announced.c.defect_id == defect_id)
    return set(conn.execute(query).scalars())


def told_since(conn: Connection, since: datetime, defect_id: int | None = None) -> int:
    """How many people were told since a moment, of one defect or of any."""
    query = select(func.count()).select_from(announced).where(announced.c.at >= since)
    if defect_id is not None:
        query = query.where(announced.c.defect_id == defect_id)
    return conn.execute(query).scalar_one()


def tell(conn: Connection, defect_id: int, customer_key: str, ticket_id: int, at: datetime) -> bool:
    """Write down that somebody is told; False where they were already."""
    statement = insert_or(conn, announced).values(
        defect_id=defect_id, customer_key=customer_key, ticket_id=ticket_id, at=at
    )
    new = statement.on_conflict_do_nothing().returning(announced.c.customer_key)
    return conn.execute(new).first() is not None


def told_by(conn: Connection, defect_id: int, customer_key: str, outbox_id: int) -> None:
    """Which mail tells them."""
    statement = update(announced).where(
        announced.c.defect_id == defect_id, announced.c.customer_key == customer_key
    )
    conn.execute(statement.values(outbox_id=outbox_id))


def stop(conn: Connection, defect_id: int, *, at: datetime) -> list[str]:
    """End a defect's announcements, and take back the mails that still wait. Their Message-IDs."""
    orders = update(announcements).where(
        announcements.c.defect_id == defect_id, announcements.c.finished_at.is_(None)
    )
    conn.execute(orders.values(finished_at=at))
    return _take_back(conn, announced.c.defect_id == defect_id)


def take_back(conn: Connection, ticket_id: int) -> list[str]:
    """Take back what still waits to be told in a ticket. The Message-IDs."""
    return _take_back(conn, announced.c.ticket_id == ticket_id)


def _take_back(conn: Connection, which: ColumnElement[bool]) -> list[str]:
    """Who was to get a mail that is taken back was not told."""
    waiting = select(outbox.c.id, outbox.c.message_id).join(
        announced, announced.c.outbox_id == outbox.c.id
    )
    rows = conn.execute(waiting.where(which, WAITS).with_for_update(of=outbox)).all()
    for some in chunks([row.id for row in rows]):
        conn.execute(delete(announced).where(announced.c.outbox_id.in_(some)))
        conn.execute(delete(outbox).where(outbox.c.id.in_(some)))
    return [row.message_id for row in rows]


def _announcement(row: Row[Any]) -> Announcement:
    return Announcement(
        id=row.id,
        defect_id=row.defect_id,
        said=Said(words=row.words["words"], names=row.words["names"]),
        most=row.words["most"],
        by=row.by,
        at=row.at,
        finished_at=row.finished_at,
    )
