"""The only place that reads a clock. `app` and the commands hand it on; nothing below asks it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Gives the time, aware, in UTC."""


def utc_now() -> datetime:
    """The time, aware, in UTC."""
    return datetime.now(UTC)


def steady_seconds() -> float:
    """Seconds since this machine started, asleep or awake; nobody can set them."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
