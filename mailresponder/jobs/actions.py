"""What staff do to a ticket by hand, each in a transaction of its own: for who has no other."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mailresponder.config import Config
from mailresponder.jobs import acts, merging
from mailresponder.jobs.acts import Done, Hand, named
from mailresponder.policy.desk import Desk
from mailresponder.store.database import Store

__all__ = [
    "Done",
    "answered",
    "close",
    "judge",
    "merge",
    "not_spam",
    "note",
    "snooze",
    "spam",
    "wait",
]


def answered(
    store: Store, reference: str, *, desk_of: Callable[[str], Desk], now: datetime, by: str
) -> Done:
    """As `acts.answered`. Raises MailresponderError, as all of these do, for a ticket that is not
    there or to which it cannot be done."""
    with store.begin() as conn:
        ticket = named(conn, reference)
        hand = Hand(conn=conn, now=now, by=by)
        return acts.answered(hand, ticket, desk=lambda: desk_of(ticket.mailbox))


def close(store: Store, reference: str, *, now: datetime, by: str) -> Done:
    """As `acts.close`."""
    with store.begin() as conn:
        return acts.close(Hand(conn=conn, now=now, by=by), named(conn, reference))


def wait(store: Store, reference: str, *, now: datetime, by: str) -> Done:
    """As `acts.wait`."""
    with store.begin() as conn:
        return acts.wait(Hand(conn=conn, now=now, by=by), named(conn, reference))


def snooze(
    store: Store, reference: str, *, for_: timedelta, zone: ZoneInfo, now: datetime, by: str
) -> Done:
    """As `acts.snooze`, for some calendar time."""
    with store.begin() as conn:
        hand = Hand(conn=conn, now=now, by=by)
        return acts.snooze(hand, named(conn, reference), until=now + for_, zone=zone)


def judge(
    store: Store, reference: str, *, angry: bool, config: Config, now: datetime, by: str
) -> Done:
    """As `acts.judge`."""
    with store.begin() as conn:
        hand = Hand(conn=conn, now=now, by=by)
        return acts.judge(hand, named(conn, reference), angry=angry, config=config)


def note(store: Store, reference: str, text: str, *, now: datetime, by: str) -> Done:
    """As `acts.note`."""
    with store.begin() as conn:
        return acts.note(Hand(conn=conn, now=now, by=by), named(conn, reference), text)


def spam(store: Store, reference: str, *, now: datetime, by: str) -> Done:
    """As `acts.spam`."""
    with store.begin() as conn:
        return acts.spam(Hand(conn=conn, now=now, by=by), named(conn, reference))


def not_spam(
    store: Store, reference: str, *, desk_of: Callable[[str], Desk], now: datetime, by: str
) -> Done:
    """As `acts.not_spam`."""
    with store.begin() as conn:
        ticket = named(conn, reference)
        hand = Hand(conn=conn, now=now, by=by)
        return acts.not_spam(hand, ticket, desk=desk_of(ticket.mailbox))


def merge(
    store: Store,
    reference: str,
    into: str,
    *,
    desk_of: Callable[[str], Desk],
    now: datetime,
    by: str,
) -> Done:
    """As `merging.merge`; the ticket handed back is the one that holds all messages."""
    with store.begin() as conn:
        ticket = named(conn, reference)
        hand = Hand(conn=conn, now=now, by=by)
        return merging.merge(hand, ticket, into, desk=desk_of(ticket.mailbox))
