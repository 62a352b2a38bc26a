"""When the weekly mail is due, and which time it tells of."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailresponder.reports.schedule import Due, due

MADRID = ZoneInfo("Europe/Madrid")
WEEK = timedelta(days=7)


def asked(now: datetime, *, weekday: int = 0, length: timedelta = WEEK) -> Due | None:
    """What is due in Madrid at half past eight on Mondays, unless told otherwise."""
    return due(now, at=(weekday, time(8, 30)), zone=MADRID, length=length)


@pytest.mark.parametrize(
    ("day", "hour", "minute", "is_due"),
    [
        *((16, 7, 29, False), (16, 7, 30, True), (16, 23, 59, True)),
        *((17, 7, 29, True), (17, 7, 30, False), (22, 12, 0, False), (23, 7, 30, True)),
    ],
)
def test_it_is_due_for_a_day(day: int, hour: int, minute: int, is_due: bool) -> None:
    """From its time on Monday until the same time on Tuesday, whatever was off in between."""
    assert (asked(datetime(2026, 11, day, hour, minute, tzinfo=UTC)) is not None) is is_due


def test_it_tells_of_the_days_before() -> None:
    """Of seven whole days up to the midnight before it, whenever it is written."""
    first = asked(datetime(2026, 11, 16, 7, 30, tzinfo=UTC))
    late = asked(datetime(2026, 11, 17, 7, 0, tzinfo=UTC))
    assert first == late
    assert first is not None
    assert first.period.since == datetime(2026, 11, 8, 23, tzinfo=UTC)
    assert first.period.until == datetime(2026, 11, 15, 23, tzinfo=UTC)


def test_days_are_the_desks_when_the_clocks_change() -> None:
    """A week with 169 hours begins and ends at midnight in Madrid."""
    found = asked(datetime(2026, 10, 26, 8, tzinfo=UTC))
    assert found is not None
    assert found.period.until - found.period.since == timedelta(hours=169)


def test_another_day_and_length() -> None:
    """Four weeks, told on Fridays."""
    found = asked(datetime(2026, 12, 4, 8, tzinfo=UTC), weekday=4, length=4 * WEEK)
    assert found is not None
    assert found.period.until - found.period.since == timedelta(days=28)
    assert str(found.day) == "2026-12-04"
