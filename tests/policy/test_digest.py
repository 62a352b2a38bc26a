"""When a digest is due, what time it covers, and its figures."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import HOUR

from mailresponder.policy import digest
from mailresponder.policy.deadlines import BusinessHours
from mailresponder.policy.digest import Answered, Answers, Digest, Some, Standing, Unsent

MADRID = ZoneInfo("Europe/Madrid")
AT = time(8, 30)
WEEK = BusinessHours(
    timezone=MADRID,
    windows={day: ((time(9), time(17)),) for day in range(5)},
    closed_days={date(2026, 12, 8)},
)
SATURDAYS = BusinessHours(timezone=MADRID, windows={5: ((time(9), time(14)),)})
MONDAY = date(2026, 12, 7)
YEAR = datetime(2025, 1, 1, tzinfo=UTC)


def local(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment by the desk's clock."""
    return datetime.combine(day, time(hour, minute), tzinfo=MADRID).astimezone(UTC)


def due(
    now: datetime, *calendars: BusinessHours, at: time = AT, zone: ZoneInfo = MADRID
) -> date | None:
    """The day whose digest is due."""
    this = digest.morning(now, at=at, zone=zone, calendars=lambda: calendars or (WEEK,))
    return this.day if this else None


@pytest.mark.parametrize(
    ("hour", "minute", "is_due"),
    [(0, 0, False), (8, 29, False), (8, 30, True), (12, 29, True), (12, 30, False), (23, 0, False)],
)
def test_it_is_due_from_its_time_on_for_four_hours(hour: int, minute: int, is_due: bool) -> None:
    """A program that was down sends it late, but not in the afternoon."""
    assert (due(local(MONDAY, hour, minute)) == MONDAY) is is_due


def test_a_late_one_is_not_due_beyond_its_day() -> None:
    """At 23:00 it is due until midnight, so that no day has the digest of the day before."""
    at = time(23)
    assert due(local(MONDAY, 23, 59), at=at) == MONDAY
    assert due(local(MONDAY + timedelta(days=1), 0), at=at) is None


@pytest.mark.parametrize(
    ("day", "calendars", "is_due"),
    [
        (date(2026, 12, 5), (WEEK,), False),
        (date(2026, 12, 8), (WEEK,), False),
        (date(2026, 12, 5), (WEEK, SATURDAYS), True),
        (date(2026, 12, 6), (WEEK, SATURDAYS), False),
        (date(2026, 12, 6), (BusinessHours(timezone=MADRID),), True),
    ],
)
def test_it_is_due_on_days_on_which_some_mailbox_works(
    day: date, calendars: Sequence[BusinessHours], is_due: bool
) -> None:
    """Not at the weekend, not on a holiday; one mailbox that works is enough."""
    assert (due(local(day, 9), *calendars) == day) is is_due


def test_the_day_is_the_desks() -> None:
    """What is Monday morning at the desk is Sunday night elsewhere."""
    auckland = ZoneInfo("Pacific/Auckland")
    now = datetime.combine(MONDAY, time(8, 30), tzinfo=auckland)
    assert now.astimezone(UTC).date() < MONDAY
    assert due(now, BusinessHours(timezone=auckland), zone=auckland) == MONDAY


@given(
    st.integers(0, 2 * 366 * 1440).map(lambda minutes: YEAR + timedelta(minutes=minutes)),
    st.times(),
    st.sampled_from(["Europe/Madrid", "America/Santiago", "Asia/Kolkata", "UTC"]),
)
def test_what_is_due_has_begun_and_is_of_its_day(now: datetime, at: time, name: str) -> None:
    """Whatever the clock does in spring and autumn."""
    zone = ZoneInfo(name)
    hours = (BusinessHours(timezone=zone),)
    this = digest.morning(now, at=at, zone=zone, calendars=lambda: hours)
    if this is not None:
        assert this.at <= now < min(this.ends, this.at + digest.LATEST)
        assert this.day == now.astimezone(zone).date()
        assert digest.since(this, last=None, zone=zone, calendars=hours) < this.at


def covers(last: datetime | None, *calendars: BusinessHours) -> datetime:
    """From when on Monday's digest tells what happened."""
    this = digest.morning(local(MONDAY, 9), at=AT, zone=MADRID, calendars=lambda: (WEEK,))
    assert this is not None
    return digest.since(this, last=last, zone=MADRID, calendars=calendars or (WEEK,))


def test_it_covers_what_happened_since_the_last_one() -> None:
    """Also where that one was late; but not more than two weeks."""
    friday = local(date(2026, 12, 4), 10, 15)
    assert covers(friday) == friday
    assert covers(friday - timedelta(days=99)) == local(date(2026, 11, 23), 8, 30)


def test_the_first_one_covers_the_last_working_day() -> None:
    """Monday's reaches back to Friday, or to Saturday where somebody works then."""
    assert covers(None) == local(date(2026, 12, 4), 8, 30)
    assert covers(None, WEEK, SATURDAYS) == local(date(2026, 12, 5), 8, 30)
    never = BusinessHours(timezone=MADRID, windows=WEEK.windows, closed_days=_EveryDay())
    assert covers(None, never) == local(date(2026, 11, 23), 8, 30)


class _EveryDay:
    def __contains__(self, _day: object) -> bool:
        return True


def answered(asked: datetime, at: datetime, due_at: datetime | None, name: str = "a") -> Answered:
    """A row of `answers`."""
    return Answered(mailbox=name, waiting_since=asked, due_at=due_at, answered_at=at)


def test_waits_are_counted_in_working_time_of_their_mailbox() -> None:
    """Over a weekend the same time is long for one mailbox and short for another; half of the
    answers took at most the usual wait."""
    friday, monday = local(date(2026, 12, 4), 16), local(MONDAY, 10)
    rows = [
        answered(friday, monday, monday),
        answered(friday, monday, friday, "all hours"),
        answered(monday, monday + HOUR, None),
    ]
    hours = {"a": WEEK, "all hours": BusinessHours(timezone=MADRID)}

    assert digest.answers(rows, hours.__getitem__) == Answers(
        number=3, in_time=2, usual=2 * HOUR, slowest=66 * HOUR
    )
    assert digest.answers([], hours.__getitem__) == Answers()


def test_only_a_desk_where_nothing_is_to_be_done_is_quiet() -> None:
    """Answers alone break no quiet; a mail that failed does, and a mailbox that cannot be read."""
    lists = ("angry", "late", "due_today", "unreachable", "unacknowledged", "unsent")
    nothing = {name: Some() for name in lists}
    given = {"since": local(MONDAY, 8), "standing": Standing(), "answers": Answers(number=3)}
    lost = Unsent(kind="relay", recipient="ana@customer.test", reference=None, why="550")

    def quiet(**changes: object) -> bool:
        return Digest(**{**given, **nothing, **changes}).quiet  # type: ignore[arg-type]

    assert quiet()
    assert not quiet(unsent=Some(first=(lost,)))
    assert not quiet(unread=("support",))
    assert not quiet(standing=Standing(open=1))
