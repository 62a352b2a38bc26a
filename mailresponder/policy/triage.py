"""What a message is to the desk: new ticket, follow-up, staff answer, or nothing to act on.

Pure: the past comes in as Facts, the answer goes out as a Decision, and the jobs carry it out.
"""

from dataclasses import dataclass
from datetime import datetime

from mailresponder.mail import automatic
from mailresponder.mail.authentication import Authentication, authenticated
from mailresponder.mail.automatic import Kind
from mailresponder.mail.message import Address, InboundMessage
from mailresponder.policy import suppression
from mailresponder.policy.desk import Desk
from mailresponder.policy.facts import Facts, Outcome, Questions
from mailresponder.policy.identifiers import Signer, references_in, subject_key
from mailresponder.policy.ticket import Ticket

_MAX_THREAD_IDS = 60
_MAX_RECIPIENTS = 50
_NO_ANSWER = (
    automatic.auto_submitted,
    automatic.responder_marker,
    automatic.out_of_office_wording,
    automatic.responder_subject,
    automatic.read_receipt,
)
"""What a mail client or server puts into Sent by itself. Other helpdesks' wording is no such sign:
staff close cases and explain spam filters in just these words."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenTicket:
    """A person wrote about something new."""

    kind: Kind
    customer: Address
    suppressed_by: tuple[str, ...]
    """Why they are not acknowledged; empty: they are."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowUp:
    """Somebody wrote again about a ticket."""

    kind: Kind
    ticket: Ticket
    suppressed_by: tuple[str, ...]
    """Why no follow-up notice may be sent."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StaffAnswer:
    """Staff answered, and the customer can see it."""

    ticket: Ticket
    proof: str
    """What makes us believe it: `sent_folder`, `authenticated` or `escalation_token`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReturnToStaff:
    """Staff wrote to us, and no customer will ever see it unless they are told."""

    ticket: Ticket | None
    """None: they answered a notice about several tickets, or about none."""
    to: Address
    proof: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """Nothing to act on: it is written down with its reasons."""

    kind: Kind
    outcome: Outcome
    reasons: tuple[str, ...]
    ticket: Ticket | None = None
    """What it belongs to, where that is known."""


Decision = OpenTicket | FollowUp | StaffAnswer | ReturnToStaff | Record


def correspondent(message: InboundMessage, desk: Desk) -> Address | None:
    """Whom an answer goes to: Reply-To where it is one usable address that is not ours, else
    the author. A documented deviation from RFC 3834 §4, which answers the return path."""
    author = message.author
    reply_to = message.reply_to if len(message.reply_to) == 1 else ()
    for address in (*(a for a in reply_to if not automatic.is_no_reply(a)), author):
        if address is not None and "@" in address.email and not desk.is_own(address):
            return address
    return None


def questions(message: InboundMessage, desk: Desk, *, now: datetime) -> Questions:
    """What the store must be asked before `decide`."""
    ids = dict.fromkeys([*message.in_reply_to, *reversed(message.references)])
    return Questions(
        dedup_key=f"{message.digest}:{message.message_id or ''}",
        message_ids=tuple(ids)[:_MAX_THREAD_IDS],
        reported_id=message.report.original_message_id if message.report else None,
        references=references_in(message.subject, desk.reference_prefix),
        correspondent=correspondent(message, desk),
        subject_key=subject_key(message.subject, desk.reference_prefix),
        mailbox=desk.mailbox,
        recipients=_outside_recipients(message, desk),
        now=now,
    )


def _outside_recipients(message: InboundMessage, desk: Desk) -> tuple[str, ...]:
    author = message.author
    if author is None or not (desk.is_own(author) or desk.is_staff(author)):
        return ()
    people = (a for a in message.recipients if not desk.is_own(a))
    return tuple(dict.fromkeys(a.key for a in people))[:_MAX_RECIPIENTS]


def decide_sent(message: InboundMessage, facts: Facts, desk: Desk, signer: Signer) -> Decision:
    """Decide a message that lies in the Sent folder: only staff and we can put mail there."""
    kind = automatic.classify(message, own_lists=desk.own_lists).kind
    if signer.verify(message.message_id):
        return Record(kind=Kind.OWN, outcome=Outcome.RECORDED, reasons=("own_message",))
    # A copy in INBOX may have been read first and not been believed: Sent is the better proof.
    if facts.seen is Outcome.ANSWERED:
        return Record(kind=kind, outcome=Outcome.DUPLICATE, reasons=("seen_before",))
    if any(rule(message) for rule in _NO_ANSWER):
        return Record(kind=Kind.AUTO_REPLY, outcome=Outcome.RECORDED, reasons=("staff_auto_reply",))
    candidates = [facts.thread, facts.escalated, *facts.named, _by_recipient(message, facts, desk)]
    reached = [t for t in candidates if t is not None and reaches_customer(message, t)]
    # A customer's mail that staff dragged into Sent answers nothing, even with themselves in copy.
    author = message.author
    if reached and not (author is not None and reached[0].is_customer(author)):
        return StaffAnswer(ticket=reached[0], proof="sent_folder")
    if facts.seen is not None:
        return Record(kind=kind, outcome=Outcome.DUPLICATE, reasons=("seen_before",))
    known = next((t for t in candidates if t is not None), None)
    reason = "not_to_the_customer" if known else "no_ticket"
    return Record(kind=Kind.HUMAN, outcome=Outcome.RECORDED, reasons=(reason,), ticket=known)


def decide(message: InboundMessage, facts: Facts, desk: Desk, signer: Signer) -> Decision:
    """Decide a message that came to the mailbox."""
    # 1. Another copy of what we have, and what we sent ourselves.
    classified = automatic.classify(message, own_lists=desk.own_lists)
    if facts.seen is not None:
        return Record(kind=classified.kind, outcome=Outcome.DUPLICATE, reasons=("seen_before",))
    author = message.author
    if author is not None and desk.is_own(author):
        if signer.verify(message.message_id):
            return _own("own_message")
        # Exchange writes "on behalf of" the shared address, and our server vouches for it.
        if classified.kind is Kind.HUMAN and _vouched_for(message, desk):
            about = (facts.thread, *facts.named)
            reached = [t for t in about if t is not None and reaches_customer(message, t)]
            if reached:
                return StaffAnswer(ticket=reached[0], proof="authenticated")
        # A web form writes in our name and puts the customer into Reply-To.
        if correspondent(message, desk) is None:
            return _own("own_address")

    # 2. Machines change nothing.
    if classified.kind not in (Kind.HUMAN, Kind.UNREADABLE):
        return Record(
            kind=classified.kind,
            outcome=Outcome.RECORDED,
            reasons=classified.reasons,
            ticket=facts.reported or facts.thread or facts.escalated,
        )

    # 3. Staff, unless they are this ticket's customer, or a web form that writes for them.
    who = correspondent(message, desk)
    ticket = _thread_of_participant(message, facts, desk)
    is_customer = ticket and any(ticket.is_customer(a) for a in (author, who) if a is not None)
    if author is not None and desk.is_staff(author) and not is_customer:
        decision = _staff(message, author, facts, desk, signer)
        if decision is not None:
            return decision

    # 4. Customers.
    case = suppression.Case(message=message, desk=desk, correspondent=who, sent=facts.sent)
    reasons = suppression.reasons(case)
    if ticket is not None:
        return FollowUp(kind=classified.kind, ticket=ticket, suppressed_by=reasons)
    return OpenTicket(
        kind=classified.kind,
        customer=who or author or Address(email=""),
        suppressed_by=reasons,
    )


def reaches_customer(message: InboundMessage, ticket: Ticket) -> bool:
    """Is one of the customer's addresses among the recipients?"""
    return any(ticket.is_customer(address) for address in message.recipients)


def _own(reason: str) -> Record:
    return Record(kind=Kind.OWN, outcome=Outcome.RECORDED, reasons=(reason,))


def _thread_of_participant(message: InboundMessage, facts: Facts, desk: Desk) -> Ticket | None:
    """The ticket the message belongs to: by its thread, by a reference in the subject where the
    sender takes part, or as a second mail about the same unanswered matter."""
    people = [a for a in (message.author, correspondent(message, desk)) if a is not None]
    if facts.thread is not None:
        # Who answers a notice meant for staff was forwarded it: that opens no door to the ticket.
        forwarded = facts.escalated is not None
        if not forwarded or any(facts.thread.takes_part(person) for person in people):
            return facts.thread
    for named in facts.named:
        if any(named.takes_part(person) for person in people):
            return named
    return facts.same_matter


def _staff(
    message: InboundMessage, author: Address, facts: Facts, desk: Desk, signer: Signer
) -> Decision | None:
    """Decide a mail from a staff address; None: treat it as a customer's."""
    notice = any(signer.verify(message_id) for message_id in message.in_reply_to)
    meant = _by_recipient(message, facts, desk, any_subject=notice)
    about = [t for t in (facts.escalated, facts.thread, *facts.named, meant) if t is not None]
    to_us = any(desk.is_own(address) for address in message.to)
    if not about:
        if notice and to_us:
            return ReturnToStaff(ticket=None, to=author, proof="reply_to_a_desk_notice")
        # A web form in our domain may copy in its customer, whom Reply-To names.
        who = correspondent(message, desk)
        outsiders = [a for a in message.recipients if not desk.is_own(a) and not desk.is_staff(a)]
        if outsiders and who is not None and desk.is_staff(who) and _vouched_for(message, desk):
            return _among_staff("staff_mail_without_ticket", None)
        return None
    proven = [(t, proof) for t in about if (proof := _proof(message, author, t, facts, desk))]
    for ticket, proof in proven:
        if reaches_customer(message, ticket):
            return StaffAnswer(ticket=ticket, proof=proof)
    if not proven:
        # To return a reply takes less proof than to believe it: it goes to staff and nowhere else.
        noticed = facts.escalated
        if noticed is not None and to_us and not reaches_customer(message, noticed):
            return ReturnToStaff(ticket=noticed, to=author, proof="reply_to_an_escalation")
        return Record(
            kind=Kind.HUMAN,
            outcome=Outcome.UNPROVEN,
            reasons=("unproven_staff",),
            ticket=about[0],
        )
    ticket, proof = proven[0]
    if to_us:
        return ReturnToStaff(ticket=ticket, to=author, proof=proof)
    return _among_staff("staff_among_themselves", ticket)


def _by_recipient(
    message: InboundMessage, facts: Facts, desk: Desk, *, any_subject: bool = False
) -> Ticket | None:
    """The ticket that a mail without a thread can only mean: the one open ticket of its
    recipients, with the same subject unless any will do."""
    key = subject_key(message.subject, desk.reference_prefix)
    meant = [t for t in facts.of_recipients if any_subject or (key and t.subject_key == key)]
    return meant[0] if len(meant) == 1 else None


def _among_staff(reason: str, ticket: Ticket | None) -> Record:
    return Record(kind=Kind.HUMAN, outcome=Outcome.RECORDED, reasons=(reason,), ticket=ticket)


def _proof(
    message: InboundMessage, author: Address, about: Ticket, facts: Facts, desk: Desk
) -> str | None:
    """What proves that staff wrote this about that ticket, or None."""
    # The Message-ID of an escalation is known only to whom we sent it; once they answer the
    # customer, the customer knows it too, so it must come from that very address.
    # Where our own server speaks against From, it proves nothing.
    noticed, border = facts.escalated, _border(message, desk)
    is_theirs = noticed is not None and noticed.id == about.id
    if is_theirs and facts.escalated_to == author.key and not border.refuted:
        return "escalation_token"
    return "authenticated" if border.passed else None


def _vouched_for(message: InboundMessage, desk: Desk) -> bool:
    """Does our own mail server say that From is true?"""
    return _border(message, desk).passed


def _border(message: InboundMessage, desk: Desk) -> Authentication:
    return authenticated(message, trusted_authserv_id=desk.staff.trusted_authserv_id)
