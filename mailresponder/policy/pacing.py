"""How many mails a person of staff gets, and which: the caps, used so that nobody falls silent.

Whoever uses up a day's mails by noon hears nothing of what becomes due after it. So part of a day's
mails is kept back: enough that, whatever was sent already, one mail that names all that is due can
go out every `promise` of working time until the day is over.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from mailresponder.policy.deadlines import MIDNIGHT, BusinessHours

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Caps:
    """How many mails one person may get, from all mailboxes together."""

    per_hour: int
    """In any 60 minutes."""
    per_day: int
    """In any 24 hours."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """One ticket that one person is to hear of."""

    ticket_id: int
    angry: bool
    due_at: datetime
    """The customer's deadline."""
    again: bool
    """They know of it, or have had to wait for it: it may share a mail with others like it."""


def promise(caps: Caps, hours: BusinessHours) -> timedelta:
    """In which working time somebody hears of what is due, however much they have had: an hour, or
    longer where half of a day's cap does not hold one mail for each hour of the longest day."""
    kept_back = max(1, (caps.per_day - 1) // 2)
    return max(_HOUR, _longest_day(hours) / kept_back)


def room(sent: Sequence[datetime], *, now: datetime, caps: Caps, hours: BusinessHours) -> int:
    """How many mails a person may get now.

    `sent` are the times of those they had in the last 24 hours; what waits to be sent counts as
    sent now. The caps are never exceeded. Beyond that, as many are kept back as keep the promise;
    where none are left because of other mail, one is given as soon as it is promised.
    """
    today = [at for at in sent if at > now - _DAY]
    allowed = min(caps.per_hour - sum(at > now - _HOUR for at in today), caps.per_day - len(today))
    if allowed <= 0:
        return 0
    every = promise(caps, hours)
    # What was sent falls out of the day one by one; just before each, most of it still counts.
    ends = sorted({at + _DAY for at in today} | {now + _DAY})
    free = min(
        caps.per_day
        - sum(at + _DAY >= end for at in today)
        - math.ceil(hours.elapsed(now, end) / every)
        for end in ends
    )
    overdue = not today or hours.elapsed(max(today), now) >= every
    return max(min(allowed, free), 1 if overdue else 0)


def mails(due: Iterable[Notice], *, room: int, digest_from: int) -> tuple[tuple[Notice, ...], ...]:
    """What one person is sent now: each mail as the tickets it names, the most urgent first.

    The angry come before the others, the most overdue before the less; none at all where there is
    no room. From `digest_from` tickets on, they are one mail. Fewer come singly, but for what the
    person knows of already, which shares a mail; where the room is small, so does the rest.
    """
    ordered = sorted(due, key=_urgency)
    if room <= 0 or not ordered:
        return ()
    singly = ordered
    if len(ordered) >= digest_from:
        singly = []
    elif sum(notice.again for notice in ordered) > 1:
        singly = [notice for notice in ordered if not notice.again]
    if len(singly) + (len(singly) < len(ordered)) > room:
        singly = singly[: room - 1]
    shared = tuple(notice for notice in ordered if notice not in singly)
    found = [*((notice,) for notice in singly), *([shared] if shared else [])]
    return tuple(sorted(found, key=lambda mail: _urgency(mail[0])))


def _urgency(notice: Notice) -> tuple[bool, datetime, int]:
    return not notice.angry, notice.due_at, notice.ticket_id


def _longest_day(hours: BusinessHours) -> timedelta:
    if hours.windows is None:
        return _DAY
    return max(
        sum((_length(*window) for window in windows), timedelta())
        for windows in hours.windows.values()
    )


def _length(opens: time, closes: time) -> timedelta:
    end = _DAY if closes == MIDNIGHT else _since_midnight(closes)
    return end - _since_midnight(opens)


def _since_midnight(wall: time) -> timedelta:
    return timedelta(hours=wall.hour, minutes=wall.minute, seconds=wall.second)
