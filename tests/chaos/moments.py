"""What the servers see of the program, moment by moment, and a trap that is set for one of them.

The program knows nothing of it: it is caught from outside, in the very middle of what it does.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable

ANY = "any"
"""A trap for whatever comes."""
SMTP_POINTS = (
    *("connected", "MAIL seen", "RCPT seen", "DATA seen"),
    "dot seen",  # the whole mail is here, and not kept yet
    "mail kept",  # it is, and nothing was answered
    "250 sent",
)
IMAP_VERBS = ("LOGIN", "EXAMINE", "SELECT", "SEARCH", "FETCH", "STORE", "APPEND")
IMAP_POINTS = tuple(f"{verb} {when}" for verb in IMAP_VERBS for when in ("seen", "answered"))


class Moments:
    """A counter that every server turns on; it tells what came before what."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = 0
        self._point = ""
        self._left = 0
        self._delay = 0.0
        self._spring: Callable[[], None] | None = None
        self.sprung = threading.Event()
        self.sprung_at = 0
        """When what the trap does was done."""
        self.times: Counter[str] = Counter()
        """How often each was seen since the last trap was set."""

    @property
    def now(self) -> int:
        """The moment that is."""
        return self._now

    def tick(self) -> int:
        """A moment in which nothing is seen that a trap could be set for."""
        with self._lock:
            self._now += 1
            return self._now

    def arm(
        self, point: str, spring: Callable[[], None], *, nth: int = 1, delay: float = 0.0
    ) -> None:
        """Call `spring` when this is seen for the nth time from now on, `delay` seconds after."""
        with self._lock:
            self._point, self._left, self._delay, self._spring = point, nth, delay, spring
            self.sprung.clear()
            self.times.clear()

    def disarm(self) -> None:
        """Forget the trap."""
        with self._lock:
            self._spring = None

    def saw(self, point: str) -> int:
        """A server saw this: springs the trap that is set for it, and gives the moment it was."""
        with self._lock:
            self._now += 1
            self.times[point] += 1
            now, spring = self._now, self._spring
            if spring is None or self._point not in (point, ANY):
                return now
            self._left -= 1
            if self._left:
                return now
            self._spring = None
        time.sleep(self._delay)
        spring()
        self.sprung_at = self.tick()
        self.sprung.set()
        return now
