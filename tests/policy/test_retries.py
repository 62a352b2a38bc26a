"""When what failed for now is tried again."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import NOON

from mailresponder.policy.retries import (
    FIRST_WAIT,
    LONGEST_PAUSE,
    LONGEST_REST,
    LONGEST_WAIT,
    MAX_ATTEMPTS,
    SIGN_IN_PAUSE,
    is_due,
    is_overdue,
    next_attempt,
    pause,
)

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)

jitters = st.floats(0, 1)


@pytest.mark.parametrize(
    ("attempts", "jitter", "wait"),
    [
        (1, 1.0, timedelta(seconds=10)),
        (1, 0.0, timedelta(seconds=5)),
        (2, 1.0, timedelta(seconds=20)),
        (5, 0.5, timedelta(seconds=120)),
        (20, 1.0, timedelta(hours=4)),
        (MAX_ATTEMPTS - 1, 0.0, timedelta(hours=2)),
    ],
)
def test_waits_double_up_to_four_hours(attempts: int, jitter: float, wait: timedelta) -> None:
    """Each failure doubles the wait, of which the jitter takes up to a half."""
    assert next_attempt(attempts, now=NOON, jitter=jitter) == NOON + wait


@given(st.integers(1, MAX_ATTEMPTS - 1), jitters)
def test_wait_stays_in_bounds(attempts: int, jitter: float) -> None:
    """No attempt comes at once, and none later than in four hours."""
    at = next_attempt(attempts, now=NOON, jitter=jitter)

    assert at is not None
    assert FIRST_WAIT / 2 <= at - NOON <= LONGEST_WAIT


@given(st.integers(MAX_ATTEMPTS, 10_000), jitters)
def test_last_attempt_is_the_last(attempts: int, jitter: float) -> None:
    """After the last attempt there is none."""
    assert next_attempt(attempts, now=NOON, jitter=jitter) is None


def test_mail_is_tried_for_about_five_days() -> None:
    """RFC 5321 §4.5.4.1: a queue gives up after four to five days at the earliest."""
    at, attempts = NOON, 0
    while (later := next_attempt(attempts := attempts + 1, now=at, jitter=0.5)) is not None:
        at = later

    assert timedelta(days=5) <= at - NOON <= timedelta(days=6)


@pytest.mark.parametrize(
    ("failures", "jitter", "wait"),
    [
        (1, 1.0, MINUTE),
        (1, 0.0, MINUTE / 2),
        (2, 1.0, 2 * MINUTE),
        (4, 0.0, 4 * MINUTE),
        (5, 1.0, LONGEST_PAUSE),
        (10_000, 1.0, LONGEST_PAUSE),
        (10_000, 0.0, LONGEST_PAUSE / 2),
    ],
)
def test_a_server_that_is_away_is_asked_less_and_less(
    failures: int, jitter: float, wait: timedelta
) -> None:
    """The wait doubles from the interval of passes to a quarter of an hour; the first failure costs
    no pass."""
    assert pause(failures, every=MINUTE, jitter=jitter) == wait


@given(st.integers(1, 100), jitters)
def test_who_reads_once_an_hour_waits_no_longer_than_that(failures: int, jitter: float) -> None:
    """Every pass of such a mailbox tries again."""
    assert pause(failures, every=HOUR, jitter=jitter) <= HOUR


@given(st.integers(1, 100), jitters, st.timedeltas(timedelta(), timedelta(days=400)))
def test_what_a_server_asks_for_is_waited(failures: int, jitter: float, asked: timedelta) -> None:
    """In full, up to four hours and the spread."""
    wait = pause(failures, every=MINUTE, jitter=jitter, asked=asked)

    assert min(asked, LONGEST_REST) <= wait <= LONGEST_REST * 1.1


def test_a_refused_sign_in_rests_at_least_a_quarter_of_an_hour() -> None:
    """From the first one on, or the account is locked."""
    assert pause(1, every=MINUTE, jitter=0.0, refused=True) == SIGN_IN_PAUSE


def test_no_rest_outlasts_a_clock_that_was_put_back() -> None:
    """What is further ahead than any wait was written by another clock."""
    assert is_due(None, now=NOON)
    assert is_due(NOON, now=NOON)
    assert not is_due(NOON + LONGEST_REST, now=NOON)
    assert is_due(NOON + timedelta(days=1), now=NOON)


def test_the_admins_hear_of_it_in_time() -> None:
    """After five minutes, and of a refused sign-in at once."""
    assert not is_overdue(NOON - 4 * MINUTE, refused=False, now=NOON)
    assert is_overdue(NOON - 5 * MINUTE, refused=False, now=NOON)
    assert is_overdue(NOON, refused=True, now=NOON)
