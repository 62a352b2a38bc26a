"""Does it still go on? Kept by who works, asked by who watches over the process.

A pass may take an hour with a large mailbox; what tells it from one that hangs is that it gets
ahead meanwhile.
"""

import time
from datetime import timedelta

STUCK = timedelta(minutes=10)
"""Whoever works and gets no further for so long never will: every wait for a server, a database, a
lock or a password command ends in a minute or two, but for a long answer that still comes, which
has five (transport/patience.py)."""


class Progress:
    """Of one that works now and then. It says when it gets ahead; any thread may ask."""

    def __init__(self) -> None:
        self._last: float | None = None
        """By the monotonic clock; None while it does not work."""
        self.is_at_work = False
        """Has it begun, and not ended?"""

    def began(self) -> None:
        """It works from now on, until it has ended."""
        self.is_at_work = True
        self.made()

    def made(self) -> None:
        """It has got ahead."""
        self._last = time.monotonic()

    def ended(self) -> None:
        """It works no more for now."""
        self.is_at_work = False
        self._last = None

    @property
    def is_stuck(self) -> bool:
        """Is it at work, and has got no further for too long?"""
        last = self._last
        return last is not None and time.monotonic() - last > STUCK.total_seconds()
