"""Business hours, deadline arithmetic and the times of the escalation ladder.

Working time is real elapsed time while the desk is open: the hour that a change to summer time
skips is never counted, and the hour that a change back repeats is counted twice. A window begins
and ends the first time the clock shows it, or when the clock jumps past it. Pure: knows no ticket
and no clock. Moments come in aware and go out in UTC.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

Window = tuple[time, time]
"""Open from, until (exclusive); 00:00 as an end means midnight."""

MIDNIGHT = time(0)
AROUND_THE_CLOCK: tuple[Window, ...] = ((MIDNIGHT, MIDNIGHT),)
HORIZON = timedelta(days=3660)
"""How far ahead open time is looked for, and the longest duration there is."""

_DAYS_KEPT = 1000
"""Whose windows are known in UTC: each mail asks for the same few."""
_ONE_DAY = timedelta(days=1)
_DURATION = re.compile(r"([0-9]{1,9})([smhd])")
_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": _ONE_DAY,
}


def parse_duration(text: str) -> timedelta:
    """Read "90s", "30m", "8h" or "2d"; whether "d" means open hours is the caller's business.

    Raises ValueError, with a sentence for the person who wrote it.
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ValueError("not a duration: write a number and a unit, as 90s, 30m, 8h or 2d")
    number, unit = int(match[1]), _UNITS[match[2]]
    if number > HORIZON / unit:
        raise ValueError("not a useful duration: it is longer than ten years")
    return number * unit


def nameless(day: date, language: str) -> str:  # noqa: ARG001 - the shape of a naming
    """A closed day without a name."""
    return ""


@dataclass(frozen=True, kw_only=True, slots=True)
class BusinessHours:
    """When the desk works. Raises ValueError where it never does or its windows overlap."""

    timezone: ZoneInfo
    windows: Mapping[int, tuple[Window, ...]] | None = None
    """Weekday (Monday is 0) to its open windows, in order; None: around the clock."""
    closed_days: Container[date] = field(default_factory=frozenset)
    """Days without any working time, in the desk's zone; also for a desk open all hours."""
    holiday_name: Callable[[date, str], str] = nameless
    """What a closed day is called in a language; empty where nobody knows."""

    def __post_init__(self) -> None:
        if self.windows is None:
            return
        if not any(self.windows.values()):
            raise ValueError("there is no working time in the week")
        for windows in self.windows.values():
            if any(opens >= closes != MIDNIGHT for opens, closes in windows):
                raise ValueError("a window ends before it begins")
            # A window that ends at midnight leaves no room for another behind it.
            if any(a[1] == MIDNIGHT or a[1] > b[0] for a, b in pairwise(windows)):
                raise ValueError("windows overlap or are out of order")

    def add(self, start: datetime, working: timedelta) -> datetime:
        """The earliest moment by which `working` has elapsed since `start`.

        That is the end of a window, not the start of the next, where it fills the window; and
        `start` itself for no time at all, open or not. From a window's end and from the next
        one's start on everything ends alike, so adding `a` and then `b` is adding `a + b`,
        always. Raises ValueError for a negative time, and where ten years do not hold that much.
        """
        if working < timedelta(0):
            raise ValueError("working time cannot be negative")
        if not working:
            return start.astimezone(UTC)
        left = working
        for begin, end in self._open_since(start):
            if left <= end - begin:
                return begin + left
            left -= end - begin
        raise ValueError("the next ten years do not hold that much working time")

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """The working time between two moments; none where `end` is not after `start`."""
        total = timedelta(0)
        for begin, until in self._open_since(start, end):
            if begin >= end:
                break
            total += min(until, end) - begin
        return total

    def is_open(self, at: datetime) -> bool:
        """Is the desk open? At a window's first moment it is, at its end it is not."""
        begin, _ = next(self._open_since(at, at), (None, None))
        # In UTC: a repeated hour never equals its like in another zone (PEP 495).
        return begin == at.astimezone(UTC)

    def next_open(self, at: datetime) -> datetime:
        """The first open moment from `at` on: `at` itself where the desk is open then.

        Raises ValueError where every day of the next ten years is closed.
        """
        for begin, _ in self._open_since(at):
            return begin
        raise ValueError("the next ten years hold no working time")

    def windows_on(self, day: date) -> tuple[Window, ...]:
        """The day's windows by its weekday, in order, whether or not it is a closed day."""
        if self.windows is None:
            return AROUND_THE_CLOCK
        return self.windows.get(day.weekday(), ())

    def _open_since(
        self, since: datetime, until: datetime | None = None
    ) -> Iterator[tuple[datetime, datetime]]:
        """Open stretches from `since` on, in UTC and in order; the first is cut to begin there.

        All that begin by `until`, and perhaps some more; without it those of ten years.
        """
        since = since.astimezone(UTC)
        first = since.astimezone(self.timezone).date()
        days = HORIZON.days
        if until is not None:
            # A clock put back past midnight shows the day before while the next one's has begun.
            days = (until.astimezone(self.timezone).date() - first).days + 2
        for number in range(days):
            day = first + timedelta(days=number)
            if day in self.closed_days:
                continue
            for begin, end in _stretches(day, self.windows_on(day), self.timezone):
                if since < end:
                    yield max(since, begin), end


@lru_cache(maxsize=_DAYS_KEPT)
def _stretches(
    day: date, windows: tuple[Window, ...], timezone: ZoneInfo
) -> tuple[tuple[datetime, datetime], ...]:
    """A day's windows in UTC, without those that the clock skips."""
    found = []
    for opens, closes in windows:
        last = day + _ONE_DAY if closes == MIDNIGHT else day
        begin, end = _moment(day, opens, timezone), _moment(last, closes, timezone)
        if begin < end:
            found.append((begin, end))
    return tuple(found)


def _moment(day: date, wall: time, timezone: ZoneInfo) -> datetime:
    """When the desk's clock shows `wall`: the first time, or when it jumps past it."""
    local = datetime.combine(day, wall, tzinfo=timezone)
    moment = local.astimezone(UTC)
    before, after = local.utcoffset(), local.replace(fold=1).utcoffset()
    if before is None or after is None or after <= before:
        return moment
    # The clock skips this time (PEP 495): find the jump, within `gap` before `moment`.
    gap = after - before
    earliest = moment - gap
    jump = bisect_left(
        range(int(gap.total_seconds())),
        True,
        key=lambda seconds: (
            (earliest + timedelta(seconds=seconds)).astimezone(timezone).utcoffset() == after
        ),
    )
    return earliest + timedelta(seconds=jump)


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One step of the escalation ladder. Durations are working time."""

    after: timedelta
    """Past the deadline."""
    to: tuple[str, ...]
    repeat_every: timedelta | None = None


def next_escalation(
    ladder: Sequence[Step],
    *,
    due_at: datetime,
    level: int,
    escalated_at: datetime | None,
    hours: BusinessHours,
) -> datetime | None:
    """When somebody must be told next, always an open moment; None where nobody needs to be.

    That is the next step of the ladder or the repetition of the last one taken, whichever comes
    first. `level` is how many steps have been taken, `escalated_at` when one last was.
    """
    moments = []
    if level < len(ladder):
        moments.append(_step_at(ladder[level], due_at, hours))
    taken = ladder[min(level, len(ladder)) - 1] if ladder and level else None
    if taken and taken.repeat_every and escalated_at:
        moments.append(hours.next_open(hours.add(escalated_at, taken.repeat_every)))
    return min(moments, default=None)


def step_due(
    ladder: Sequence[Step], *, due_at: datetime, level: int, now: datetime, hours: BusinessHours
) -> int:
    """How many steps of the ladder are due by `now`; never fewer than `level`, those taken."""
    while level < len(ladder) and _step_at(ladder[level], due_at, hours) <= now:
        level += 1
    return level


def _step_at(step: Step, due_at: datetime, hours: BusinessHours) -> datetime:
    return hours.next_open(hours.add(due_at, step.after))


def warning_at(
    *, since: datetime, due_at: datetime, before: timedelta, hours: BusinessHours
) -> datetime | None:
    """When somebody is told that a deadline is near: `before` of working time ahead of it, but not
    until half of the working time from `since` to it is over, so that a short one is not near from
    the start. Always an open moment ahead of the deadline; None where there is none.
    """
    whole = hours.elapsed(since, due_at)
    if not whole:
        return None
    return hours.next_open(hours.add(since, whole - min(before, whole / 2)))
