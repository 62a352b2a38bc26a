"""What templates are told: a ticket and its desk as the variables of a notice.

Whose text each one is, is settled here and nowhere else: what customers wrote is a plain `str`,
the desk's own words are `Own`, links are built here and `Trusted`. What only staff are told of a
ticket stands in `staff_variables`.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from urllib.parse import quote

from mailresponder.mail.message import Address
from mailresponder.policy import naming
from mailresponder.policy.desk import Desk
from mailresponder.policy.opening import Closure, answer_by, closure
from mailresponder.policy.ticket import Ticket
from mailresponder.templating import EachLanguage, Fields, Own, Trusted
from mailresponder.templating.values import one_line, shorten

Variables = dict[str, object]

_LONGEST_SUBJECT = 120
_PREFIXES = 32
"""Of references, whose patterns are kept."""
_LONGEST_BODY = 1500
"""Of a mailto link's prefilled text, percent-encoded: some mail programs cut at 2,000."""
_OF_TICKET = (
    *("reference", "subject", "state", "due_at", "overdue", "due_in", "answer_by", "late"),
    *("opened_at", "waiting_since", "waiting", "answered_at", "acknowledged_at", "written_at"),
    *("angry", "band", "rising", "judged_by", "assigned_to", "assigned_by"),
    *("level", "levels", "unreachable", "linked_to", "merged_into", "mailto"),
)
"""What is told of a ticket, as far as a notice tells it, is also written `ticket.…`."""
_ORDINARY_ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Original:
    """What a notice must know of the mail it answers."""

    message_id: str | None
    references: tuple[str, ...]
    """What our References are to hold: theirs and their Message-ID (`reply_references`)."""
    new_text: str


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
    theirs = customer(ticket.customer)
    return {
        **of_desk(desk, now),
        "reference": Own(ticket.reference),
        "subject": subject(ticket, desk),
        "customer_name": theirs.name,
        "customer_address": theirs.address,
        "customer": theirs,
    }


def customer(address: Address) -> Fields:
    """What templates know of a customer by the name `customer`."""
    return Fields(
        name=naming.name(address.name),
        first_name=naming.first_name(address.name),
        address=address_of(address),
    )


def dotted(given: Variables) -> Variables:
    """The variables, and those about the ticket under the name `ticket` too."""
    about = {name: given[name] for name in _OF_TICKET if name in given}
    return {**given, "ticket": Fields(**about)}


def for_customer(
    ticket: Ticket, original: Original, *, desk: Desk, now: datetime, quote: bool
) -> Variables:
    """What templates for customers know. Their words are among it only with `quote`."""
    given: Variables = {
        **of_ticket(ticket, desk, now),
        "excerpt": original.new_text if quote and original.new_text.strip() else None,
        "answer_by": answer_by(ticket, now),
        "late": ticket.due_at is not None and now >= ticket.due_at,
        **of_closure(closure(desk.deadlines.hours, now, desk.languages)),
    }
    return dotted(given)


def for_acknowledgement(
    ticket: Ticket,
    original: Original,
    *,
    desk: Desk,
    now: datetime,
    quote: bool,
    known_problem: EachLanguage | None = None,
) -> Variables:
    """As `for_customer`, of the mail that opened the ticket; `known_problem` is what the desk says
    of the defect that it complains of."""
    given = for_customer(ticket, original, desk=desk, now=now, quote=quote)
    return {**given, "known_problem": known_problem}


def for_closing_question(ticket: Ticket, *, desk: Desk, now: datetime) -> Variables:
    """What the template that asks a customer whether it is solved knows."""
    return dotted({**of_ticket(ticket, desk, now), "answered_at": ticket.answered_at or now})


def for_fixed(
    ticket: Ticket,
    *,
    defect: str | EachLanguage,
    words: str | EachLanguage,
    desk: Desk,
    now: datetime,
) -> Variables:
    """What the template that tells a customer that it is mended knows."""
    given: Variables = {
        **of_ticket(ticket, desk, now),
        "opened_at": ticket.opened_at,
        "defect": _ours(defect),
        "words": _ours(words),
    }
    return dotted(given)


def for_draft(ticket: Ticket, original: Original, *, desk: Desk, now: datetime) -> Variables:
    """What the template of a draft knows; whom it quotes it goes to."""
    given: Variables = {
        **of_ticket(ticket, desk, now),
        "text": original.new_text,
        "written_at": ticket.waiting_since or ticket.opened_at,
        "angry": ticket.angry,
        "late": ticket.due_at is not None and now >= ticket.due_at,
    }
    return dotted(given)


def of_closure(closed: Closure | None) -> Variables:
    """What templates for customers know of the desk's being closed."""
    return {
        "out_of_hours": closed is not None,
        "closed_for": Own(closed.why) if closed else None,
        "holiday": EachLanguage(closed.names) if closed else None,
        "opens_at": closed.opens_at if closed else None,
    }


def for_not_sent(
    ticket: Ticket, original: Original, *, reason: str = "", desk: Desk, now: datetime
) -> Variables:
    """What the template that returns a staff reply knows; `original` is that reply, `reason` why
    it was not passed on, empty where it answered no notice."""
    plain = mailto(ticket, desk)
    filled = mailto(ticket, desk, body=original.new_text)
    given: Variables = {
        **of_ticket(ticket, desk, now),
        **deadline(ticket, now),
        "reason": Own(reason),
        "merged_into": Own(ticket.merged_into) if ticket.merged_into else None,
        "megabytes": desk.staff.attachments_limit // 1_000_000,
        "text": original.new_text,
        "mailto": filled or plain,
        "prefilled": bool(filled) and filled != plain,
    }
    return dotted(given)


def for_not_sent_to_anyone(original: Original, *, desk: Desk, now: datetime) -> Variables:
    """What the template that returns a reply to a notice about no one customer knows."""
    return {**of_desk(desk, now), "text": original.new_text}


def for_answers_unseen(by: str, *, desk: Desk, now: datetime) -> Variables:
    """What the template that says how to make answers visible knows; `by`: whose answer was not
    seen, or empty."""
    return {**of_desk(desk, now), "by": Own(by) if _ORDINARY_ADDRESS.fullmatch(by) else ""}


def for_test(*, reply: bool, desk: Desk, now: datetime) -> Variables:
    """What the template of a test mail knows."""
    return {**of_desk(desk, now), "reply": reply}


def for_admin(event: str, detail: str, *, mailbox: str, desk: Desk, now: datetime) -> Variables:
    """What the template for the admins knows."""
    return {
        **of_desk(desk, now),
        "event": Own(event),
        "headline": Own(event.replace("_", " ")),
        "mailbox": Own(mailbox),
        "detail": Own(detail),
    }


def subject(ticket: Ticket, desk: Desk) -> str:
    """The subject as heard, without references: those of other tickets are not ours to repeat."""
    return subject_of(ticket.subject, desk)


def subject_of(heard: str, desk: Desk) -> str:
    """A subject as `subject` tells it."""
    text = _reference(desk.reference_prefix).sub(" ", heard)
    return shorten(one_line(text), _LONGEST_SUBJECT)


@lru_cache(maxsize=_PREFIXES)
def _reference(prefix: str) -> re.Pattern[str]:
    return re.compile(rf"\[?\b{re.escape(prefix)}-[0-9A-Z]+\b\]?", re.IGNORECASE)


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


def address_of(customer: Address) -> str:
    """Their address, whole where it is an ordinary one."""
    # An odd local part may look like a web address: then it is treated as the customer's text.
    email = customer.email
    return Own(email) if _ORDINARY_ADDRESS.fullmatch(email) else email


def deadline(ticket: Ticket, now: datetime) -> Variables:
    """By when an answer is due, and since when it is late."""
    return {"due_at": ticket.due_at, "overdue": overdue(ticket, now)}


def overdue(ticket: Ticket, now: datetime) -> timedelta | None:
    """How long ago the deadline was; None where it is still to come, or none runs."""
    return now - ticket.due_at if ticket.due_at is not None and now >= ticket.due_at else None


def _ours(text: str | EachLanguage) -> Own | EachLanguage | None:
    return text if isinstance(text, EachLanguage) else Own(text) if text.strip() else None


def _encoded(text: str, safe: str = "") -> str:
    return quote(text, safe=safe, errors="replace")
