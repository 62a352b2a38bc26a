"""Answered tickets that are quiet, and what a question to their customers depends on, each in one
indexed query.

Only looked up: who is asked, and what is closed, is policy's to say.
"""

from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Exists,
    ScalarSelect,
    Text,
    and_,
    cast,
    exists,
    func,
    or_,
    select,
)

from mailresponder.policy.facts import Outcome
from mailresponder.policy.replies import ONLY_THANKS
from mailresponder.policy.resting import Quiet
from mailresponder.policy.suppression import looks_automatic
from mailresponder.policy.ticket import Ticket, TicketState
from mailresponder.store.messages import NO_MACHINES
from mailresponder.store.schema import answers, messages, outbox, tickets
from mailresponder.store.tickets import chunks, load


def resting(conn: Connection, mailbox: str, *, until: datetime, limit: int) -> list[Ticket]:
    """The answered tickets of a mailbox that have rested since `until` or longer, some of them."""
    query = select(tickets.c.id).where(_answered(mailbox), tickets.c.rests_since <= until)
    ids = conn.execute(query.order_by(tickets.c.rests_since).limit(limit)).scalars().all()
    return [ticket for some in chunks(ids) for ticket in load(conn, tickets.c.id.in_(some))]


def quiet(
    conn: Connection, mailbox: str, *, since: datetime, until: datetime, lately: datetime
) -> list[Quiet]:
    """The answered tickets of a mailbox that have rested from `since` to `until` and whose
    customers were not asked yet, longest first. Mail to them after `lately` counts as lately."""
    other = tickets.alias()
    # Asked once, and not for each ticket: many may be open.
    waiting = select(func.lower(other.c.customer_email)).where(
        other.c.mailbox == mailbox, other.c.state == TicketState.OPEN
    )
    elsewhere = func.lower(tickets.c.customer_email).in_(waiting)
    written = exists().where(
        outbox.c.recipient_key == func.lower(tickets.c.customer_email),
        outbox.c.state != "failed",
        or_(outbox.c.settled_at.is_(None), outbox.c.settled_at > lately),
    )
    since_answer = tickets.c.answered_at
    query = select(
        tickets.c.id,
        _last_answer().label("how"),
        _in_thread(messages.c.outcome == Outcome.ANSWERED, messages.c.at >= since_answer).label(
            "seen"
        ),
        _in_thread(_theirs(), messages.c.at > since_answer).label("wrote"),
        _in_thread(_machines()).label("machine"),
        elsewhere.label("elsewhere"),
        written.label("written"),
    ).where(
        _answered(mailbox),
        tickets.c.rests_since > since,
        tickets.c.rests_since <= until,
        tickets.c.asked_at.is_(None),
    )
    found = conn.execute(query.order_by(tickets.c.rests_since, tickets.c.id)).all()
    by_id = {
        ticket.id: ticket
        for some in chunks([row.id for row in found])
        for ticket in load(conn, tickets.c.id.in_(some))
    }
    return [
        Quiet(
            ticket=by_id[row.id],
            answered_how=row.how,
            answer_seen=row.seen,
            wrote_since=row.wrote,
            machine_wrote=row.machine,
            waits_elsewhere=row.elsewhere,
            written_to_lately=row.written,
        )
        for row in found
    ]


def _answered(mailbox: str) -> ColumnElement[bool]:
    return and_(tickets.c.mailbox == mailbox, tickets.c.state == TicketState.ANSWERED)


def _last_answer() -> ScalarSelect[str]:
    last = select(answers.c.how).where(answers.c.ticket_id == tickets.c.id)
    last = last.order_by(answers.c.answered_at.desc(), answers.c.id.desc()).limit(1)
    return last.correlate(tickets).scalar_subquery()


def _in_thread(*conditions: ColumnElement[bool]) -> Exists:
    return exists().where(messages.c.ticket_id == tickets.c.id, *conditions)


def _theirs() -> ColumnElement[bool]:
    """What persons wrote, and not only to thank."""
    return and_(
        messages.c.outcome.in_([Outcome.OPENED, Outcome.FOLLOWED_UP]), ~_recorded_as(ONLY_THANKS)
    )


def _machines() -> ColumnElement[bool]:
    return or_(messages.c.kind.not_in(NO_MACHINES), _recorded_as(looks_automatic.__name__))


def _recorded_as(reason: str) -> ColumnElement[bool]:
    return cast(messages.c.reasons, Text).contains(f'"{reason}"')
