"""A report as one HTML page, for mail clients and browsers alike: tables for layout, styles in
style attributes, nothing loaded from anywhere, readable on a dark page and a small screen.

What customers wrote is escaped like everything else.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from mailresponder.printable import clean
from mailresponder.reports.report import (
    Change,
    Figure,
    Headline,
    Part,
    Quote,
    Report,
    ThemeLine,
    Unit,
    Verdict,
)
from mailresponder.reports.words import Words

if TYPE_CHECKING:
    from css_inline import CSSInliner

_FIRST = ("messages", "angry", "in_time", "response_median")
"""Figures that are shown large, two in a row."""
_MOST_THEMES = 10
_WITH_QUOTE = 3
"""Themes with an example of what was written, beside those that are new or grew."""
_LEAD = 36
"""Characters that a headline's bold beginning has at most."""
_UP, _DOWN = "▲", "▼"
_SIGNS = {"new": "+"}
_SIGNS |= dict.fromkeys(
    ("grew", "angrier", "angrier_steadily", "slower", "punctual", "more_mail"), _UP
)
_SIGNS |= dict.fromkeys(
    ("better", "calmer", "calmer_steadily", "faster", "late", "less_mail"), _DOWN
)
"""What stands before a headline that says that something changed."""
_NEUTRAL = ("more_mail", "less_mail")
_ARROWS = {Verdict.MORE: _UP, Verdict.LESS: _DOWN, Verdict.ALIKE: "", Verdict.TOO_FEW: ""}


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A picture as the page shows it."""

    title: str
    alt: str
    source: str
    """`cid:…` or `data:…`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Line:
    """One of the lines of what matters first."""

    sign: str
    mood: str
    """`good`, `bad`, or empty where it is neither."""
    lead: str
    """Its first words, set in bold; may be empty."""
    rest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Figure:
    name: str
    value: str
    detail: str
    """What stands in brackets behind the value."""
    before: str
    """What it was; empty where that is not known, or where `change` says it."""
    change: str
    """That it is more than chance, in words; empty where it is not."""
    arrow: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Bar:
    """A number as a bar of table cells; widths in per cent of the row, at least 1 where there is
    anything."""

    name: str
    number: str
    marked: int
    """Of the angry part."""
    plain: int
    marks: str = ""
    quote: Quote | None = None

    @property
    def rest(self) -> int:
        """What is empty of the row."""
        return 100 - self.marked - self.plain


def document(
    report: Report, words: Words, *, pictures: Mapping[str, Shown] | None = None, link: str = ""
) -> str:
    """The whole HTML document; `pictures` by their name, `link` the address of the report's page,
    empty where there is none."""
    themes = _themes(report, words)
    page = _environment().get_template("report.html.j2")
    figures = {key: one for key, one in report.figures.items() if one.value is not None}
    html = page.render(
        report=report,
        words=words,
        clean=clean,
        named=lambda keys: ", ".join(clean(words.theme(key, report)) for key in keys),
        pictures=pictures or {},
        link=link,
        limits=list(_limits(report, words)),
        lines=[_line(one, words.headline(one, report)) for one in report.headlines],
        first=[_figure(figures[key], words) for key in _FIRST if key in figures],
        figures=[_figure(one, words) for key, one in figures.items() if key not in _FIRST],
        themes=themes,
        more_themes=sum(line.messages > 0 for line in report.themes) - len(themes),
        waiting=_bars("waiting", report.waiting, words),
        escalations=_bars("escalations", report.escalations, words),
        parts=list(_parts(report, words)),
        weeks=_weeks(report, words),
    )
    return _inliner().inline(html)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("mailresponder.reports", "html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _inliner() -> "CSSInliner":
    from css_inline import CSSInliner

    return CSSInliner(keep_style_tags=False, load_remote_stylesheets=False)


def _limits(report: Report, words: Words) -> Iterator[str]:
    if report.mailbox is not None:
        yield words("report.only_mailbox", name=clean(report.mailbox))
    if report.language is not None:
        yield words("report.only_language", name=words.language_name(report.language))
    if report.theme is not None:
        yield words("report.only_theme", name=clean(words.theme(report.theme, report)))


def _line(headline: Headline, sentence: str) -> _Line:
    is_news = headline.kind in _SIGNS and headline.kind not in _NEUTRAL
    mood = "good" if headline.good else "bad" if is_news else ""
    lead, colon, rest = clean(sentence).partition(":")
    if not colon or len(lead) > _LEAD:
        lead, colon, rest = "", "", clean(sentence)
    return _Line(sign=_SIGNS.get(headline.kind, "•"), mood=mood, lead=lead + colon, rest=rest)


def _figure(one: Figure, words: Words) -> _Figure:
    value, _, detail = words.figure(one, brief=True).partition(" (")
    arrow = "" if one.change is None else _ARROWS[one.change.verdict]
    change = words.change(one.change, one.unit) if arrow else ""
    before = "" if arrow else _before(one.change, one.unit, words)
    return _Figure(
        name=words.name(one.key),
        value=value,
        detail=detail.removesuffix(")"),
        before=before,
        change=change,
        arrow=arrow,
    )


def _before(change: Change | None, unit: Unit, words: Words) -> str:
    if change is None or change.before is None:
        return ""
    return words.before(change, unit, brief=True)


def _themes(report: Report, words: Words) -> list[_Bar]:
    met = report.shown_themes(_MOST_THEMES)
    most = max((line.messages for line in met), default=1)
    bars = []
    for place, line in enumerate(met):
        marked, plain = _widths(line.angry, line.messages, most)
        shown = report.is_news(line) or place < _WITH_QUOTE
        bars.append(
            _Bar(
                name=clean(words.theme(line.key, report)),
                number=words.number(line.messages),
                marked=marked,
                plain=plain,
                marks=" · ".join(_marks(line, words)),
                quote=words.example(line.quotes) if shown else None,
            )
        )
    return bars


def _marks(line: ThemeLine, words: Words) -> Iterator[str]:
    if line.is_new:
        yield words("report.new_theme")
    elif line.change.verdict in (Verdict.MORE, Verdict.LESS):
        before = words("mail.before", before=_before(line.change, Unit.MESSAGES, words))
        yield f"{_ARROWS[line.change.verdict]} {before}"
    if line.since is not None and not line.is_new:
        yield words("report.since", day=words.date(line.since))
    yield words("report.people", count=line.people)
    if line.angry:
        yield words("report.of_angry", count=line.angry)
    if line.owner:
        yield words("mail.owner", owner=clean(line.owner))


def _bars(group: str, numbers: Mapping[str, int], words: Words) -> list[_Bar]:
    if not any(numbers.values()):
        return []
    most = max(numbers.values())
    bars = []
    for key, number in numbers.items():
        _, plain = _widths(0, number, most)
        name = words(f"{group}.{key}")
        bars.append(_Bar(name=name, number=words.number(number), marked=0, plain=plain))
    return bars


def _weeks(report: Report, words: Words) -> list[_Bar]:
    """The weeks, for who gets no picture of them."""
    weeks = [*report.weeks, *([report.under_way] if report.under_way else [])]
    most = max((week.messages for week in weeks), default=0)
    bars = []
    for week in weeks:
        day = words.date(week.monday)
        is_over = week is not report.under_way
        marked, plain = _widths(week.angry, week.messages, most)
        bars.append(
            _Bar(
                name=day if is_over else f"{day} ({words('report.under_way')})",
                number=words.number(week.messages),
                marked=marked,
                plain=plain,
                marks=words("report.of_angry", count=week.angry) if week.angry else "",
            )
        )
    return bars if most else []


def _widths(marked: int, whole: int, most: int) -> tuple[int, int]:
    """The widths of the angry part and of the others, of a row as wide as the `most`."""
    if not whole or not most:
        return 0, 0
    room = max(1, round(100 * whole / most))
    part = min(room, max(1, round(room * marked / whole))) if marked else 0
    return part, room - part


def _parts(report: Report, words: Words) -> Iterator[tuple[str, list[tuple[str, Part]]]]:
    """Tables of mailboxes and languages, where there are several."""
    for title, parts, is_language in (
        ("by_mailbox", report.by_mailbox, False),
        ("by_language", report.by_language, True),
    ):
        if len(parts) > 1:
            yield words(f"report.{title}"), _named(parts, words, is_language=is_language)


def _named(parts: Sequence[Part], words: Words, *, is_language: bool) -> list[tuple[str, Part]]:
    return [
        (words.language_name(part.key) if is_language else clean(part.key), part) for part in parts
    ]
