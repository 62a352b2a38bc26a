"""What follows from a mail of staff: the clock stops, or the mail goes back to its writer.

Rows of one open transaction; `taking` says when.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from mailresponder.jobs.alerts import tell_admins
from mailresponder.jobs.step import Step, Taken
from mailresponder.jobs.story import unanswered
from mailresponder.jobs.withdrawal import withdraw_notices
from mailresponder.jobs.work import answer_due, post
from mailresponder.mail.message import Address, OutboundMessage
from mailresponder.policy import decisions, lifecycle, notices
from mailresponder.policy.facts import Outcome
from mailresponder.policy.refusals import Refusal
from mailresponder.policy.ticket import Ticket
from mailresponder.store import answers, outbox, tickets, withdrawn


def note_answer(
    conn: Connection,
    before: Ticket,
    *,
    at: datetime,
    how: str,
    by: str,
    outbox_id: int | None = None,
) -> None:
    """Write down when a ticket that waited, as it was `before`, was answered."""
    if before.waiting_since is None:
        return
    answers.add(
        conn,
        answers.Answer(
            ticket_id=before.id,
            waiting_since=before.waiting_since,
            due_at=before.due_at,
            answered_at=at,
            how=how,
            by=by,
            angry=before.angry,
            outbox_id=outbox_id,
        ),
    )


def answer(step: Step, decision: decisions.StaffAnswer) -> Taken:
    """Stop the clock, or let it run from what the answer left unanswered."""
    conn, work, message, ticket = step.conn, step.work, step.message, decision.ticket
    answered_ids = {*message.in_reply_to, *message.references}
    rest = unanswered(conn, ticket, since=message.received_at, answered_ids=answered_ids)
    after = lifecycle.answered(ticket, at=message.received_at, rest=rest, desk=work.desk)
    tickets.save_ticket(conn, after)
    author = message.author.key if message.author is not None else ""
    # One that is read late may be older than all they wait for: it ended no wait.
    if after.waiting_since != ticket.waiting_since:
        note_answer(conn, ticket, at=message.received_at, how=decision.proof, by=author)
    after = withdraw_notices(conn, after, now=step.now)
    taken = step.write_down(
        Outcome.ANSWERED, ticket=after, reasons=(decision.proof,), direction="staff"
    )
    step.event(after, "answered", f"seen by {decision.proof}", by="staff")
    if after.anger_rising and not ticket.anger_rising:
        step.event(after, "anger_rising", "the newest of what is still unanswered is the angriest")
    return taken


def tell_of_unproven(step: Step, ticket: Ticket) -> None:
    """Tell the admins that nothing proves a mail to be staff's whose address says so."""
    # The day is part of the key: somebody must mend the set-up, once is enough to say so.
    author = step.message.author
    tell_admins(
        step.conn,
        step.work,
        "unproven_staff",
        key=f"unproven:{step.work.desk.mailbox}:{step.now:%Y-%m-%d}",
        detail=f"{author.email if author else 'nobody'}, {ticket.reference}: "
        f"{step.authentication.why}",
    )


def answer_writer(
    step: Step,
    ticket: Ticket | None,
    to: Address,
    write: Callable[[], OutboundMessage],
    *,
    kind: outbox.Kind,
    silent: str,
) -> bool:
    """Answer what somebody of staff wrote to us: now, or where they had much of that lately, as
    soon as the caps allow.

    Beyond a day nothing is sent, and the event `silent` says so: two programs that answer each
    other end here. A person's mail does not end in silence, as the admins hear of it. Raises
    PermanentFailure and TemplateError.
    """
    conn, work = step.conn, step.work
    due = answer_due(work, conn, to.email, now=step.now)
    if due is None:
        work.tell(silent, uid=step.place.uid, reason="cap")
        about = ticket.reference if ticket is not None else work.desk.mailbox
        if ticket is not None:
            step.event(ticket, silent, f"{to.email} has had too many notices lately")
        tell_admins(
            conn,
            work,
            "staff_not_told",
            key=f"staff_not_told:{to.key}:{step.now:%Y-%m-%d}",
            detail=f"{to.email}, {about}",
        )
        return False
    key = f"{kind}:{step.asked.dedup_key}"
    post(conn, work, write(), kind=kind, dedup_key=key, ticket=ticket)
    if due > step.now:
        withdrawn.hold(conn, key, until=due)
    return True


def return_to_staff(step: Step, decision: decisions.ReturnToStaff) -> Taken:
    """Send a mail that no customer will see back to its writer, with how to reach them."""
    work, ticket = step.work, decision.ticket
    reasons = (decision.proof, decision.reason) if decision.reason else (decision.proof,)
    taken = step.write_down(Outcome.RETURNED, ticket=ticket, reasons=reasons, direction="staff")
    sheet = work.sheet(decision.to, ticket)
    if not answer_writer(
        step,
        ticket,
        decision.to,
        lambda: notices.not_sent(sheet, ticket, step.original, reason=decision.reason),
        kind="not_sent",
        silent="not_returned",
    ):
        return taken
    if ticket is not None:
        why = decision.reason or "the customer was not among the recipients"
        step.event(ticket, "returned_to_staff", why)
        if decision.reason == Refusal.NOT_PROVEN:
            tell_of_unproven(step, ticket)
    return taken
