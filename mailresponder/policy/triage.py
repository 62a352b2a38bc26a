"""What a message is to the desk: new ticket, follow-up, staff answer, or nothing to act on.

Pure: the past comes in as Facts, the answer goes out as a Decision, and the jobs carry it out.
"""

from dataclasses import replace
from datetime import datetime

from mailresponder.mail import automatic
from mailresponder.mail.automatic import Kind
from mailresponder.mail.compose import OWN_ID_HEADER
from mailresponder.mail.message import Address, InboundMessage
from mailresponder.policy import staff, suppression, threads
from mailresponder.policy.decisions import (
    Decision,
    DeliveryFailure,
    FollowUp,
    FoundBy,
    OpenTicket,
    Record,
    StaffAnswer,
)
from mailresponder.policy.desk import Desk
from mailresponder.policy.facts import Facts, Outcome, Questions, ReportedMail
from mailresponder.policy.identifiers import TEST_MAIL, Signer, references_in, subject_key
from mailresponder.policy.parties import correspondent, reaches_customer

_MAX_THREAD_IDS = 60
_MAX_RECIPIENTS = 50
_MAX_REFERENCES = 20
_QUOTE_LIMIT = 50_000
"""Characters of a text that are searched for a ticket's reference."""
_NO_ANSWER = (
    automatic.auto_submitted,
    automatic.responder_marker,
    automatic.out_of_office_wording,
    automatic.responder_subject,
    automatic.read_receipt,
)
"""What a mail client or server puts into Sent by itself. Other helpdesks' wording is no such sign:
staff close cases and explain spam filters in just these words."""

_REPLY_TO_TEST = Record(kind=Kind.HUMAN, outcome=Outcome.RECORDED, reasons=("reply_to_test_mail",))


def questions(message: InboundMessage, desk: Desk, *, now: datetime) -> Questions:
    """What the store must be asked before `decide`."""
    ids = dict.fromkeys([*message.in_reply_to, *reversed(message.references)])
    return Questions(
        dedup_key=f"{message.digest}:{message.message_id or ''}",
        message_ids=tuple(ids)[:_MAX_THREAD_IDS],
        reported_ids=_reported_ids(message),
        references=references_in(message.subject, desk.reference_prefix),
        quoted=references_in(message.text[:_QUOTE_LIMIT], desk.reference_prefix)[:_MAX_REFERENCES],
        correspondent=correspondent(message, desk),
        subject_key=subject_key(message.subject, desk.reference_prefix),
        mailbox=desk.mailbox,
        addressed=staff.addressed(message, desk),
        recipients=_outside_recipients(message, desk),
        now=now,
    )


def is_key_of(message: InboundMessage, dedup_key: str) -> bool:
    """Is it this message's, also where that was taken for the mail that it passes on?"""
    return dedup_key.startswith(f"{message.digest}:")


def sent_questions(
    message: InboundMessage, desk: Desk, signer: Signer, *, now: datetime
) -> Questions:
    """What the store must be asked before `decide_sent`: of what we sent ourselves, which is most
    of it, whether it was seen before and nothing else."""
    asked = questions(message, desk, now=now)
    if _own_id(message, signer) is None:
        return asked
    return replace(
        asked,
        message_ids=(),
        reported_ids=(),
        references=(),
        quoted=(),
        addressed=(),
        correspondent=None,
        recipients=(),
    )


def _reported_ids(message: InboundMessage) -> tuple[str, ...]:
    """What a delivery report may be about; some mail systems only answer the mail that failed."""
    if message.report is None:
        return ()
    return (*message.report.original_ids, *message.in_reply_to[:1])


def _outside_recipients(message: InboundMessage, desk: Desk) -> tuple[str, ...]:
    author = message.author
    if author is None or not (desk.is_own(author) or desk.is_staff(author)):
        return ()
    people = (a for a in message.recipients if not desk.is_own(a))
    return tuple(dict.fromkeys(a.key for a in people))[:_MAX_RECIPIENTS]


def leave_alone(message: InboundMessage, facts: Facts, desk: Desk) -> Record:
    """Decide a message from before the mailbox's start, in whatever folder it lies: nothing that
    was settled then is taken up, and no answer of then answers anything."""
    kind = automatic.classify(message, own_lists=desk.own_lists).kind
    if facts.seen not in (None, Outcome.BEFORE_START):
        return Record(kind=kind, outcome=Outcome.DUPLICATE, reasons=("seen_before",))
    return Record(kind=kind, outcome=Outcome.BEFORE_START, reasons=("before_start",))


def decide_sent(message: InboundMessage, facts: Facts, desk: Desk, signer: Signer) -> Decision:
    """Decide a message that lies in the Sent folder: only staff and we can put mail there."""
    kind = automatic.classify(message, own_lists=desk.own_lists).kind
    if (ours := _own_id(message, signer)) is not None:
        return replace(_own("own_message"), renamed_from=_other(ours, message.message_id))
    if _is_reply_to_test(message, desk, signer):
        return _REPLY_TO_TEST
    # A copy in INBOX may have been read first and not been believed: Sent is the better proof.
    if facts.seen is Outcome.ANSWERED:
        return Record(kind=kind, outcome=Outcome.DUPLICATE, reasons=("seen_before",))
    if any(rule(message) for rule in _NO_ANSWER):
        return Record(kind=Kind.AUTO_REPLY, outcome=Outcome.RECORDED, reasons=("staff_auto_reply",))
    candidates = [
        facts.thread,
        facts.escalated,
        *facts.named,
        staff.by_recipient(message, facts, desk),
    ]
    reached = [t for t in candidates if t is not None and reaches_customer(message, t, desk)]
    # A customer's mail that staff dragged into Sent answers nothing, even with themselves in copy.
    author = message.author
    if reached and not (author is not None and reached[0].is_customer(author)):
        return StaffAnswer(ticket=reached[0], proof="sent_folder")
    if facts.seen is not None:
        return Record(kind=kind, outcome=Outcome.DUPLICATE, reasons=("seen_before",))
    returned = staff.from_our_address(message, facts, desk)
    if returned is not None and author is not None and desk.is_own(author):
        return returned
    known = next((t for t in candidates if t is not None), None)
    reason = "not_to_the_customer" if known else "no_ticket"
    return Record(kind=Kind.HUMAN, outcome=Outcome.RECORDED, reasons=(reason,), ticket=known)


def decide(message: InboundMessage, facts: Facts, desk: Desk, signer: Signer) -> Decision:
    """Decide a message that came to the mailbox."""
    # 1. Another copy of what we have, and what we sent ourselves.
    classified = automatic.classify(message, own_lists=desk.own_lists)
    if facts.seen is not None:
        return Record(kind=classified.kind, outcome=Outcome.DUPLICATE, reasons=("seen_before",))
    is_machine = classified.kind not in (Kind.HUMAN, Kind.UNREADABLE)
    if not is_machine and _is_reply_to_test(message, desk, signer):
        return _REPLY_TO_TEST
    author = message.author
    if author is not None and desk.is_own(author):
        if _own_id(message, signer) is not None:
            return _own("own_message")
        # Exchange writes "on behalf of" the shared address, and our server vouches for it.
        if classified.kind is Kind.HUMAN and staff.vouched_for(message, desk):
            about = (facts.thread, *facts.named)
            reached = [t for t in about if t is not None and reaches_customer(message, t, desk)]
            if reached:
                return StaffAnswer(ticket=reached[0], proof="authenticated")
        if classified.kind is Kind.HUMAN:
            returned = staff.from_our_address(message, facts, desk)
            if returned is not None:
                return returned
        # A web form writes in our name and puts the customer into Reply-To.
        if correspondent(message, desk) is None:
            return _own("own_address")

    # 2. Machines change nothing.
    if is_machine and message.forwarded_by is None:
        if classified.kind is Kind.BOUNCE and facts.reported is not None:
            return _failure(message, facts.reported, classified.reasons)
        if author is not None and desk.is_staff(author):
            spoken = staff.decide_automatic(
                message, author, facts, desk, signer, classified=classified
            )
            if spoken is not None:
                return spoken
        reported = facts.reported.ticket if facts.reported is not None else None
        return Record(
            kind=classified.kind,
            outcome=Outcome.RECORDED,
            reasons=classified.reasons,
            ticket=reported or facts.thread or facts.escalated,
        )

    # 3. Staff, unless they are this ticket's customer, or a web form that writes for them.
    who = correspondent(message, desk)
    thread = threads.find(facts, who or author)
    ticket = thread.ticket if thread is not None else None
    is_customer = ticket and any(ticket.is_customer(a) for a in (author, who) if a is not None)
    if author is not None and desk.is_staff(author) and not is_customer:
        decision = staff.decide(message, author, facts, desk, signer)
        is_answer = isinstance(decision, StaffAnswer)
        if decision is not None and (is_answer or not _is_form(message, who, desk)):
            return decision

    # 4. Customers.
    case = suppression.Case(
        message=message,
        desk=desk,
        correspondent=who,
        sent=facts.sent,
        spam_before=facts.reported_as_spam,
    )
    reasons = suppression.reasons(case)
    kind = classified.kind
    if is_machine:
        # Staff passed it on, so a person is to look at it; but no machine is answered.
        kind, reasons = Kind.HUMAN, (*classified.reasons, *reasons)
    if thread is not None and threads.is_new_matter(message, thread, facts, desk, sender=who):
        # It may have been written before, in a ticket that waits by now.
        thread = threads.same_matter(facts)
    if thread is not None:
        return FollowUp(
            kind=kind,
            ticket=thread.ticket,
            found_by=thread.found_by,
            suppressed_by=reasons,
            answers_question=facts.answers_question and thread.found_by is FoundBy.THREAD,
        )
    return OpenTicket(
        kind=kind,
        customer=who or author or Address(email=""),
        suppressed_by=reasons,
        linked_to=ticket,
    )


def _is_form(message: InboundMessage, who: Address | None, desk: Desk) -> bool:
    """Does a program in staff's domain write for a visitor, whom Reply-To names, to us alone and
    in answer to nothing?"""
    is_outsider = who is not None and not (desk.is_staff(who) or desk.is_own(who))
    answers = bool(message.in_reply_to or message.references)
    to_us_alone = all(desk.is_own(address) for address in message.recipients)
    return is_outsider and to_us_alone and not answers and staff.vouched_for(message, desk)


def _is_reply_to_test(message: InboundMessage, desk: Desk, signer: Signer) -> bool:
    """Does somebody reply to a test mail, which no customer gets, or do our people write on below
    it?"""
    author = message.author
    ours = author is not None and (desk.is_own(author) or desk.is_staff(author))
    named = (*message.in_reply_to, *(message.references if ours else ()))
    return any(signer.reference(one) == TEST_MAIL for one in named)


def _own(reason: str) -> Record:
    return Record(kind=Kind.OWN, outcome=Outcome.RECORDED, reasons=(reason,))


def _own_id(message: InboundMessage, signer: Signer) -> str | None:
    """The Message-ID we gave a mail of ours, also where a provider has replaced it since."""
    ids = (message.message_id, message.header(OWN_ID_HEADER))
    return next((one for one in ids if one is not None and signer.verify(one)), None)


def _other(ours: str, message_id: str | None) -> str | None:
    return ours if message_id is not None and ours != message_id else None


def _failure(
    message: InboundMessage, reported: ReportedMail, reasons: tuple[str, ...]
) -> DeliveryFailure | Record:
    """A mail of ours came back: is it the customer who cannot be reached, or staff?"""
    report, ticket = message.report, reported.ticket
    status = report.status if report is not None else None
    failure = DeliveryFailure(ticket=ticket, reasons=reasons, status=status, relay=reported.relay)
    if reported.is_notice or ticket is None:
        return replace(failure, staff=reported.recipient)
    # Of an answer of staff to several people only the customer's copy matters. Our notices have one
    # recipient, whatever address the customer's server forwarded them to.
    meant = report.recipients if report is not None and not reported.recipient else ()
    if meant and not any(ticket.is_customer(Address(email=one)) for one in meant):
        return Record(
            kind=Kind.BOUNCE,
            outcome=Outcome.RECORDED,
            reasons=reasons,
            ticket=ticket,
        )
    return failure
