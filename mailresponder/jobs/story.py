"""A ticket's correspondence: what is still unanswered, and what notices tell of it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection

from mailresponder.listening.anger import Anger
from mailresponder.policy import bands
from mailresponder.policy.bands import Heat
from mailresponder.policy.lifecycle import Unanswered
from mailresponder.policy.notices import History, Original
from mailresponder.policy.suppression import looks_automatic
from mailresponder.policy.ticket import Ticket
from mailresponder.store import messages
from mailresponder.store.messages import MessageRecord

ONLY_THANKS = "only_thanks"
NO_CLOCK = frozenset({ONLY_THANKS, looks_automatic.__name__})
"""Reasons recorded with a message after which nobody waits: it thanks, or a program wrote it."""

Judged = tuple[Ticket, MessageRecord]
"""A message, and the ticket with which staff judged it."""

_LATEST = 10
"""Messages of a ticket that a notice to staff tells of."""


def unanswered(
    conn: Connection, ticket: Ticket, *, since: datetime, answered_ids: Collection[str]
) -> Unanswered | None:
    """What the customer wrote after `since` and the answer did not reply to; None: nothing."""
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


def history_of(conn: Connection, ticket: Ticket) -> tuple[History, ...]:
    """What people said in the ticket, oldest first, the latest few; not our automatic mail."""
    people = ("human", "unreadable")
    told = messages.of_ticket(conn, ticket.id)
    said = [m for m in told if m.direction != "out" and m.kind in people]
    return tuple(History(at=m.at, who=m.from_, text=m.new_text) for m in said[-_LATEST:])
