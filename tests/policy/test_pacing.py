"""How many mails a person gets: the caps hold, and nobody falls silent for having had many."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailresponder.policy import pacing
from mailresponder.policy.deadlines import BusinessHours
from mailresponder.policy.pacing import Caps, Notice

MADRID = ZoneInfo("Europe/Madrid")
HOUR = timedelta(hours=1)
DAY = 24 * HOUR
MONDAY = datetime(2026, 11, 23, 9, tzinfo=MADRID)
USUAL = Caps(per_hour=10, per_day=25)
ALWAYS = BusinessHours(timezone=MADRID)
OFFICE = BusinessHours(
    timezone=MADRID,
    windows=dict.fromkeys(range(5), ((time(9), time(14)), (time(15), time(18)))),
    closed_days=frozenset({date(2026, 11, 25)}),
)
EVENINGS = BusinessHours(
    timezone=MADRID, windows={0: ((time(14), time(0)),), 1: ((time(0), time(12)),)}
)
CALENDARS = [ALWAYS, OFFICE, EVENINGS]


def a_notice(number: int, *, angry: bool = False, again: bool = False) -> Notice:
    """Of ticket `number`; the higher, the longer ago was its deadline."""
    due_at = MONDAY - number * HOUR
    return Notice(ticket_id=number, angry=angry, due_at=due_at, again=again)


def named(mails: Sequence[Sequence[Notice]]) -> list[list[int]]:
    return [[notice.ticket_id for notice in mail] for mail in mails]


due_notices = st.lists(
    st.builds(a_notice, st.integers(1, 99), angry=st.booleans(), again=st.booleans()),
    max_size=30,
    unique_by=lambda notice: notice.ticket_id,
)


def test_few_come_singly_the_angry_first() -> None:
    """Then the most overdue."""
    due = [a_notice(1), a_notice(2), a_notice(3, angry=True), a_notice(4)]
    assert named(pacing.mails(due, room=10, digest_from=5)) == [[3], [4], [2], [1]]


def test_many_at_once_are_one_mail() -> None:
    """From `digest_from` on, the angry on top."""
    due = [a_notice(n, angry=n == 2) for n in range(1, 6)]
    assert named(pacing.mails(due, room=10, digest_from=5)) == [[2, 5, 4, 3, 1]]


def test_what_they_know_of_shares_a_mail_before_what_is_new_does() -> None:
    """Two repeats are one mail, one repeat is a mail like any other."""
    new, angry = a_notice(1), a_notice(2, angry=True)
    known = [a_notice(3, again=True), a_notice(4, again=True)]
    assert named(pacing.mails([new, angry, *known], room=10, digest_from=5)) == [[2], [4, 3], [1]]
    assert named(pacing.mails([new, known[0]], room=10, digest_from=5)) == [[3], [1]]


def test_with_little_room_the_rest_is_one_mail() -> None:
    """The most urgent still come singly, as far as there is room for the others' mail."""
    due = [a_notice(n) for n in range(1, 5)]
    assert named(pacing.mails(due, room=2, digest_from=9)) == [[4], [3, 2, 1]]
    assert named(pacing.mails(due, room=1, digest_from=9)) == [[4, 3, 2, 1]]
    assert pacing.mails(due, room=0, digest_from=9) == ()


@given(due_notices, st.integers(1, 12), st.integers(2, 12))
def test_every_ticket_is_named_once_within_the_room(
    due: list[Notice], room: int, digest_from: int
) -> None:
    """No more mails than there is room for; each begins with what is most urgent in it, and the
    first of all begins with the most urgent of all."""
    mails = pacing.mails(due, room=room, digest_from=digest_from)
    assert len(mails) <= room
    assert sorted(n.ticket_id for mail in mails for n in mail) == sorted(n.ticket_id for n in due)

    def urgency(notice: Notice) -> tuple[bool, datetime]:
        return not notice.angry, notice.due_at

    for mail in mails:
        assert list(mail) == sorted(mail, key=urgency)
    heads = [mail[0] for mail in mails]
    assert heads == sorted(heads, key=urgency)
    assert not due or heads[0] == min(due, key=urgency)
    if len(due) >= digest_from:
        assert len(mails) == 1


@pytest.mark.parametrize(
    ("hours", "caps", "expected"),
    [
        (OFFICE, USUAL, HOUR),
        (ALWAYS, USUAL, 2 * HOUR),
        (OFFICE, Caps(per_hour=10, per_day=9), 2 * HOUR),
        (OFFICE, Caps(per_hour=1, per_day=1), 8 * HOUR),
        (EVENINGS, USUAL, HOUR),
    ],
)
def test_what_is_promised(hours: BusinessHours, caps: Caps, expected: timedelta) -> None:
    """An hour in an ordinary working day; longer around the clock or with a small cap."""
    assert pacing.promise(caps, hours) == expected


def test_nobody_uses_up_a_day_by_noon() -> None:
    """By twelve, of 25 mails as many are left as there are working hours."""
    sent = [MONDAY + n * timedelta(minutes=9) for n in range(20)]
    noon = MONDAY + 3 * HOUR
    assert pacing.room(sent, now=noon, caps=USUAL, hours=OFFICE) == 0
    # Five hours are left of this day: one mail each.
    assert pacing.room(sent[:18], now=noon, caps=USUAL, hours=OFFICE) == 25 - 18 - 5
    # An hour later there is one.
    assert pacing.room(sent, now=MONDAY + 4 * HOUR, caps=USUAL, hours=OFFICE) == 1


def test_caps_hold_whatever_was_sent() -> None:
    """Other mail than ours to tell of may have used them up."""
    assert pacing.room([MONDAY] * 10, now=MONDAY, caps=USUAL, hours=OFFICE) == 0
    spread = [MONDAY + n * HOUR / 2 for n in range(25)]
    assert pacing.room(spread, now=MONDAY + 20 * HOUR, caps=USUAL, hours=ALWAYS) == 0


@settings(max_examples=25)
@given(
    st.sampled_from(CALENDARS),
    st.integers(5, 12),
    st.integers(20, 40),
    st.lists(st.sampled_from([0, 0, 1, 4, 30]), min_size=72, max_size=72),
)
def test_caps_hold_and_nobody_waits_longer_than_promised(
    hours: BusinessHours, per_hour: int, per_day: int, every_pass: list[int]
) -> None:
    """Over days with so many new tickets in each pass of an hour, one in ten minutes: no hour and
    no day holds more mails than it may, and what is due is told within the promised working time
    and one pass."""
    caps = Caps(per_hour=per_hour, per_day=per_day)
    limit = pacing.promise(caps, hours) + timedelta(minutes=10)
    sent: list[datetime] = []
    waiting: dict[int, tuple[Notice, datetime]] = {}
    number = 0
    for step in range(4 * 24 * 6):
        now = MONDAY + step * timedelta(minutes=10)
        for _ in range(every_pass[step // 6 % len(every_pass)]):
            number += 1
            notice = Notice(ticket_id=number, angry=number % 7 == 0, due_at=now, again=False)
            waiting[number] = (notice, now)
        if not hours.is_open(now):
            continue
        room = pacing.room([s for s in sent if s > now - DAY], now=now, caps=caps, hours=hours)
        mails = pacing.mails((n for n, _ in waiting.values()), room=room, digest_from=5)
        if mails:
            sent += [now] * len(mails)
            waiting.clear()
        if waiting:
            assert hours.elapsed(min(since for _, since in waiting.values()), now) < limit
        assert sum(s > now - HOUR for s in sent) <= per_hour
        assert sum(s > now - DAY for s in sent) <= per_day


@settings(max_examples=15)
@given(
    st.sampled_from(CALENDARS),
    st.integers(1, 3),
    st.integers(1, 6),
    st.lists(st.booleans(), min_size=24 * 12, max_size=24 * 12),
)
def test_small_caps_hold_too(
    hours: BusinessHours, per_hour: int, per_day: int, busy: list[bool]
) -> None:
    """Where there is little to give, no more than that is given, and something is."""
    caps = Caps(per_hour=per_hour, per_day=per_day)
    sent: list[datetime] = []
    for step in range(3 * 24 * 6):
        now = MONDAY + step * timedelta(minutes=10)
        if not hours.is_open(now):
            continue
        room = pacing.room([s for s in sent if s > now - DAY], now=now, caps=caps, hours=hours)
        wanted = 1 if not busy[step % len(busy)] else 3
        sent += [now] * min(room, wanted)
        assert sum(s > now - HOUR for s in sent) <= per_hour
        assert sum(s > now - DAY for s in sent) <= per_day
    assert sent
