"""Between whom a mail goes: whom an answer to it goes to, and whom it reaches."""

from mailresponder.mail import automatic
from mailresponder.mail.message import Address, InboundMessage
from mailresponder.policy.desk import Desk
from mailresponder.policy.ticket import Ticket


def correspondent(message: InboundMessage, desk: Desk) -> Address | None:
    """Whom an answer goes to: Reply-To where it is one usable address that is not ours, else
    the author. A documented deviation from RFC 3834 §4, which answers the return path."""
    author = message.author
    reply_to = message.reply_to if len(message.reply_to) == 1 else ()
    candidates: tuple[Address | None, ...] = (*reply_to, author)
    for address in candidates:
        if address is None or automatic.is_no_reply(address) or desk.is_own(address):
            continue
        if "@" in address.email:
            return address
    return None


def reaches_customer(message: InboundMessage, ticket: Ticket, desk: Desk) -> bool:
    """Is one of the customer's addresses among the recipients? Of a ticket that knows no customer,
    anybody outside may be the one."""
    if ticket.customer.email:
        return any(ticket.is_customer(address) for address in message.recipients)
    return bool(outsiders(message, desk))


def outsiders(message: InboundMessage, desk: Desk) -> list[Address]:
    """The recipients who are neither the desk's nor staff."""
    return [a for a in message.recipients if not desk.is_own(a) and not desk.is_staff(a)]
