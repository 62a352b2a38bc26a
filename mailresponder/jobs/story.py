"""A ticket's correspondence: what is still unanswered, and what notices tell of it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection

from mailresponder.listening.anger import Anger
from mailresponder.mail.senders import is_no_reply
from mailresponder.policy import bands
from mailresponder.policy.bands import Heat
from mailresponder.policy.facts import Outcome
from mailresponder.policy.lifecycle import Unanswered
from mailresponder.policy.notices import History, Original, Said
from mailresponder.policy.replies import ONLY_THANKS, SOLVED
from mailresponder.policy.suppression import looks_automatic
from mailresponder.policy.ticket import OtherTickets, Ticket, TicketState
from mailresponder.store import messages, tickets
from mailresponder.store.customers import other_tickets
from mailresponder.store.messages import MessageRecord
from mailresponder.store.tickets import Event

NO_CLOCK = frozenset({ONLY_THANKS, SOLVED, looks_automatic.__name__})
"""Reasons recorded with a message after which nobody waits: it thanks, it says that the matter is
solved, or a program wrote it."""

NOTE = "note"
"""The event that holds what staff wrote to one another."""

RELAYED = "relayed"
"""The event of an answer that staff wrote and we passed on."""

JUDGED, FORWARDED = "sender_judged", "forwarded"
"""The events of a mail that came: whether it proved to be from whom it says, or who passed it
on."""

PROVEN = "From is proven"
"""How the reason of `JUDGED` begins where it did."""

FROM_CUSTOMERS = frozenset({Outcome.OPENED, Outcome.FOLLOWED_UP})
"""What became of the mails of customers, and of whoever wrote into their threads."""

Judged = tuple[Ticket, MessageRecord]
"""A message, and the ticket with which staff judged it."""


def unanswered(
    conn: Connection, ticket: Ticket, *, since: datetime, answered_ids: Collection[str]
) -> Unanswered | None:
    """What the customer wrote after `since` and the answer did not reply to; None: nothing."""
    if ticket.state is TicketState.ANSWERED:
        # Somebody has said of all that is there that nobody waits for us.
        return None
    if ticket.answered_at is not None:
        since = max(since, ticket.answered_at)
    rest = [
        message
        for message in messages.unanswered(
            conn, ticket.id, answered_at=since, answered_ids=answered_ids
        )
        if not NO_CLOCK & set(message.reasons)
    ]
    return summed([(ticket, message) for message in rest])


def summed(rest: Collection[Judged]) -> Unanswered | None:
    """What unanswered messages come to together; None where there are none."""
    if not rest:
        return None
    first, *others = sorted(rest, key=lambda one: (one[1].at, one[1].id))
    ticket, worst = max(rest, key=_place)
    anger = Anger(score=worst.anger or 0.0, angry=is_angry(ticket, worst), because=worst.because)
    rising = bool(others) and bands.is_rising(
        heat(*max([first, *others[:-1]], key=_place)), heat(*others[-1])
    )
    judged = is_judged(ticket, worst)
    return Unanswered(since=first[1].at, anger=anger, judged=judged, rising=rising)


def waiting_messages(conn: Connection, ticket: Ticket) -> list[MessageRecord]:
    """The messages for which a ticket's customer waits, oldest first."""
    since = ticket.waiting_since
    if since is None:
        return []
    told = messages.unanswered(conn, ticket.id)
    return [m for m in told if m.at >= since and not NO_CLOCK & set(m.reasons)]


def never_answered(conn: Connection, ticket: Ticket) -> list[MessageRecord]:
    """The customer's messages that no answer came after, oldest first, but for mere thanks."""
    told = messages.unanswered(conn, ticket.id, answered_at=ticket.answered_at)
    return [message for message in told if not NO_CLOCK & set(message.reasons)]


def is_judged(ticket: Ticket, message: MessageRecord) -> bool:
    """Is whether it is angry what staff said, of it or of the ticket since?"""
    calmed = ticket.calm_until is not None and message.at <= ticket.calm_until
    return message.judged is not None or calmed


def is_angry(ticket: Ticket, message: MessageRecord) -> bool:
    """Is a message angry: as staff said of it, or of the ticket since, else as it was heard?"""
    if message.judged is not None:
        return message.judged
    return message.angry and not is_judged(ticket, message)


def heat(ticket: Ticket, message: MessageRecord) -> Heat:
    """How angry a message counts as, in the language it was heard in."""
    return bands.heat(
        message.anger or 0.0,
        message.language or ticket.language,
        angry=is_angry(ticket, message),
        judged=is_judged(ticket, message),
    )


def angriest(ticket: Ticket, some: Collection[MessageRecord]) -> MessageRecord:
    """The message of several that the verdict rests on. Raises ValueError where there is none."""
    return max([(ticket, message) for message in some], key=_place)[1]


def _place(one: Judged) -> tuple[bool, float, float]:
    # Of what staff said is not angry, the one that was heard as the angriest.
    return is_angry(*one), heat(*one).score, one[1].anger or 0.0


def judgeable(conn: Connection, ticket: Ticket) -> list[MessageRecord]:
    """The customer's messages that the ticket's verdict is about, oldest first: those since they
    wait for an answer; on a settled ticket, all."""
    told = messages.unanswered(conn, ticket.id)
    since = ticket.waiting_since
    return [m for m in told if since is not None and m.at >= since] or told


def original_of(conn: Connection, ticket: Ticket) -> Original:
    """The customer's oldest unanswered message, as notices need it."""
    told = [m for m in messages.of_ticket(conn, ticket.id) if m.direction == "in"]
    waiting = [m for m in told if ticket.waiting_since and m.at >= ticket.waiting_since]
    first = next(iter(waiting or told), None)
    if first is None:
        return Original(message_id=None, references=(), new_text="")
    ids = (*first.references, *((first.message_id,) if first.message_id else ()))
    return Original(message_id=first.message_id, references=ids, new_text=first.new_text)


def last_answer(conn: Connection, ticket: Ticket) -> Original:
    """The latest mail that the customer has of ours or their own, as a mail in its thread needs
    it."""
    told = messages.of_ticket(conn, ticket.id)
    answers = [m for m in told if m.outcome is Outcome.ANSWERED or m.outgoing_kind == "relay"]
    last = next((m for m in reversed(answers) if m.message_id), None)
    if last is None or last.message_id is None:
        return original_of(conn, ticket)
    ids = (*last.references, last.message_id)
    return Original(message_id=last.message_id, references=ids, new_text="")


def history_of(conn: Connection, ticket: Ticket) -> tuple[History, ...]:
    """What was said in the ticket, oldest first: by the customer and in the thread, by staff to
    the customer, and by staff to one another. Not our automatic mail, nor what reached nobody."""
    events = tickets.events(conn, ticket.id)
    relayed = [event for event in events if event.what == RELAYED]
    said = [_told(ticket, m, relayed) for m in messages.of_ticket(conn, ticket.id)]
    notes = [
        History(at=event.at, who=event.by, text=event.why, kind=Said.NOTE)
        for event in events
        if event.what == NOTE
    ]
    return tuple(sorted([*filter(None, said), *notes], key=lambda entry: entry.at))


def others_of(conn: Connection, ticket: Ticket) -> OtherTickets:
    """What else the ticket's customer has written about, to the same mailbox. None where an
    address is not one person's: behind a form's no-reply address stand all who use it."""
    if not ticket.customer.email or is_no_reply(ticket.customer):
        return OtherTickets()
    return other_tickets(conn, ticket)


def writer_of_relay(message: MessageRecord, relayed: Collection[Event]) -> str:
    """Who of staff wrote an answer that we passed on: it is from our address, and they stand in
    the `RELAYED` event of that moment."""
    near = min(relayed, key=lambda event: abs(event.at - message.at), default=None)
    return near.by if near is not None else message.from_


def _told(ticket: Ticket, message: MessageRecord, relayed: Collection[Event]) -> History | None:
    who = message.from_
    if message.outgoing_kind == "relay":
        kind, waits = Said.STAFF, False
        who = writer_of_relay(message, relayed)
    elif message.outcome is Outcome.ANSWERED:
        kind, waits = Said.STAFF, False
    elif message.outcome in FROM_CUSTOMERS and message.kind in ("human", "unreadable"):
        since = ticket.waiting_since
        kind, waits = Said.CUSTOMER, since is not None and message.at >= since
    else:
        return None
    return History(at=message.at, who=who, text=message.new_text, kind=kind, unanswered=waits)
