"""Applies changed ladders, warnings or a changed calendar to the tickets that are already open.

Only when somebody is told next is computed anew. A deadline stays as it was promised.
"""

import hashlib

from mailresponder.jobs.work import Work
from mailresponder.policy.escalating import rescheduled
from mailresponder.policy.ticket import TicketState
from mailresponder.store import tickets
from mailresponder.store.database import desk_value, set_desk_value


def run(work: Work) -> int:
    """Reschedule the mailbox's open tickets if what it depends on is other than before; how many
    were changed."""
    desk = work.desk
    fingerprint = hashlib.sha256(repr(_depends_on(work)).encode()).hexdigest()
    key = f"ladder:{desk.mailbox}"
    with work.store.begin() as conn:
        if desk_value(conn, key) == fingerprint:
            return 0
        set_desk_value(conn, key, fingerprint)
        changed = 0
        for row in tickets.list_tickets(conn, mailbox=desk.mailbox, state=TicketState.OPEN):
            after = rescheduled(row.ticket, desk)
            if after != row.ticket:
                tickets.save_ticket(conn, after)
                changed += 1
    if changed:
        work.tell("rescheduled", tickets=changed)
    return changed


def _depends_on(work: Work) -> tuple[object, ...]:
    """What says when somebody is told. Closed days are those of the configuration: the calendar
    itself has no end."""
    deadlines = work.desk.deadlines
    return (
        work.desk.ladder,
        work.desk.angry_ladder,
        deadlines.warn_before,
        bool(deadlines.warn_to),
        deadlines.hours.timezone,
        deadlines.hours.windows,
        work.config.deadlines_of(work.settings).holidays,
    )
