"""Late evidence: a customer's mail that quotes an answer of staff which we have never seen.

It proves that the customer was answered, and when, as far as their mail program says. A quote of
our automatic mail, of what the ticket holds already, or of the customer's own words proves nothing.
A customer who forges a quote stops their own clock, and starts it again with the same mail.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailresponder.mail import automatic, marks, quotes
from mailresponder.mail.message import Address, InboundMessage
from mailresponder.mail.quotes import Quote
from mailresponder.policy.desk import Desk
from mailresponder.policy.identifiers import subject_key
from mailresponder.policy.ticket import Role, Ticket, TicketState

LATE_EVIDENCE = "late_evidence"
"""How such an answer was seen."""
_ELSEWHERE = timedelta(hours=14)
"""How far the clock of a customer's program may be from the desk's."""
_MOMENT = timedelta(seconds=1)
_RUN = 3
"""Words in a row by which a text is known again, however its lines were cut."""
_LONGEST = 20_000
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, kw_only=True, slots=True)
class LateAnswer:
    """An answer that only the customer's quote shows."""

    at: datetime
    """When it was given, never outside of the customer's wait."""
    by: str
    """Who of staff wrote it, casefolded; empty where the desk's own address is all that is said."""
    message_id: str | None
    """Its Message-ID, where the customer's mail names it."""


def replied_to(message: InboundMessage) -> str | None:
    """The Message-ID of the mail it replies to (RFC 5322 §3.6.4), or None."""
    return next(iter(message.in_reply_to or message.references[-1:]), None)


def late_answer(
    message: InboundMessage,
    ticket: Ticket,
    desk: Desk,
    *,
    known_ids: Collection[str],
    texts: Callable[[], Collection[str]],
) -> LateAnswer | None:
    """The unseen answer that a customer's mail in an open ticket quotes, or None.

    `known_ids`: which of the Message-IDs that it names are known, or bear our seal. `texts` gives
    all that was read and written in the ticket; few mails need it looked up.
    """
    since, answered = ticket.waiting_since, replied_to(message)
    if ticket.state is not TicketState.OPEN or since is None or answered in known_ids:
        return None
    if marks.is_forward_subject(message.subject):
        return None
    quote = quotes.topmost(message.text[:_LONGEST])
    if (
        quote is None
        or not quote.text
        or not _is_ours(quote, message, ticket, desk, known_ids=known_ids)
    ):
        return None
    if _is_known(quote.text, texts()) or _is_automatic(message, quote, desk):
        return None
    at = _when(quote, message, since, desk, is_named=answered is not None)
    if at is None:
        return None
    staff = [one for one in quote.addresses if desk.is_staff(Address(email=one))]
    return LateAnswer(at=at, by=next(iter(staff), ""), message_id=answered)


def _is_ours(
    quote: Quote,
    message: InboundMessage,
    ticket: Ticket,
    desk: Desk,
    *,
    known_ids: Collection[str],
) -> bool:
    """Does the heading name staff or the desk?

    Some name no address. Then it is the desk's where it bears its name or the mail's Message-ID was
    made in our domain; and where it is not the customer's name, the mail it replied to is known
    here, and nobody but they and we can have had that one.
    """
    people = [Address(email=one) for one in quote.addresses]
    if any(ticket.is_customer(one) for one in people):
        return False
    if people:
        return any(desk.is_staff(one) or desk.is_own(one) for one in people)
    answered = replied_to(message)
    said, customer = quote.author.casefold(), ticket.customer.name.casefold()
    if desk.name.casefold() in said:
        return True
    if answered is None or not customer or customer in said:
        return False
    domain = _domain(answered)
    if desk.is_staff(Address(email=f"anybody@{domain}")):
        return True
    # A colleague of theirs, to whom they passed it on, answers below it just as we do.
    earlier = [one for one in message.references if one != answered]
    is_direct = bool(earlier) and earlier[-1] in known_ids
    return is_direct and domain != _domain(ticket.customer.key) and _alone(message, ticket, desk)


def _domain(address: str) -> str:
    return address.rpartition("@")[2].rstrip(">").casefold()


def _alone(message: InboundMessage, ticket: Ticket, desk: Desk) -> bool:
    """Do the customer and we alone take part, also in this mail?"""
    return all(one.role is Role.CUSTOMER for one in ticket.participants) and all(
        ticket.is_customer(one) or desk.is_staff(one) or desk.is_own(one)
        for one in message.recipients
    )


def _is_known(quoted: str, texts: Collection[str]) -> bool:
    """Does most of it stand in what the ticket holds?"""
    runs = _runs(quoted)
    if not runs:
        return True
    known = {run for text in texts for run in _runs(text)}
    return 2 * len(runs - known) <= len(runs)


def _runs(text: str) -> set[tuple[str, ...]]:
    words = _WORD.findall(text[:_LONGEST].casefold())
    if not words:
        return set()
    return {tuple(words[n : n + _RUN]) for n in range(max(len(words) - _RUN + 1, 1))}


def _is_automatic(message: InboundMessage, quote: Quote, desk: Desk) -> bool:
    """Did our mail server answer by itself, as it does for who is away?"""
    subject = re.sub(
        r"^(?:(?:re|rv|aw|sv)\s{0,3}:\s{0,3}){1,9}", "", message.subject[:500], flags=re.I
    )
    quoted = replace(message, subject=subject, text=quote.text, new_text=quote.text)
    if automatic.responder_subject(quoted):
        return True
    bare = replace(quoted, subject=subject_key(subject, desk.reference_prefix))
    return automatic.out_of_office_wording(bare)


def _when(
    quote: Quote, message: InboundMessage, since: datetime, desk: Desk, *, is_named: bool
) -> datetime | None:
    """When the answer was given; None where it was before the customer's wait began.

    Without a Message-ID an answer quoted twice cannot be told from a second one: then it must say
    that it was given since they wait.
    """
    until = message.received_at
    read = quotes.moments(quote.date, desk.deadlines.hours.timezone)
    slack = _ELSEWHERE if is_named else timedelta()
    fitting = [at for at in read if since - slack < at < until + _ELSEWHERE]
    if fitting:
        return max(since, min(fitting[0], until))
    if read or not is_named:
        return None
    return max(since, until - _MOMENT)
