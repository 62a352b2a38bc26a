"""What triage asks of the past, looked up: `facts()` answers `Questions` in a few indexed queries.

It only looks up. Which fact counts for more, and whether a sender may join the thread it names, is
policy's to say.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Connection,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)

from mailresponder.mail.message import Address
from mailresponder.policy.facts import (
    NOTICE_PROVES_FOR,
    Facts,
    Outcome,
    Questions,
    ReportedMail,
    SentCounts,
)
from mailresponder.policy.ticket import Role, Ticket, TicketState
from mailresponder.store.outbox import TO_CUSTOMERS, TO_STAFF
from mailresponder.store.schema import erased, messages, outbox, participants, tickets
from mailresponder.store.tickets import load, load_named

_NEAREST = 100
"""How many Message-IDs of a thread are looked up: a References header may name thousands."""

_WRITTEN_TO_CUSTOMERS: frozenset[str] = frozenset({Outcome.ANSWERED, *TO_CUSTOMERS})
"""Outcomes and kinds of mail that was sent to the customer: what comes back of it is ours."""
_CORRESPONDENCE = _WRITTEN_TO_CUSTOMERS | {Outcome.OPENED, Outcome.FOLLOWED_UP}
"""Outcomes and kinds whose Message-IDs the customer has written or been sent."""
_NOTICES: frozenset[str] = frozenset(TO_STAFF) - {"escalation_list", "digest", "report"}
"""Kinds whose Message-IDs only staff have been sent."""
_LISTS: frozenset[str] = frozenset(TO_STAFF) - {"escalation"}
"""The same, where they are about no single ticket."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Trace:
    """A Message-ID that belongs to a ticket."""

    message_id: str
    ticket_id: int
    """0 for a notice to staff about no single ticket."""
    source: str
    """The outcome of a message we read, or the kind of a mail we wrote."""
    subject: str
    """Of a message we read; empty for what we wrote, which bears the ticket's."""
    recipient: str
    """Whom a mail of ours was for, casefolded; else empty."""
    at: datetime
    outbox_id: int
    """0 for a message we read."""


def facts(conn: Connection, questions: Questions) -> Facts:
    """All that policy may know of the past when it decides a message."""
    near = questions.message_ids[:_NEAREST]
    reported = questions.reported_ids
    known = conn.execute(_KNOWN, _parameters(questions)).one()
    traces = _traces(conn, (*near, *reported), notices_since=questions.now - NOTICE_PROVES_FOR)
    ids = {trace.ticket_id for trace in traces} | {known.same_matter} - {None, 0}
    references = (*questions.references[:_NEAREST], *questions.quoted, *questions.addressed)
    found = load_named(conn, ids=ids, references=references)
    by_id = {ticket.id: ticket for ticket in found}
    by_reference = _by_reference(conn, found)

    about_none = [trace for trace in traces if not trace.ticket_id]
    notice = _first_notice(near, [trace for trace in traces if trace.ticket_id])
    listed = _first_notice(near, about_none)

    def nearest(ids: Sequence[str], sources: Collection[str]) -> _Trace | None:
        for message_id in ids:
            candidates = [
                trace
                for trace in traces
                if trace.message_id == message_id and trace.source in sources and trace.ticket_id
            ]
            # Two mails may share a Message-ID: the sender's own ticket is likelier, then the newer.
            if candidates:
                return max(
                    candidates,
                    key=lambda t: (_knows(by_id[t.ticket_id], questions), t.ticket_id),
                )
        return None

    thread = nearest(near, _CORRESPONDENCE)
    came_back = nearest(reported, _WRITTEN_TO_CUSTOMERS | _NOTICES)

    return Facts(
        seen=None if known.seen is None else Outcome(known.seen),
        thread=by_id[thread.ticket_id] if thread else None,
        thread_subject=thread.subject if thread else "",
        answers_question=thread is not None and thread.source == "closing_question",
        escalated=by_id[notice.ticket_id] if notice else None,
        escalated_to=notice.recipient if notice else "",
        escalated_at=notice.at if notice else None,
        escalated_by=notice.source if notice else "",
        listed_to=listed.recipient if listed else "",
        addressed=next((by_reference.get(name) for name in questions.addressed), None),
        reported=_reported(came_back or _first_notice(reported, about_none), by_id),
        named=_among(by_reference, questions.references),
        quoted=_among(by_reference, questions.quoted),
        of_recipients=_of_recipients(conn, questions),
        same_matter=by_id.get(known.same_matter),
        sent=SentCounts(
            last_hour=known.last_hour, last_day=known.last_day, same_subject=known.same_subject
        ),
        reported_as_spam=known.spam is not None,
    )


def _by_reference(conn: Connection, found: Sequence[Ticket]) -> dict[str, Ticket]:
    """The tickets by the references that lead to them: where one was merged, its own leads to the
    one that holds its messages."""
    by_reference = {ticket.reference: ticket for ticket in found}
    merged = {t.reference: t.merged_into for t in found if t.merged_into is not None}
    if merged:
        # One step suffices: merging a ticket takes what was merged into it along.
        held = load(conn, tickets.c.reference.in_(merged.values()))
        holders = {ticket.reference: ticket for ticket in held}
        by_reference |= {name: holders[into] for name, into in merged.items() if into in holders}
    return by_reference


def _among(by_reference: Mapping[str, Ticket], names: Sequence[str]) -> tuple[Ticket, ...]:
    found = {by_reference[name].id: by_reference[name] for name in names if name in by_reference}
    return tuple(found.values())


def _first_notice(ids: Sequence[str], traces: Collection[_Trace]) -> _Trace | None:
    """The notice to staff that the nearest of these Message-IDs names."""
    notices = {t.message_id: t for t in traces if t.source in _NOTICES | _LISTS}
    return next((notices[message_id] for message_id in ids if message_id in notices), None)


def _reported(trace: _Trace | None, by_id: dict[int, Ticket]) -> ReportedMail | None:
    if trace is None:
        return None
    return ReportedMail(
        ticket=by_id.get(trace.ticket_id),
        is_notice=trace.source in _NOTICES | _LISTS,
        recipient=trace.recipient,
        relay=trace.outbox_id if trace.source == "relay" else None,
    )


def _of_recipients(conn: Connection, questions: Questions) -> tuple[Ticket, ...]:
    if not questions.recipients:
        return ()
    # Chosen here, because SQLite would begin with every ticket of the mailbox.
    found = conn.execute(_THEIRS, {"recipients": list(questions.recipients)})
    ids = [
        row.id
        for row in found
        if row.mailbox == questions.mailbox and row.state != TicketState.CLOSED
    ]
    return tuple(load_named(conn, ids=ids))


def _knows(ticket: Ticket, questions: Questions) -> bool:
    """Is it the sender's own ticket, or that of one whom staff write to?"""
    if any(ticket.is_customer(Address(email=one)) for one in questions.recipients):
        return True
    return questions.correspondent is not None and ticket.takes_part(questions.correspondent)


def _parameters(questions: Questions) -> dict[str, object]:
    return {
        "dedup_key": questions.dedup_key,
        "tombstones": list(questions.tombstones),
        "correspondent": questions.correspondent.key if questions.correspondent else None,
        "mailbox": questions.mailbox,
        "subject_key": questions.subject_key,
        "an_hour_ago": questions.now - timedelta(hours=1),
        "a_day_ago": questions.now - timedelta(hours=24),
        "lately": questions.now - timedelta(minutes=180),
    }


def _seen() -> ColumnElement[str]:
    query = select(messages.c.outcome).where(messages.c.dedup_key == bindparam("dedup_key"))
    buried = select(literal(Outcome.ERASED.value)).where(
        exists().where(erased.c.key.in_(bindparam("tombstones", expanding=True)))
    )
    return func.coalesce(query.scalar_subquery(), buried.scalar_subquery())


def _latest(*conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    """The correspondent's newest ticket that meets the conditions."""
    # As a filter: as conditions of the search they would lead SQLite through every open ticket.
    return (
        select(func.max(tickets.c.id).filter(*conditions))
        .join(participants, participants.c.ticket_id == tickets.c.id)
        .where(
            participants.c.address == bindparam("correspondent"),
            participants.c.role == Role.CUSTOMER,
            # Not any address of theirs: behind a form's stand all who use it.
            func.lower(tickets.c.customer_email) == bindparam("correspondent"),
        )
        .scalar_subquery()
    )


def _known() -> Select[str, int, int, int, int, int]:
    sent_at = outbox.c.settled_at
    # What is not sent yet counts as sent now: after an outage it all leaves in one minute.
    unsent = sent_at.is_(None)
    alike = outbox.c.subject_key == bindparam("subject_key")
    same_matter = _latest(
        tickets.c.mailbox == bindparam("mailbox"),
        tickets.c.state == TicketState.OPEN,
        tickets.c.subject_key == bindparam("subject_key"),
    )
    number, within_hour = func.count(), or_(unsent, sent_at > bindparam("an_hour_ago"))
    repeated = and_(alike, or_(unsent, sent_at > bindparam("lately")))
    return select(
        _seen().label("seen"),
        same_matter.label("same_matter"),
        _latest(tickets.c.spam.is_(True)).label("spam"),
        number.label("last_day"),
        number.filter(within_hour).label("last_hour"),
        number.filter(repeated).label("same_subject"),
    ).where(
        outbox.c.recipient_key == bindparam("correspondent"),
        outbox.c.state != "failed",
        # What a person wrote and we pass on is no automatic mail.
        outbox.c.kind != "relay",
        or_(unsent, sent_at > bindparam("a_day_ago")),
    )


def _trace() -> CompoundSelect[Any]:
    message_ids: BindParameter[str] = bindparam("message_ids", expanding=True)

    def written(named: ColumnElement[str]) -> Select[str, int, str, str, str, datetime, int]:
        return select(
            named.label("message_id"),
            func.coalesce(outbox.c.ticket_id, 0).label("ticket_id"),
            outbox.c.kind.label("source"),
            outbox.c.recipient_key.label("recipient"),
            literal("").label("subject"),
            outbox.c.created_at.label("at"),
            outbox.c.id.label("outbox_id"),
        ).where(
            named.in_(message_ids),
            or_(outbox.c.ticket_id.is_not(None), outbox.c.kind.in_(_LISTS)),
            or_(
                outbox.c.kind.not_in(_NOTICES | _LISTS),
                outbox.c.created_at > bindparam("notices_since"),
            ),
        )

    read = select(
        messages.c.message_id,
        messages.c.ticket_id,
        messages.c.outcome.label("source"),
        literal("").label("recipient"),
        messages.c.subject,
        messages.c.at,
        literal(0).label("outbox_id"),
    ).where(messages.c.message_id.in_(message_ids), messages.c.ticket_id.is_not(None))
    return union_all(read, written(outbox.c.message_id), written(outbox.c.sent_as))


# Built once: building a statement costs several times what SQLite takes to run it.
_KNOWN = _known()
_TRACE = _trace()
_THEIRS = (
    select(tickets.c.id, tickets.c.mailbox, tickets.c.state)
    .join(participants, participants.c.ticket_id == tickets.c.id)
    .where(
        participants.c.address.in_(bindparam("recipients", expanding=True)),
        participants.c.role == Role.CUSTOMER,
    )
    .distinct()
)


def _traces(
    conn: Connection, message_ids: Sequence[str], *, notices_since: datetime
) -> list[_Trace]:
    if not message_ids:
        return []
    asked = {"message_ids": list(message_ids), "notices_since": notices_since}
    return [_Trace(**row._mapping) for row in conn.execute(_TRACE, asked)]
