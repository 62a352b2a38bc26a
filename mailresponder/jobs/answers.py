"""What follows from a mail of staff: the clock stops, or the mail goes back to its writer.

Rows of one open transaction; `taking` says when.
"""

from datetime import datetime

from sqlalchemy import Connection

from mailresponder.jobs.alerts import tell_admins
from mailresponder.jobs.step import Step, Taken
from mailresponder.jobs.story import unanswered
from mailresponder.jobs.withdrawal import withdraw_notices
from mailresponder.jobs.work import may_be_answered, post
from mailresponder.mail.message import Address
from mailresponder.policy import decisions, lifecycle, notices
from mailresponder.policy.facts import Outcome
from mailresponder.policy.refusals import Refusal
from mailresponder.policy.ticket import Ticket
from mailresponder.store import answers, tickets


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


def may_be_told(step: Step, ticket: Ticket | None, to: Address, *, proven: bool, what: str) -> bool:
    """May somebody of staff have one more mail about what they wrote? Two programs that answer each
    other end here; a person's mail does not end in silence, as the admins hear of it."""
    if may_be_answered(step.work, step.conn, to.email, proven=proven, now=step.now):
        return True
    step.work.tell(what, uid=step.place.uid, reason="cap")
    about = ticket.reference if ticket is not None else step.work.desk.mailbox
    if ticket is not None:
        step.event(ticket, what, f"{to.email} has had too many notices lately")
    tell_admins(
        step.conn,
        step.work,
        "staff_not_told",
        key=f"staff_not_told:{to.key}:{step.now:%Y-%m-%d}",
        detail=f"{to.email}, {about}",
    )
    return False


def return_to_staff(step: Step, decision: decisions.ReturnToStaff) -> Taken:
    """Send a mail that no customer will see back to its writer, with how to reach them."""
    conn, work, ticket = step.conn, step.work, decision.ticket
    reasons = (decision.proof, decision.reason) if decision.reason else (decision.proof,)
    taken = step.write_down(Outcome.RETURNED, ticket=ticket, reasons=reasons, direction="staff")
    proven = decision.proof in decisions.PROOFS
    if not may_be_told(step, ticket, decision.to, proven=proven, what="not_returned"):
        return taken
    notice = notices.not_sent(
        work.sheet(decision.to, ticket), ticket, step.original, reason=decision.reason
    )
    post(
        conn,
        work,
        notice,
        kind="not_sent",
        dedup_key=f"not_sent:{step.asked.dedup_key}",
        ticket=ticket,
    )
    if ticket is not None:
        why = decision.reason or "the customer was not among the recipients"
        step.event(ticket, "returned_to_staff", why)
        if decision.reason == Refusal.NOT_PROVEN:
            tell_of_unproven(step, ticket)
    return taken
