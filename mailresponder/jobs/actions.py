"""What staff do to a ticket by hand: the same on the command line, on the page and by mail."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mailresponder.errors import MailresponderError
from mailresponder.jobs.withdrawal import withdraw_notices
from mailresponder.policy import lifecycle
from mailresponder.policy.desk import Desk
from mailresponder.policy.ticket import Ticket, TicketState
from mailresponder.store import tickets
from mailresponder.store.database import Store


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """What came of it."""

    ticket: Ticket
    """As it is now."""
    changed: bool
    """False where it was so already: then nothing was written down."""


def answered(
    store: Store, reference: str, *, desk_of: Callable[[str], Desk], now: datetime, by: str
) -> Done:
    """Staff answered in a way we cannot see, by telephone say. What is closed stays closed."""

    def change(ticket: Ticket) -> Ticket:
        if ticket.state is not TicketState.OPEN:
            return ticket
        return lifecycle.answered(ticket, at=now, rest=None, desk=desk_of(ticket.mailbox))

    return _change(store, reference, change, what="answered", now=now, by=by)


def close(store: Store, reference: str, *, now: datetime, by: str) -> Done:
    """Nobody waits any more."""

    def change(ticket: Ticket) -> Ticket:
        return ticket if ticket.state is TicketState.CLOSED else lifecycle.closed(ticket)

    return _change(store, reference, change, what="closed", now=now, by=by)


def snooze(
    store: Store, reference: str, *, for_: timedelta, zone: ZoneInfo, now: datetime, by: str
) -> Done:
    """Nobody is reminded for a while; calendar time. The deadline stays.

    Raises MailresponderError for a ticket that is not open. `zone` is the desk's, in which the
    ticket's story names the end.
    """
    until = now + for_

    def change(ticket: Ticket) -> Ticket:
        if ticket.state is not TicketState.OPEN:
            raise MailresponderError(
                f"{ticket.reference} is {ticket.state.value}: there is nothing to put off",
                mend="only an open ticket can be snoozed",
            )
        return lifecycle.snoozed(ticket, until=until)

    why = f"until {until.astimezone(zone):%Y-%m-%d %H:%M} ({zone.key})"
    return _change(store, reference, change, what="snoozed", why=why, now=now, by=by)


def _change(
    store: Store,
    reference: str,
    change: Callable[[Ticket], Ticket],
    *,
    what: str,
    why: str = "",
    now: datetime,
    by: str,
) -> Done:
    with store.begin() as conn:
        ticket = tickets.ticket_by_reference(conn, reference.upper())
        if ticket is None:
            raise MailresponderError(
                f"there is no ticket {reference}", mend="`mailresponder tickets` lists them"
            )
        after = change(ticket)
        if after == ticket:
            return Done(ticket=ticket, changed=False)
        tickets.save_ticket(conn, after)
        tickets.add_event(conn, ticket.id, at=now, what=what, why=why, by=by)
        if after.state is not TicketState.OPEN:
            after = withdraw_notices(conn, after, now=now)
        return Done(ticket=after, changed=True)
