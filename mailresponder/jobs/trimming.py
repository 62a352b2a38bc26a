"""Once a day lets go of what the desk need not keep any longer, as `[retention]` says.

A little in each pass, so that no mail waits behind it: what is left is for the next one.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from mailresponder.config.sections import RetentionSettings
from mailresponder.jobs.story import NOTE, RELAYED
from mailresponder.jobs.work import Work
from mailresponder.store import compacting, leases, trimming
from mailresponder.store.database import Store, desk_value, set_desk_value
from mailresponder.store.trimming import Stretch

EVERY = timedelta(days=1)
BATCH = 500
"""Rows looked at in one transaction."""
BATCHES = 20
"""Transactions of one pass."""

_DONE_AT, _PLACE = "trimmed_at", "trimming_from"
_TURN = "trimming"
_LEASE = timedelta(minutes=5)
_KEPT = (NOTE, RELAYED, "relay_failed", "closed")
"""Events that say what a colleague wrote, who wrote an answer, and why an answer that still comes
in is not passed on."""
_AT_IT = threading.Lock()
"""The lease keeps other instances away, and not the other threads of this one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """How far it has come: which table is walked through, and the last row looked at."""

    step: int = 0
    after: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Trimmed:
    """What was let go of."""

    bodies: int = 0
    """Mails whose bytes were."""
    events: int = 0
    audit: int = 0
    left: Place | None = None
    """Where to go on; None where all was looked at."""


def run(work: Work) -> Trimmed | None:
    """Let go of some of what is old, if a day has passed since all of it was; None: it has not, or
    somebody else is at it."""
    if not _AT_IT.acquire(blocking=False):
        return None
    try:
        return _in_turn(work, work.clock())
    finally:
        _AT_IT.release()


def _in_turn(work: Work, now: datetime) -> Trimmed | None:
    with work.store.read() as conn:
        done = desk_value(conn, _DONE_AT)
    if done is not None and timedelta(0) <= now - datetime.fromisoformat(done) < EVERY:
        return None
    with work.store.begin() as conn:
        if not leases.acquire(conn, _TURN, work.owner, _LEASE, now):
            return None
        begin = _place(desk_value(conn, _PLACE))
    try:
        settings = work.config.retention
        trimmed = trim(work.store, settings, now=now, begin=begin, batches=BATCHES)
    finally:
        with work.store.begin() as conn:
            leases.release(conn, _TURN, work.owner)
    if trimmed.left is None:
        compacting.give_back(work.store)
    left = trimmed.left or Place()
    with work.store.begin() as conn:
        set_desk_value(conn, _PLACE, f"{left.step}:{left.after}")
        if trimmed.left is None:
            set_desk_value(conn, _DONE_AT, now.isoformat())
    if trimmed.bodies or trimmed.events or trimmed.audit:
        work.tell("trimmed", bodies=trimmed.bodies, events=trimmed.events, audit=trimmed.audit)
    return trimmed


def _place(kept: str | None) -> Place:
    if kept is None:
        return Place()
    step, after = map(int, kept.split(":"))
    return Place(step=step, after=after)


def trim(
    store: Store,
    settings: RetentionSettings,
    *,
    now: datetime,
    begin: Place = Place(),
    batches: int | None = None,
) -> Trimmed:
    """Let go of what is old by `now`, in at most so many transactions; None: all of it."""
    until = now - settings.events
    steps: list[Callable[..., Stretch]] = [
        partial(trimming.sent_bodies, before=now - settings.sent_mail),
        partial(trimming.told, before=until, keep=_KEPT),
        partial(trimming.audited, before=until),
    ]
    gone = [0] * len(steps)
    place, done = begin, 0
    while place.step < len(steps) and done != batches:
        with store.begin() as conn:
            stretch = steps[place.step](conn, after=place.after, limit=BATCH)
        done += 1
        gone[place.step] += stretch.gone
        if stretch.last is None:
            place = Place(step=place.step + 1)
        else:
            place = replace(place, after=stretch.last)
    bodies, events, audit = gone
    left = place if place.step < len(steps) else None
    return Trimmed(bodies=bodies, events=events, audit=audit, left=left)
