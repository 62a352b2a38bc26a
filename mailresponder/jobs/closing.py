"""Ends what was answered: asks the customer once whether it is solved, and closes what stays quiet.

Runs right after intake, and only where it could read all there is: nobody is asked, and nothing
closed, over the head of a customer who has written. Both are turned on by `[closing]`.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from mailresponder.errors import PermanentFailure
from mailresponder.jobs import sparing
from mailresponder.jobs.story import last_answer
from mailresponder.jobs.withdrawal import withdraw_notices
from mailresponder.jobs.work import Work, log, post
from mailresponder.policy import lifecycle, notices, resting
from mailresponder.policy.ticket import Ticket
from mailresponder.store import resting as rows
from mailresponder.store import tickets
from mailresponder.templating import TemplateError

BATCH = 200
"""Tickets closed in one pass; the rest in the next."""

_LATELY = timedelta(days=1)


def run(work: Work) -> int:
    """Close what has been quiet for long enough, and, in working time, ask about what has been for
    a while; one commit. Returns how many were closed."""
    now, closing = work.clock(), work.desk.closing
    with work.store.read() as conn:
        over = _over(conn, work, now) if closing.after is not None else []
        in_time = closing.ask_after is not None and work.desk.deadlines.hours.is_open(now)
        quiet = _to_ask(conn, work, now) if in_time else []
    if not over and not quiet:
        return 0
    with work.store.begin() as conn:
        over = _over(conn, work, now) if over else []
        for ticket in over:
            _close(conn, work, ticket, now)
        if quiet:
            _ask_all(conn, work, now)
    return len(over)


def _over(conn: Connection, work: Work, now: datetime) -> list[Ticket]:
    after = work.desk.closing.after
    if after is None:
        return []
    return rows.resting(conn, work.desk.mailbox, until=now - after, limit=BATCH)


def _close(conn: Connection, work: Work, ticket: Ticket, now: datetime) -> None:
    after = lifecycle.closed(ticket)
    tickets.save_ticket(conn, after)
    quiet = now - (ticket.rests_since or now)
    long = f"{quiet.days} days" if quiet.days != 1 else "1 day"
    why = f"quiet for {long}" if quiet.days else "quiet for less than a day"
    tickets.add_event(conn, ticket.id, at=now, what="closed", why=why, by="mailresponder")
    withdraw_notices(conn, after, now=now)
    work.tell("closed", ticket=ticket.reference, reason="quiet")


def _to_ask(conn: Connection, work: Work, now: datetime) -> list[Ticket]:
    """Whom to ask: of several tickets of one customer the one that has been quiet the longest."""
    ask_after = work.desk.closing.ask_after
    room = sparing.room(conn, work, now)
    if ask_after is None or not room:
        return []
    until = now - ask_after
    found = rows.quiet(
        conn, work.desk.mailbox, since=until - resting.ASK_FOR, until=until, lately=now - _LATELY
    )
    chosen: dict[str, Ticket] = {}
    for quiet in found:
        if not resting.reasons_not_to_ask(quiet, work.desk):
            chosen.setdefault(quiet.ticket.customer.key, quiet.ticket)
    return list(chosen.values())[:room]


def _ask_all(conn: Connection, work: Work, now: datetime) -> None:
    for ticket in _to_ask(conn, work, now):
        try:
            with conn.begin_nested():
                _ask(conn, work, ticket, now)
        except (PermanentFailure, TemplateError) as error:
            log.error("not_asked", mailbox=work.desk.mailbox, reason=error.message)


def _ask(conn: Connection, work: Work, ticket: Ticket, now: datetime) -> None:
    notice = notices.closing_question(
        work.sheet(ticket.customer, ticket), ticket, last_answer(conn, ticket)
    )
    post(
        conn,
        work,
        notice,
        kind="closing_question",
        dedup_key=f"closing_question:{ticket.reference}",
        ticket=ticket,
    )
    tickets.save_ticket(conn, resting.asked(ticket, at=now))
    tickets.add_event(
        conn, ticket.id, at=now, what="asked", why="whether it is solved", by="mailresponder"
    )
    work.tell("asked", ticket=ticket.reference)
