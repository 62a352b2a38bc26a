"""Takes back what was to be sent to a customer who has been answered meanwhile."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from mailresponder.policy.ticket import Ticket
from mailresponder.store import outbox, tickets
from mailresponder.store.messages import forget

ANSWERED_FIRST = "answered_first"
"""Why a customer was not acknowledged: the answer was there before."""


def withdraw_notices(conn: Connection, ticket: Ticket, *, now: datetime) -> Ticket:
    """Take back what still waits to be sent to the customer: they have been answered. Gives the
    ticket, which says so where that was the acknowledgement."""
    taken_back = outbox.withdraw(conn, ticket.id, ["acknowledgement", "follow_up"])
    if not taken_back:
        return ticket
    forget(conn, taken_back)
    tickets.add_event(
        conn, ticket.id, at=now, what="notice_withdrawn", why=ANSWERED_FIRST, by="mailresponder"
    )
    if ticket.acknowledged_at is None:
        ticket = replace(ticket, suppressed_by=(*ticket.suppressed_by, ANSWERED_FIRST))
        tickets.save_ticket(conn, ticket)
    return ticket
