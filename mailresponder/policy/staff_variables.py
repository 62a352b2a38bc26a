"""What templates for staff are told of tickets that wait: an escalation, a list of several, a
customer who cannot be reached.

As in `variables`, what customers and colleagues wrote is a plain `str`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from mailresponder.mail.compose import takes_mail
from mailresponder.policy import bands, naming, silence
from mailresponder.policy.desk import Desk
from mailresponder.policy.ticket import Because, OtherTickets, Ticket, TicketState
from mailresponder.policy.variables import (
    Original,
    Variables,
    address_of,
    customer,
    deadline,
    dotted,
    mailto,
    of_desk,
    of_ticket,
    overdue,
    subject,
    subject_of,
)
from mailresponder.templating import Fields, Own, Trusted
from mailresponder.templating.values import one_line, shorten

_MOST_BEFORE = 10
_MOST_UNANSWERED = 5
_MOST_TICKETS = 100
_MOST_CUES = 8
_LONGEST_CUE = 80
_STEPS = (math.log(2), math.log(5))
"""From these weights on words make anger twice and five times as likely (as odds)."""


class Said(StrEnum):
    """What an entry of a ticket's story is."""

    CUSTOMER = "customer"
    """They or somebody in the thread wrote it to us."""
    STAFF = "staff"
    """An answer that the customer could see."""
    NOTE = "note"
    """Staff to one another: no customer has seen it or is to see it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """One message or note of a ticket, for staff."""

    at: datetime
    who: str
    """Who wrote it, as their mail says."""
    text: str
    kind: Said = Said.CUSTOMER
    unanswered: bool = False
    """Is it a mail that waits for an answer?"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """Words that spoke for anger, for staff."""

    words: str
    """As they stand in the customer's text."""
    weight: float
    """What they added to the log-odds of anger."""
    scale: Own
    """The weight as people read it, `+` to `+++`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedTicket:
    """One line of a list of tickets."""

    reference: Own
    subject: str
    customer_name: str
    customer_address: str
    customer: Fields
    angry: bool
    band: Own
    rising: bool
    waiting: timedelta
    due_at: datetime | None
    overdue: timedelta | None
    assigned_to: Own | None
    snoozed_until: datetime | None
    suppressed_by: Sequence[Own]
    mailto: Trusted


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedOther:
    """One line about another ticket of the same customer."""

    reference: Own
    subject: str
    state: Own
    opened_at: datetime
    angry: bool


def for_escalation(
    ticket: Ticket,
    original: Original,
    *,
    desk: Desk,
    now: datetime,
    history: Sequence[History],
    others: OtherTickets = OtherTickets(),  # noqa: B008 - frozen
    warning: bool = False,
    assigned_by: str | None = None,
) -> Variables:
    """What the template of an escalation knows.

    `warning`: the deadline is still ahead. `assigned_by`: who gave the ticket to the reader.
    """
    since = ticket.waiting_since or ticket.opened_at
    given: Variables = {
        **of_ticket(ticket, desk, now),
        **deadline(ticket, now),
        **_anger(ticket),
        **_story(ticket, original, since, history),
        **_others(others, desk),
        "state": Own(ticket.state),
        "warning": warning,
        "assigned_by": Own(assigned_by) if assigned_by else None,
        "assigned_to": Own(ticket.assigned_to) if ticket.assigned_to else None,
        "due_in": ticket.due_at - now if ticket.due_at and ticket.due_at > now else None,
        "waiting_since": since,
        "waiting": max(now - since, timedelta()),
        "acknowledged_at": ticket.acknowledged_at,
        "suppressed_by": silence.in_words(ticket.suppressed_by),
        "level": max(ticket.escalation_level, 1),
        "levels": len(desk.ladder_for(angry=ticket.angry)),
        "unreachable": ticket.unreachable_at is not None,
        "can_reply": ticket.unreachable_at is None and takes_mail(ticket.customer),
        "linked_to": Own(ticket.linked_to) if ticket.linked_to else None,
        "mailto": mailto(ticket, desk, answering=original.message_id),
    }
    return dotted(given)


def for_unreachable(
    ticket: Ticket, *, desk: Desk, now: datetime, history: Sequence[History]
) -> Variables:
    """What the template that tells of a customer whose mail comes back knows."""
    given: Variables = {
        **of_ticket(ticket, desk, now),
        **deadline(ticket, now),
        "history": list(history[-_MOST_BEFORE:]),
        "earlier": max(len(history) - _MOST_BEFORE, 0),
    }
    return dotted(given)


def for_list(tickets: Sequence[Ticket], *, desk: Desk, now: datetime) -> Variables:
    """What the template of several escalations in one mail knows."""
    late = sum(overdue(ticket, now) is not None for ticket in tickets)
    return {
        **of_desk(desk, now),
        "late": late,
        "soon": len(tickets) - late,
        "tickets": [listed(ticket, desk=desk, now=now) for ticket in tickets[:_MOST_TICKETS]],
        "more": max(len(tickets) - _MOST_TICKETS, 0),
    }


def listed(ticket: Ticket, *, desk: Desk, now: datetime) -> ListedTicket:
    """A ticket as a line of a list; `desk` is that of its mailbox."""
    return ListedTicket(
        reference=Own(ticket.reference),
        subject=subject(ticket, desk),
        customer_name=naming.name(ticket.customer.name),
        customer_address=address_of(ticket.customer),
        customer=customer(ticket.customer),
        angry=ticket.angry,
        band=Own(bands.of_ticket(ticket).band),
        rising=ticket.anger_rising,
        waiting=max(now - (ticket.waiting_since or ticket.opened_at), timedelta()),
        due_at=ticket.due_at,
        overdue=overdue(ticket, now),
        assigned_to=Own(ticket.assigned_to) if ticket.assigned_to else None,
        snoozed_until=_ahead(ticket.snoozed_until, now),
        suppressed_by=silence.in_words(ticket.suppressed_by),
        mailto=mailto(ticket, desk),
    )


def cues(because: Because) -> list[Reason]:
    """The words that spoke for anger, strongest first."""
    return [
        Reason(words=shorten(one_line(words), _LONGEST_CUE), weight=weight, scale=_scale(weight))
        for words, weight in because
        if weight > 0
    ][:_MOST_CUES]


def _story(
    ticket: Ticket, original: Original, since: datetime, history: Sequence[History]
) -> Variables:
    waiting = [entry for entry in history if entry.unanswered]
    before = [entry for entry in history if not entry.unanswered]
    if not history or (ticket.state is TicketState.OPEN and not waiting):
        waiting = [History(at=since, who=str(ticket.customer), text=original.new_text)]
    # The oldest is what the clock runs from, the latest what they ask by now.
    left_out = max(len(waiting) - _MOST_UNANSWERED, 0)
    waiting = [*waiting[:1], *waiting[1 + left_out :]]
    shown = before[-_MOST_BEFORE:]
    return {
        "unanswered": waiting,
        "unshown": left_out,
        "before": shown,
        "earlier": len(before) - len(shown),
        "history": sorted([*shown, *waiting], key=lambda entry: entry.at),
    }


def _others(others: OtherTickets, desk: Desk) -> Variables:
    lines = [
        ListedOther(
            reference=Own(other.reference),
            subject=subject_of(other.subject, desk),
            state=Own(other.state),
            opened_at=other.opened_at,
            angry=other.angry,
        )
        for other in others.newest
    ]
    return {"other_tickets": lines, "more_tickets": others.more}


def _anger(ticket: Ticket) -> Variables:
    # Where a person has judged, the words of what was heard explain nothing.
    why = [] if ticket.judged_by is not None else cues(ticket.because)
    return {
        "angry": ticket.angry,
        "band": Own(bands.of_ticket(ticket).band),
        "rising": ticket.anger_rising,
        "judged_by": ticket.judged_by,
        "because": [reason.words for reason in why],
        "why": why,
    }


def _scale(weight: float) -> Own:
    return Own("+" * (1 + sum(weight >= step for step in _STEPS)))


def _ahead(moment: datetime | None, now: datetime) -> datetime | None:
    return moment if moment is not None and moment > now else None
