"""May the clock be believed? It is compared with one that cannot be set.

A clock that was put back leaves moments behind that were never meant to be so far ahead; one that
jumps ahead makes every deadline pass at once, and may be put right again minutes later.
"""

from collections.abc import Callable
from datetime import timedelta

from mailresponder.clock import Clock

STEP = timedelta(minutes=5)
"""A clock that is set by less is as good as one that runs."""
TRUST_AFTER = timedelta(minutes=10)
"""How long a clock that jumped ahead is not taken at its word: a time service that is at work puts
a wrong one right sooner."""


class Timekeeper:
    """Remembers from pass to pass how the clock and the one that cannot be set compare."""

    def __init__(self, clock: Clock, steady: Callable[[], float]) -> None:
        """`steady` gives seconds that nobody can set, from whenever on."""
        self._clock, self._steady = clock, steady
        self._apart: timedelta | None = None
        self._doubt_ends: float | None = None

    def look(self) -> timedelta:
        """By how much the clock was set since the last look, ahead or, negative, back; zero where
        by little, and at the first look."""
        ran = self._steady()
        apart = timedelta(seconds=self._clock().timestamp() - ran)
        step = apart - self._apart if self._apart is not None else timedelta()
        if abs(step) < STEP:
            step = timedelta()
        if step or self._apart is None:
            # Not where it was set by little: small corrections may add up to a step.
            self._apart = apart
        if step:
            self._doubt_ends = ran + TRUST_AFTER.total_seconds() if step > timedelta() else None
        return step

    @property
    def is_in_doubt(self) -> bool:
        """Did the clock jump ahead just now?"""
        return self._doubt_ends is not None and self._steady() < self._doubt_ends
