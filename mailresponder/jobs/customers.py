"""What follows from a customer's mail: a ticket or a further message in one, an acknowledgement, a
flag. Rows of one open transaction; `taking` says when.
"""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from mailresponder.jobs.flagging import ANGRY_FLAGS
from mailresponder.jobs.hearing import hear
from mailresponder.jobs.late_answers import seen_late
from mailresponder.jobs.step import Step, Taken
from mailresponder.jobs.story import FORWARDED, JUDGED, NO_CLOCK, PROVEN
from mailresponder.jobs.withdrawal import withdraw_question
from mailresponder.jobs.work import Work, post
from mailresponder.listening.anger import Anger
from mailresponder.listening.solved import Said
from mailresponder.mail.message import Address, OutboundMessage
from mailresponder.policy import (
    decisions,
    languages,
    lifecycle,
    notices,
    parties,
    replies,
    resting,
)
from mailresponder.policy.defects import KnownProblem
from mailresponder.policy.facts import Outcome
from mailresponder.policy.identifiers import new_reference
from mailresponder.policy.languages import Spoken
from mailresponder.policy.opening import true_until
from mailresponder.policy.replies import ONLY_THANKS, SOLVED
from mailresponder.policy.ticket import LanguageSource, Ticket, TicketState
from mailresponder.store import mailbox_tasks, outbox, tickets
from mailresponder.store.gathering import gathered
from mailresponder.store.mailbox_tasks import Task
from mailresponder.store.tickets import Event

_REMARK_LIMIT = 1_000
_random = random.SystemRandom()


def open_ticket(step: Step, decision: decisions.OpenTicket) -> Taken:
    """Open a ticket, and acknowledge it unless something speaks against that."""
    conn, work, message = step.conn, step.work, step.message
    spoken, heard = _hear(step, decision.customer, thread=None)
    ticket = lifecycle.opened(
        message,
        customer=decision.customer,
        suppressed_by=decision.suppressed_by,
        reference=_reference(work),
        spoken=spoken,
        anger=heard,
        desk=work.desk,
        linked_to=decision.linked_to.reference if decision.linked_to is not None else None,
    )
    ticket = tickets.add_ticket(conn, ticket)
    taken = step.write_down(
        Outcome.OPENED,
        kind=decision.kind,
        ticket=ticket,
        heard=heard,
        spoken=spoken.language,
        reasons=decision.suppressed_by,
    )
    told = [step.told("opened", f"{decision.kind.value} mail; {_link(step, decision, ticket)}")]
    if spoken.source is not LanguageSource.TEXT:
        why = languages.WHY[spoken.source]
        told.append(step.told("language", f"{spoken.language}: {why}"))
    told.append(_sender_judged(step))
    told.extend(step.told("noted", note) for note in message.notes)
    if decision.suppressed_by:
        told.append(step.told("not_acknowledged", ", ".join(decision.suppressed_by)))
    tickets.add_events(conn, ticket.id, told)
    if not decision.suppressed_by:
        _acknowledge(step, ticket)
    _flag(step, ticket, heard, taken)
    return taken


def follow_up(step: Step, decision: decisions.FollowUp) -> Taken:
    """Put a further message with its ticket."""
    conn, work, message = step.conn, step.work, step.message
    sender = parties.correspondent(message, work.desk)
    before = seen_late(step, decision.ticket, sender)
    spoken, heard = _hear(step, sender, thread=before)
    is_customer = sender is not None and before.is_customer(sender)
    reasons = tuple(reason for reason in decision.suppressed_by if reason in NO_CLOCK)
    word = None
    if not reasons:
        before = withdraw_question(conn, before, now=step.now)
        if decision.answers_question and is_customer and resting.may_say(before):
            word = replies.on_being_asked(message, heard, work.desk)
    if word is Said.SOLVED:
        reasons = (SOLVED,)
    elif replies.only_thanks(message, before, work.desk):
        reasons = (ONLY_THANKS, *reasons)
    quiet = bool(reasons)
    ticket = lifecycle.followed_up(
        before,
        message,
        anger=heard,
        language=spoken.language,
        no_clock=quiet,
        thanks=is_customer and reasons == (ONLY_THANKS,),
        desk=work.desk,
    )
    if is_customer:
        ticket = languages.corrected(ticket, spoken)
    if word is not None:
        ticket = resting.said(ticket, word)
    tickets.save_ticket(conn, ticket)
    taken = step.write_down(
        Outcome.FOLLOWED_UP,
        kind=decision.kind,
        ticket=ticket,
        heard=heard,
        spoken=spoken.language,
        reasons=reasons,
    )
    who = "the customer wrote again" if is_customer else "somebody else wrote in the thread"
    clock = f"; {', '.join(reasons)}: no clock starts" if quiet else ""
    step.event(ticket, "followed_up", f"{who}; found by {decision.found_by.value}{clock}")
    if word in (Said.SOLVED, Said.NOT_SOLVED):
        step.event(ticket, word.value, "the customer says so")
    if ticket.state is TicketState.CLOSED is not before.state:
        step.event(ticket, "closed", "the customer says that it is solved")
    if before.state is TicketState.CLOSED and ticket.state is TicketState.OPEN:
        step.event(ticket, "reopened", "the customer wrote" if is_customer else "somebody wrote")
    if ticket.anger_rising and not quiet:
        step.event(ticket, "anger_rising", f"heard {heard.score:.2f}, the highest so far")
    if ticket.language != before.language:
        step.event(ticket, "language", f"{ticket.language}: the customer now wrote in it")
    tickets.add_events(conn, ticket.id, [_sender_judged(step)])
    if before.unreachable_at is not None and ticket.unreachable_at is None:
        step.event(ticket, "reachable", "the customer wrote again")
    wanted = work.desk.acknowledging.follow_up_notice
    if wanted and is_customer and not quiet and not decision.suppressed_by:
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
    true: datetime | None = None,
    is_first: bool = False,
) -> None:
    """Write to the customer about the message at hand. `true`: until when what it says of a known
    problem is; `is_first`: as `post` has it."""
    notice = write(
        step.work.sheet(ticket.customer, ticket),
        ticket,
        step.original,
        quote=step.is_proven(ticket.customer),
    )
    post(
        step.conn,
        step.work,
        notice,
        kind=kind,
        dedup_key=dedup_key,
        ticket=ticket,
        promise_until=true_until(ticket, step.work.desk.deadlines.hours, step.now, also=true),
        is_first=is_first,
    )


def _link(step: Step, decision: decisions.OpenTicket, ticket: Ticket) -> str:
    """Why it is a new ticket; the one it grew out of says so as well."""
    grown_from = decision.linked_to
    if grown_from is None:
        return "it belongs to no earlier ticket"
    step.event(grown_from, "linked", f"{ticket.reference}: a new matter in this thread")
    return f"a new matter in the thread of {grown_from.reference}"


def _sender_judged(step: Step) -> Event:
    """Whom we believe, and whose word we took for who the customer is."""
    if (by := step.message.forwarded_by) is not None:
        known = step.message.author is not None
        why = "read as the mail of whoever wrote it" if known else "whose mail it was is not clear"
        if step.message.remark:
            why = f"{why}; the remark: {step.message.remark[:_REMARK_LIMIT]}"
        return step.told(FORWARDED, why, by=by.email)
    found = step.authentication
    verdict = PROVEN if found.passed else "From is not proven"
    return step.told(JUDGED, f"{verdict}: {found.why}")


def _acknowledge(step: Step, ticket: Ticket) -> None:
    known = _known_problem(step, ticket)
    _notify(
        step,
        ticket,
        partial(notices.acknowledgement, known_problem=known.sentence if known else None),
        kind="acknowledgement",
        dedup_key=f"acknowledgement:{ticket.reference}",
        true=known.until if known else None,
        is_first=True,
    )


def _known_problem(step: Step, ticket: Ticket) -> KnownProblem | None:
    if step.work.known is None:
        return None
    text = f"{step.message.subject}\n{step.message.new_text}"
    return step.work.known.told(text, ticket.language, now=step.now)


def _hear(step: Step, customer: Address | None, *, thread: Ticket | None) -> tuple[Spoken, Anger]:
    return hear(
        step.message,
        languages=step.work.desk.languages,
        thread=thread,
        last=lambda: _last_language(step, customer) if customer is not None else None,
        with_subject=thread is None,
        threshold=step.work.config.anger.threshold,
        correction=step.work.correction,
        semantic=step.work.config.anger.semantic,
    )


def _last_language(step: Step, customer: Address) -> str | None:
    with gathered(step.conn).about(step.conn, [customer.key]):
        return tickets.last_language(step.conn, customer)


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
        argument=ANGRY_FLAGS,
        dedup_key=mailbox_tasks.angry_key(taken.row),
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


def _reference(work: Work) -> str:
    return new_reference(work.desk.reference_prefix, _random.randrange)
