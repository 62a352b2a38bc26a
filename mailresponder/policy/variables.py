"""What templates are told: a ticket and its desk as the variables of a notice.

Whose text each one is, is settled here and nowhere else: what customers wrote is a plain `str`,
the desk's own words are `Own`, links are built here and `Trusted`.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from mailresponder.mail.message import Address
from mailresponder.policy import bands
from mailresponder.policy.desk import Desk
from mailresponder.policy.ticket import Because, Ticket
from mailresponder.templating import Own, Trusted
from mailresponder.templating.values import defuse, one_line, shorten

Variables = dict[str, object]

_LONGEST_SUBJECT = 120
_LONGEST_NAME = 60
_LONGEST_BODY = 1500
"""Of a mailto link's prefilled text, percent-encoded: some mail programs cut at 2,000."""
_MOST_ENTRIES = 20
_MOST_TICKETS = 100
_MOST_CUES = 8
_LONGEST_CUE = 80
_STEPS = (math.log(2), math.log(5))
"""From these weights on words make anger twice and five times as likely (as odds)."""
_BESIDES_NAMES = re.compile(r"[@<>\[\]:/\\]")
_ORDINARY_ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """One message of a ticket's correspondence, for staff."""

    at: datetime
    who: str
    """Who wrote it, as their mail says."""
    text: str


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
class Original:
    """What a notice must know of the mail it answers."""

    message_id: str | None
    references: tuple[str, ...]
    """What our References are to hold: theirs and their Message-ID (`reply_references`)."""
    new_text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedTicket:
    """One line of a list of tickets."""

    reference: Own
    subject: str
    customer_name: str
    customer_address: str
    angry: bool
    band: Own
    rising: bool
    waiting: timedelta
    overdue: timedelta | None
    mailto: Trusted


def of_desk(desk: Desk, now: datetime) -> Variables:
    """What every template knows."""
    return {
        "desk": Own(desk.name),
        "address": Own(desk.address.email),
        "now": now,
        "copy_counts": bool(desk.staff.trusted_authserv_id),
    }


def of_ticket(ticket: Ticket, desk: Desk, now: datetime) -> Variables:
    """What every template about a ticket knows."""
    return {
        **of_desk(desk, now),
        "reference": Own(ticket.reference),
        "subject": subject(ticket, desk),
        "customer_name": name(ticket.customer),
        "customer_address": _address(ticket.customer),
    }


def for_customer(
    ticket: Ticket, original: Original, *, desk: Desk, now: datetime, quote: bool
) -> Variables:
    """What templates for customers know. Their words are among it only with `quote`."""
    return {
        **of_ticket(ticket, desk, now),
        "excerpt": original.new_text if quote and original.new_text.strip() else None,
        "answer_by": answer_by(ticket, now),
        "late": ticket.due_at is not None and now >= ticket.due_at,
    }


def for_escalation(
    ticket: Ticket,
    original: Original,
    *,
    desk: Desk,
    now: datetime,
    history: Sequence[History],
    assigned_by: str | None = None,
) -> Variables:
    """What the template of an escalation knows; `assigned_by`: who of staff gave it to the
    reader."""
    since = ticket.waiting_since or ticket.opened_at
    history = history or [
        History(at=since, who=str(ticket.customer), text=original.new_text),
    ]
    return {
        **of_ticket(ticket, desk, now),
        **_deadline(ticket, now),
        **_anger(ticket),
        "waiting_since": since,
        "waiting": max(now - since, timedelta()),
        "acknowledged_at": ticket.acknowledged_at,
        "suppressed_by": [Own(rule) for rule in ticket.suppressed_by],
        "level": max(ticket.escalation_level, 1),
        "levels": len(desk.ladder),
        **_told(history),
        "unreachable": ticket.unreachable_at is not None,
        "linked_to": Own(ticket.linked_to) if ticket.linked_to else None,
        "assigned_by": assigned_by,
        "mailto": mailto(ticket, desk, answering=original.message_id),
    }


def for_unreachable(
    ticket: Ticket, *, desk: Desk, now: datetime, history: Sequence[History]
) -> Variables:
    """What the template that tells of a customer whose mail comes back knows."""
    return {
        **of_ticket(ticket, desk, now),
        **_deadline(ticket, now),
        **_told(history),
    }


def for_list(tickets: Sequence[Ticket], *, desk: Desk, now: datetime) -> Variables:
    """What the template of several escalations in one mail knows."""
    listed = [
        ListedTicket(
            reference=Own(ticket.reference),
            subject=subject(ticket, desk),
            customer_name=name(ticket.customer),
            customer_address=_address(ticket.customer),
            angry=ticket.angry,
            band=Own(bands.of_ticket(ticket).band),
            rising=ticket.anger_rising,
            waiting=max(now - (ticket.waiting_since or ticket.opened_at), timedelta()),
            overdue=_overdue(ticket, now),
            mailto=mailto(ticket, desk),
        )
        for ticket in tickets[:_MOST_TICKETS]
    ]
    return {
        **of_desk(desk, now),
        "tickets": listed,
        "more": max(len(tickets) - _MOST_TICKETS, 0),
    }


def for_not_sent(
    ticket: Ticket, original: Original, *, reason: str = "", desk: Desk, now: datetime
) -> Variables:
    """What the template that returns a staff reply knows; `original` is that reply, `reason` why
    it was not passed on, empty where it answered no notice."""
    plain = mailto(ticket, desk)
    filled = mailto(ticket, desk, body=original.new_text)
    return {
        **of_ticket(ticket, desk, now),
        **_deadline(ticket, now),
        "reason": Own(reason),
        "merged_into": Own(ticket.merged_into) if ticket.merged_into else None,
        "megabytes": desk.staff.attachments_limit // 1_000_000,
        "text": original.new_text,
        "mailto": filled or plain,
        "prefilled": bool(filled) and filled != plain,
    }


def for_not_sent_to_anyone(original: Original, *, desk: Desk, now: datetime) -> Variables:
    """What the template that returns a reply to a notice about no one customer knows."""
    return {**of_desk(desk, now), "text": original.new_text}


def for_admin(event: str, detail: str, *, desk: Desk, now: datetime) -> Variables:
    """What the template for the admins knows."""
    return {
        **of_desk(desk, now),
        "event": Own(event),
        "headline": Own(event.replace("_", " ")),
        "mailbox": Own(desk.mailbox),
        "detail": Own(detail),
    }


def answer_by(ticket: Ticket, now: datetime) -> datetime | None:
    """The time we promise; None where the minute we would name has begun, or none is due."""
    due = ticket.due_at
    if due is None or due.replace(second=0, microsecond=0) <= now:
        return None
    return due


def subject(ticket: Ticket, desk: Desk) -> str:
    """The subject as heard, without references: those of other tickets are not ours to repeat."""
    reference = rf"\[?\b{re.escape(desk.reference_prefix)}-[0-9A-Z]+\b\]?"
    text = re.sub(reference, " ", ticket.subject, flags=re.IGNORECASE)
    return shorten(one_line(text), _LONGEST_SUBJECT)


def name(customer: Address) -> str:
    """The customer's name where it may pass for one; `García, Ana` becomes `Ana García`."""
    text = one_line(customer.name)
    last, comma, first = text.partition(", ")
    if comma and f"{last}{first}".replace(" ", "").replace("-", "").isalpha():
        text = f"{first} {last}"
    # A name that is an address, or an advertisement, greets nobody.
    odd = _BESIDES_NAMES.search(text) or len(text) > _LONGEST_NAME or defuse(text) != text
    return "" if odd else text


def cues(because: Because) -> list[Reason]:
    """The words that spoke for anger, strongest first."""
    return [
        Reason(words=shorten(one_line(words), _LONGEST_CUE), weight=weight, scale=_scale(weight))
        for words, weight in because
        if weight > 0
    ][:_MOST_CUES]


def mailto(ticket: Ticket, desk: Desk, *, answering: str | None = None, body: str = "") -> Trusted:
    """A link that opens a mail to the customer with us in copy (RFC 6068).

    Empty where `body` is too long for a link.
    """
    fields = {
        "cc": desk.address.email,
        "subject": f"Re: {subject(ticket, desk)} [{ticket.reference}]",
    }
    if answering:
        fields["in-reply-to"] = answering
    if body.strip():
        fields["body"] = "\r\n".join(body.strip().splitlines())
    encoded = "&".join(f"{key}={_encoded(value)}" for key, value in fields.items())
    if body and len(encoded) > _LONGEST_BODY:
        return Trusted("")
    return Trusted(f"mailto:{_encoded(ticket.customer.email, safe='@+')}?{encoded}")


def _encoded(text: str, safe: str = "") -> str:
    return quote(text, safe=safe, errors="replace")


def _address(customer: Address) -> str:
    # An odd local part may look like a web address: then it is treated as the customer's text.
    email = customer.email
    return Own(email) if _ORDINARY_ADDRESS.fullmatch(email) else email


def _deadline(ticket: Ticket, now: datetime) -> Variables:
    return {"due_at": ticket.due_at, "overdue": _overdue(ticket, now)}


def _told(history: Sequence[History]) -> Variables:
    return {
        "history": list(history[-_MOST_ENTRIES:]),
        "earlier": max(len(history) - _MOST_ENTRIES, 0),
    }


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


def _overdue(ticket: Ticket, now: datetime) -> timedelta | None:
    return now - ticket.due_at if ticket.due_at is not None and now >= ticket.due_at else None
