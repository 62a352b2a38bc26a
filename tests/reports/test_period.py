"""Which time a report is about: days by the desk's clock, whatever the clock does."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailresponder.reports import period
from mailresponder.reports.period import Period

MADRID = ZoneInfo("Europe/Madrid")
NAMES = (
    *("Europe/Madrid", "UTC", "America/New_York", "Pacific/Apia", "Asia/Kolkata"),
    *("Australia/Lord_Howe", "America/Santiago"),
)
ZONES = st.sampled_from([ZoneInfo(name) for name in NAMES])
EPOCH = datetime(2015, 1, 5, tzinfo=UTC)
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=7000)).map(lambda since: EPOCH + since)
NOW = datetime(2026, 11, 26, 14, 30, tzinfo=UTC)


def local(*parts: int) -> datetime:
    """A moment by Madrid's clock, in UTC."""
    return datetime(*parts, tzinfo=MADRID).astimezone(UTC)


@given(now=MOMENTS, zone=ZONES, days=st.integers(1, 400))
def test_the_time_before_ends_where_the_period_begins(
    now: datetime, zone: ZoneInfo, days: int
) -> None:
    """It is as long by the clock, and periods further back lie end to end."""
    this = period.read(f"{days}d", None, now=now, zone=zone)

    assert this.before.until == this.since
    assert this.back(2).until == this.before.since
    # A clock that jumps over one of the ends moves it by as much as it jumps.
    assert abs(this.days - days) <= 1
    assert abs(this.before.days - this.days) <= 1


@given(now=MOMENTS, zone=ZONES, number=st.integers(1, 30))
def test_weeks_are_whole_and_lie_end_to_end(now: datetime, zone: ZoneInfo, number: int) -> None:
    """They run from Monday to Monday by the clock of the desk, and the last is over."""
    weeks = period.last_week(now, zone).weeks(number)

    assert len(weeks) == number
    assert weeks[-1].until == period.last_week(now, zone).until <= now
    for week, following in pairwise(weeks):
        assert week.until == following.since
        assert following.monday - week.monday == timedelta(days=7)
    for week in weeks:
        assert week.monday.weekday() == 0
        assert timedelta(days=6) <= week.until - week.since <= timedelta(days=8)


@pytest.mark.parametrize(
    ("week", "hours"),
    [(date(2026, 3, 23), 167), (date(2026, 10, 19), 169), (date(2026, 6, 1), 168)],
)
def test_a_week_in_which_the_clock_is_changed_has_another_length(week: date, hours: int) -> None:
    """A week is seven days, and those are an hour shorter in spring and longer in autumn."""
    after = datetime.combine(week + timedelta(days=8), datetime.min.time(), tzinfo=MADRID)
    this = period.last_week(after, MADRID)

    assert this.since.astimezone(MADRID).date() == week
    assert this.until - this.since == timedelta(hours=hours)
    assert this.days == 7


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (None, None, (local(2026, 11, 19, 15, 30), NOW)),
        ("2d", None, (local(2026, 11, 24, 15, 30), NOW)),
        ("2w", None, (local(2026, 11, 12, 15, 30), NOW)),
        ("2026-11-01", None, (local(2026, 11, 1), NOW)),
        ("2026-10-01", "2026-11-01", (local(2026, 10, 1), local(2026, 11, 1))),
        ("7d", "2026-10-28", (local(2026, 10, 21), local(2026, 10, 28))),
        ("2026-11-20", "2027-01-01", (local(2026, 11, 20), NOW)),
    ],
)
def test_a_period_is_read_as_people_write_it(
    since: str | None, until: str | None, expected: tuple[datetime, datetime]
) -> None:
    """Days begin at midnight, days back are counted by the clock, and nothing is told of later."""
    this = period.read(since, until, now=NOW, zone=MADRID)

    assert (this.since, this.until) == expected


@pytest.mark.parametrize(
    ("since", "until"),
    [
        ("yesterday", None),
        ("7", None),
        ("0d", None),
        ("2026-13-01", None),
        ("2026-02-01", "2026-01-01"),
        ("2027-01-01", None),
        ("9999d", None),
        ("1900-01-01", None),
        ("7d", "7d"),
        (None, "0001-01-01"),
        ("3000d", "0050-01-01"),
        ("7d", "9999-12-31"),
    ],
)
def test_what_is_no_period_is_refused(since: str | None, until: str | None) -> None:
    """With a sentence, as what ends before it begins, lies ahead, takes longer than ten years, or
    is of no year in which anybody had mail."""
    with pytest.raises(ValueError, match=r"write|ends before|longer|first year"):
        period.read(since, until, now=NOW, zone=MADRID)


def test_a_period_holds_its_beginning_and_not_its_end() -> None:
    """So no mail lies in two periods."""
    this = Period(since=local(2026, 3, 1), until=local(2026, 3, 8), zone=MADRID)

    assert this.contains(this.since)
    assert not this.contains(this.until)
    assert this.dates() == tuple(date(2026, 3, day) for day in range(1, 8))


def test_the_week_under_way_ends_with_the_period_and_is_not_over() -> None:
    """On Monday at midnight, and of a week that is over, there is none."""
    zone = ZoneInfo("Europe/Madrid")
    now = datetime(2026, 11, 25, 12, tzinfo=UTC)
    week = period.read("7d", None, now=now, zone=zone).under_way(now)
    assert week is not None
    assert (week.monday, week.until) == (date(2026, 11, 23), now)
    assert week.since == datetime(2026, 11, 22, 23, tzinfo=UTC)

    assert period.last_week(now, zone).under_way(now) is None
    assert period.read("7d", "2026-11-18", now=now, zone=zone).under_way(now) is None
