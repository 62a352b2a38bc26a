"""A ticket's story in the order it happened: what came, what was sent, what was noted, and what
was done and why. For the page; nothing is changed here."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import Connection

from mailresponder.jobs.story import (
    FROM_CUSTOMERS,
    NOTE,
    RELAYED,
    heat,
    original_of,
    others_of,
    writer_of_relay,
)
from mailresponder.mail.message import Address
from mailresponder.policy.bands import Heat
from mailresponder.policy.facts import Outcome
from mailresponder.policy.notices import Original
from mailresponder.policy.ticket import OtherTickets, Ticket
from mailresponder.store import messages, outbox_view, tickets
from mailresponder.store.messages import MessageRecord
from mailresponder.store.outbox_view import OutboxRow
from mailresponder.store.tickets import Event

_SECOND = timedelta(seconds=1)


class Part(StrEnum):
    """What one entry of a story is."""

    CUSTOMER = "customer"
    """Their mail."""
    OTHER = "other"
    """The mail of somebody else in the thread."""
    STAFF = "staff"
    """An answer of staff that the customer can see."""
    INTERNAL = "internal"
    """What staff wrote to us: the customer cannot see it."""
    OURS = "ours"
    """A notice of ours."""
    MACHINE = "machine"
    """What a program wrote."""
    NOTE = "note"
    """What staff wrote down for one another."""
    EVENTS = "events"
    """What was done, one thing after another."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One entry: a mail, a note, or a run of events."""

    part: Part
    who: str = ""
    """Who wrote it: an address, or as notes name their writer."""
    message: MessageRecord | None = None
    """Of a mail."""
    heat: Heat | None = None
    """How angry a mail counts as; None where nobody listened."""
    sending: OutboxRow | None = None
    """Of a mail of ours, where it is on its way."""
    events: tuple[Event, ...] = ()
    """Of a note, the one that holds it; of a run, oldest first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Timeline:
    """All there is to show of a ticket."""

    ticket: Ticket
    entries: tuple[Entry, ...]
    """Oldest first."""
    unsent: tuple[OutboxRow, ...]
    """Mails of ours about it that wait, are being sent or were given up."""
    others: OtherTickets
    """What else the customer has written about."""
    original: Original
    """The customer's mail that waits for an answer."""
    seen: str
    """What a form brings back, so that nobody acts on what they have not seen (`seen_of`)."""


def timeline(conn: Connection, reference: str) -> Timeline | None:
    """A ticket's story; None where there is no such ticket."""
    ticket = tickets.ticket_by_reference(conn, reference)
    if ticket is None:
        return None
    told = messages.of_ticket(conn, ticket.id)
    events = tickets.events(conn, ticket.id)
    sending = {row.message_id: row for row in outbox_view.rows(conn, ticket_id=ticket.id)}
    relayed = [event for event in events if event.what == RELAYED]
    entries = [_mail(ticket, message, sending, relayed) for message in told]
    sent_at = {row.message_id: row.sent_at for row in sending.values() if row.sent_at is not None}
    return Timeline(
        ticket=ticket,
        entries=_in_order(entries, events, sent_at),
        unsent=tuple(row for row in sending.values() if row.state != "sent"),
        others=others_of(conn, ticket),
        original=original_of(conn, ticket),
        seen=_seen(ticket, told, events),
    )


def seen_of(conn: Connection, ticket: Ticket) -> str:
    """A mark that changes when people do something to a ticket or write about it. What the program
    does by itself, an escalation say, leaves it as it is."""
    told = messages.of_ticket(conn, ticket.id)
    return _seen(ticket, told, tickets.events(conn, ticket.id))


def _seen(ticket: Ticket, told: Sequence[MessageRecord], events: Sequence[Event]) -> str:
    state = (
        ticket.state.value,
        ticket.waiting_since,
        ticket.answered_at,
        ticket.snoozed_until,
        ticket.assigned_to,
        ticket.angry,
        ticket.judged_by,
        ticket.merged_into,
        ticket.spam,
        [message.id for message in told if message.direction != "out"],
        sum(event.what == NOTE for event in events),
    )
    return sha256(repr(state).encode()).hexdigest()[:20]


def _mail(
    ticket: Ticket,
    message: MessageRecord,
    sending: Mapping[str, OutboxRow],
    relayed: Collection[Event],
) -> Entry:
    passed_on = message.outgoing_kind == "relay"
    return Entry(
        part=_part(ticket, message),
        who=writer_of_relay(message, relayed) if passed_on else message.from_,
        message=message,
        heat=heat(ticket, message) if message.anger is not None else None,
        sending=sending.get(message.message_id or ""),
    )


def _part(ticket: Ticket, message: MessageRecord) -> Part:
    if message.direction == "out":
        return Part.STAFF if message.outgoing_kind == "relay" else Part.OURS
    if message.outcome is Outcome.ANSWERED:
        return Part.STAFF
    if message.direction == "staff":
        return Part.INTERNAL
    if message.outcome in FROM_CUSTOMERS and message.kind in ("human", "unreadable"):
        # What names no sender opened the ticket: whoever it is, it is the customer.
        theirs = not message.from_ or ticket.is_customer(Address(email=message.from_))
        return Part.CUSTOMER if theirs else Part.OTHER
    return Part.MACHINE


def _in_order(
    mails: Sequence[Entry], events: Sequence[Event], sent_at: Mapping[str, datetime]
) -> tuple[Entry, ...]:
    """Mails and events by time, a mail before what was done about it; events that follow one
    another are one entry."""
    dated = [*_dated(mails, sent_at)]
    dated += [(event.at, 1, _done(event)) for event in events]
    entries: list[Entry] = []
    for _, _, entry in sorted(dated, key=lambda one: one[:2]):
        last = entries[-1] if entries else None
        if last is not None and entry.part is last.part is Part.EVENTS:
            entries[-1] = Entry(part=Part.EVENTS, events=last.events + entry.events)
        else:
            entries.append(entry)
    return tuple(entries)


def _dated(
    mails: Sequence[Entry], sent_at: Mapping[str, datetime]
) -> Iterator[tuple[datetime, int, Entry]]:
    """When each mail came or went, and its place among what has the same time. `sent_at`: when
    mails of ours left, by Message-ID.

    A mail server tells whole seconds: within its second, a mail came after what had been written
    down before it, and after the mail of ours that it answers left.
    """
    written = [(entry.message, entry) for entry in mails if entry.message is not None]
    latest: dict[datetime, datetime] = {}
    for message, entry in sorted(written, key=lambda one: one[0].id):
        at = message.at
        second = at.replace(microsecond=0)
        before = [latest.get(second, at)]
        before += [sent_at.get(one, at) for one in (*message.in_reply_to, *message.references)]
        after = max(one for one in (at, *before) if one - second < _SECOND)
        is_rough = message.direction != "out" and at == second < after
        latest[second] = max(after, latest.get(second, at))
        yield (after, 2, entry) if is_rough else (at, 0, entry)


def _done(event: Event) -> Entry:
    noted = event.what == NOTE
    return Entry(
        part=Part.NOTE if noted else Part.EVENTS,
        who=event.by if noted else "",
        events=(event,),
    )
