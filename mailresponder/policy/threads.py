"""Which ticket a mail belongs to, and whether it brings up a new matter there.

A thread is followed by Message-ID; a reference that anybody can write down counts only for those
who take part. A new matter in an old thread is a ticket of its own, so that nobody overlooks it
beneath what was settled long ago.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailresponder.listening import gratitude
from mailresponder.mail import suspicion
from mailresponder.mail.message import Address, InboundMessage
from mailresponder.policy import replies
from mailresponder.policy.decisions import FoundBy
from mailresponder.policy.desk import Desk
from mailresponder.policy.facts import Facts
from mailresponder.policy.identifiers import subject_key
from mailresponder.policy.ticket import Ticket, TicketState

_WORD = re.compile(r"\w{3,}")
_LONG = timedelta(days=90)
"""Since the last answer, or where there was none since it opened, of a ticket that is closed."""
_TELLING = 2
"""Words of a subject without which it says nothing of the matter: "Thanks!", "Update"."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Thread:
    """A ticket that a mail belongs to."""

    ticket: Ticket
    found_by: FoundBy


def find(facts: Facts, sender: Address | None) -> Thread | None:
    """The ticket a message belongs to: by its thread, by a reference in the subject or in the
    quoted text where the sender takes part, or as a second mail about the same unanswered matter.

    `sender` is whom an answer would go to: behind one web form's From stand all its customers.
    """

    def takes_part(ticket: Ticket) -> bool:
        return sender is not None and ticket.takes_part(sender)

    # Who answers a notice meant for staff was forwarded it: that opens no door to the ticket.
    forwarded = facts.escalated is not None
    if facts.thread is not None and (not forwarded or takes_part(facts.thread)):
        return Thread(ticket=facts.thread, found_by=FoundBy.THREAD)
    for tickets, found_by in ((facts.named, FoundBy.SUBJECT), (facts.quoted, FoundBy.QUOTE)):
        for ticket in tickets:
            if takes_part(ticket):
                return Thread(ticket=ticket, found_by=found_by)
    return same_matter(facts)


def same_matter(facts: Facts) -> Thread | None:
    """The ticket of the same sender and subject that nobody has answered yet."""
    if facts.same_matter is None:
        return None
    return Thread(ticket=facts.same_matter, found_by=FoundBy.SAME_MATTER)


def is_new_matter(
    message: InboundMessage, thread: Thread, facts: Facts, desk: Desk, *, sender: Address | None
) -> bool:
    """Does the message raise another matter in the thread of a ticket?

    It does where the ticket waits for nothing, or belongs to others altogether, and the subject
    is another one than the ticket's and than that of the mail it answers: two words at least, and
    fewer than half of them, no number and no reference in common. So does whatever comes long
    after a ticket was closed: who takes an old mail to write to us begins anew, and is to have a
    receipt; not so who answers our question. While a customer waits, all they write belongs to what
    they wait for; and thanks raise nothing.
    """
    ticket = thread.ticket
    is_stranger = sender is None or not ticket.takes_part(sender)
    if ticket.state is TicketState.OPEN and not is_stranger:
        return False
    prefix = desk.reference_prefix
    is_late = _is_long_closed(ticket, message.received_at) and not facts.answers_question
    if is_late and not is_stranger:
        return not (
            suspicion.looks_automatic(message) or replies.only_thanks(message, ticket, desk)
        )
    if ticket in facts.named or suspicion.looks_automatic(message):
        return False
    now = subject_key(message.subject, prefix)
    answered = subject_key(facts.thread_subject, prefix) or ticket.subject_key
    if _is_alike(now, ticket.subject_key) or _is_alike(now, answered):
        return False
    said = (message.subject, message.new_text)
    return not any(gratitude.only_thanks(text, code) for code in desk.languages for text in said)


def _is_long_closed(ticket: Ticket, now: datetime) -> bool:
    last = ticket.answered_at or ticket.opened_at
    return ticket.state is TicketState.CLOSED and now - last > _LONG


def _is_alike(now: str, before: str) -> bool:
    """Might two subjects be about one matter? Too few words tell nothing."""
    one, other = _words(now), _words(before)
    common = one & other
    if len(one) < _TELLING or not other or 2 * len(common) >= min(len(one), len(other)):
        return True
    return any(word.isdecimal() for word in common)


def _words(key: str) -> set[str]:
    return set(_WORD.findall(key))
