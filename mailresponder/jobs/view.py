"""What is shown of tickets and of the outbox, as plain dictionaries for every surface alike.

The keys are those of the public interface. Times stay aware datetimes: how they are written is
the surface's business. Nothing is changed here.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailresponder.jobs.story import heat
from mailresponder.policy import bands
from mailresponder.policy.facts import Outcome
from mailresponder.policy.ticket import Because, Ticket, TicketState
from mailresponder.store import defects, mailboxes, messages, outbox_view, tickets
from mailresponder.store.mailboxes import Way
from mailresponder.store.messages import MessageRecord
from mailresponder.store.outbox import State
from mailresponder.store.tickets import Event

Shown = dict[str, Any]

_UNSENT: tuple[State, ...] = ("queued", "sending", "failed")


def queue(
    conn: Connection,
    *,
    state: TicketState | None = None,
    angry: bool = False,
    overdue_at: datetime | None = None,
) -> list[Shown]:
    """The tickets, angry and overdue first; `messages` says how many each has.

    Args:
        conn: A connection of the store.
        state: Only tickets in this state; None for all.
        angry: Only angry ones.
        overdue_at: Only those whose deadline has passed at this moment; None for all.
    """
    found = tickets.list_tickets(
        conn, state=state, angry=True if angry else None, overdue_at=overdue_at
    )
    return [{**_ticket(row.ticket), "messages": row.messages} for row in found]


def ticket(conn: Connection, reference: str) -> Shown | None:
    """One ticket with its `messages` and `events`, oldest first, and its `defects`; None where
    there is none."""
    found = tickets.ticket_by_reference(conn, reference)
    if found is None:
        return None
    return {
        **_ticket(found),
        "messages": [_message(found, record) for record in messages.of_ticket(conn, found.id)],
        "events": [_event(event) for event in tickets.events(conn, found.id)],
        "defects": [
            {
                "id": defect.id,
                "name": defect.name,
                "state": defect.state.value,
                "link": link.state.value,
                "how": link.how.value,
            }
            for defect, link in defects.of_ticket(conn, found.id)
        ],
    }


def mailbox_of(conn: Connection, reference: str) -> str:
    """The name of a ticket's mailbox; empty where there is no such ticket."""
    found = tickets.ticket_by_reference(conn, reference)
    return found.mailbox if found is not None else ""


def unsent(conn: Connection, reference: str) -> Mapping[str, State]:
    """What we wrote about a ticket that has not been sent: Message-ID to state. Raises LookupError
    where there is no such ticket."""
    found = tickets.ticket_by_reference(conn, reference)
    if found is None:
        raise LookupError(f"no ticket {reference}")
    rows = outbox_view.rows(conn, _UNSENT, ticket_id=found.id)
    return {row.message_id: row.state for row in rows}


def troubles(conn: Connection, names: Iterable[str]) -> dict[str, str]:
    """Why each of these mailboxes cannot be read, or else not send; those that are well are left
    out."""
    states = mailboxes.states(conn)
    faults = {
        name: states[name].reading or states[name].sending for name in names if name in states
    }
    return {name: fault.why for name, fault in faults.items() if fault is not None and fault.why}


def taken(conn: Connection, dedup_key: str) -> Shown | None:
    """What became of a mail when it was taken; None where it never was."""
    record = messages.by_dedup_key(conn, dedup_key)
    if record is None:
        return None
    found = tickets.ticket_by_id(conn, record.ticket_id) if record.ticket_id else None
    # An acknowledgement is for the mail that opened the ticket, and for no other.
    opened = found if record.outcome is Outcome.OPENED else None
    return {
        "at": record.at,
        "outcome": record.outcome.value,
        "kind": record.kind,
        "reasons": list(record.reasons),
        "ticket": found.reference if found is not None else None,
        "acknowledged_at": opened.acknowledged_at if opened is not None else None,
        "suppressed_by": (list(opened.suppressed_by) or None) if opened is not None else None,
    }


def outbox(conn: Connection) -> list[Shown]:
    """The mail that waits, is being sent or was given up, oldest first. Where sending fails, the
    next attempt at each mail waits for the next one at its server."""
    rests = {
        name: fault.retry_at
        for name, fault in mailboxes.failing(conn, Way.SENDING).items()
        if fault.retry_at is not None
    }
    return [
        {
            "id": row.id,
            "kind": row.kind,
            "to": row.recipient,
            "state": row.state,
            "attempts": row.attempts,
            "next_attempt_at": max(row.next_attempt_at, rests.get(row.mailbox, row.next_attempt_at))
            if row.state == "queued"
            else None,
            "last_error": row.last_error,
            "message_id": row.message_id,
        }
        for row in outbox_view.rows(conn, _UNSENT)
    ]


def _ticket(shown: Ticket) -> Shown:
    return {
        "reference": shown.reference,
        "mailbox": shown.mailbox,
        "state": shown.state.value,
        "subject": shown.subject,
        "customer": shown.customer.email or None,
        "language": shown.language,
        "anger": shown.anger,
        "angry": shown.angry,
        "because": because(shown.because),
        "opened_at": shown.opened_at,
        "due_at": shown.due_at,
        "answered_at": shown.answered_at,
        "escalation_level": shown.escalation_level,
        "acknowledged_at": shown.acknowledged_at,
        "suppressed_by": list(shown.suppressed_by) or None,
        "linked_to": shown.linked_to,
        "unreachable_at": shown.unreachable_at,
        "judged_by": shown.judged_by,
        "language_sure": shown.language_from.is_sure,
        "language_from": shown.language_from.value,
        "band": bands.of_ticket(shown).band.value,
        "anger_rising": shown.anger_rising,
        "snoozed_until": shown.snoozed_until,
        "rests_since": shown.rests_since,
        "asked_at": shown.asked_at,
        "solved": shown.solved,
        "assigned_to": shown.assigned_to,
        "merged_into": shown.merged_into,
        "spam": shown.spam,
    }


def because(words: Because) -> list[list[str | float]]:
    """Words and weights as JSON has them."""
    return [[text, weight] for text, weight in words]


def _message(of: Ticket, record: MessageRecord) -> Shown:
    return {
        "at": record.at,
        "direction": record.direction,
        "kind": record.kind,
        "from": record.from_ or None,
        "to": record.to,
        "subject": record.subject,
        "new_text": record.new_text,
        "message_id": record.message_id,
        "anger": record.anger,
        "because": because(record.because),
        "reasons": list(record.reasons),
        "judged": record.judged,
        "band": heat(of, record).band.value if record.anger is not None else None,
    }


def _event(event: Event) -> Shown:
    return {"at": event.at, "what": event.what, "why": event.why, "by": event.by}
