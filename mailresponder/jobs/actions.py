"""What staff do to a ticket by hand: the same on the command line, on the page and by mail."""

from collections.abc import Callable
from datetime import datetime, timedelta

from mailresponder.errors import MailresponderError
from mailresponder.policy import lifecycle
from mailresponder.policy.desk import Desk
from mailresponder.policy.ticket import Ticket, TicketState
from mailresponder.store import tickets
from mailresponder.store.database import Store


def answered(
    store: Store, reference: str, *, desk_of: Callable[[str], Desk], now: datetime, by: str
) -> Ticket:
    """Staff answered in a way we cannot see, by telephone say."""

    def change(ticket: Ticket) -> Ticket:
        return lifecycle.answered(ticket, at=now, rest=None, desk=desk_of(ticket.mailbox))

    return _change(store, reference, change, what="answered", now=now, by=by)


def close(store: Store, reference: str, *, now: datetime, by: str) -> Ticket:
    """Nobody waits any more."""
    return _change(store, reference, lifecycle.closed, what="closed", now=now, by=by)


def snooze(store: Store, reference: str, *, for_: timedelta, now: datetime, by: str) -> Ticket:
    """Nobody is reminded for a while; calendar time. The deadline stays."""

    def change(ticket: Ticket) -> Ticket:
        if ticket.state is not TicketState.OPEN:
            raise MailresponderError(
                f"{ticket.reference} is {ticket.state.value}: there is nothing to put off",
                mend="only an open ticket can be snoozed",
            )
        return lifecycle.snoozed(ticket, until=now + for_)

    return _change(store, reference, change, what="snoozed", now=now, by=by)


def _change(
    store: Store,
    reference: str,
    change: Callable[[Ticket], Ticket],
    *,
    what: str,
    now: datetime,
    by: str,
) -> Ticket:
    with store.begin() as conn:
        ticket = tickets.ticket_by_reference(conn, reference.upper())
        if ticket is None:
            raise MailresponderError(
                f"there is no ticket {reference}", mend="`mailresponder tickets` lists them"
            )
        after = change(ticket)
        tickets.save_ticket(conn, after)
        tickets.add_event(conn, ticket.id, at=now, what=what, why="", by=by)
        return after
