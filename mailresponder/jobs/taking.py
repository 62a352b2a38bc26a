"""Carries out what triage decided about one message, as rows of one open transaction.

Nothing here touches the network: acknowledgements, flags and moves are rows that delivery and
filing act on later.
"""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from sqlalchemy import Connection

from mailresponder.jobs.alerts import tell_admins
from mailresponder.jobs.hearing import hear
from mailresponder.jobs.step import Place, Step, Taken
from mailresponder.jobs.story import NO_CLOCK, ONLY_THANKS, unanswered
from mailresponder.jobs.withdrawal import withdraw_notices
from mailresponder.jobs.work import Work, post, within_caps
from mailresponder.listening import gratitude
from mailresponder.listening.anger import Anger
from mailresponder.mail.authentication import authenticated
from mailresponder.mail.compose import reply_references
from mailresponder.mail.message import InboundMessage, OutboundMessage
from mailresponder.policy import lifecycle, notices, triage
from mailresponder.policy.facts import Outcome
from mailresponder.policy.identifiers import new_reference
from mailresponder.policy.notices import Original
from mailresponder.policy.ticket import Ticket
from mailresponder.store import mailbox_tasks, outbox, tickets
from mailresponder.store.facts import facts as look_up
from mailresponder.store.mailbox_tasks import Task
from mailresponder.store.messages import record_sighting

NOT_HANDLED = "not_handled"
"""Why a customer was not acknowledged: our code failed on their mail."""

_random = random.SystemRandom()


def take(
    conn: Connection, work: Work, message: InboundMessage, place: Place, *, quiet: bool = False
) -> Taken:
    """Decide one message and write down everything that follows from it.

    `quiet`: nobody is written to, because writing is what failed.
    """
    asked = triage.questions(message, work.desk, now=work.clock())
    facts = look_up(conn, asked)
    decide = triage.decide_sent if place.is_sent else triage.decide
    decision = decide(message, facts, work.desk, work.signer)
    if quiet and isinstance(decision, triage.OpenTicket | triage.FollowUp):
        decision = replace(decision, suppressed_by=(*decision.suppressed_by, NOT_HANDLED))
    step = Step(conn=conn, work=work, message=message, asked=asked, place=place)
    match decision:
        case triage.OpenTicket():
            taken = _open(step, decision)
        case triage.FollowUp():
            taken = _follow_up(step, decision)
        case triage.StaffAnswer():
            taken = _answer(step, decision)
        case triage.ReturnToStaff():
            taken = _return(step, decision)
        case triage.Record():
            taken = _record(step, decision)
        case _:
            assert_never(decision)
    record_sighting(
        conn,
        mailbox=work.desk.mailbox,
        folder=place.folder,
        uidvalidity=place.uidvalidity,
        uid=place.uid,
        message_row=taken.row,
        outcome=taken.outcome,
        at=message.received_at,
    )
    return taken


def _open(step: Step, decision: triage.OpenTicket) -> Taken:
    conn, work, message = step.conn, step.work, step.message
    spoken, heard = _hear(step, default=work.desk.languages[0], with_subject=True)
    ticket = lifecycle.opened(
        message,
        customer=decision.customer,
        suppressed_by=decision.suppressed_by,
        reference=_free_reference(conn, work),
        language=spoken,
        anger=heard,
        desk=work.desk,
    )
    ticket = tickets.add_ticket(conn, ticket)
    taken = step.write_down(
        Outcome.OPENED,
        kind=decision.kind,
        ticket=ticket,
        heard=heard,
        spoken=spoken,
        reasons=decision.suppressed_by,
    )
    step.event(ticket, "opened", f"{decision.kind.value} mail; nothing it belongs to")
    for note in message.notes:
        step.event(ticket, "noted", note)
    if decision.suppressed_by:
        step.event(ticket, "not_acknowledged", ", ".join(decision.suppressed_by))
    else:
        _acknowledge(step, ticket)
    _flag(step, ticket, heard, taken)
    return taken


def _acknowledge(step: Step, ticket: Ticket) -> None:
    _notify(
        step,
        ticket,
        notices.acknowledgement,
        kind="acknowledgement",
        dedup_key=f"acknowledgement:{ticket.reference}",
    )


def _follow_up(step: Step, decision: triage.FollowUp) -> Taken:
    conn, work, message, before = step.conn, step.work, step.message, decision.ticket
    spoken, heard = _hear(step, default=before.language, with_subject=False)
    reasons = tuple(reason for reason in decision.suppressed_by if reason in NO_CLOCK)
    if gratitude.only_thanks(message.new_text, spoken):
        reasons = (ONLY_THANKS, *reasons)
    quiet = bool(reasons)
    ticket = lifecycle.followed_up(before, message, anger=heard, no_clock=quiet, desk=work.desk)
    tickets.save_ticket(conn, ticket)
    taken = step.write_down(
        Outcome.FOLLOWED_UP,
        kind=decision.kind,
        ticket=ticket,
        heard=heard,
        spoken=spoken,
        reasons=reasons,
    )
    why = f"{', '.join(reasons)}: no clock starts" if quiet else "wrote again"
    step.event(ticket, "followed_up", why)
    notify = work.desk.acknowledging.follow_up_notice and not quiet and not decision.suppressed_by
    if notify and message.author is not None and ticket.is_customer(message.author):
        _follow_up_notice(step, ticket)
    _flag(step, ticket, heard, taken)
    return taken


def _follow_up_notice(step: Step, ticket: Ticket) -> None:
    # Once between two staff answers: the answer's time is part of the key.
    answered = ticket.answered_at.isoformat() if ticket.answered_at else "never"
    _notify(
        step,
        ticket,
        notices.follow_up,
        kind="follow_up",
        dedup_key=f"follow_up:{ticket.reference}:{answered}",
    )


def _notify(
    step: Step,
    ticket: Ticket,
    write: Callable[..., OutboundMessage],
    *,
    kind: outbox.Kind,
    dedup_key: str,
) -> None:
    """Write to the customer about the message at hand."""
    notice = write(
        step.work.sheet(ticket.customer, ticket),
        ticket,
        _original(step.message),
        quote=_is_authenticated(step),
    )
    post(
        step.conn,
        step.work,
        notice,
        kind=kind,
        dedup_key=dedup_key,
        ticket=ticket,
        promise_until=_promise(ticket, step.now),
    )


def _answer(step: Step, decision: triage.StaffAnswer) -> Taken:
    conn, work, message, ticket = step.conn, step.work, step.message, decision.ticket
    answered_ids = {*message.in_reply_to, *message.references}
    rest = unanswered(conn, ticket, since=message.received_at, answered_ids=answered_ids)
    after = lifecycle.answered(ticket, at=message.received_at, rest=rest, desk=work.desk)
    tickets.save_ticket(conn, after)
    after = withdraw_notices(conn, after, now=step.now)
    taken = step.write_down(
        Outcome.ANSWERED, ticket=after, reasons=(decision.proof,), direction="staff"
    )
    step.event(after, "answered", f"seen by {decision.proof}", by="staff")
    return taken


def _return(step: Step, decision: triage.ReturnToStaff) -> Taken:
    conn, work, ticket = step.conn, step.work, decision.ticket
    taken = step.write_down(
        Outcome.RETURNED, ticket=ticket, reasons=(decision.proof,), direction="staff"
    )
    if not within_caps(work, conn, decision.to.email, now=step.now):
        # Two programs that answer each other end here.
        work.tell("not_returned", uid=step.place.uid, reason="cap")
        return taken
    notice = notices.not_sent(work.sheet(decision.to, ticket), ticket, _original(step.message))
    post(
        conn,
        work,
        notice,
        kind="not_sent",
        dedup_key=f"not_sent:{step.asked.dedup_key}",
        ticket=ticket,
    )
    if ticket is not None:
        step.event(ticket, "returned_to_staff", "the customer was not among the recipients")
    return taken


def _record(step: Step, decision: triage.Record) -> Taken:
    ticket = decision.ticket
    taken = step.write_down(
        decision.outcome, kind=decision.kind, ticket=ticket, reasons=decision.reasons
    )
    if ticket is not None:
        unproven = decision.outcome is Outcome.UNPROVEN
        what = "unproven_staff" if unproven else "recorded"
        if unproven:
            # The day is part of the key: somebody must mend the set-up, once is enough to say so.
            tell_admins(
                step.conn,
                step.work,
                "unproven_staff",
                key=f"unproven:{step.work.desk.mailbox}:{step.now:%Y-%m-%d}",
                detail=ticket.reference,
            )
        step.event(ticket, what, f"{decision.kind.value}: {', '.join(decision.reasons)}")
    return taken


def _hear(step: Step, *, default: str, with_subject: bool) -> tuple[str, Anger]:
    return hear(
        step.message,
        languages=step.work.desk.languages,
        default=default,
        with_subject=with_subject,
        threshold=step.work.config.anger.threshold,
    )


def _flag(step: Step, ticket: Ticket, heard: Anger, taken: Taken) -> None:
    """Write down that an angry message is to be flagged and moved, as the configuration says."""
    if not heard.angry:
        return
    step.event(ticket, "angry", f"{heard.score:.2f}")
    wanted = step.work.config.anger
    place = step.place
    task = Task(
        mailbox=step.work.desk.mailbox,
        kind="flag",
        folder=place.folder,
        uidvalidity=place.uidvalidity,
        uid=place.uid,
        argument=("\\Flagged", "$Angry"),
        dedup_key=f"angry:{taken.row}",
    )
    if wanted.flag:
        mailbox_tasks.add(step.conn, task, step.now)
    if wanted.move_to:
        move = replace(
            task,
            kind="move",
            argument=(wanted.move_to,),
            dedup_key=f"move:{taken.row}",
        )
        mailbox_tasks.add(step.conn, move, step.now)


def _free_reference(conn: Connection, work: Work) -> str:
    while True:
        reference = new_reference(work.desk.reference_prefix, _random.randrange)
        if not tickets.reference_taken(conn, reference):
            return reference


def _original(message: InboundMessage) -> Original:
    return Original(
        message_id=message.message_id,
        references=reply_references(message),
        new_text=message.new_text,
    )


def _is_authenticated(step: Step) -> bool:
    trusted = step.work.desk.staff.trusted_authserv_id
    return authenticated(step.message, trusted_authserv_id=trusted).passed


def _promise(ticket: Ticket, now: datetime) -> datetime | None:
    """Until when the notice's answer-by time lies ahead; None where it names none."""
    return ticket.due_at if ticket.due_at is not None and ticket.due_at > now else None
