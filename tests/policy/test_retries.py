"""When what failed for now is tried again."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import NOON

from mailresponder.policy.retries import FIRST_WAIT, LONGEST_WAIT, MAX_ATTEMPTS, next_attempt

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
