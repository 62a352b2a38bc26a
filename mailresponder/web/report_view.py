"""The listening report as its page draws it: how long each bar is, and which tickets stand behind
it. Nothing is counted here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from mailresponder.reports import period
from mailresponder.reports.period import Period, midnight
from mailresponder.reports.report import Part, Report, ThemeLine, Week
from mailresponder.store.searching_about import NO_THEME, WAITS, About
from mailresponder.web import behind
from mailresponder.web.site import link

PERIODS = {"7d": "7d", "4w": "4w", "12w": "12w", "1y": "365d"}
"""What is offered, as `reports.period.read` takes it."""
OWN = "own"
"""From a day to a day, both included."""

_FULL = 100.0
_LEAST = 1.5
"""Of `_FULL`: what there is at all, is seen."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """What somebody wants to see; an empty text means any."""

    period: str = "7d"
    """A key of `PERIODS`, or `OWN`."""
    first: str = ""
    last: str = ""
    mailbox: str = ""
    language: str = ""
    theme: str = ""

    def path(self, page: str = "/report") -> str:
        """The path of this report."""
        own = self.period == OWN
        return link(
            page,
            period=self.period,
            first=self.first if own else "",
            last=self.last if own else "",
            mailbox=self.mailbox,
            spoken=self.language,
            theme=self.theme,
        )


def choice(query: Mapping[str, str]) -> Choice:
    """What a query asks for; days alone are enough to ask for them."""
    first, last = query.get("first", ""), query.get("last", "")
    asked = query.get("period") or (OWN if first or last else "")
    return Choice(
        period=asked if asked == OWN or asked in PERIODS else "7d",
        first=first,
        last=last,
        mailbox=query.get("mailbox", ""),
        language=query.get("spoken", ""),
        theme=query.get("theme", ""),
    )


def time_of(chosen: Choice, *, now: datetime, zone: ZoneInfo) -> Period:
    """The time that was chosen. Raises ValueError where that is none."""
    if chosen.period != OWN:
        return period.read(PERIODS[chosen.period], None, now=now, zone=zone)
    until = ""
    if chosen.last:
        last = date.fromisoformat(chosen.last)
        if last == date.max:
            raise ValueError("there is no day after it")
        until = (last + timedelta(days=1)).isoformat()
    return period.read(chosen.first or None, until or None, now=now, zone=zone)


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """A number as a length, of 100, and the tickets behind it."""

    value: int
    length: float
    angry: int = 0
    angry_length: float = 0.0
    path: str = ""
    angry_path: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One week."""

    monday: date
    last: date
    bar: Bar
    is_in: bool
    """Is it part of the period?"""
    answered: int
    in_time: int
    is_over: bool = True
    """False: of the week under way, what there is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ThemeView:
    """A theme's line with its bar, and its weeks as heights."""

    line: ThemeLine
    bar: Bar
    heights: tuple[float, ...]
    alone: str
    """The path of the report about it alone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PartView:
    """A mailbox or a language with its bar."""

    part: Part
    bar: Bar
    alone: str


@dataclass(frozen=True, kw_only=True)
class View:
    """What the page draws of a report."""

    report: Report
    chosen: Choice

    @property
    def about(self) -> About:
        """Who wrote in the period, about the theme where one is chosen."""
        return About(
            since=self.report.since, until=self.report.until, theme=self.report.theme or ""
        )

    @property
    def is_empty(self) -> bool:
        """Is there nothing to draw, neither in the period nor in the weeks before?"""
        numbers = [week.messages for week in self._weeks]
        wrote = self.report.figures["messages"].value
        return not (wrote or any(numbers) or any(self.report.waiting.values()))

    def of_theme(self, key: str) -> str:
        """The tickets of who wrote about a theme in the period."""
        return self.tickets(replace(self.about, theme=key))

    @property
    def not_understood(self) -> Bar:
        """The mails that no theme covers, beside the themes."""
        most = self._most_of_themes()
        number = self.report.not_understood
        path = self.tickets(replace(self.about, theme=NO_THEME))
        return Bar(value=number, length=_length(number, most), path=path)

    def tickets(self, about: About, **query: object) -> str:
        """The path of tickets, of the mailbox and in the language that were chosen."""
        narrow = {"mailbox": self.chosen.mailbox, "spoken": self.chosen.language}
        return behind.tickets(self.report.zone, about, **narrow | query)

    def figures(self) -> dict[str, str]:
        """The paths of the tickets behind figures, by their keys, where the queue can show them."""
        all_of_them = self.tickets(self.about)
        paths = dict.fromkeys(("messages", "tickets", "people"), all_of_them)
        paths["angry"] = self.tickets(self.about, angry=1)
        if not self.report.theme:
            paths["understood"] = self.not_understood.path
        return paths

    def columns(self) -> list[Column]:
        """The weeks, oldest first; none where nobody wrote in any."""
        report = self.report
        most = max((week.messages for week in self._weeks), default=0)
        made: list[Column] = []
        for week in self._weeks if most else ():
            since = midnight(week.monday, report.zone)
            until = midnight(week.monday + timedelta(days=7), report.zone)
            about = replace(self.about, since=since, until=until)
            made.append(
                Column(
                    monday=week.monday,
                    last=week.monday + timedelta(days=6),
                    bar=self._bar(week.messages, week.angry, most, about),
                    is_in=since < report.until and until > report.since,
                    answered=week.answered,
                    in_time=week.answered_in_time,
                    is_over=week is not report.under_way,
                )
            )
        return made

    def themes(self) -> list[ThemeView]:
        """The themes as the report has them."""
        most = self._most_of_themes()
        return [
            ThemeView(
                line=line,
                bar=self._bar(line.messages, line.angry, most, replace(self.about, theme=line.key)),
                heights=heights(line.weeks),
                alone=replace(self.chosen, theme=line.key).path(),
            )
            for line in self.report.themes
        ]

    def mailboxes(self) -> list[PartView]:
        """The mailboxes as the report has them."""
        return self._parts(self.report.by_mailbox, "mailbox", "mailbox")

    def languages(self) -> list[PartView]:
        """The languages as the report has them."""
        return self._parts(self.report.by_language, "spoken", "language")

    def waiting(self) -> list[tuple[str, Bar]]:
        """How many wait how long, each a key of `WAITS`."""
        numbers = self.report.waiting
        most = max(numbers.values(), default=0)
        bars = [(key, self._bar(numbers.get(key, 0), 0, most, About(waits=key))) for key in WAITS]
        # Who waited at some time before cannot be looked up: the queue knows who waits now.
        is_now = self.report.made_at - self.report.until < timedelta(hours=1)
        return bars if is_now else [(key, replace(bar, path="")) for key, bar in bars]

    def escalations(self) -> list[tuple[str, Bar]]:
        """How many escalations, by why, the most first."""
        numbers = self.report.escalations
        most = max(numbers.values(), default=0)
        ordered = sorted(numbers.items(), key=lambda one: (-one[1], one[0]))
        return [(key, Bar(value=n, length=_length(n, most))) for key, n in ordered if n]

    @property
    def _weeks(self) -> list[Week]:
        return [*self.report.weeks, *([self.report.under_way] if self.report.under_way else [])]

    def _parts(self, parts: tuple[Part, ...], key: str, field: str) -> list[PartView]:
        most = max((part.messages for part in parts), default=0)
        return [
            PartView(
                part=part,
                bar=self._bar(part.messages, part.angry, most, self.about, **{key: part.key}),
                alone=replace(self.chosen, **{field: part.key}).path(),
            )
            for part in parts
        ]

    def _bar(self, value: int, angry: int, most: int, about: About, **query: object) -> Bar:
        return Bar(
            value=value,
            length=_length(value, most),
            angry=angry,
            angry_length=min(_length(angry, most), _length(value, most)),
            path=self.tickets(about, **query),
            angry_path=self.tickets(about, **query, angry=1),
        )

    def _most_of_themes(self) -> int:
        numbers = [line.messages for line in self.report.themes]
        return max([*numbers, self.report.not_understood])


def _length(value: int, most: int) -> float:
    return max(_LEAST, round(_FULL * value / most, 1)) if value and most else 0.0


def heights(numbers: Sequence[int]) -> tuple[float, ...]:
    """Numbers as lengths, of 100: the largest whole."""
    most = max(numbers, default=0)
    return tuple(_length(number, most) for number in numbers)
