"""When the weekly mail is due, and which time it tells of."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mailresponder.reports.period import Period, midnight

LATEST = timedelta(days=1)
"""How long after its time a report is still written, where the program was down."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """A report that is to be written."""

    day: date
    """In the desk's zone."""
    period: Period
    """What it tells of, up to the midnight on which that day begins."""


def due(now: datetime, *, at: tuple[int, time], zone: ZoneInfo, length: timedelta) -> Due | None:
    """The report that is due now; None where none is.

    One is due from its time (weekday, Monday being 0, and time) on for `LATEST`, whether anybody
    works on that day or not. `length` is whole days.
    """
    weekday, clock = at
    today = now.astimezone(zone).date()
    day = today - timedelta(days=(today.weekday() - weekday) % 7)
    begins = datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)
    if not begins <= now < begins + LATEST:
        return None
    since = midnight(day - length, zone)
    return Due(day=day, period=Period(since=since, until=midnight(day, zone), zone=zone))
