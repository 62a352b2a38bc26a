"""When and why the desk is closed, as customers are told it."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import a_ticket

from mailresponder.config.calendar import ClosedDays
from mailresponder.policy.deadlines import BusinessHours
from mailresponder.policy.opening import ClosedFor, closure, true_until

MADRID = ZoneInfo("Europe/Madrid")
DAYS = ClosedDays(country="ES", subdivision="MD", extra=frozenset({date(2025, 5, 16)}))
HOURS = BusinessHours(
    timezone=MADRID,
    windows={day: ((time(9), time(14)), (time(15), time(18))) for day in range(5)},
    closed_days=DAYS,
    holiday_name=DAYS.name,
)
BOTH = ("en", "es")


def madrid(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2025, month, day, hour, minute, tzinfo=MADRID)


@pytest.mark.parametrize(
    ("at", "why", "opens_at"),
    [
        (madrid(3, 10, 8, 59), ClosedFor.OFF_HOURS, madrid(3, 10, 9)),
        (madrid(3, 10, 14), ClosedFor.BREAK, madrid(3, 10, 15)),
        (madrid(3, 10, 18), ClosedFor.OFF_HOURS, madrid(3, 11, 9)),
        (madrid(3, 14, 20), ClosedFor.OFF_HOURS, madrid(3, 17, 9)),
        (madrid(3, 15, 0), ClosedFor.DAY_OFF, madrid(3, 17, 9)),
        (madrid(3, 16, 23, 59), ClosedFor.DAY_OFF, madrid(3, 17, 9)),
        (madrid(3, 30, 2), ClosedFor.DAY_OFF, madrid(3, 31, 9)),
        (madrid(4, 30, 18), ClosedFor.OFF_HOURS, madrid(5, 5, 9)),
        (madrid(5, 1, 10), ClosedFor.HOLIDAY, madrid(5, 5, 9)),
        (madrid(5, 1, 14, 30), ClosedFor.HOLIDAY, madrid(5, 5, 9)),
        (madrid(5, 16, 10), ClosedFor.HOLIDAY, madrid(5, 19, 9)),
        (madrid(12, 6, 10), ClosedFor.DAY_OFF, madrid(12, 9, 9)),
    ],
    ids=[
        *("before work", "lunch", "evening", "Friday evening", "Saturday", "Sunday"),
        *("clocks change", "evening before holidays", "holiday", "lunch on a holiday"),
        *("own closed day", "holiday on a Saturday"),
    ],
)
def test_why_and_until_when(at: datetime, why: ClosedFor, opens_at: datetime) -> None:
    """The reason is that of the day at hand, the opening the next of all."""
    closed = closure(HOURS, at, BOTH)
    assert closed is not None
    assert (closed.why, closed.opens_at) == (why, opens_at)


@pytest.mark.parametrize("at", [madrid(3, 10, 9), madrid(3, 10, 13, 59), madrid(3, 10, 15)])
def test_an_open_desk_has_no_closure(at: datetime) -> None:
    """At a window's first moment and until its end nothing is to be said."""
    assert closure(HOURS, at, BOTH) is None


def test_a_public_holiday_is_named_in_each_language() -> None:
    """The names are the package's; a language without one is left out, and so are days of the
    desk's own."""
    named = closure(HOURS, madrid(5, 1, 10), ("en", "es", "de"))
    assert named is not None
    assert named.names == {"en": "Labor Day", "es": "Fiesta del Trabajo"}
    nameless = closure(HOURS, madrid(5, 16, 10), BOTH)
    assert nameless is not None
    assert nameless.names == {}


def test_a_desk_open_all_hours_is_closed_on_holidays_only() -> None:
    """Around the clock there is neither night nor weekend."""
    always = replace(HOURS, windows=None)
    assert closure(always, madrid(3, 16, 3), BOTH) is None
    closed = closure(always, madrid(5, 1, 3), BOTH)
    assert closed is not None
    assert (closed.why, closed.opens_at) == (ClosedFor.HOLIDAY, madrid(5, 3, 0))


@given(st.integers(0, 365 * 24 * 60))
def test_who_is_told_of_a_closure_meets_a_closed_desk(minutes: int) -> None:
    """There is a closure exactly while the desk is closed, and it ends when work begins."""
    at = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    closed = closure(HOURS, at, BOTH)
    assert (closed is None) == HOURS.is_open(at)
    if closed is not None:
        assert closed.opens_at > at
        assert HOURS.elapsed(at, closed.opens_at) == timedelta(0)
        assert HOURS.is_open(closed.opens_at)


@pytest.mark.parametrize(
    ("now", "due", "until"),
    [
        (madrid(3, 10, 10), madrid(3, 10, 17), madrid(3, 10, 17)),
        (madrid(3, 14, 20), madrid(3, 17, 18), madrid(3, 17, 9)),
        (madrid(3, 14, 20), madrid(3, 14, 18), madrid(3, 17, 9)),
        (madrid(3, 10, 16), madrid(3, 10, 15), None),
        (madrid(3, 10, 16), None, None),
        (madrid(3, 14, 20), None, madrid(3, 17, 9)),
    ],
    ids=["open", "closed", "closed and late", "late", "nothing due", "closed, nothing due"],
)
def test_how_long_what_is_said_stays_true(
    now: datetime, due: datetime | None, until: datetime | None
) -> None:
    """Until the promised time begins or the desk opens, whichever is first."""
    assert true_until(replace(a_ticket(), due_at=due), HOURS, now) == until


def test_a_promise_ends_with_the_minute_it_names() -> None:
    """A deadline of half past a minute is told as that minute, and so must be kept before it."""
    due = madrid(3, 10, 17) + timedelta(seconds=30)
    about = replace(a_ticket(), due_at=due)
    assert true_until(about, HOURS, madrid(3, 10, 10)) == madrid(3, 10, 17)
    assert true_until(about, HOURS, due - timedelta(seconds=10)) is None
