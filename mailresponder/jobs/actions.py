"""What staff do to a ticket by hand: the same on the command line, on the page and by mail."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from mailresponder.config import Config
from mailresponder.errors import MailresponderError
from mailresponder.jobs import flagging
from mailresponder.jobs.answers import note_answer
from mailresponder.jobs.story import angriest, judgeable
from mailresponder.jobs.withdrawal import withdraw_notices
from mailresponder.policy import lifecycle
from mailresponder.policy.desk import Desk
from mailresponder.policy.ticket import Ticket, TicketState
from mailresponder.store import labels, tickets
from mailresponder.store.database import Store
from mailresponder.store.labels import Label


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


def judge(
    store: Store, reference: str, *, angry: bool, config: Config, now: datetime, by: str
) -> Done:
    """Staff say whether the customer is angry, which holds for what they have written so far.

    The message that the verdict rests on is labelled, to learn from; the deadline and, in the
    mailbox, the flags follow. Raises MailresponderError where no customer has written anything.
    """
    with store.begin() as conn:
        ticket = _ticket(conn, reference)
        told = judgeable(conn, ticket)
        if not told:
            raise MailresponderError(f"{ticket.reference} holds no message of a customer")
        message = angriest(ticket, told)
        known = labels.of_message(conn, message.id)
        if ticket.angry == angry and known is not None and known.angry == angry:
            return Done(ticket=ticket, changed=False)
        # Who says that it is not angry takes back what was said of its other mails.
        for said in {message.id, *(m.id for m in told if m.judged and not angry)}:
            labels.put(conn, Label(message_row=said, angry=angry, by=by, at=now))
        desk = config.desk_for(ticket.mailbox)
        known_until = max(m.at for m in told)
        after = lifecycle.judged(
            ticket, angry=angry, by=by, at=now, known_until=known_until, desk=desk
        )
        tickets.save_ticket(conn, after)
        what = "judged_angry" if angry else "judged_not_angry"
        why = f"heard {message.anger or 0.0:.2f}, {'angry' if message.angry else 'not angry'}"
        tickets.add_event(conn, ticket.id, at=now, what=what, why=why, by=by)
        if not angry:
            flagging.unflag(conn, after, [m.id for m in told], now=now)
        elif config.anger.flag:
            flagging.flag(conn, after, message.id, now=now)
        return Done(ticket=after, changed=True)


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
        ticket = _ticket(conn, reference)
        after = change(ticket)
        if after == ticket:
            return Done(ticket=ticket, changed=False)
        tickets.save_ticket(conn, after)
        tickets.add_event(conn, ticket.id, at=now, what=what, why=why, by=by)
        if after.state is TicketState.ANSWERED:
            note_answer(conn, ticket, at=now, how="command", by=by)
        if after.state is not TicketState.OPEN:
            after = withdraw_notices(conn, after, now=now)
        return Done(ticket=after, changed=True)


def _ticket(conn: Connection, reference: str) -> Ticket:
    ticket = tickets.ticket_by_reference(conn, reference.upper())
    if ticket is None:
        raise MailresponderError(
            f"there is no ticket {reference}", mend="`mailresponder tickets` lists them"
        )
    return ticket
