"""Which ticket a mail belongs to, and whether it brings up a new matter there.

A thread is followed by Message-ID; a reference that anybody can write down counts only for those
who take part. A new matter in an old thread is a ticket of its own, so that nobody overlooks it
beneath what was settled long ago.
"""

import re
from dataclasses import dataclass

from mailresponder.listening import gratitude
from mailresponder.mail import suspicion
from mailresponder.mail.message import Address, InboundMessage
from mailresponder.policy.decisions import FoundBy
from mailresponder.policy.desk import Desk
from mailresponder.policy.facts import Facts
from mailresponder.policy.identifiers import references_in, subject_key
from mailresponder.policy.ticket import Ticket, TicketState

_WORD = re.compile(r"\w{3,}")


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
    if facts.same_matter is not None:
        return Thread(ticket=facts.same_matter, found_by=FoundBy.SAME_MATTER)
    return None


def is_new_matter(message: InboundMessage, ticket: Ticket, desk: Desk) -> bool:
    """Does the message, in the thread of a ticket that waits for nothing, raise another matter?

    It does where the subject is another one altogether: not one word in common, and not the
    ticket's reference. While the customer waits, all they write belongs to what they wait for.
    """
    if ticket.state is TicketState.OPEN:
        return False
    prefix = desk.reference_prefix
    if ticket.reference in references_in(message.subject, prefix):
        return False
    before, now = _words(ticket.subject_key), _words(subject_key(message.subject, prefix))
    if not before or not now or before & now or suspicion.looks_automatic(message):
        return False
    return not any(gratitude.only_thanks(message.new_text, code) for code in desk.languages)


def _words(key: str) -> set[str]:
    return set(_WORD.findall(key))
