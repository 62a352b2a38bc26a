"""Named defects and the tickets that complain of them, as rows.

It decides nothing: what a name means is policy's, and what is proposed is the job's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, case, delete, distinct, func, select, update
from sqlalchemy.exc import IntegrityError

from mailresponder.policy.defects import Defect, DefectState, How, LinkState, key_of
from mailresponder.store.announcing import numbers_told
from mailresponder.store.inserting import insert_new, insert_or
from mailresponder.store.schema import tickets
from mailresponder.store.schema_themes import (
    announced,
    announcements,
    defect_tickets,
    defects,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A ticket and a defect."""

    defect_id: int
    ticket_id: int
    reference: str
    """The ticket's."""
    state: LinkState
    how: How
    by: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """How much hangs on a defect."""

    linked: int = 0
    proposed: int = 0
    refused: int = 0
    people: int = 0
    """Customers of the linked tickets."""
    told: int = 0
    """People who were told that it is mended."""


def add(conn: Connection, defect: Defect) -> Defect | None:
    """Insert a new defect; returns it with its id, None where there is one of this name."""
    row = insert_new(conn, defects, _values(defect), key="name_key")
    return None if row is None else replace(defect, id=row)


def save(conn: Connection, defect: Defect) -> bool:
    """Store a defect as it stands now; False, and nothing is done, where another has its name, be
    it since a moment. Raises LookupError where there is none with this id."""
    statement = update(defects).where(defects.c.id == defect.id).values(_values(defect))
    try:
        with conn.begin_nested():
            if conn.execute(statement).rowcount != 1:
                raise LookupError(f"no defect with id {defect.id}")
    except IntegrityError:
        return False
    return True


def all_defects(conn: Connection, state: DefectState | None = None) -> list[Defect]:
    """Every defect, or those in a state, the oldest first."""
    query = select(defects).order_by(defects.c.id)
    if state is not None:
        query = query.where(defects.c.state == state)
    return [_defect(row) for row in conn.execute(query)]


def by_id(conn: Connection, defect_id: int) -> Defect | None:
    """One defect, or None."""
    row = conn.execute(select(defects).where(defects.c.id == defect_id)).first()
    return None if row is None else _defect(row)


def remove(conn: Connection, defect_id: int) -> bool:
    """Remove a defect nobody was told of and no ticket is linked to; False, and nothing is done,
    where there is any. What is proposed or refused goes with it."""
    linked = select(defect_tickets.c.ticket_id).where(
        defect_tickets.c.defect_id == defect_id, defect_tickets.c.state == LinkState.LINKED
    )
    ordered = select(announcements.c.id).where(announcements.c.defect_id == defect_id)
    if any(conn.execute(query.limit(1)).first() for query in (linked, ordered)):
        return False
    conn.execute(delete(defect_tickets).where(defect_tickets.c.defect_id == defect_id))
    conn.execute(delete(defects).where(defects.c.id == defect_id))
    return True


def put_link(
    conn: Connection,
    defect_id: int,
    ticket_id: int,
    *,
    state: LinkState,
    how: How,
    by: str,
    at: datetime,
) -> bool:
    """Say what a ticket is to a defect; False where it is that already."""
    if link_of(conn, defect_id, ticket_id) is state:
        return False
    values = {"state": state, "how": how, "by": by, "at": at}
    statement = insert_or(conn, defect_tickets).values(
        defect_id=defect_id, ticket_id=ticket_id, **values
    )
    keys = ["defect_id", "ticket_id"]
    conn.execute(statement.on_conflict_do_update(index_elements=keys, set_=values))
    return True


def link_of(conn: Connection, defect_id: int, ticket_id: int) -> LinkState | None:
    """What a ticket is to a defect; None: nothing."""
    query = select(defect_tickets.c.state).where(
        defect_tickets.c.defect_id == defect_id, defect_tickets.c.ticket_id == ticket_id
    )
    state = conn.execute(query).scalar_one_or_none()
    return None if state is None else LinkState(state)


def drop_link(conn: Connection, defect_id: int, ticket_id: int) -> bool:
    """A ticket has nothing to do with a defect; False where it had not."""
    statement = delete(defect_tickets).where(
        defect_tickets.c.defect_id == defect_id, defect_tickets.c.ticket_id == ticket_id
    )
    return conn.execute(statement).rowcount == 1


def links(conn: Connection, defect_id: int, state: LinkState | None = None) -> list[Link]:
    """A defect's tickets, or those in a state, the newest first."""
    query = (
        select(defect_tickets, tickets.c.reference)
        .join(tickets, tickets.c.id == defect_tickets.c.ticket_id)
        .where(defect_tickets.c.defect_id == defect_id)
        .order_by(tickets.c.opened_at.desc(), tickets.c.id.desc())
    )
    if state is not None:
        query = query.where(defect_tickets.c.state == state)
    return [_link(row) for row in conn.execute(query)]


def of_ticket(conn: Connection, ticket_id: int) -> list[tuple[Defect, Link]]:
    """The defects that a ticket is linked or proposed to, the oldest first; not those refused."""
    query = (
        select(defect_tickets, tickets.c.reference)
        .join(tickets, tickets.c.id == defect_tickets.c.ticket_id)
        .where(
            defect_tickets.c.ticket_id == ticket_id,
            defect_tickets.c.state != LinkState.REFUSED,
        )
        .order_by(defect_tickets.c.defect_id)
    )
    found = [_link(row) for row in conn.execute(query)]
    if not found:
        return []
    named = defects.c.id.in_([link.defect_id for link in found])
    of = {row.id: _defect(row) for row in conn.execute(select(defects).where(named))}
    return [(of[link.defect_id], link) for link in found]


def counts(conn: Connection) -> dict[int, Counts]:
    """How much hangs on each defect, by its id; those on which nothing does are left out."""
    found: dict[int, dict[str, int]] = {}
    query = (
        select(
            defect_tickets.c.defect_id,
            *(_number(state).label(state.value) for state in LinkState),
            func.count(distinct(case((_is(LinkState.LINKED), _person())))).label("people"),
        )
        .join(tickets, tickets.c.id == defect_tickets.c.ticket_id)
        .group_by(defect_tickets.c.defect_id)
    )
    for row in conn.execute(query):
        found[row.defect_id] = {
            "linked": row.linked,
            "proposed": row.proposed,
            "refused": row.refused,
            "people": row.people,
        }
    for defect_id, number in numbers_told(conn).items():
        found.setdefault(defect_id, {})["told"] = number
    return {defect_id: Counts(**numbers) for defect_id, numbers in found.items()}


def move(conn: Connection, merged: int, into: int) -> None:
    """Hang the defects of a ticket on the one that it was merged into, and whom it was told in.
    What is linked stays so, whatever the other was to it."""
    whom = update(announced).where(announced.c.ticket_id == merged)
    conn.execute(whom.values(ticket_id=into))
    rows = conn.execute(select(defect_tickets).where(defect_tickets.c.ticket_id == merged)).all()
    for row in rows:
        there = link_of(conn, row.defect_id, into)
        if there is None or row.state == LinkState.LINKED:
            put_link(
                conn,
                row.defect_id,
                into,
                state=LinkState(row.state),
                how=How(row.how),
                by=row.by,
                at=row.at,
            )
    if rows:
        conn.execute(delete(defect_tickets).where(defect_tickets.c.ticket_id == merged))


def _is(state: LinkState) -> Any:
    return defect_tickets.c.state == state


def _number(state: LinkState) -> Any:
    return func.count(case((_is(state), 1)))


def _person() -> Any:
    # Who has no address may be anybody: each such ticket is a person of its own.
    key = func.lower(tickets.c.customer_email)
    return case((key == "", tickets.c.reference), else_=key)


def _values(defect: Defect) -> dict[str, object]:
    return {
        "name": defect.name,
        "name_key": key_of(defect.name),
        "owner": defect.owner,
        "state": defect.state,
        "theme": defect.theme,
        "words": {language: list(words) for language, words in defect.words.items()},
        "known": dict(defect.known),
        "known_until": defect.known_until,
        "opened_at": defect.opened_at,
        "opened_by": defect.opened_by,
        "fixed_at": defect.fixed_at,
        "fixed_by": defect.fixed_by,
    }


def _defect(row: Row[Any]) -> Defect:
    words: Mapping[str, Sequence[str]] = row.words
    return Defect(
        id=row.id,
        name=row.name,
        owner=row.owner,
        state=DefectState(row.state),
        theme=row.theme,
        words={language: tuple(some) for language, some in words.items()},
        known=row.known,
        known_until=row.known_until,
        opened_at=row.opened_at,
        opened_by=row.opened_by,
        fixed_at=row.fixed_at,
        fixed_by=row.fixed_by,
    )


def _link(row: Row[Any]) -> Link:
    return Link(
        defect_id=row.defect_id,
        ticket_id=row.ticket_id,
        reference=row.reference,
        state=LinkState(row.state),
        how=How(row.how),
        by=row.by,
        at=row.at,
    )
