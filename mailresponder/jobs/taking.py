"""Carries out what triage decided about one message, as rows of one open transaction.

Nothing here touches the network: acknowledgements, flags and moves are rows that delivery and
filing act on later.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from sqlalchemy import Connection

from mailresponder.jobs.alerts import tell_admins
from mailresponder.jobs.answers import answer, return_to_staff, tell_of_unproven
from mailresponder.jobs.commands import obey
from mailresponder.jobs.customers import follow_up, open_ticket
from mailresponder.jobs.late_answers import seen_after_all
from mailresponder.jobs.relaying import failed, pass_on, relay
from mailresponder.jobs.step import Place, Step, Taken
from mailresponder.jobs.unreachable import mark_unreachable
from mailresponder.jobs.work import Work
from mailresponder.mail.attachments import Enclosed
from mailresponder.mail.automatic import Kind
from mailresponder.mail.message import InboundMessage
from mailresponder.policy import decisions, forwards, triage
from mailresponder.policy.facts import Facts, Outcome, Questions
from mailresponder.store import outbox, tickets
from mailresponder.store.messages import record_sighting

NOT_HANDLED = "not_handled"
"""Why a customer was not acknowledged: our code failed on their mail."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A message, and what must be known to decide it."""

    message: InboundMessage
    """Where somebody passed it on, as the mail of whoever wrote it."""
    questions: Questions


def ask(work: Work, message: InboundMessage, *, is_sent: bool) -> Asked:
    """What must be looked up before a message is taken. `is_sent`: it lies in the Sent folder."""
    now = work.clock()
    if is_sent:
        questions = triage.sent_questions(message, work.desk, work.signer, now=now)
    else:
        message = forwards.unwrapped(message, work.desk)
        questions = triage.questions(message, work.desk, now=now)
    names = filter(None, (questions.dedup_key, message.message_id))
    tombstones = tuple(work.signer.tombstone(name) for name in names)
    return Asked(message=message, questions=replace(questions, tombstones=tombstones))


def take(
    conn: Connection,
    work: Work,
    asked: Asked,
    facts: Facts,
    place: Place,
    *,
    enclosed: Enclosed | None = None,
    quiet: bool = False,
    before_start: bool = False,
) -> Taken:
    """Decide one message and write down everything that follows from it.

    `enclosed`: its files, where they may be wanted. `quiet`: nobody is written to, because writing
    is what failed. `before_start`: it is too old to be acted on.
    """
    message = asked.message
    decision: decisions.Decision
    if facts.seen is Outcome.ERASED:
        return _leave_erased(conn, work, place, asked.questions)
    if before_start:
        decision = triage.leave_alone(message, facts, work.desk)
    else:
        decide = triage.decide_sent if place.is_sent else triage.decide
        decision = decide(message, facts, work.desk, work.signer)
    if quiet and isinstance(decision, decisions.OpenTicket | decisions.FollowUp):
        decision = replace(decision, suppressed_by=(*decision.suppressed_by, NOT_HANDLED))
    step = Step(
        conn=conn,
        work=work,
        message=message,
        asked=asked.questions,
        facts=facts,
        place=place,
        enclosed=enclosed or Enclosed(),
    )
    match decision:
        case decisions.OpenTicket():
            taken = open_ticket(step, decision)
        case decisions.FollowUp():
            taken = follow_up(step, decision)
        case decisions.StaffAnswer():
            taken = answer(step, decision)
            seen_after_all(step)
        case decisions.Relay():
            taken = relay(step, decision)
        case decisions.StaffCommand():
            by = decision.by
            taken = obey(
                step, decision, pass_on=lambda ticket, text: pass_on(step, ticket, by, text)
            )
        case decisions.ReturnToStaff():
            taken = return_to_staff(step, decision)
        case decisions.DeliveryFailure():
            taken = _fail(step, decision)
        case decisions.Record():
            taken = _record(step, decision)
        case _:
            assert_never(decision)
    # Seen again it lies here by now; the server's clock may be ahead of ours.
    seen_at = step.now if facts.seen is not None else min(message.received_at, step.now)
    note_place(conn, work, place, row=taken.row, outcome=taken.outcome, at=seen_at)
    return taken


def note_place(
    conn: Connection, work: Work, place: Place, *, row: int | None, outcome: Outcome, at: datetime
) -> None:
    """Write down in the ledger what became of the message that lies there. `row`: None where
    nothing of it is kept."""
    record_sighting(
        conn,
        mailbox=work.desk.mailbox,
        folder=place.folder,
        uidvalidity=place.uidvalidity,
        uid=place.uid,
        message_row=row,
        outcome=outcome,
        at=at,
    )


def _leave_erased(conn: Connection, work: Work, place: Place, asked: Questions) -> Taken:
    """Of a copy of what was erased nothing is written down but that it lies here."""
    note_place(conn, work, place, row=None, outcome=Outcome.ERASED, at=asked.now)
    work.tell(Outcome.ERASED.value, folder=place.folder, uid=place.uid)
    return Taken(outcome=Outcome.ERASED, row=0)


def _fail(step: Step, decision: decisions.DeliveryFailure) -> Taken:
    """A mail came back: say so where it counts. A bounce changes no state and moves no deadline."""
    ticket, status = decision.ticket, decision.status or "no status given"
    taken = step.write_down(
        Outcome.RECORDED, kind=Kind.BOUNCE, ticket=ticket, reasons=decision.reasons
    )
    if decision.relay is not None and ticket is not None:
        failed(step.conn, step.work, decision.relay, why=f"mail came back ({status})")
        ticket = tickets.ticket_by_id(step.conn, ticket.id) or ticket
    if ticket is not None and not decision.staff:
        mark_unreachable(step.conn, step.work, ticket, why=f"mail came back ({status})")
        return taken
    if ticket is not None:
        step.event(ticket, "notice_came_back", f"to {decision.staff} ({status})")
    # The day is part of the key: what comes back because of this is not told of again.
    tell_admins(
        step.conn,
        step.work,
        "not_escalated",
        key=f"not_escalated:{decision.staff}:{step.now:%Y-%m-%d}",
        detail=f"mail to {decision.staff} came back ({status})",
    )
    return taken


def _record(step: Step, decision: decisions.Record) -> Taken:
    ticket = decision.ticket
    taken = step.write_down(
        decision.outcome, kind=decision.kind, ticket=ticket, reasons=decision.reasons
    )
    renamed_from, message_id = decision.renamed_from, step.message.message_id
    if renamed_from is not None and message_id is not None:
        outbox.renamed(step.conn, renamed_from, sent_as=message_id)
    if ticket is not None:
        unproven = decision.outcome is Outcome.UNPROVEN
        what = "unproven_staff" if unproven else "recorded"
        if unproven:
            tell_of_unproven(step, ticket)
        step.event(ticket, what, f"{decision.kind.value}: {', '.join(decision.reasons)}")
    return taken
