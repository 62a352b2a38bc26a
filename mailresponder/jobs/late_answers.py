"""Counts an answer that only the customer's quote of it shows, and tells staff how to make the next
ones visible. Rows of one open transaction."""

from datetime import timedelta

from mailresponder.errors import PermanentFailure
from mailresponder.jobs.answers import note_answer
from mailresponder.jobs.step import Step
from mailresponder.jobs.story import unanswered
from mailresponder.jobs.withdrawal import withdraw_notices
from mailresponder.jobs.work import post
from mailresponder.mail.automatic import Kind
from mailresponder.mail.message import Address
from mailresponder.policy import evidence, lifecycle, notices
from mailresponder.policy.evidence import LATE_EVIDENCE, LateAnswer
from mailresponder.policy.facts import Outcome
from mailresponder.policy.ticket import Ticket
from mailresponder.store import messages, outbox_view, tickets, withdrawn
from mailresponder.store.messages import MessageRecord, record_message
from mailresponder.templating import TemplateError

UNSEEN = "[an answer that was never seen here: the customer quotes it]"
"""What staff are shown instead of its text, for which there is nobody's word but the customer's."""
_A_DAY = timedelta(days=1)
_HELD = timedelta(hours=1)
"""How long nobody is told of it: INBOX is read before Sent, and a client may be slow to file."""
_MOST_TOLD = 5
"""People of staff told in a day: their addresses are what customers' mails say."""


def seen_late(step: Step, ticket: Ticket, sender: Address | None) -> Ticket:
    """The ticket after whatever answer the customer's mail quotes; else the ticket as it is."""
    # Whoever forges the customer must not end their wait.
    if sender is None or not ticket.is_customer(sender) or step.authentication.refuted:
        return ticket
    found = _found(step, ticket)
    if found is None:
        return ticket
    conn, work, now = step.conn, step.work, step.now
    rest = unanswered(conn, ticket, since=found.at, answered_ids=())
    after = lifecycle.answered(ticket, at=found.at, rest=rest, desk=work.desk)
    tickets.save_ticket(conn, after)
    note_answer(conn, ticket, at=found.at, how=LATE_EVIDENCE, by=found.by)
    after = withdraw_notices(conn, after, now=now)
    _register(step, after, found)
    step.event(after, "answered", f"seen by {LATE_EVIDENCE}", by=found.by or "staff")
    _tell(step, found)
    return after


def _found(step: Step, ticket: Ticket) -> LateAnswer | None:
    message, work = step.message, step.work
    named = {*message.in_reply_to, *message.references}
    known = messages.known_ids(step.conn, step.asked.message_ids)
    sealed = {one for one in named if work.signer.verify(one)}
    return evidence.late_answer(
        message,
        ticket,
        work.desk,
        known_ids=known | sealed,
        texts=lambda: [one.new_text for one in messages.of_ticket(step.conn, ticket.id)],
    )


def seen_after_all(step: Step) -> None:
    """The mail at hand is an answer of staff. Where it was taken for one that nobody here can see,
    what was written down instead goes, and nobody is told who has not been yet."""
    message_id = step.message.message_id
    stand_in = message_id and messages.by_dedup_key(step.conn, _key(message_id))
    if not stand_in:
        return
    messages.forget_stand_in(step.conn, stand_in.dedup_key)
    people = {stand_in.from_, *step.work.config.admin.addresses}
    withdrawn.with_keys(step.conn, [_told_key(address) for address in people])


def _key(message_id: str) -> str:
    return f"{LATE_EVIDENCE}:{message_id}"


def _told_key(address: str) -> str:
    return f"answers_unseen:{address.casefold()}"


def _register(step: Step, ticket: Ticket, found: LateAnswer) -> None:
    """Write the unseen answer down, so that whoever else replies to it finds the ticket, and a
    second quote of it proves nothing more."""
    record_message(
        step.conn,
        MessageRecord(
            dedup_key=_key(found.message_id or f"of {step.asked.dedup_key}"),
            message_id=found.message_id,
            ticket_id=ticket.id,
            mailbox=step.work.desk.mailbox,
            direction="staff",
            kind=Kind.HUMAN,
            outcome=Outcome.ANSWERED,
            from_=found.by or step.work.desk.address.email,
            to=ticket.customer.email,
            subject=ticket.subject,
            new_text=UNSEEN,
            at=found.at,
            reasons=(LATE_EVIDENCE,),
        ),
    )


def _tell(step: Step, found: LateAnswer) -> None:
    """Tell whoever answered, or the admins, once each. What cannot be written stops nothing."""
    conn, work = step.conn, step.work
    told = outbox_view.written_since(conn, "answers_unseen", step.now - _A_DAY)
    people = [found.by] if found.by and told < _MOST_TOLD else work.config.admin.addresses
    for address in people:
        by = found.by if address == found.by else ""
        try:
            notice = notices.answers_unseen(work.sheet(Address(email=address)), by)
            is_new = post(
                conn,
                work,
                notice,
                kind="answers_unseen",
                dedup_key=_told_key(address),
                ticket=None,
            )
            if is_new:
                withdrawn.hold(conn, _told_key(address), until=step.now + _HELD)
        except (PermanentFailure, TemplateError) as error:
            work.tell("not_told", told_event="answers_unseen", reason=error.message)
