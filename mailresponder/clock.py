"""The only place that reads a clock. `app` and the commands hand it on; nothing below asks it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Gives the time, aware, in UTC."""


def utc_now() -> datetime:
    """The time, aware, in UTC."""
    return datetime.now(UTC)


def steady_seconds() -> float:
    """Seconds since this machine started, asleep or awake; nobody can set them."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


@dataclass(frozen=True, kw_only=True, slots=True)
class Spent:
    """Seconds, both from whenever on: only what lies between two of them says something."""

    passed: float
    worked: float
    """In how many of them this thread had a processor core."""


def spent() -> Spent:
    """How long it is now, and how much of it this thread has worked."""
    return Spent(passed=time.perf_counter(), worked=time.thread_time())
