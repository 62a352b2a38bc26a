"""Takes back what was to be sent about a ticket that has been answered meanwhile: a promise to the
customer, and word to staff that nobody answered."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from mailresponder.policy.ticket import Ticket
from mailresponder.store import outbox, tickets
from mailresponder.store.messages import forget

WITHDRAWN: tuple[outbox.Kind, ...] = ("acknowledgement", "follow_up", "escalation")
"""Kinds that are no longer true once the ticket is answered or closed."""

ANSWERED_FIRST = "answered_first"
"""Why a customer was not acknowledged: the answer was there before."""


def withdraw_notices(conn: Connection, ticket: Ticket, *, now: datetime) -> Ticket:
    """Take back what still waits to be sent. Gives the ticket, which says so where that was the
    acknowledgement."""
    taken_back = outbox.withdraw(conn, ticket.id, WITHDRAWN)
    if not taken_back:
        return ticket
    forget(conn, taken_back)
    tickets.add_event(
        conn, ticket.id, at=now, what="notice_withdrawn", why=ANSWERED_FIRST, by="mailresponder"
    )
    if "acknowledgement" in taken_back.values():
        ticket = replace(ticket, suppressed_by=(*ticket.suppressed_by, ANSWERED_FIRST))
        tickets.save_ticket(conn, ticket)
    return ticket
