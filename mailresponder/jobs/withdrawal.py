"""Takes back what was to be sent about a ticket that has been answered meanwhile: a promise to the
customer, and word to staff that nobody answered."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from mailresponder.policy.ticket import Ticket
from mailresponder.store import outbox, tickets, withdrawn
from mailresponder.store.messages import forget

QUESTION: tuple[outbox.Kind, ...] = ("closing_question",)
"""Asks about an answer after which nobody wrote: untrue once anybody has."""
ANSWERED_FIRST = "answered_first"
"""Why a customer was not acknowledged: the answer was there before."""

WROTE_FIRST = "wrote_first"
"""Why a customer was not asked whether it is solved: they wrote before."""

_OVERTAKEN: Mapping[outbox.Kind, str] = {
    "acknowledgement": ANSWERED_FIRST,
    "follow_up": "word_overtaken",
    "escalation": "notice_overtaken",
    "closing_question": "question_overtaken",
}
"""Kinds that are no longer true once the ticket is answered or closed, and why each was not sent
then."""
WITHDRAWN = tuple(_OVERTAKEN)
"""These kinds."""


def withdraw_notices(conn: Connection, ticket: Ticket, *, now: datetime) -> Ticket:
    """Take back what still waits to be sent. Gives the ticket, which says so where that was the
    acknowledgement, or the question whether it is solved."""
    return _withdraw(conn, ticket, _OVERTAKEN, now=now)


def withdraw_question(conn: Connection, ticket: Ticket, *, now: datetime) -> Ticket:
    """Take back the question whether it is solved, because the customer wrote before it left."""
    return _withdraw(conn, ticket, dict.fromkeys(QUESTION, WROTE_FIRST), now=now)


def not_repeated(conn: Connection, ticket: Ticket, kind: outbox.Kind, *, now: datetime) -> None:
    """Write down that a mail which may have been sent is not sent again, because it is no longer
    true. Whether it was sent, nobody knows: a customer may or may not have been asked."""
    _note(conn, ticket, [_OVERTAKEN[kind]], now=now)
    if kind == "acknowledgement":
        _not_acknowledged(conn, ticket)


def _withdraw(
    conn: Connection, ticket: Ticket, reasons: Mapping[outbox.Kind, str], *, now: datetime
) -> Ticket:
    taken_back = withdrawn.of_ticket(conn, ticket.id, tuple(reasons))
    if not taken_back:
        return ticket
    forget(conn, taken_back)
    kinds = taken_back.values()
    _note(conn, ticket, [why for kind, why in reasons.items() if kind in kinds], now=now)
    if "closing_question" in kinds:
        # They have not been asked, and may be once.
        ticket = replace(ticket, asked_at=None)
        tickets.save_ticket(conn, ticket)
    if "acknowledgement" in kinds:
        ticket = _not_acknowledged(conn, ticket)
    return ticket


def _note(conn: Connection, ticket: Ticket, reasons: Sequence[str], *, now: datetime) -> None:
    why = ", ".join(reasons)
    tickets.add_event(conn, ticket.id, at=now, what="notice_withdrawn", why=why, by="mailresponder")


def _not_acknowledged(conn: Connection, ticket: Ticket) -> Ticket:
    ticket = replace(ticket, suppressed_by=(*ticket.suppressed_by, ANSWERED_FIRST))
    tickets.save_ticket(conn, ticket)
    return ticket
