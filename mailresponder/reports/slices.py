"""All rows of a report, and slices of them in time: what each figure is counted in."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple, TypeVar

from mailresponder.listening.praise import PRAISE
from mailresponder.policy.deadlines import BusinessHours
from mailresponder.reports.period import Period
from mailresponder.store.report_rows import AnswerRow, EventRow, MessageRow, TicketRow

AGAIN_AND_AGAIN = timedelta(weeks=13)
"""How far back it is looked whether somebody writes again and again."""
MANY_TICKETS = 4
"""Who opens so many in that time does."""
MANY_MESSAGES = 7
"""So does who writes so often."""

T = TypeVar("T")


class Decided(NamedTuple):
    """A first answer that was given, or that was due and not given."""

    at: datetime
    """When it was given or when its deadline passed, whichever came first."""
    mailbox: str
    language: str
    in_time: bool


class Waiting(NamedTuple):
    """A ticket whose customer waits."""

    ticket: int
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Rows:
    """All rows of a report, oldest first: of the period, of the one before, of the weeks of the
    longer view."""

    messages: Sequence[MessageRow]
    tickets: Sequence[TicketRow]
    """With those that are open now, whenever they were opened."""
    answers: Sequence[AnswerRow]
    """Up to now."""
    events: Sequence[EventRow]
    themes: Mapping[int, tuple[str, ...]]
    """Of messages by row, the keys as they count: merged ones followed, dismissed ones gone."""
    covered: Collection[int]
    """Messages by row that are about something, dismissed or not: they were understood."""
    hours_of: Callable[[str], BusinessHours]

    @cached_property
    def waiting(self) -> Sequence[Waiting]:
        """Who waits now, once for all times."""
        return [
            Waiting(one.ticket, one.waiting_since)
            for one in self.tickets
            if one.waiting_since is not None
        ]

    @cached_property
    def decided(self) -> list[Decided]:
        """First answers by when it was known whether they are in time."""
        found = [
            Decided(
                at=min(one.answered_at, one.due_at or one.answered_at),
                mailbox=one.mailbox,
                language=one.language,
                in_time=one.due_at is None or one.answered_at <= one.due_at,
            )
            for one in self.answers
            if one.is_first
        ]
        found += [
            Decided(at=one.due_at, mailbox=one.mailbox, language=one.language, in_time=False)
            for one in self.tickets
            if one.is_open
            and one.due_at is not None
            and one.waiting_since is not None
            and one.waiting_since <= one.opened_at
        ]
        return sorted(found)


@dataclass(frozen=True, kw_only=True)
class Slice:
    """What was there and what happened in a time; each is looked up when it is asked for."""

    rows: Rows
    period: Period
    machines: int | None = None
    """None: not known."""
    failures: int | None = None

    @cached_property
    def messages(self) -> Sequence[MessageRow]:
        """Mails of people."""
        return _within(self.rows.messages, "at", self.period)

    @cached_property
    def opened(self) -> Sequence[TicketRow]:
        """Tickets that were opened."""
        return _within(self.rows.tickets, "opened_at", self.period)

    @cached_property
    def first_answers(self) -> Sequence[AnswerRow]:
        """First answers that were given."""
        given = _within(self.rows.answers, "answered_at", self.period)
        return [one for one in given if one.is_first]

    @cached_property
    def working(self) -> Sequence[float]:
        """Seconds of working time to these, sorted."""
        return sorted(self.waits[one] for one in self.first_answers)

    @cached_property
    def waits(self) -> Mapping[AnswerRow, float]:
        """Seconds of working time to each of these."""
        return {one: _working_seconds(one, self.rows.hours_of) for one in self.first_answers}

    @cached_property
    def clock(self) -> Sequence[float]:
        """Seconds by the clock to these, sorted."""
        return sorted(
            (one.answered_at - one.waiting_since).total_seconds() for one in self.first_answers
        )

    @cached_property
    def decided(self) -> Sequence[Decided]:
        """First answers that were given or due."""
        return _within(self.rows.decided, "at", self.period)

    @cached_property
    def waiting(self) -> Sequence[Waiting]:
        """Who waited at the end, the longest first: who waits now and did then, or was answered
        only later."""
        end = self.period.until
        late = bisect_left(self.rows.answers, end, key=attrgetter("answered_at"))
        found = {one.ticket: one.since for one in self.rows.waiting if one.since < end}
        for answer in self.rows.answers[late:]:
            if answer.waiting_since < end:
                found[answer.ticket] = answer.waiting_since
        return sorted((Waiting(*one) for one in found.items()), key=attrgetter("since", "ticket"))

    @cached_property
    def themes(self) -> Mapping[int, tuple[str, ...]]:
        """Of messages by row; of all times."""
        return self.rows.themes

    @cached_property
    def looked_at(self) -> Sequence[MessageRow]:
        """First mails of tickets of which it is known what they are about, or that it is not."""
        return [row for row in self.messages if row.is_first and row.praise is not None]

    @cached_property
    def understood(self) -> int:
        """How many of these are about something."""
        return sum(row.row in self.rows.covered for row in self.looked_at)

    @cached_property
    def persistent(self) -> Mapping[str, Sequence[MessageRow]]:
        """People who wrote in this time and, in the last weeks or in this time where it is longer,
        opened many tickets or wrote many times; with all that they wrote in these."""
        period = self.period
        since = min(period.since, period.until - AGAIN_AND_AGAIN)
        lately = Period(since=since, until=period.until, zone=period.zone)
        wrote = {row.person for row in self.messages}
        theirs: dict[str, list[MessageRow]] = defaultdict(list)
        for row in _within(self.rows.messages, "at", lately):
            if row.person in wrote:
                theirs[row.person].append(row)
        return {person: rows for person, rows in theirs.items() if _is_many(rows)}

    def tickets_with(self, what: str) -> frozenset[int]:
        """Tickets to which this was done."""
        return frozenset(event.ticket for event in self.events if event.what == what)

    @cached_property
    def events(self) -> Sequence[EventRow]:
        """What was done to tickets."""
        return _within(self.rows.events, "at", self.period)


def praises(row: MessageRow) -> bool:
    """Does the mail praise us? An angry one does not, however politely it begins."""
    return row.praise is not None and row.praise >= PRAISE and not row.angry


def _working_seconds(answer: AnswerRow, hours_of: Callable[[str], BusinessHours]) -> float:
    """How long an answer took in working time of its mailbox."""
    hours = hours_of(answer.mailbox)
    return hours.elapsed(answer.waiting_since, answer.answered_at).total_seconds()


def holidays(period: Period, hours: Sequence[BusinessHours]) -> bool:
    """Does a closed day lie in it on which a mailbox would work otherwise?"""
    return any(
        day in one.closed_days and bool(one.windows_on(day))
        for one in hours
        for day in period.dates()
    )


def _is_many(rows: Sequence[MessageRow]) -> bool:
    return len(rows) >= MANY_MESSAGES or sum(row.is_first for row in rows) >= MANY_TICKETS


def _within(rows: Sequence[T], name: str, period: Period) -> Sequence[T]:
    key = attrgetter(name)
    begin = bisect_left(rows, period.since, key=key)
    return rows[begin : bisect_left(rows, period.until, key=key)]
