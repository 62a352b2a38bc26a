"""Applies a changed ladder or calendar to the tickets that are already open.

Only when somebody is told next is computed anew. A deadline stays as it was promised.
"""

import hashlib

from mailresponder.jobs.work import Work
from mailresponder.policy import lifecycle
from mailresponder.policy.ticket import TicketState
from mailresponder.store import tickets
from mailresponder.store.database import desk_value, set_desk_value


def run(work: Work) -> int:
    """Reschedule the mailbox's open tickets if ladder or hours are others than before; how many
    were changed."""
    desk = work.desk
    told = repr((desk.ladder, desk.deadlines.hours.timezone, desk.deadlines.hours.windows))
    fingerprint = hashlib.sha256(told.encode()).hexdigest()
    key = f"ladder:{desk.mailbox}"
    with work.store.begin() as conn:
        if desk_value(conn, key) == fingerprint:
            return 0
        set_desk_value(conn, key, fingerprint)
        changed = 0
        for row in tickets.list_tickets(conn, state=TicketState.OPEN):
            after = lifecycle.rescheduled(row.ticket, desk)
            if row.ticket.mailbox == desk.mailbox and after != row.ticket:
                tickets.save_ticket(conn, after)
                changed += 1
    if changed:
        work.tell("rescheduled", tickets=changed)
    return changed
