"""One look at the desk for whoever asks, kept for a few seconds: however often somebody asks, the
database is asked no oftener."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from mailresponder.app import App
from mailresponder.errors import MailresponderError
from mailresponder.jobs import probe
from mailresponder.jobs.probe import Complaint
from mailresponder.store import gauges, mailboxes
from mailresponder.store.gauges import Gauges
from mailresponder.store.mailboxes import MailboxState

KEPT_FOR = 5.0
"""Seconds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """How the desk was at a moment."""

    at: datetime
    states: dict[str, MailboxState]
    gauges: Gauges
    complaints: tuple[Complaint, ...]
    error: str = ""
    """Why the database could not be asked; then there is nothing of it here."""


class Looker:
    """Any thread may ask it."""

    def __init__(self, app: App, *, steady: Callable[[], float] = time.monotonic) -> None:
        """`steady` gives seconds that nobody can set."""
        self._app, self._steady = app, steady
        self.started_at = app.clock()
        self._lock = threading.Lock()
        self._last: tuple[float, Look] | None = None

    def look(self) -> Look:
        """How the desk is, or was a few seconds ago."""
        with self._lock:
            now = self._steady()
            if self._last is None or now - self._last[0] > KEPT_FOR:
                self._last = (now, self._fresh())
            return self._last[1]

    def _fresh(self) -> Look:
        app, now = self._app, self._app.clock()
        try:
            with app.store.read() as conn:
                states, found = mailboxes.states(conn), gauges.read(conn, now=now)
        except MailresponderError as error:
            nothing = Gauges(tickets=(), mails=(), tasks=())
            return Look(at=now, states={}, gauges=nothing, complaints=(), error=error.message)
        runners = app.mailboxes
        wrong = probe.complaints(
            app.config.mailboxes,
            states,
            at_work=[name for name, one in runners.items() if one.progress.is_at_work],
            stuck=[name for name, one in runners.items() if one.progress.is_stuck],
            refused={name: one.standing.refused() for name, one in runners.items()},
            # By a clock that was put back it has only just begun.
            started_at=min(self.started_at, now),
            now=now,
        )
        return Look(at=now, states=states, gauges=found, complaints=tuple(wrong))
