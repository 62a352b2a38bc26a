"""Passes on to the customer what staff wrote in reply to a notice; takes it back where it fails.

`policy.relaying` says whether it is safe. Rows of one open transaction; `taking` says when.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mailresponder.jobs import story
from mailresponder.jobs.answers import note_answer, return_to_staff
from mailresponder.jobs.step import Step, Taken, remark_of, words_of
from mailresponder.jobs.withdrawal import withdraw_notices
from mailresponder.jobs.work import Work, post, post_mail
from mailresponder.mail import quoting
from mailresponder.mail.automatic import Kind
from mailresponder.mail.message import Address
from mailresponder.policy import decisions, letter, lifecycle, notices, relaying
from mailresponder.policy.facts import Outcome
from mailresponder.policy.refusals import GIVES_AWAY, Refusal
from mailresponder.policy.relaying import Case, Past
from mailresponder.policy.ticket import Ticket, TicketState
from mailresponder.policy.variables import Original
from mailresponder.store import answers, messages, outbox, outbox_view, tickets
from mailresponder.store.answers import Answer
from mailresponder.store.messages import MessageRecord

_KEY = "relay:"
"""Begins the key of a mail that is passed on; the rest is that of the mail of staff."""
_SHOW_THE_CUSTOMER: tuple[outbox.Kind, ...] = ("escalation", "unreachable")


def relay(step: Step, decision: decisions.Relay) -> Taken:
    """Pass an answer on, or return it to its writer with the reason."""
    text = quoting.reply(step.message.text).text
    refused = pass_on(step, decision.ticket, decision.by, text)
    if refused is None:
        return step.write_down(
            Outcome.RELAYED, ticket=decision.ticket, reasons=(decision.proof,), direction="staff"
        )
    returned = decisions.ReturnToStaff(
        ticket=decision.ticket, to=decision.by, proof=decision.proof, reason=refused
    )
    return return_to_staff(step, returned)


def pass_on(step: Step, ticket: Ticket, by: Address, text: str) -> Refusal | None:
    """Send a text of staff to the ticket's customer, which answers them; else say why not."""
    conn, work = step.conn, step.work
    # Commands have written their mail down already.
    key = step.asked.dedup_key
    told = [m for m in messages.of_ticket(conn, ticket.id) if m.dedup_key != key]
    case = Case(
        message=step.message,
        text=text,
        by=by,
        ticket=ticket,
        desk=work.desk,
        past=_past(step, ticket, by, told),
        enclosed=step.enclosed,
    )
    refused = relaying.refusal(case)
    if refused is not None:
        step.event(ticket, "not_relayed", refused.value, by=by.key)
        return refused
    # What the customer wrote since the notice, its reader has not seen and does not answer.
    read_until = _shown_at(case, told) or step.message.received_at
    answering = _answering(conn, ticket, told, read_until=read_until)
    mail = letter.answer(
        text,
        ticket,
        answering=answering,
        files=step.enclosed.files,
        desk=work.desk,
        message_id=work.sheet(ticket.customer, ticket).message_id,
        now=step.now,
    )
    queued = post_mail(conn, work, mail, kind="relay", dedup_key=f"{_KEY}{key}", ticket=ticket)
    if queued is None:
        return Refusal.SENT_BEFORE
    at = step.message.received_at
    answered_ids = {*answering.references}
    rest = story.unanswered(conn, ticket, since=min(at, read_until), answered_ids=answered_ids)
    after = lifecycle.answered(ticket, at=at, rest=rest, desk=work.desk)
    tickets.save_ticket(conn, after)
    note_answer(conn, ticket, at=at, how="relayed", by=by.key, outbox_id=queued)
    withdraw_notices(conn, after, now=step.now)
    step.event(after, story.RELAYED, f"outbox {queued}, {len(mail.files)} files", by=by.key)
    return None


def arrived(conn: Connection, work: Work, outbox_id: int) -> None:
    """An answer was sent that had been given up before: it counts again, from now on."""
    row = outbox_view.row(conn, outbox_id)
    ticket = tickets.ticket_by_id(conn, row.ticket_id) if row and row.ticket_id else None
    if ticket is None or ticket.waiting_since is None:
        return
    if answers.of_mail(conn, outbox_id) is not None:
        return
    now = work.clock()
    written = messages.by_dedup_key(conn, outbox_view.dedup_key(conn, outbox_id).removeprefix(_KEY))
    if written is None or ticket.waiting_since > written.at:
        # What they wrote since, this answers not.
        return
    rest = story.unanswered(conn, ticket, since=written.at, answered_ids=())
    after = lifecycle.answered(ticket, at=written.at, rest=rest, desk=work.desk)
    tickets.save_ticket(conn, after)
    note_answer(conn, ticket, at=now, how="relayed", by=written.from_, outbox_id=outbox_id)
    withdraw_notices(conn, after, now=now)


def failed(conn: Connection, work: Work, outbox_id: int, *, why: str) -> None:
    """An answer that we passed on did not arrive: the customer waits again, and its writer gets
    their text back. `why` holds nothing of it."""
    row = outbox_view.row(conn, outbox_id)
    if row is None or row.ticket_id is None:
        return
    ticket = tickets.ticket_by_id(conn, row.ticket_id)
    if ticket is None:
        return
    answer = answers.of_mail(conn, outbox_id)
    if answer is not None:
        answers.take_back(conn, outbox_id)
        ticket = _waiting_again(conn, work, ticket, answer)
    now = work.clock()
    tickets.add_event(conn, ticket.id, at=now, what="relay_failed", why=why, by="mailresponder")
    work.tell("relay_failed", ticket=ticket.reference, outbox=outbox_id, reason=why)
    _tell_writer(conn, work, ticket, outbox_id)


def _waiting_again(conn: Connection, work: Work, ticket: Ticket, answer: Answer) -> Ticket:
    others = answers.of_ticket(conn, ticket.id)
    before = max((one.answered_at for one in others), default=None)
    is_answered = before is not None and before >= answer.answered_at
    if is_answered or ticket.spam or ticket.merged_into:
        # Somebody has seen to it since, in another way.
        return ticket
    rest = story.unanswered(
        conn,
        # What was answered before it stays so; by what did not arrive, nothing is.
        replace(ticket, state=TicketState.OPEN, answered_at=before),
        since=answer.waiting_since - timedelta(microseconds=1),
        answered_ids=(),
    )
    if rest is None:
        return ticket
    after = lifecycle.not_answered(
        ticket, rest=rest, due_at=answer.due_at, answered_at=before, desk=work.desk
    )
    tickets.save_ticket(conn, after)
    return after


def _tell_writer(conn: Connection, work: Work, ticket: Ticket, outbox_id: int) -> None:
    row = outbox_view.row(conn, outbox_id)
    key = outbox_view.dedup_key(conn, outbox_id)
    written = messages.by_dedup_key(conn, key.removeprefix(_KEY))
    sent = messages.by_dedup_key(conn, row.message_id) if row is not None else None
    if written is None or not written.from_:
        return
    ids = (*written.references, *((written.message_id,) if written.message_id else ()))
    original = Original(
        message_id=written.message_id,
        references=ids,
        new_text=sent.new_text if sent is not None else written.new_text,
    )
    sheet = work.sheet(Address(email=written.from_), ticket)
    notice = notices.not_sent(sheet, ticket, original, reason=Refusal.NOT_DELIVERED)
    # The reasons of its kind are told whatever the caps say: there is one for each answer.
    post(
        conn,
        work,
        notice,
        kind="not_sent",
        dedup_key=f"not_sent:{key}",
        ticket=ticket,
    )


def _shown_at(case: Case, told: Sequence[MessageRecord]) -> datetime | None:
    """When the notice was written that showed the writer what the customer wrote: what returns a
    mail or reports commands shows nothing of it, and is answered in place of the notice before."""
    noticed_at = case.past.noticed_at
    if noticed_at is None or case.past.noticed_by in _SHOW_THE_CUSTOMER:
        return noticed_at
    shown = (
        m.at
        for m in told
        if m.outgoing_kind in _SHOW_THE_CUSTOMER
        and Address(email=m.to).key == case.by.key
        and m.at <= noticed_at
    )
    return max(shown, default=noticed_at)


def _answering(
    conn: Connection, ticket: Ticket, told: Sequence[MessageRecord], *, read_until: datetime
) -> Original:
    """The customer's latest mail up to a moment, as an answer threads with it: the one they wait
    for, else any.

    A mail of theirs may name a notice of ours where somebody forwarded one to them; an answer
    repeats no such Message-ID.
    """
    theirs = [m for m in told if m.direction == "in" and m.outcome in story.FROM_CUSTOMERS]
    own = [m for m in theirs if ticket.is_customer(Address(email=m.from_))] or theirs
    own = [m for m in own if m.at <= read_until] or own
    named = [m for m in own if m.message_id] or own
    if not named:
        return Original(message_id=None, references=(), new_text="")
    latest = named[-1]
    chain = (*latest.references, *((latest.message_id,) if latest.message_id else ()))
    kinds = outbox_view.kinds_of(conn, chain)
    open_ = tuple(one for one in chain if kinds.get(one, "relay") in outbox.TO_CUSTOMERS)
    return Original(message_id=latest.message_id, references=open_, new_text=latest.new_text)


def _past(step: Step, ticket: Ticket, by: Address, told: Sequence[MessageRecord]) -> Past:
    """What the ticket's story says for and against passing an answer on."""
    facts = step.facts
    noticed = facts.escalated
    noticed_at = facts.escalated_at if noticed is not None and noticed.id == ticket.id else None
    ours = [m for m in told if m.direction == "out"]
    to_customer = [m for m in ours if m.outgoing_kind in outbox.TO_CUSTOMERS]
    to_staff = [m for m in ours if m.outgoing_kind not in outbox.TO_CUSTOMERS]
    theirs = [m for m in told if m.direction == "in" and m.outcome in story.FROM_CUSTOMERS]
    seen = [m for m in told if m.direction == "staff" and m.outcome is Outcome.ANSWERED]
    events = tickets.events(step.conn, ticket.id)
    closings = [event for event in events if event.what == "closed"]
    # What was closed for being quiet, nobody has settled in another way.
    silent = {by.key, "mailresponder"}
    return Past(
        noticed_at=noticed_at,
        noticed_by=facts.escalated_by,
        answered_at=_answered_by_another(step.conn, ticket, by, told, events),
        staff=tuple({m.from_ for m in told if m.direction == "staff"}),
        to_colleague=_answers_colleague(step, by, told),
        closed_at=max((e.at for e in closings if e.by.casefold() not in silent), default=None),
        notes=tuple(e.why for e in events if e.what == story.NOTE),
        notices=tuple(_with_subject(m) for m in to_staff),
        among_staff=(
            *(m.new_text for m in told if _is_among_staff(m)),
            *(remark for m in theirs if (remark := remark_of(m.new_text))),
        ),
        known=(
            *(f"{m.subject}\n{words_of(m.new_text)}" for m in theirs),
            *(_with_subject(m) for m in (*to_customer, *seen)),
        ),
        returned=tuple(m.new_text for m in told if _is_harmless_return(m)),
        relayed=tuple(
            m.new_text
            for m in to_customer
            if m.outgoing_kind == "relay" and (noticed_at is None or m.at > noticed_at)
        ),
        of_writer=tuple(
            m.new_text
            for m in told
            if m.from_.casefold() == by.key and (m in seen or _is_among_staff(m))
        ),
        references=frozenset(t.reference for t in facts.quoted if t.is_customer(ticket.customer)),
    )


def _answers_colleague(step: Step, by: Address, told: Sequence[MessageRecord]) -> bool:
    """Does it answer a mail below a notice that neither we nor its writer nor a customer wrote?"""
    message, verify = step.message, step.work.signer.verify
    if not message.in_reply_to or any(verify(one) for one in message.in_reply_to):
        return False
    known = {m.message_id for m in told if m.direction != "staff" or m.from_.casefold() == by.key}
    below = any(verify(one) for one in message.references)
    return below and not known & set(message.in_reply_to)


def _answered_by_another(
    conn: Connection,
    ticket: Ticket,
    by: Address,
    told: Sequence[MessageRecord],
    events: Sequence[tickets.Event],
) -> datetime | None:
    """When somebody else of staff last answered, whether the customer waited for it or not."""
    ended = (one for one in answers.of_ticket(conn, ticket.id) if one.by.casefold() != by.key)
    written = (m for m in told if m.outcome is Outcome.ANSWERED and m.from_.casefold() != by.key)
    failed_at = max((e.at for e in events if e.what == "relay_failed"), default=None)
    passed_on = (
        e.at
        for e in events
        if e.what == story.RELAYED and e.by != by.key and (failed_at is None or e.at > failed_at)
    )
    times = (*(one.answered_at for one in ended), *(m.at for m in written), *passed_on)
    return max(times, default=None)


def _with_subject(message: MessageRecord) -> str:
    return f"{message.subject}\n{message.new_text}"


def _is_among_staff(message: MessageRecord) -> bool:
    """Did staff write it to each other? A person's mail that changed nothing; what was returned or
    held commands has reasons of its own."""
    is_person = message.kind == Kind.HUMAN and message.direction != "out"
    return is_person and message.outcome is Outcome.RECORDED


def _is_harmless_return(message: MessageRecord) -> bool:
    return message.outcome is Outcome.RETURNED and not GIVES_AWAY & set(message.reasons)
