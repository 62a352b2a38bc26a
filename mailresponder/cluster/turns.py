"""When it is a mailbox's turn: evenly spread, and the same on every worker.

Pure: times go in, names come out. Each mailbox has a raster of moments, `poll_every` apart, that
begins at a place of its own; so a thousand mailboxes polled once a minute are some seventeen every
second, not a thousand at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zlib import crc32

_EPOCH = datetime.fromtimestamp(0, UTC)
_PLACES = 2**32


@dataclass(frozen=True, kw_only=True, slots=True)
class Visited:
    """What is known of a mailbox when its turn is looked for."""

    name: str
    poll_every: timedelta
    last_pass_at: datetime | None
    """None: never yet."""
    retry_at: datetime | None
    """Until then it is not read, for it failed."""


def due(mailboxes: Iterable[Visited], *, at: datetime, every: timedelta) -> list[str]:
    """The names of those whose turn it is, looked at `every` so often.

    A turn that was missed is still due, unless the mailbox rests after a failure: then only turns
    of the moment count, in which its queued mail is sent.
    """
    return [box.name for box in mailboxes if _is_due(box, at, every)]


def latest_turn(name: str, poll_every: timedelta, at: datetime) -> datetime:
    """The last moment of a mailbox's raster up to `at`."""
    # Not `hash`, which differs from process to process.
    offset = poll_every * (crc32(name.encode()) / _PLACES)
    return at - (at - _EPOCH - offset) % poll_every


def _is_due(box: Visited, at: datetime, every: timedelta) -> bool:
    turn = latest_turn(box.name, box.poll_every, at)
    # A pass much later than now was noted by a clock that has been put back since.
    if box.last_pass_at is not None and turn <= box.last_pass_at <= at + box.poll_every:
        return False
    rests = box.retry_at is not None and box.retry_at > at
    return not rests or turn > at - every
