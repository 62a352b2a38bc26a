"""What stands behind a bar of the report: the queue's query for its tickets, and back."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mailresponder.reports.period import midnight
from mailresponder.store.searching_about import WAITS, About
from mailresponder.web.site import link

_WEEK = timedelta(days=7)
_MOST_DIGITS = 9


def tickets(zone: ZoneInfo, about: About, **query: object) -> str:
    """The path of the queue that shows these tickets, wherever they stand; `query` narrows them
    further, as `mailbox`, `spoken` and `angry` do."""
    return link("/queue", **{"show": "all"} | query | fields(zone, about))


def fields(zone: ZoneInfo, about: About) -> dict[str, str]:
    """The keys and values that `asked` reads."""
    given = {
        "theme": about.theme,
        "since": _moment(about.since, zone),
        "until": _moment(about.until, zone),
        "defect": "" if about.defect is None else str(about.defect),
        "waits": about.waits,
    }
    return {key: value for key, value in given.items() if value}


def asked(query: Mapping[str, str], zone: ZoneInfo) -> About:
    """What a query asks for; what it cannot mean is left out.

    `week` is a day of it and stands for `since` and `until`, which are days, from their midnight
    on, or moments with their zone.
    """
    since, until = _read(query.get("since"), zone), _read(query.get("until"), zone)
    week = _day(query.get("week", ""))
    if week is not None:
        monday = week - timedelta(days=week.weekday())
        since, until = midnight(monday, zone), midnight(monday + _WEEK, zone)
    number, waits = query.get("defect", ""), query.get("waits", "")
    known = number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS
    return About(
        theme=query.get("theme", ""),
        since=since,
        until=until,
        defect=int(number) if known else None,
        waits=waits if waits in WAITS else "",
    )


def last_day(until: datetime, zone: ZoneInfo) -> date:
    """The last day that is before it, at least in part."""
    return (until - timedelta(microseconds=1)).astimezone(zone).date()


def _moment(at: datetime | None, zone: ZoneInfo) -> str:
    if at is None:
        return ""
    here = at.astimezone(zone)
    return here.date().isoformat() if here.time() == time(0) else at.astimezone(UTC).isoformat()


def _read(text: str | None, zone: ZoneInfo) -> datetime | None:
    day = _day(text or "")
    if day is not None:
        return midnight(day, zone)
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    # A year at the edge of what there is has no moment in every zone.
    return at.astimezone(UTC) if at.tzinfo and 1 < at.year < 9999 else None


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1 < day.year < 9999 else None


def day(at: datetime | None, zone: ZoneInfo) -> str:
    """The day of a moment, as a form has it; empty for none."""
    return "" if at is None else at.astimezone(zone).date().isoformat()
