"""Once a day lets go of what the desk need not keep any longer, as `[retention]` says.

A little in each pass, so that no mail waits behind it: what is left is for the next one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from mailresponder.config.sections import RetentionSettings
from mailresponder.jobs.story import NOTE, RELAYED
from mailresponder.jobs.work import Work
from mailresponder.store import compacting, leases, trimming
from mailresponder.store.database import Store, desk_value, set_desk_value

EVERY = timedelta(days=1)
BATCH = 500
"""Rows let go of in one transaction."""
BATCHES = 20
"""Transactions of one pass."""

_DONE_AT = "trimmed_at"
_TURN = "trimming"
_LEASE = timedelta(minutes=5)
_KEPT = (NOTE, RELAYED)
"""Events that say what a colleague wrote, and who wrote an answer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Trimmed:
    """What was let go of."""

    bodies: int = 0
    """Mails whose bytes were."""
    events: int = 0
    audit: int = 0
    complete: bool = True
    """False where more is left."""


def run(work: Work) -> Trimmed | None:
    """Let go of some of what is old, if a day has passed since all of it was; None: it has not, or
    another instance is at it."""
    now = work.clock()
    with work.store.read() as conn:
        done = desk_value(conn, _DONE_AT)
    if done is not None and timedelta(0) <= now - datetime.fromisoformat(done) < EVERY:
        return None
    with work.store.begin() as conn:
        if not leases.acquire(conn, _TURN, work.owner, _LEASE, now):
            return None
    try:
        trimmed = trim(work.store, work.config.retention, now=now, batches=BATCHES)
    finally:
        with work.store.begin() as conn:
            leases.release(conn, _TURN, work.owner)
    if trimmed.complete:
        compacting.give_back(work.store)
        with work.store.begin() as conn:
            set_desk_value(conn, _DONE_AT, now.isoformat())
    if trimmed != Trimmed():
        work.tell(
            "trimmed",
            bodies=trimmed.bodies,
            events=trimmed.events,
            audit=trimmed.audit,
            complete=trimmed.complete,
        )
    return trimmed


def trim(
    store: Store, settings: RetentionSettings, *, now: datetime, batches: int | None = None
) -> Trimmed:
    """Let go of what is old by `now`, in at most so many transactions; None: all of it."""
    until = now - settings.events
    steps: list[Callable[[Connection], int]] = [
        partial(trimming.sent_bodies, before=now - settings.sent_mail, limit=BATCH),
        partial(trimming.told, before=until, keep=_KEPT, limit=BATCH),
        partial(trimming.audited, before=until, limit=BATCH),
    ]
    gone = [0] * len(steps)
    number = done = 0
    while number < len(steps) and done != batches:
        with store.begin() as conn:
            taken = steps[number](conn)
        done += 1
        gone[number] += taken
        if taken < BATCH:
            number += 1
    bodies, events, audit = gone
    return Trimmed(bodies=bodies, events=events, audit=audit, complete=number == len(steps))
