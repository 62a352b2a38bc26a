"""Moments at which a desk is closed, one for each reason it can have: for `samples`.

Chosen from the desk's own calendar, so that a preview tells the times that its customers are told.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

from mailresponder.policy.deadlines import MIDNIGHT, BusinessHours, Window
from mailresponder.policy.opening import ClosedFor, closure

_DAYS = 370
"""Ahead: a holiday may come only once a year."""
_FORTNIGHT = 14
"""Days after which weekdays bring nothing new."""
_NOON = time(12)
_CASES = {
    (ClosedFor.OFF_HOURS, False): "out of hours",
    (ClosedFor.BREAK, False): "lunch break",
    (ClosedFor.DAY_OFF, False): "day off",
    (ClosedFor.HOLIDAY, True): "holiday",
    (ClosedFor.HOLIDAY, False): "own closed day",
}


def closed_moments(
    hours: BusinessHours, since: datetime, languages: tuple[str, ...]
) -> Mapping[str, datetime]:
    """The first moment of each case from `since` on, in UTC; without those the desk does not know,
    as a lunch break. A holiday counts as such where it has a name in one of the languages."""
    found: dict[str, datetime] = {}
    first = since.astimezone(hours.timezone).date()
    for number in range(_DAYS):
        day = first + timedelta(days=number)
        if number >= _FORTNIGHT and day not in hours.closed_days:
            continue
        for wall in _walls(hours.windows_on(day)):
            at = datetime.combine(day, wall, tzinfo=hours.timezone).astimezone(UTC)
            closed = closure(hours, at, languages) if at >= since else None
            if closed is not None:
                found.setdefault(_CASES[closed.why, bool(closed.names)], at)
        if len(found) == len(_CASES):
            break
    return found


def _walls(windows: tuple[Window, ...]) -> Iterator[time]:
    """What the clock shows when such a day may be closed: while it works, between two windows,
    after the last one and before the first."""
    yield windows[0][0] if windows else _NOON
    for before, after in pairwise(windows):
        yield _middle(before[1], after[0])
    if windows and windows[-1][1] != MIDNIGHT:
        yield _middle(windows[-1][1], time(23, 59))
    yield MIDNIGHT


def _middle(begin: time, end: time) -> time:
    minutes = (begin.hour * 60 + begin.minute + end.hour * 60 + end.minute) // 2
    return time(minutes // 60, minutes % 60)
