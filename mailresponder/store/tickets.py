"""Tickets as rows: written, read back, listed, with the events that say what was done and why.

It decides nothing: a ticket is stored as policy made it. Rows read in a write transaction are
locked until its end (PostgreSQL; on SQLite there is one writer anyway), so what is read, changed
and saved in one `Store.begin()` overwrites nobody's change.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
    update,
)

from mailresponder.mail.message import Address
from mailresponder.policy.ticket import LanguageSource, Participant, Role, Ticket, TicketState
from mailresponder.store.database import is_writing
from mailresponder.store.gathering import gathered
from mailresponder.store.schema import events as event_rows
from mailresponder.store.schema import messages, participants, tickets
from mailresponder.store.ticket_rows import ticket_of, values_of

_CHUNK = 500
"""How many values one IN list holds at most."""

# Built once: building a statement costs several times what SQLite takes to run it.
_SAVE = update(tickets).where(tickets.c.id == bindparam("its_id"))
_NAMED = (
    select(tickets)
    .where(
        or_(
            tickets.c.id.in_(bindparam("ids", expanding=True)),
            tickets.c.reference.in_(bindparam("references", expanding=True)),
        )
    )
    .order_by(tickets.c.id)
)
_NAMED_TO_CHANGE = _NAMED.with_for_update()
_PARTICIPANTS = select(participants).where(
    participants.c.ticket_id.in_(bindparam("ids", expanding=True))
)
_LAST_LANGUAGE = (
    select(tickets.c.language)
    .join(participants, participants.c.ticket_id == tickets.c.id)
    .where(
        participants.c.address == bindparam("customer"),
        participants.c.role == Role.CUSTOMER,
        # Not any address of theirs: behind a form's stand all who use it.
        func.lower(tickets.c.customer_email) == bindparam("customer"),
        func.coalesce(tickets.c.language_from, LanguageSource.TEXT) == LanguageSource.TEXT,
    )
    .order_by(tickets.c.id.desc())
    .limit(1)
)


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketRow:
    """A ticket in a list."""

    ticket: Ticket
    messages: int
    """How many mails are linked to it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """What was done to a ticket and why."""

    at: datetime
    what: str
    """As `escalated`."""
    why: str
    by: str
    """A person's address, or the part of the program."""


def add_ticket(conn: Connection, ticket: Ticket) -> Ticket:
    """Insert a new ticket, with what else is gathered; returns it with its id. Where a ticket
    carries its reference already, writing it raises IntegrityError."""
    row = gathered(conn).add_new(conn, tickets, values_of(ticket))
    _add_participants(conn, row, ticket.participants)
    return replace(ticket, id=row)


def save_ticket(conn: Connection, ticket: Ticket) -> None:
    """Store a ticket as it stands now, and participants it has gained.

    Raises:
        LookupError: There is no ticket with this id.
    """
    changed = conn.execute(_SAVE, {"its_id": ticket.id, **values_of(ticket)}).rowcount
    if changed != 1:
        raise LookupError(f"no ticket with id {ticket.id}")
    _add_participants(conn, ticket.id, ticket.participants)
    # Whoever asks about the ticket by other names than theirs must find them too.
    gathered(conn).write(conn)


def mark_acknowledged(conn: Connection, ticket_id: int, at: datetime) -> None:
    """The SMTP server accepted the acknowledgement."""
    conn.execute(_SAVE, {"its_id": ticket_id, "acknowledged_at": at})


def ticket_by_reference(conn: Connection, reference: str) -> Ticket | None:
    """The ticket of a reference as `MR-7F3K2`, or None."""
    return _first(load_named(conn, references=[reference]))


def ticket_by_id(conn: Connection, ticket_id: int) -> Ticket | None:
    """The ticket of an id, or None."""
    return _first(load_named(conn, ids=[ticket_id]))


def followed(conn: Connection, reference: str) -> Ticket | None:
    """The ticket of a reference, or the one that holds its messages now; None: there is none."""
    found = ticket_by_reference(conn, reference)
    if found is None or found.merged_into is None:
        return found
    # One step suffices: merging a ticket takes what was merged into it along.
    return ticket_by_reference(conn, found.merged_into)


def last_language(conn: Connection, customer: Address) -> str | None:
    """What a customer spoke in their latest ticket whose text told; None where there is none."""
    return conn.execute(_LAST_LANGUAGE, {"customer": customer.key}).scalar_one_or_none()


def list_tickets(
    conn: Connection,
    *,
    mailbox: str | None = None,
    state: TicketState | None = None,
    angry: bool | None = None,
    overdue_at: datetime | None = None,
) -> list[TicketRow]:
    """The queue: open tickets first, the angry before the others, the most overdue on top.

    Args:
        conn: A connection of the store.
        mailbox: Only tickets of this mailbox; None for all.
        state: Only tickets in this state; None for all.
        angry: Only angry ones, or only the others; None for all.
        overdue_at: Only open tickets whose deadline has passed at this moment; None for all.
    """
    conditions: list[ColumnElement[bool]] = []
    if mailbox is not None:
        conditions.append(tickets.c.mailbox == mailbox)
    if state is not None:
        conditions.append(tickets.c.state == state)
    if angry is not None:
        conditions.append(tickets.c.angry.is_(angry))
    if overdue_at is not None:
        conditions.append(tickets.c.state == TicketState.OPEN)
        conditions.append(tickets.c.due_at <= overdue_at)
    return sorted(with_messages(conn, *conditions), key=_place_in_queue)


def with_messages(
    conn: Connection,
    *conditions: ColumnElement[bool],
    order: Sequence[ColumnElement[Any]] = (),
) -> list[TicketRow]:
    """As `load`, each with the number of its mails."""
    found = load(conn, *conditions, order=order)
    counts = _message_counts(conn, [ticket.id for ticket in found])
    return [TicketRow(ticket=ticket, messages=counts.get(ticket.id, 0)) for ticket in found]


def due_tickets(conn: Connection, mailbox: str, now: datetime) -> list[Ticket]:
    """The open tickets of a mailbox that somebody must be told of, longest due first."""
    found = load(
        conn,
        tickets.c.mailbox == mailbox,
        tickets.c.state == TicketState.OPEN,
        tickets.c.next_escalation_at <= now,
        or_(tickets.c.snoozed_until.is_(None), tickets.c.snoozed_until <= now),
    )
    return sorted(found, key=lambda ticket: (ticket.next_escalation_at or now, ticket.id))


def unreachable_tickets(conn: Connection, mailbox: str) -> list[Ticket]:
    """The tickets of a mailbox whose customer cannot be reached, of which nobody has been told."""
    return load(
        conn,
        tickets.c.mailbox == mailbox,
        tickets.c.unreachable_at.is_not(None),
        tickets.c.unreachable_told_at.is_(None),
        tickets.c.state != TicketState.CLOSED,
    )


def add_event(
    conn: Connection, ticket_id: int, *, at: datetime, what: str, why: str, by: str
) -> None:
    """Write down what was done to a ticket and why."""
    add_events(conn, ticket_id, [Event(at=at, what=what, why=why, by=by)])


def add_events(conn: Connection, ticket_id: int, told: Sequence[Event]) -> None:
    """As `add_event`, of all that was done at once."""
    rows = [
        {"ticket_id": ticket_id, "at": one.at, "what": one.what, "why": one.why, "by": one.by}
        for one in told
    ]
    gathered(conn).add(event_rows, rows)


def events(conn: Connection, ticket_id: int) -> list[Event]:
    """What was done to a ticket, in the order it was written down."""
    rows = conn.execute(
        select(event_rows).where(event_rows.c.ticket_id == ticket_id).order_by(event_rows.c.id)
    )
    return [Event(at=row.at, what=row.what, why=row.why, by=row.by) for row in rows]


def load(
    conn: Connection,
    *conditions: ColumnElement[bool],
    order: Sequence[ColumnElement[Any]] = (),
    limit: int | None = None,
) -> list[Ticket]:
    """The tickets that meet all conditions on `schema.tickets`, at most `limit`, in this order;
    else, and where that leaves it open, oldest id first."""
    query = select(tickets).where(and_(True, *conditions))
    query = query.order_by(*order, tickets.c.id).limit(limit)
    return _loaded(conn, query.with_for_update() if is_writing(conn) else query)


def load_named(
    conn: Connection, *, ids: Collection[int] = (), references: Collection[str] = ()
) -> list[Ticket]:
    """As `load`: the tickets with these ids or these references."""
    if not ids and not references:
        return []
    query = _NAMED_TO_CHANGE if is_writing(conn) else _NAMED
    return _loaded(conn, query, {"ids": list(ids), "references": list(references)})


def chunks(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """The values in runs short enough for one IN list."""
    return (values[i : i + _CHUNK] for i in range(0, len(values), _CHUNK))


def _loaded(
    conn: Connection, query: Select[Any], asked: Mapping[str, object] | None = None
) -> list[Ticket]:
    rows = conn.execute(query, asked).all()
    people = _participants(conn, [row.id for row in rows])
    return [ticket_of(row, people.get(row.id, frozenset())) for row in rows]


def _first(found: list[Ticket]) -> Ticket | None:
    return found[0] if found else None


def _place_in_queue(row: TicketRow) -> tuple[bool, bool, float, float]:
    ticket = row.ticket
    waits = ticket.state is TicketState.OPEN
    due = ticket.due_at.timestamp() if ticket.due_at else float("inf")
    return (not waits, not ticket.angry, due, -ticket.opened_at.timestamp())


def _message_counts(conn: Connection, ids: Sequence[int]) -> dict[int, int]:
    counts: dict[int, int] = {}
    for some in chunks(ids):
        query = select(messages.c.ticket_id, func.count().label("number"))
        query = query.where(messages.c.ticket_id.in_(some)).group_by(messages.c.ticket_id)
        counts.update({row.ticket_id: row.number for row in conn.execute(query)})
    return counts


def _participants(conn: Connection, ids: Sequence[int]) -> dict[int, frozenset[Participant]]:
    people: dict[int, set[Participant]] = {}
    for some in chunks(ids):
        for row in conn.execute(_PARTICIPANTS, {"ids": some}):
            person = Participant(address=row.address, role=Role(row.role))
            people.setdefault(row.ticket_id, set()).add(person)
    return {ticket_id: frozenset(found) for ticket_id, found in people.items()}


def _add_participants(conn: Connection, ticket_id: int, people: Iterable[Participant]) -> None:
    rows = [{"ticket_id": ticket_id, "address": p.address, "role": p.role} for p in people]
    gathered(conn).add(participants, rows)
