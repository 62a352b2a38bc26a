"""Customers whose mail comes back: the ticket says so, and staff are told once.

That a mail came back is written down where it is noticed, by intake or by delivery; telling of it
is a step of its own, in working time and within the caps, so that a mailbox full of bounces is
no mailbox full of notices.
"""

from datetime import datetime

from sqlalchemy import Connection

from mailresponder.errors import PermanentFailure
from mailresponder.jobs.alerts import tell_admins
from mailresponder.jobs.story import history_of
from mailresponder.jobs.work import Work, log, post, room_for, within_caps
from mailresponder.mail.message import Address
from mailresponder.policy import escalating, lifecycle, notices
from mailresponder.policy.ticket import Ticket
from mailresponder.store import tickets
from mailresponder.store.database import take_turns
from mailresponder.templating import TemplateError


def mark_unreachable(conn: Connection, work: Work, ticket: Ticket, *, why: str) -> None:
    """Write down that mail to a ticket's customer came back for good; `why` holds no text of it."""
    now = work.clock()
    tickets.save_ticket(conn, lifecycle.unreachable(ticket, at=now))
    tickets.add_event(conn, ticket.id, at=now, what="unreachable", why=why, by="mailresponder")
    work.tell("unreachable", ticket=ticket.reference)


def run(work: Work) -> None:
    """Tell the people of the ladder's first step, or the admins where there is no ladder, of
    customers who cannot be reached. Where everybody is over the cap, a later pass does."""
    if not work.desk.deadlines.hours.is_open(work.clock()):
        return
    with work.store.read() as conn:
        if not tickets.unreachable_tickets(conn, work.desk.mailbox):
            return
    with work.store.begin() as conn:
        take_turns(conn, "telling staff")
        for ticket in tickets.unreachable_tickets(conn, work.desk.mailbox):
            _tell(conn, work, ticket)


def _tell(conn: Connection, work: Work, ticket: Ticket) -> None:
    now = work.clock()
    steps = work.desk.ladder_for(angry=ticket.angry)[:1]
    people = escalating.whom_to_tell(ticket, steps, work.desk)
    room = [person for person in people if _has_room(conn, work, person, now=now)]
    if people and not room:
        return
    told = [person for person in room if _write(conn, work, ticket, person)]
    if not told:
        tell_admins(
            conn,
            work,
            "customer_unreachable",
            # The hour is part of the key: many at once are one mail.
            key=f"unreachable:{work.desk.mailbox}:{now:%Y-%m-%dT%H}",
            detail=f"{ticket.reference}, and whatever else comes back within the hour",
        )
    after = lifecycle.told_unreachable(ticket, at=now)
    tickets.save_ticket(conn, after)
    tickets.add_event(
        conn,
        ticket.id,
        at=now,
        what="unreachable_told",
        why=f"told {', '.join(told) or 'the admins'}",
        by="mailresponder",
    )


def _has_room(conn: Connection, work: Work, person: str, *, now: datetime) -> bool:
    """May they get this as well? What cannot wait, escalations, is left half of what there is in an
    hour, and always one mail at once."""
    limits = work.desk.acknowledging
    half = min(limits.max_per_recipient_per_hour, limits.max_per_recipient_per_day) // 2
    if within_caps(work, conn, person, now=now) <= half:
        return False
    return room_for(work, conn, person, now=now) > min(1, half)


def _write(conn: Connection, work: Work, ticket: Ticket, person: str) -> bool:
    try:
        with conn.begin_nested():
            notice = notices.unreachable(
                work.sheet(Address(email=person), ticket), ticket, history_of(conn, ticket)
            )
            post(
                conn,
                work,
                notice,
                kind="unreachable",
                dedup_key=f"unreachable:{ticket.reference}:{person}",
                ticket=ticket,
            )
    except (PermanentFailure, TemplateError) as error:
        log.error("unreachable_not_told", mailbox=work.desk.mailbox, reason=error.message)
        return False
    return True
