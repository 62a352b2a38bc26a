"""What a mail of staff is: an answer the customer has, one we are to pass on, commands, or talk.

An address proves nobody. What staff wrote to a customer with us in copy stops a clock at worst;
what we pass on or do at their word needs more, as `_proof_to_act` says.
"""

from mailresponder.mail import quoting
from mailresponder.mail.authentication import Authentication, authenticated
from mailresponder.mail.automatic import Classification, Kind
from mailresponder.mail.message import Address, InboundMessage
from mailresponder.policy.commands import parse
from mailresponder.policy.decisions import (
    Decision,
    Record,
    Relay,
    ReturnToStaff,
    StaffAnswer,
    StaffCommand,
)
from mailresponder.policy.desk import Desk
from mailresponder.policy.facts import Facts, Outcome
from mailresponder.policy.identifiers import NO_TICKET, Signer, subject_key, ticket_of_token
from mailresponder.policy.orders import Orders
from mailresponder.policy.parties import correspondent, outsiders, reaches_customer
from mailresponder.policy.refusals import Refusal
from mailresponder.policy.ticket import Ticket, TicketState

CLOSING_WORDS = ("helpdesk_wording",)
"""Reasons that make no mail of staff a machine's: they close cases in just these words."""
ABSENCE_WORDS = ("out_of_office_wording",)
"""Reasons by which a mail may be a machine's or a person's that sounds like one."""


def decide(
    message: InboundMessage,
    author: Address,
    facts: Facts,
    desk: Desk,
    signer: Signer,
) -> Decision | None:
    """Decide a mail from a staff address; None: treat it as a customer's."""
    token = _token(message, author, desk, signer)
    notice = token or any(signer.verify(message_id) for message_id in message.in_reply_to)
    noticed = _noticed(facts, token)
    meant = by_recipient(message, facts, desk, any_subject=bool(notice))
    about = [t for t in (noticed, facts.thread, *facts.named, meant) if t is not None]
    # Where no recipient is named, we were one in Bcc.
    to_us = not message.recipients or any(desk.is_own(address) for address in message.to)
    if not about:
        if notice and to_us:
            return _answer_to_list(message, author, facts, desk, token)
        # A web form in our domain may copy in its customer, whom Reply-To names.
        who = next((a for a in message.reply_to[:1] if not desk.is_own(a)), author)
        if outsiders(message, desk) and desk.is_staff(who) and vouched_for(message, desk):
            return _among_staff("staff_mail_without_ticket", None)
        return None
    proven = [
        (t, proof) for t in about if (proof := _proof(message, author, t, facts, desk, token))
    ]
    for ticket, proof in proven:
        if reaches_customer(message, ticket, desk):
            return StaffAnswer(ticket=ticket, proof=proof)
    if noticed is not None and to_us and not reaches_customer(message, noticed, desk):
        return _answer_to_notice(message, author, noticed, facts, desk, token)
    if not proven:
        return Record(
            kind=Kind.HUMAN,
            outcome=Outcome.UNPROVEN,
            reasons=("unproven_staff",),
            ticket=about[0],
        )
    ticket, proof = proven[0]
    if not to_us:
        return _among_staff("staff_among_themselves", ticket)
    # A form on our site writes from our domain as well, and its visitor may fill in the subject:
    # only what answers a mail of the ticket is a word of staff.
    in_thread = facts.thread is not None and facts.thread.id == ticket.id
    orders = _orders(message)
    if in_thread and orders.commands and proof == "authenticated":
        return StaffCommand(ticket=ticket, by=author, proof=proof, orders=orders)
    return ReturnToStaff(ticket=ticket, to=author, proof=proof)


def decide_automatic(
    message: InboundMessage,
    author: Address,
    facts: Facts,
    desk: Desk,
    signer: Signer,
    *,
    classified: Classification,
) -> Decision | None:
    """Decide a mail from a staff address that only its words call a machine's; None: it is one.

    What sounds like an absence goes back to its writer, and once: a machine would answer that too
    (RFC 3834 §2).
    """
    reasons = set(classified.reasons)
    if not reasons or not reasons <= {*CLOSING_WORDS, *ABSENCE_WORDS}:
        return None
    decision = decide(message, author, facts, desk, signer)
    if reasons <= set(CLOSING_WORDS) or isinstance(decision, StaffAnswer):
        return decision if isinstance(decision, Relay | StaffCommand | ReturnToStaff) else None
    if isinstance(decision, Relay | StaffCommand) and facts.escalated_by != "not_sent":
        return ReturnToStaff(
            ticket=decision.ticket, to=author, proof=decision.proof, reason=Refusal.AUTOMATIC
        )
    return None


def may_be_relayed(message: InboundMessage, desk: Desk, signer: Signer) -> bool:
    """Might a mail be an answer that is to be passed on, so that its files are worth having? A
    provider may have given the notice that it answers another Message-ID than ours."""
    author = message.author
    if author is None or not desk.is_staff(author):
        return False
    if any(a.key != author.key and not desk.is_own(a) for a in message.recipients):
        return False
    answers = message.in_reply_to or message.references
    return bool(answers or _token(message, author, desk, signer))


def from_our_address(message: InboundMessage, facts: Facts, desk: Desk) -> Decision | None:
    """Decide a reply to a notice that was written in the shared mailbox, whose address proves
    nobody: whom the notice was for hears that it went nowhere. None: it is no such reply."""
    to = facts.escalated_to or facts.listed_to
    if not to or not all(desk.is_own(address) for address in message.recipients):
        return None
    return ReturnToStaff(
        ticket=facts.escalated,
        to=Address(email=to),
        proof="reply_to_a_desk_notice",
        reason=Refusal.SHARED_ADDRESS if facts.escalated is not None else "",
    )


def by_recipient(
    message: InboundMessage, facts: Facts, desk: Desk, *, any_subject: bool = False
) -> Ticket | None:
    """The ticket that a mail without a thread can only mean: the one open ticket of its
    recipients, with the same subject unless any will do; else the one answered ticket with that
    subject, as staff write again and the customer may reply to that."""
    key = subject_key(message.subject, desk.reference_prefix)
    alike = [t for t in facts.of_recipients if key and t.subject_key == key]
    is_open = [t for t in facts.of_recipients if t.state is TicketState.OPEN]
    # A web form that copies its visitor in has always the same subject, and brings new matters.
    who = correspondent(message, desk)
    settled = [t for t in alike if who is None or not t.is_customer(who)]
    meant = is_open if any_subject else [t for t in alike if t in is_open] or settled
    return meant[0] if len(meant) == 1 else None


def addressed(message: InboundMessage, desk: Desk) -> tuple[str, ...]:
    """The references that the addresses of ours speak of to which a mail was sent."""
    named = (ticket_of_token(desk.detail(address)) for address in message.recipients)
    return tuple(dict.fromkeys(name for name in named if name))


def vouched_for(message: InboundMessage, desk: Desk) -> bool:
    """Does our own mail server say that From is true?"""
    return _border(message, desk).passed


def _answer_to_notice(
    message: InboundMessage,
    author: Address,
    ticket: Ticket,
    facts: Facts,
    desk: Desk,
    token: str | None,
) -> Decision:
    # To return a reply takes less proof than to act on it: it goes to staff and nowhere else.
    proof = _proof_to_act(message, author, ticket, facts, desk, token)
    if proof is None:
        return ReturnToStaff(
            ticket=ticket,
            to=author,
            proof="reply_to_an_escalation",
            reason=Refusal.NOT_PROVEN,
        )
    orders = _orders(message)
    if orders.commands or orders.mistakes:
        return StaffCommand(ticket=ticket, by=author, proof=proof, orders=orders)
    return Relay(ticket=ticket, by=author, proof=proof)


def _answer_to_list(
    message: InboundMessage, author: Address, facts: Facts, desk: Desk, token: str | None
) -> Decision:
    border = _border(message, desk)
    is_theirs = token is not None or facts.listed_to == author.key
    proof = "authenticated" if border.passed else None
    if proof is None and is_theirs and not border.doubted:
        proof = "escalation_token"
    orders = _orders(message)
    if proof is not None and (orders.commands or orders.mistakes):
        return StaffCommand(ticket=None, by=author, proof=proof, orders=orders)
    return ReturnToStaff(ticket=None, to=author, proof="reply_to_a_desk_notice")


def _orders(message: InboundMessage) -> Orders:
    return parse(quoting.reply(message.text).text)


def _proof(
    message: InboundMessage,
    author: Address,
    about: Ticket,
    facts: Facts,
    desk: Desk,
    token: str | None,
) -> str | None:
    """What proves that staff wrote this about that ticket, or None."""
    # The Message-ID of an escalation is known only to whom we sent it; once they answer the
    # customer, the customer knows it too, so it must come from that very address.
    # Where our own server speaks against From, it proves nothing.
    border = _border(message, desk)
    if _holds_token(author, about, facts, token) and not border.refuted:
        return "escalation_token"
    return "authenticated" if border.passed else None


def _proof_to_act(
    message: InboundMessage,
    author: Address,
    about: Ticket,
    facts: Facts,
    desk: Desk,
    token: str | None,
) -> str | None:
    """What proves it well enough to write to a customer, or None.

    A token travels with every forward of its notice, so that an outsider may have it and write a
    staff address into From. What comes from outside our border judges, and unless that speaks for
    From, the token counts for nothing. Mail between colleagues of one server may never cross it
    and bear no result: there the token does.
    """
    border = _border(message, desk)
    if border.passed:
        return "authenticated"
    if border.doubted or not _holds_token(author, about, facts, token):
        return None
    return "escalation_token"


def _holds_token(author: Address, about: Ticket, facts: Facts, token: str | None) -> bool:
    """Does the mail answer a notice about that ticket which was sent to its very author?"""
    noticed = facts.escalated
    is_theirs = noticed is not None and noticed.id == about.id
    return token == about.reference or (is_theirs and facts.escalated_to == author.key)


def _token(message: InboundMessage, author: Address, desk: Desk, signer: Signer) -> str | None:
    """The reference, or NO_TICKET, that the address proves to which the mail was sent."""
    for address in message.recipients:
        detail = desk.detail(address)
        held = signer.token_holds(detail, recipient=author.key, now=message.received_at)
        if held is not None:
            return held
    return None


def _noticed(facts: Facts, token: str | None) -> Ticket | None:
    """The ticket of the notice that is answered. Where the address proves one, it is that one."""
    if token == NO_TICKET:
        return None
    if token is not None and facts.addressed is not None and facts.addressed.reference == token:
        return facts.addressed
    return facts.escalated


def _among_staff(reason: str, ticket: Ticket | None) -> Record:
    return Record(kind=Kind.HUMAN, outcome=Outcome.RECORDED, reasons=(reason,), ticket=ticket)


def _border(message: InboundMessage, desk: Desk) -> Authentication:
    return authenticated(message, trusted_authserv_id=desk.staff.trusted_authserv_id)
