"""The morning digest: on which mornings it is due, and from rows of the store to its figures.

Pure: what is looked up is the store's, what is written the template's. A figure's docstring says
what it counts and from which rows.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from mailresponder.policy.deadlines import BusinessHours
from mailresponder.policy.ticket import Ticket

LATEST = timedelta(hours=4)
"""How long after its time a digest is still sent, where the program was down: what is told of the
morning in the afternoon is no longer true."""
LONGEST = timedelta(days=14)
"""How far back a digest looks at most."""
MOST = 10
"""Lines of a list."""

_ONE_DAY = timedelta(days=1)

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Morning:
    """The moment of a digest."""

    day: date
    """In the desk's zone."""
    at: datetime
    ends: datetime
    """The end of that day."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Some(Generic[T]):
    """The first few of a list, the most urgent on top."""

    first: tuple[T, ...] = ()
    more: int = 0
    """How many there are beside these."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How many tickets are open at the moment, that is, whose customer waits for us; without
    those that are spam. Rows of `tickets` of the configured mailboxes."""

    open: int = 0
    angry: int = 0
    """Of the open ones, snoozed or not."""
    late: int = 0
    """Of the open ones, with the deadline behind them and not snoozed; angry or not."""
    late_angry: int = 0
    """Of the late ones."""
    due_today: int = 0
    """Of the open ones, with a deadline between now and the end of the desk's day and not
    snoozed; angry or not."""
    due_today_angry: int = 0
    """Of those due today."""
    snoozed: int = 0
    """Of the open ones, put off by staff until a time that is still to come."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """One answer to a customer who waited: a row of `answers`."""

    mailbox: str
    waiting_since: datetime
    due_at: datetime | None
    answered_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """How fast customers were answered since the last digest: rows of `answers`."""

    number: int = 0
    """Answers; a customer who wrote again after one and was answered again counts twice."""
    in_time: int = 0
    """Of them, those up to the deadline, or where none ran."""
    usual: timedelta | None = None
    """The median wait in working time of their mailbox; None without an answer."""
    slowest: timedelta | None = None
    """The longest wait in working time; None without an answer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unsent:
    """A mail of ours that was given up since the last digest: a row of `outbox`."""

    kind: str
    """What it is, as `store.outbox.name_of`."""
    recipient: str
    reference: str | None
    """The ticket's, where it is about one."""
    why: str
    """What the server said, or we."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Digest:
    """All that a digest tells."""

    since: datetime
    """The last digest, or the morning of the last working day before this one."""
    standing: Standing
    angry: Some[Ticket]
    """All that are angry and open, the soonest deadline first."""
    late: Some[Ticket]
    """The others that are late, the longest first."""
    due_today: Some[Ticket]
    """The others that are due today, the soonest first."""
    unreachable: Some[Ticket]
    """Not closed, and mail to the customer came back since they last wrote; the newest first."""
    unacknowledged: Some[Ticket]
    """Opened since the last digest by somebody who had no acknowledgement and should perhaps have
    had one: not where all are turned off, nor where the answer came first. The angry first."""
    unsent: Some[Unsent]
    """The newest first."""
    answers: Answers
    unread: tuple[str, ...] = ()
    """Mailboxes that cannot be read at the moment: what is told of them may be out of date."""

    @property
    def quiet(self) -> bool:
        """Is there nothing that anybody must do?"""
        lists = (self.unreachable, self.unacknowledged, self.unsent)
        return not (self.standing.open or self.unread or any(one.first for one in lists))


def morning(
    now: datetime, *, at: time, zone: ZoneInfo, calendars: Callable[[], Iterable[BusinessHours]]
) -> Morning | None:
    """The digest that is due now; None where none is.

    One is due from its time on for `LATEST`, but not beyond its day, on days on which a mailbox
    works. `calendars` are those of the mailboxes, asked for only where the time is right.
    """
    day = now.astimezone(zone).date()
    begins, ends = _moment(day, at, zone), _moment(day + _ONE_DAY, time(0), zone)
    if not begins <= now < min(begins + LATEST, ends) or not _works(day, zone, calendars()):
        return None
    return Morning(day=day, at=begins, ends=ends)


def since(
    this: Morning, *, last: datetime | None, zone: ZoneInfo, calendars: Iterable[BusinessHours]
) -> datetime:
    """From when on a digest tells what happened: since the `last` one before this morning, else
    since the same time on the last working day, and never more than `LONGEST` ago."""
    furthest = this.at - LONGEST
    if last is not None:
        return max(last, furthest)
    hours = tuple(calendars)
    at = this.at.astimezone(zone).time()
    for back in range(1, LONGEST.days):
        day = this.day - back * _ONE_DAY
        if _works(day, zone, hours):
            return _moment(day, at, zone)
    return furthest


def answers(rows: Iterable[Answered], hours_of: Callable[[str], BusinessHours]) -> Answers:
    """The figures of some answers; `hours_of` gives a mailbox's calendar."""
    given = tuple(rows)
    if not given:
        return Answers()
    waits = [hours_of(one.mailbox).elapsed(one.waiting_since, one.answered_at) for one in given]
    return Answers(
        number=len(given),
        in_time=sum(one.due_at is None or one.answered_at <= one.due_at for one in given),
        usual=timedelta(seconds=median(wait.total_seconds() for wait in waits)),
        slowest=max(waits),
    )


def _works(day: date, zone: ZoneInfo, calendars: Iterable[BusinessHours]) -> bool:
    begins, ends = _moment(day, time(0), zone), _moment(day + _ONE_DAY, time(0), zone)
    return any(hours.elapsed(begins, ends) for hours in calendars)


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)
