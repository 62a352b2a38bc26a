"""What the passes of this process have done since it began, counted, for whoever watches it.

Numbers only, by mailbox and by kinds of which there are few: no address, no text.
"""

import threading
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field

from mailresponder.app.passes import PassReport
from mailresponder.errors import (
    ConfigError,
    MailboxInHand,
    MailresponderError,
    ProgramFault,
    SignInRefused,
    TemporaryFailure,
)

BOUNDS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
"""Seconds: the upper ends of the classes that passes are counted in by how long they took; one more
class is for the longer ones."""

RESULTS = ("ok", "rested", "in_hand", "failed")
"""What a pass came to: it did all; it left a server alone that had failed; another process has the
mailbox in hand; something failed."""

FAILURES = ("sign_in_refused", "configuration", "program_fault", "temporary", "permanent")
"""Kinds of failures."""


@dataclass(slots=True)
class Counts:
    """Of one mailbox."""

    passes: Counter[str] = field(default_factory=Counter)
    """By one of `RESULTS`."""
    failures: Counter[str] = field(default_factory=Counter)
    """By one of `FAILURES`."""
    taken: Counter[str] = field(default_factory=Counter)
    """Mails read, by an `Outcome`; `own` are those we sent ourselves."""
    sent: int = 0
    given_up: int = 0
    postponed: int = 0
    """How often a mail that was due stayed queued."""
    escalated: int = 0
    warned: int = 0
    closed: int = 0
    last_seconds: float | None = None
    """How long the last pass took; None where there was none yet."""


@dataclass(slots=True)
class Durations:
    """How long passes took, over all mailboxes."""

    classes: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    """How many, each up to its bound in `BOUNDS` and above the one before."""
    seconds: float = 0.0
    """All together."""


class Tally:
    """Of one process. Any thread may count and ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[str, Counts] = {}
        self._durations = Durations()

    def count(self, report: PassReport, seconds: float) -> None:
        """A pass has ended that took so long."""
        with self._lock:
            _add(self._counts.setdefault(report.mailbox, Counts()), report, seconds)
            self._durations.classes[bisect_left(BOUNDS, seconds)] += 1
            self._durations.seconds += seconds

    def of(self, mailbox: str) -> Counts:
        """What there is by now for a mailbox."""
        with self._lock:
            known = self._counts.get(mailbox, Counts())
            return Counts(
                passes=known.passes.copy(),
                failures=known.failures.copy(),
                taken=known.taken.copy(),
                sent=known.sent,
                given_up=known.given_up,
                postponed=known.postponed,
                escalated=known.escalated,
                warned=known.warned,
                closed=known.closed,
                last_seconds=known.last_seconds,
            )

    def durations(self) -> Durations:
        """How long the passes took by now."""
        with self._lock:
            return Durations(classes=[*self._durations.classes], seconds=self._durations.seconds)


def kind_of(error: MailresponderError) -> str:
    """Which of `FAILURES` it is."""
    match error:
        case SignInRefused():
            return "sign_in_refused"
        case ConfigError():
            return "configuration"
        case ProgramFault():
            return "program_fault"
        case TemporaryFailure():
            return "temporary"
        case _:
            return "permanent"


def _add(counts: Counts, report: PassReport, seconds: float) -> None:
    counts.passes[_result(report)] += 1
    counts.failures.update(
        kind_of(error) for error in report.errors if not isinstance(error, MailboxInHand)
    )
    counts.last_seconds = seconds
    counts.closed += report.closed
    if report.intake is not None:
        counts.taken.update(dict(report.intake.outcomes))
    if report.escalation is not None:
        counts.escalated += report.escalation.escalated
        counts.warned += report.escalation.warned
    if report.delivery is not None:
        counts.sent += report.delivery.sent
        counts.given_up += report.delivery.failed
        counts.postponed += report.delivery.postponed


def _result(report: PassReport) -> str:
    if any(isinstance(error, MailboxInHand) for error in report.errors):
        return "in_hand"
    if report.errors:
        return "failed"
    return "rested" if report.intake is None else "ok"
