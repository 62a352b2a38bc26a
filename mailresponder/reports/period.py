"""The time a report is about, what it is compared with, and the weeks of the longer view.

All by the desk's clock: a day is from midnight to midnight whether it has 23 hours, 24 or 25.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONGEST = timedelta(days=3660)
_YEARS = range(1970, 2200)
"""Days of others are a slip: nobody had mail, and clocks and calendars end."""

_DAYS = re.compile(r"([0-9]{1,4})([dw])")
_PER_UNIT = {"d": 1, "w": 7}
_WEEK = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """One week, Monday to Monday, or what there is of it."""

    monday: date
    since: datetime
    until: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """From `since` on and before `until`. Raises ValueError where that is no time at all, or more
    than ten years."""

    since: datetime
    until: datetime
    zone: ZoneInfo

    def __post_init__(self) -> None:
        # In UTC: times of one zone are compared as their clocks show them (PEP 495).
        length = self.until.astimezone(UTC) - self.since.astimezone(UTC)
        if length <= timedelta(0):
            raise ValueError("it ends before it begins")
        if length > LONGEST:
            raise ValueError("it is longer than ten years")

    @property
    def days(self) -> float:
        """How many days it has by the desk's clock."""
        return (_wall(self.until, self.zone) - _wall(self.since, self.zone)) / timedelta(days=1)

    @property
    def before(self) -> "Period":
        """As many days by the clock, ending where this one begins."""
        return self.back(1)

    def back(self, number: int) -> "Period":
        """The period of as many days by the clock that lies so many before this one."""
        since, until = _wall(self.since, self.zone), _wall(self.until, self.zone)
        # Where the clock was put back within it, the walls may show no time between them.
        length = max(until - since, timedelta(microseconds=1))
        begin = _moment(since - number * length, self.zone)
        end = self.since if number == 1 else _moment(since - (number - 1) * length, self.zone)
        return Period(since=min(begin, end - _LEAST), until=end, zone=self.zone)

    def contains(self, at: datetime) -> bool:
        """Is this moment in it?"""
        return self.since <= at < self.until

    def dates(self) -> tuple[date, ...]:
        """The days it touches, in order."""
        first = self.since.astimezone(self.zone).date()
        last = (self.until.astimezone(UTC) - timedelta(microseconds=1)).astimezone(self.zone).date()
        return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))

    def weeks(self, number: int) -> tuple[Span, ...]:
        """The last whole weeks that are over by its end, oldest first."""
        end = self.until.astimezone(self.zone).date()
        last = end - timedelta(days=end.weekday())
        mondays = [last - timedelta(days=_WEEK * back) for back in range(number, -1, -1)]
        moments = [midnight(monday, self.zone) for monday in mondays]
        return tuple(
            Span(monday=monday, since=since, until=until)
            for monday, since, until in zip(mondays, moments, moments[1:], strict=False)
        )

    def under_way(self, now: datetime) -> Span | None:
        """The week that it ends in, from its Monday to the end of the period; None where none of it
        lies before that end, or where it is over by now."""
        end = self.until.astimezone(self.zone).date()
        monday = end - timedelta(days=end.weekday())
        since = midnight(monday, self.zone)
        if since >= self.until or midnight(monday + timedelta(days=_WEEK), self.zone) <= now:
            return None
        return Span(monday=monday, since=since, until=self.until)


_LEAST = timedelta(microseconds=1)


def read(since: str | None, until: str | None, *, now: datetime, zone: ZoneInfo) -> Period:
    """The period that somebody asks for: `since` and `until` are days (`2026-01-01`, from their
    midnight on), or `since` so many days or weeks before the end (`7d`, `4w`; without it `7d`).

    Nothing later than `now` is told of. Raises ValueError, with a sentence for whoever wrote it.
    """
    end = now if until is None else min(midnight(_day(until), zone), now)
    if since is None or (match := _DAYS.fullmatch(since.strip())):
        days = _WEEK if since is None or match is None else int(match[1]) * _PER_UNIT[match[2]]
        begin = _moment(_wall(end, zone) - timedelta(days=days), zone)
    else:
        begin = midnight(_day(since), zone)
    return Period(since=begin, until=end, zone=zone)


def last_week(now: datetime, zone: ZoneInfo) -> Period:
    """The last week that is over, Monday to Monday."""
    today = now.astimezone(zone).date()
    end = today - timedelta(days=today.weekday())
    begin = midnight(end - timedelta(days=_WEEK), zone)
    return Period(since=begin, until=midnight(end, zone), zone=zone)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins, in UTC."""
    return _moment(datetime.combine(day, time(0)), zone)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError("write a day as 2026-01-01, or how far back as 7d or 4w") from None
    if day.year not in _YEARS:
        raise ValueError(f"{_YEARS[0]} is the first year that is told of, {_YEARS[-1]} the last")
    return day


def _wall(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None)


def _moment(wall: datetime, zone: ZoneInfo) -> datetime:
    return wall.replace(tzinfo=zone).astimezone(UTC)
