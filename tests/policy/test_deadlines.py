"""Business hours and the ladder, at the desk in Madrid unless told otherwise."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailresponder.policy.deadlines import (
    BusinessHours,
    Step,
    Window,
    next_escalation,
    parse_duration,
    step_due,
    warning_at,
)

MADRID = ZoneInfo("Europe/Madrid")
H = timedelta(hours=1)


def window(opens: int, closes: int) -> Window:
    return time(opens), time(closes % 24)


SPLIT = (window(9, 14), window(15, 18))
WORKING_WEEK = BusinessHours(
    timezone=MADRID,
    windows=dict.fromkeys(range(5), SPLIT),
    closed_days=frozenset({date(2026, 12, 8), date(2026, 12, 25)}),
)
ALWAYS = BusinessHours(timezone=MADRID)
NIGHTS = BusinessHours(
    timezone=MADRID,
    windows={day: ((time(0), time(2, 30)), (time(2, 30), time(4))) for day in range(7)},
)
MIDNIGHT_DST = BusinessHours(
    timezone=ZoneInfo("America/Santiago"),
    windows={day: (window(0, 2), window(22, 24)) for day in range(7)},
)
DATE_LINE = BusinessHours(timezone=ZoneInfo("Pacific/Apia"))
ALL_HOURS = [WORKING_WEEK, ALWAYS, NIGHTS, MIDNIGHT_DST, DATE_LINE]


def changes(name: str) -> list[datetime]:
    """When the clocks of a zone change, 2026 to 2028, to the hour."""
    zone = ZoneInfo(name)
    hours = [datetime(2026, 1, 1, tzinfo=UTC) + n * H for n in range(3 * 365 * 24)]
    offsets = [hour.astimezone(zone).utcoffset() for hour in hours]
    return [hours[n] for n in range(1, len(hours)) if offsets[n] != offsets[n - 1]]


ZONES = (
    *("Europe/Madrid", "America/New_York", "Australia/Lord_Howe"),
    *("America/Santiago", "Atlantic/Canary"),
)
CHANGES = [at for name in ZONES for at in changes(name)]


def paired(bounds: list[int]) -> tuple[Window, ...]:
    """Half hours of a day as windows; 48 is midnight."""
    times = [time(bound % 48 // 2, bound % 2 * 30) for bound in sorted(bounds)]
    return tuple(zip(times[::2], times[1::2], strict=True))


days = st.lists(st.integers(0, 48), min_size=2, max_size=6, unique=True).map(
    lambda bounds: paired(bounds[: len(bounds) // 2 * 2])
)
weeks = st.dictionaries(st.integers(0, 6), days, min_size=1)
closed = st.frozensets(st.integers(0, 800).map(lambda n: date(2026, 1, 1) + n * 24 * H))
calendars = st.sampled_from(ALL_HOURS) | st.builds(
    BusinessHours,
    timezone=st.sampled_from(ZONES).map(ZoneInfo),
    windows=weeks | st.none(),
    closed_days=closed,
)
moments = st.integers(0, 3 * 365 * 86_400).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
changes_of_the_clock = st.builds(
    lambda at, seconds: at + timedelta(seconds=seconds),
    st.sampled_from(
        [
            *CHANGES,
            datetime(2011, 12, 30, 10, tzinfo=UTC),
        ]
    ),
    st.integers(-90_000, 90_000),
)
starts = moments | changes_of_the_clock
working = st.integers(0, 60 * 60 * 40).map(lambda s: timedelta(seconds=s))


def madrid(
    year: int, month: int, day: int, hour: int, minute: int = 0, second: int = 0
) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=MADRID)


@given(calendars, starts, working, working)
def test_adding_twice_is_adding_the_sum(
    hours: BusinessHours, start: datetime, a: timedelta, b: timedelta
) -> None:
    """Working time adds up, whatever the clocks do in between and wherever windows end."""
    assert hours.add(hours.add(start, a), b) == hours.add(start, a + b)


@given(calendars, starts, working)
def test_elapsed_is_the_inverse_of_add(
    hours: BusinessHours, start: datetime, span: timedelta
) -> None:
    """Exactly what was added has elapsed at the end."""
    assert hours.elapsed(start, hours.add(start, span)) == span


@given(calendars, starts, working.filter(bool))
def test_add_gives_the_earliest_such_moment(
    hours: BusinessHours, start: datetime, span: timedelta
) -> None:
    """A second before, less has elapsed: so the end of a window is not the next one's start."""
    end = hours.add(start, span)
    assert hours.elapsed(start, end - timedelta(seconds=1)) == span - timedelta(seconds=1)


@given(calendars, starts, st.integers(0, 200_000), working)
def test_a_later_start_never_ends_earlier(
    hours: BusinessHours, start: datetime, later: int, span: timedelta
) -> None:
    """`add` is monotone in its start."""
    assert hours.add(start, span) <= hours.add(start + timedelta(seconds=later), span)


@given(calendars, starts, working, working.filter(bool))
def test_more_time_ends_later(
    hours: BusinessHours, start: datetime, span: timedelta, more: timedelta
) -> None:
    """`add` is strictly monotone in the time that is added."""
    assert hours.add(start, span) < hours.add(start, span + more)


@given(calendars, starts, st.integers(0, 200_000))
def test_what_has_elapsed_is_worked_by_then(
    hours: BusinessHours, start: datetime, seconds: int
) -> None:
    """Adding what elapsed ends no later, and only closed time lies between."""
    end = start + timedelta(seconds=seconds)
    worked = hours.add(start, hours.elapsed(start, end))
    assert worked <= end
    assert hours.elapsed(worked, end) == 0 * H


@given(calendars, starts, working, closed)
def test_closed_days_never_shorten_the_wait(
    hours: BusinessHours, start: datetime, span: timedelta, more: frozenset[date]
) -> None:
    """With further closed days the same working time ends as late or later."""

    class Both:
        def __contains__(self, day: object) -> bool:
            return day in more or day in hours.closed_days

    assert hours.add(start, span) <= replace(hours, closed_days=Both()).add(start, span)


@given(calendars, starts, st.integers(0, 86_400))
def test_zones_of_the_moments_do_not_matter(
    hours: BusinessHours, start: datetime, seconds: int
) -> None:
    """Moments told by another clock are the same moments."""
    end = start + timedelta(seconds=seconds)
    there = ZoneInfo("Asia/Kathmandu")
    assert hours.elapsed(start.astimezone(there), end.astimezone(there)) == hours.elapsed(
        start, end
    )
    assert hours.add(start.astimezone(there), H) == hours.add(start, H)
    assert hours.is_open(start.astimezone(there)) == hours.is_open(start)


awake = st.lists(st.sampled_from([0, *range(8, 45), 48]), min_size=2, max_size=6, unique=True).map(
    lambda bounds: paired(bounds[: len(bounds) // 2 * 2])
)
"""Windows that neither begin nor end while clocks change."""


@given(
    st.sampled_from(ZONES),
    st.dictionaries(st.integers(0, 6), awake, min_size=1) | st.none(),
    closed,
    st.sampled_from(CHANGES),
    st.integers(-2000, 2000),
    st.integers(0, 3000),
)
@settings(max_examples=60)
def test_every_minute_the_clock_on_the_wall_shows_working_time_counts(
    zone: str,
    windows: dict[int, tuple[Window, ...]] | None,
    closed_days: frozenset[date],
    change: datetime,
    before: int,
    minutes: int,
) -> None:
    """Reckoned minute by minute from what the clock shows, the same time has elapsed."""
    hours = BusinessHours(timezone=ZoneInfo(zone), windows=windows, closed_days=closed_days)
    start = change + timedelta(minutes=before)

    def works(at: datetime) -> bool:
        local = at.astimezone(hours.timezone)
        if windows is None or local.date() in closed_days:
            return local.date() not in closed_days
        return any(
            opens <= local.time() and (local.time() < closes or closes == time(0))
            for opens, closes in windows.get(local.weekday(), ())
        )

    worked = sum(works(start + timedelta(minutes=n)) for n in range(minutes))
    assert hours.elapsed(start, start + timedelta(minutes=minutes)) == timedelta(minutes=worked)
    assert hours.is_open(start) == works(start)


@pytest.mark.parametrize(
    ("zone", "day", "length"),
    [
        ("Europe/Madrid", date(2025, 3, 30), 23),
        ("Europe/Madrid", date(2025, 10, 26), 25),
        ("America/New_York", date(2025, 3, 9), 23),
        ("America/New_York", date(2025, 11, 2), 25),
        ("Australia/Lord_Howe", date(2025, 10, 5), 23.5),
        ("Australia/Lord_Howe", date(2025, 4, 6), 24.5),
        ("America/Santiago", date(2025, 9, 7), 23),
        ("America/Santiago", date(2025, 4, 5), 25),
        ("Atlantic/Canary", date(2025, 3, 30), 23),
        ("Atlantic/Canary", date(2025, 10, 26), 25),
    ],
)
def test_the_days_on_which_clocks_change(zone: str, day: date, length: float) -> None:
    """A desk that never closes works such a day's real length; one that closes at night loses or
    gains what its windows do; and a daytime deadline over it is told by the clock on the wall."""
    there = ZoneInfo(zone)
    midnight = datetime.combine(day, time(0), tzinfo=there)
    following = datetime.combine(day + 24 * H, time(0), tzinfo=there)
    whole = timedelta(hours=length)
    always = BusinessHours(timezone=there)
    assert always.elapsed(midnight, following) == whole
    assert always.add(midnight, whole) == following

    nights = BusinessHours(
        timezone=there, windows=dict.fromkeys(range(7), (window(0, 8), window(20, 24)))
    )
    assert nights.elapsed(midnight, following) == whole - 12 * H
    assert nights.add(midnight, whole - 12 * H) == following

    office = BusinessHours(timezone=there, windows=dict.fromkeys(range(7), (window(9, 18),)))
    evening = datetime.combine(day - 24 * H, time(17), tzinfo=there)
    assert office.add(evening, 8 * H) == datetime.combine(day, time(16), tzinfo=there)
    assert office.add(evening, 18 * H) == datetime.combine(day + 24 * H, time(17), tzinfo=there)


def test_elapsed_time_has_no_horizon() -> None:
    """Also of more than ten years every hour counts."""
    start = datetime(2001, 1, 1, tzinfo=UTC)
    assert ALWAYS.elapsed(start, start + timedelta(days=9000)) == timedelta(days=9000)


@given(calendars, starts, st.integers(0, 200_000), st.integers(0, 200_000))
def test_elapsed_time_adds_up(hours: BusinessHours, start: datetime, a: int, b: int) -> None:
    """Elapsed time over two stretches is the time over both together."""
    middle = start + timedelta(seconds=a)
    end = middle + timedelta(seconds=b)
    assert hours.elapsed(start, middle) + hours.elapsed(middle, end) == hours.elapsed(start, end)


@given(calendars, starts)
def test_the_next_open_moment_is_open_and_nothing_is_before_it(
    hours: BusinessHours, start: datetime
) -> None:
    """`next_open` skips no working time and gives an open moment."""
    opens = hours.next_open(start)
    assert hours.is_open(opens)
    assert hours.elapsed(start, opens) == timedelta(0)
    assert hours.is_open(start) == (opens == start)


@given(starts, working)
@settings(max_examples=50)
def test_around_the_clock_is_plain_time(start: datetime, span: timedelta) -> None:
    """A desk that never closes counts every second, over both changes of the clock."""
    assert ALWAYS.add(start, span) == start + span


@pytest.mark.parametrize(
    ("start", "span", "end"),
    [
        (madrid(2026, 11, 23, 10), 2 * H, madrid(2026, 11, 23, 12)),
        (madrid(2026, 11, 23, 13), 2 * H, madrid(2026, 11, 23, 16)),
        (madrid(2026, 11, 23, 13), 1 * H, madrid(2026, 11, 23, 14)),
        (madrid(2026, 11, 20, 17), 8 * H, madrid(2026, 11, 23, 17)),
        (madrid(2026, 11, 21, 3), 8 * H, madrid(2026, 11, 23, 18)),
        (madrid(2026, 12, 7, 18), 1 * H, madrid(2026, 12, 9, 10)),
    ],
    ids=["same window", "over lunch", "to its end", "over a weekend", "from one", "over a holiday"],
)
def test_a_deadline_in_working_hours(start: datetime, span: timedelta, end: datetime) -> None:
    """Lunch, weekends and closed days lengthen the wait."""
    assert WORKING_WEEK.add(start, span) == end


def test_moments_go_out_in_utc() -> None:
    """Whatever zone a moment comes in, the answer is in UTC."""
    assert WORKING_WEEK.add(madrid(2026, 11, 23, 10), H).tzinfo is UTC
    assert WORKING_WEEK.add(madrid(2026, 11, 23, 10), 0 * H).tzinfo is UTC
    assert WORKING_WEEK.next_open(madrid(2026, 11, 23, 10)).tzinfo is UTC


def test_windows_are_half_open() -> None:
    """The desk is open at a window's first moment and closed at its end."""
    assert WORKING_WEEK.is_open(madrid(2026, 11, 23, 9))
    assert WORKING_WEEK.is_open(madrid(2026, 11, 23, 13, 59, 59))
    assert not WORKING_WEEK.is_open(madrid(2026, 11, 23, 14))
    assert not WORKING_WEEK.is_open(madrid(2026, 12, 8, 10))


def test_a_night_loses_the_hour_that_summer_time_skips() -> None:
    """Midnight to four is three hours long when the clock jumps from two to three."""
    start, end = madrid(2027, 3, 28, 0), madrid(2027, 3, 28, 4)
    assert NIGHTS.elapsed(start, end) == 3 * H
    assert NIGHTS.is_open(madrid(2027, 3, 28, 3))


def test_a_window_that_opens_in_the_skipped_hour_opens_at_the_jump() -> None:
    """02:30 does not exist that night: who comes at half past two comes at three."""
    hours = BusinessHours(timezone=MADRID, windows={6: ((time(2, 30), time(4)),)})
    assert hours.next_open(madrid(2027, 3, 28, 0)) == madrid(2027, 3, 28, 3)


def test_a_night_gains_the_hour_that_winter_time_repeats() -> None:
    """Midnight to four is five hours long when the clock goes back from three to two."""
    assert NIGHTS.elapsed(madrid(2026, 10, 25, 0), madrid(2026, 10, 25, 4)) == 5 * H


def test_a_clock_put_back_past_midnight_does_not_close_a_day_that_has_begun() -> None:
    """In St. John's a minute of Sunday was followed by an hour of Saturday: Sunday's window, open
    by then, stays so, and Saturday's, which had ended, does not come again."""
    there = ZoneInfo("America/St_Johns")
    sunday = BusinessHours(timezone=there, windows={6: (window(0, 1),)})
    saturday = BusinessHours(timezone=there, windows={5: (window(22, 24),)})
    midnight = datetime(2010, 11, 7, 0, tzinfo=there).astimezone(UTC)
    again = midnight + timedelta(minutes=30)
    assert again.astimezone(there).strftime("%a %H:%M") == "Sat 23:30"
    assert sunday.is_open(again)
    assert not saturday.is_open(again)
    assert sunday.elapsed(midnight - 5 * H, again) == timedelta(minutes=30)
    assert sunday.elapsed(midnight, midnight + 5 * H) == 2 * H
    assert saturday.elapsed(midnight - 5 * H, again) == 2 * H


def test_the_repeated_hour_is_open_twice() -> None:
    """Both times the clock shows half past two in the night of the change, the desk is open."""
    once = madrid(2026, 10, 25, 2, 30)
    assert NIGHTS.is_open(once)
    assert NIGHTS.is_open(once.replace(fold=1))


def test_closed_days_count_for_a_desk_open_all_hours() -> None:
    """Without windows a closed day is still closed, from midnight to midnight there."""
    hours = BusinessHours(timezone=MADRID, closed_days={date(2026, 12, 25)})
    assert hours.add(madrid(2026, 12, 24, 23), 2 * H) == madrid(2026, 12, 26, 1)


@pytest.mark.parametrize(
    "windows",
    [
        {},
        {0: (), 3: ()},
        {0: ((time(9), time(9)),)},
        {0: ((time(14), time(9)),)},
        {0: (window(9, 14), window(13, 18))},
        {0: (window(15, 18), window(9, 14))},
        {0: (window(9, 24), window(22, 23))},
    ],
)
def test_hours_that_cannot_be_are_refused(windows: dict[int, tuple[Window, ...]]) -> None:
    """No working time at all, and windows that end early or overlap, raise at once."""
    with pytest.raises(ValueError, match=r"window|working time"):
        BusinessHours(timezone=MADRID, windows=windows)


def test_a_desk_closed_for_ever_is_not_an_endless_loop() -> None:
    """Where every day is closed, the search ends with an error."""

    class EveryDay:
        def __contains__(self, day: object) -> bool:
            return True

    hours = BusinessHours(timezone=MADRID, closed_days=EveryDay())
    start = madrid(2026, 11, 23, 10)
    with pytest.raises(ValueError, match="ten years"):
        hours.add(start, H)
    with pytest.raises(ValueError, match="ten years"):
        hours.next_open(start)
    assert not hours.is_open(start)


def test_working_time_is_never_negative() -> None:
    """Subtracting working time is not offered, and nothing elapses backwards."""
    with pytest.raises(ValueError, match="negative"):
        WORKING_WEEK.add(madrid(2026, 11, 23, 10), -H)
    assert WORKING_WEEK.elapsed(madrid(2026, 11, 23, 12), madrid(2026, 11, 23, 10)) == 0 * H


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", timedelta(seconds=90)),
        ("30m", timedelta(minutes=30)),
        ("8h", timedelta(hours=8)),
        ("2d", timedelta(days=2)),
        ("0m", timedelta(0)),
        (" 1h ", timedelta(hours=1)),
    ],
)
def test_durations(text: str, expected: timedelta) -> None:
    """A number and one of four units."""
    assert parse_duration(text) == expected


@pytest.mark.parametrize(
    "text", ["", "8", "h", "-1h", "1.5h", "1w", "1h30m", "8 h", "٣h", "9" * 30 + "d", "4000d"]
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    """Anything else is a ValueError that says what to write or what is wrong."""
    with pytest.raises(ValueError, match="duration"):
        parse_duration(text)


@given(st.text(max_size=12))
def test_any_text_is_a_duration_or_a_value_error(text: str) -> None:
    """No text raises anything but ValueError, and no duration is negative or endless."""
    try:
        duration = parse_duration(text)
    except ValueError:
        return
    assert timedelta(0) <= duration <= timedelta(days=3660)


LADDER = (
    Step(after=0 * H, to=("lead@example.com",), repeat_every=4 * H),
    Step(after=8 * H, to=("boss@example.com",)),
)
DUE = madrid(2026, 11, 23, 18)
"""A deadline at the very end of a Monday."""


@pytest.mark.parametrize(
    ("level", "escalated_at", "expected"),
    [
        (0, None, madrid(2026, 11, 24, 9)),
        (1, madrid(2026, 11, 24, 9), madrid(2026, 11, 24, 13)),
        (1, madrid(2026, 11, 24, 17), madrid(2026, 11, 25, 9)),
        (1, None, madrid(2026, 11, 25, 9)),
        (2, madrid(2026, 11, 25, 9), None),
        (5, madrid(2026, 11, 25, 9), None),
    ],
    ids=["first", "repeat", "second first", "never told", "top", "ladder got shorter"],
)
def test_the_next_escalation(
    level: int, escalated_at: datetime | None, expected: datetime | None
) -> None:
    """The next step or the last one's repetition, whichever is first, in working time."""
    moment = next_escalation(
        LADDER, due_at=DUE, level=level, escalated_at=escalated_at, hours=WORKING_WEEK
    )
    assert moment == expected


def test_an_empty_ladder_tells_nobody() -> None:
    """Without steps there is no next moment, whatever level a ticket once had."""
    for level in (0, 3):
        moment = next_escalation((), due_at=DUE, level=level, escalated_at=DUE, hours=ALWAYS)
        assert moment is None


@pytest.mark.parametrize(
    ("now", "level", "expected"),
    [
        (madrid(2026, 11, 23, 18), 0, 0),
        (madrid(2026, 11, 24, 9), 0, 1),
        (madrid(2026, 11, 25, 8), 1, 1),
        (madrid(2026, 11, 25, 9), 1, 2),
        (madrid(2026, 12, 1, 9), 0, 2),
        (madrid(2026, 11, 24, 9), 2, 2),
    ],
)
def test_steps_due(now: datetime, level: int, expected: int) -> None:
    """Steps fall due in open hours, several at once after an outage, and are never taken back."""
    assert step_due(LADDER, due_at=DUE, level=level, now=now, hours=WORKING_WEEK) == expected


@given(calendars, starts, st.integers(0, 2), st.integers(0, 200_000))
def test_at_the_next_escalation_something_is_due(
    hours: BusinessHours, due_at: datetime, level: int, seconds: int
) -> None:
    """A step that was promised for a moment is due at that moment, so nobody waits in vain."""
    told = due_at + timedelta(seconds=seconds)
    moment = next_escalation(LADDER, due_at=due_at, level=level, escalated_at=None, hours=hours)
    if moment is not None:
        assert step_due(LADDER, due_at=due_at, level=level, now=moment, hours=hours) > level
        assert hours.is_open(moment)
    repeated = next_escalation(LADDER[:1], due_at=due_at, level=1, escalated_at=told, hours=hours)
    assert repeated is not None
    assert hours.elapsed(told, repeated) == 4 * H


@given(calendars, starts, working.filter(bool), working.filter(bool))
def test_a_warning_is_as_far_ahead_as_asked_or_at_half_time(
    hours: BusinessHours, since: datetime, within: timedelta, before: timedelta
) -> None:
    """It comes in an open moment ahead of the deadline, never before half of the time is over, and
    leaves exactly the working time that was asked for where that is less than half."""
    due_at = hours.add(since, within)
    at = warning_at(since=since, due_at=due_at, before=before, hours=hours)
    assert at is not None
    assert since <= at < due_at
    assert hours.is_open(at)
    left = hours.elapsed(at, due_at)
    assert left == min(before, within / 2)
    assert hours.elapsed(since, at) >= within / 2


@given(calendars, starts, working.filter(bool), st.integers(1, 200_000))
def test_a_longer_notice_is_never_given_later(
    hours: BusinessHours, since: datetime, within: timedelta, seconds: int
) -> None:
    """Who asks to be told earlier is."""
    due_at = hours.add(since, within)
    less, more = timedelta(seconds=seconds), timedelta(seconds=seconds + 600)
    first = warning_at(since=since, due_at=due_at, before=more, hours=hours)
    second = warning_at(since=since, due_at=due_at, before=less, hours=hours)
    assert first is not None
    assert second is not None
    assert first <= second


def test_no_working_time_leaves_none_to_warn_in() -> None:
    """A deadline at once, or a whole night later at opening time, is near to nobody."""
    since = madrid(2026, 11, 23, 18)
    for due_at in (since, madrid(2026, 11, 24, 9), since - H):
        assert warning_at(since=since, due_at=due_at, before=H, hours=WORKING_WEEK) is None
