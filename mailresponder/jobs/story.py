"""A ticket's correspondence: what is still unanswered, and what notices tell of it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection

from mailresponder.listening.anger import Anger
from mailresponder.policy.lifecycle import Unanswered
from mailresponder.policy.notices import History, Original
from mailresponder.policy.suppression import looks_automatic
from mailresponder.policy.ticket import Ticket
from mailresponder.store import messages

ONLY_THANKS = "only_thanks"
NO_CLOCK = frozenset({ONLY_THANKS, looks_automatic.__name__})
"""Reasons recorded with a message after which nobody waits: it thanks, or a program wrote it."""

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
    if not rest:
        return None
    worst = max(rest, key=lambda message: message.anger or 0.0)
    anger = Anger(score=worst.anger or 0.0, angry=worst.angry, because=worst.because)
    return Unanswered(since=rest[0].at, anger=anger)


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
