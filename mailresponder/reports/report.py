"""What a listening report says, as plain values: all that mail, page, text and JSON show.

`making` fills it in; who shows it looks nothing up and counts nothing.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo


class Unit(StrEnum):
    """What a figure counts or measures."""

    MESSAGES = "messages"
    TICKETS = "tickets"
    PEOPLE = "people"
    MAILS = "mails"
    """Of ours."""
    SHARE = "share"
    """0..1, of `Figure.of`."""
    SECONDS = "seconds"


class Verdict(StrEnum):
    """How a figure compares with the one of the period before."""

    MORE = "more"
    """More than noise explains."""
    LESS = "less"
    ALIKE = "alike"
    """Any difference may be noise."""
    TOO_FEW = "too_few"
    """Too small for a comparison."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A figure against the same one of the period before."""

    verdict: Verdict
    before: float | None
    low: float | None = None
    """The bounds of the interval of 95 %, of the ratio (counts) or the difference (shares,
    seconds); None where there is none."""
    high: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One number, as its definition in `figures` names it."""

    key: str
    unit: Unit
    value: float | None
    """None where there is nothing to measure."""
    of: int | None = None
    """Of how many, for a share or a median; shares of fewer than `SMALL` are told as counts."""
    part: int | None = None
    """How many of those, for a share."""
    change: Change | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Week:
    """One week of the longer view, Monday to Sunday in the desk's zone."""

    monday: date
    messages: int
    angry: int
    answered_in_time: int
    answered: int
    """First answers that were given or due, as the figure `in_time` counts them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Quote:
    """What a customer wrote, with names, addresses, numbers and links masked."""

    text: str
    language: str
    message_row: int
    reference: str
    """The ticket's: shown on the page to who may see the ticket, never in the mail's text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ThemeLine:
    """One theme in the period. A message that is about two counts in both."""

    key: str
    names: dict[str, str]
    """By language; the reader's own, else any."""
    state: str
    """`kept` (the admins' own) or `found`."""
    owner: str
    messages: int
    people: int
    angry: int
    praise: int
    by_language: dict[str, int]
    weeks: tuple[int, ...]
    """Messages in each of the report's `weeks`."""
    change: Change
    is_new: bool
    """Not met before this period."""
    since: date | None
    """The Monday of the week in which it began to be met as often as now; None where it always
    was."""
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A mailbox or a language: the main figures of what came to or in it."""

    key: str
    messages: int
    tickets: int
    angry: int
    answered: int
    answered_in_time: int
    median_seconds: float | None
    """To the first answer, in working time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Persistent:
    """Somebody who writes again and again; who, is not told."""

    messages: int
    tickets: int
    angry: int
    themes: tuple[str, ...]
    """Keys of what they write about, the most frequent first."""
    references: tuple[str, ...]
    """Their tickets, for the page."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DefectLine:
    """A named defect."""

    id: int
    name: str
    owner: str
    state: str
    """`open` or `fixed`."""
    tickets: int
    """Linked to it, ever."""
    new: int
    """Of them, opened in the period."""
    proposed: int
    told: int
    """How many people were told that it is mended."""
    fixed_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Headline:
    """One of the lines of what matters first. `kind` names a sentence in the words of a language,
    `values` fill it; durations are seconds, themes their keys."""

    kind: str
    values: dict[str, str | int | float]
    theme: str | None = None
    good: bool = False
    """Is it good news?"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """A period of the desk, and what was before it."""

    desk: str
    zone: ZoneInfo
    since: datetime
    until: datetime
    before: datetime
    """The beginning of the period it is compared with, which ends at `since`."""
    made_at: datetime
    mailbox: str | None
    """None: all of them."""
    language: str | None
    theme: str | None
    headlines: tuple[Headline, ...]
    """The most important first, five at most."""
    figures: dict[str, Figure]
    """In the order in which they are shown."""
    weeks: tuple[Week, ...]
    """The last ones before `until`, oldest first."""
    themes: tuple[ThemeLine, ...]
    """The most frequent first."""
    not_understood: int
    """First mails of tickets that no theme covers, of those that were looked at."""
    by_mailbox: tuple[Part, ...]
    by_language: tuple[Part, ...]
    escalations: dict[str, int]
    """How many, by why (`overdue`, `warning` …)."""
    waiting: dict[str, int]
    """Open tickets by how long their customer waits by the clock: `1d`, `3d`, `7d`, `more`."""
    longest: tuple[str, float] | None
    """The reference of the ticket whose customer waits longest, and the seconds by the clock."""
    persistent: tuple[Persistent, ...]
    defects: tuple[DefectLine, ...]
    praise: tuple[Quote, ...]
    blame: tuple[Quote, ...]
    """Of the angriest, one a ticket."""
    incomplete: tuple[str, ...] = ()
    """What the report does not know, as names of sentences: mails not yet looked at, say."""
    under_way: Week | None = None
    """The week that was not over when the report was made, up to the end of the period; compared
    with nothing. None where the period ends before it."""

    def is_news(self, line: ThemeLine) -> bool:
        """Is the theme new, more frequent than before, or what a headline is about?"""
        told = any(one.theme == line.key for one in self.headlines)
        return told or line.is_new or line.change.verdict is Verdict.MORE

    def shown_themes(self, most: int) -> tuple[ThemeLine, ...]:
        """Of the themes that were met the most frequent, so many, and those of the others that are
        news."""
        met = tuple(line for line in self.themes if line.messages)
        return met[:most] + tuple(line for line in met[most:] if self.is_news(line))
