"""A ticket as the columns of its row, and back."""

from typing import Any

from sqlalchemy import Row

from mailresponder.mail.message import Address
from mailresponder.policy.ticket import LanguageSource, Participant, Ticket, TicketState


def values_of(ticket: Ticket) -> dict[str, object]:
    """The columns of a ticket, but for its id."""
    return {
        "reference": ticket.reference,
        "mailbox": ticket.mailbox,
        "state": ticket.state,
        "subject": ticket.subject,
        "subject_key": ticket.subject_key,
        "customer_email": ticket.customer.email,
        "customer_name": ticket.customer.name,
        "language": ticket.language,
        "anger": ticket.anger,
        "angry": ticket.angry,
        "because": ticket.because,
        "opened_at": ticket.opened_at,
        "waiting_since": ticket.waiting_since,
        "due_at": ticket.due_at,
        "answered_at": ticket.answered_at,
        "escalation_level": ticket.escalation_level,
        "escalated_at": ticket.escalated_at,
        "next_escalation_at": ticket.next_escalation_at,
        "snoozed_until": ticket.snoozed_until,
        "acknowledged_at": ticket.acknowledged_at,
        "suppressed_by": ticket.suppressed_by,
        "linked_to": ticket.linked_to,
        "unreachable_at": ticket.unreachable_at,
        "unreachable_told_at": ticket.unreachable_told_at,
        "judged_by": ticket.judged_by,
        "calm_until": ticket.calm_until,
        "language_from": ticket.language_from,
        "anger_rising": ticket.anger_rising,
        "assigned_to": ticket.assigned_to,
        "warned_at": ticket.warned_at,
        "rests_since": ticket.rests_since,
        "asked_at": ticket.asked_at,
        "solved": ticket.solved,
        "merged_into": ticket.merged_into,
        "spam": ticket.spam,
    }


def ticket_of(row: Row[Any], people: frozenset[Participant]) -> Ticket:
    """The ticket that stands in a row, with those who take part in it."""
    return Ticket(
        id=row.id,
        reference=row.reference,
        mailbox=row.mailbox,
        state=TicketState(row.state),
        subject=row.subject,
        subject_key=row.subject_key,
        customer=Address(email=row.customer_email, name=row.customer_name),
        participants=people,
        language=row.language,
        anger=row.anger,
        angry=row.angry,
        because=tuple((words, weight) for words, weight in row.because),
        opened_at=row.opened_at,
        waiting_since=row.waiting_since,
        due_at=row.due_at,
        answered_at=row.answered_at,
        escalation_level=row.escalation_level,
        escalated_at=row.escalated_at,
        next_escalation_at=row.next_escalation_at,
        snoozed_until=row.snoozed_until,
        acknowledged_at=row.acknowledged_at,
        suppressed_by=tuple(row.suppressed_by),
        linked_to=row.linked_to,
        unreachable_at=row.unreachable_at,
        unreachable_told_at=row.unreachable_told_at,
        judged_by=row.judged_by,
        calm_until=row.calm_until,
        anger_rising=row.anger_rising,
        language_from=LanguageSource(row.language_from or LanguageSource.TEXT),
        assigned_to=row.assigned_to,
        warned_at=row.warned_at,
        rests_since=row.rests_since,
        asked_at=row.asked_at,
        solved=row.solved,
        merged_into=row.merged_into,
        spam=row.spam,
    )
