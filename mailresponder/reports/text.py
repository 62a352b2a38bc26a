"""A report as plain text: in the terminal, and as the text part of the mail."""

import textwrap
from collections.abc import Iterator, Sequence

from mailresponder.printable import clean
from mailresponder.reports.figures import DEFINITIONS
from mailresponder.reports.report import Part, Quote, Report, ThemeLine, Verdict
from mailresponder.reports.words import Words

WIDTH = 78
_BAR = 16
_BLOCKS = " ▏▎▍▌▋▊▉█"
_MOST_THEMES = 12
_WEEKS = 12
_ARROWS = {Verdict.MORE: "↑", Verdict.LESS: "↓", Verdict.ALIKE: "", Verdict.TOO_FEW: ""}
_BOLD, _CYAN, _PLAIN = "\x1b[1m", "\x1b[1;36m", "\x1b[0m"


def told(report: Report, words: Words, *, width: int = WIDTH, colour: bool = False) -> str:
    """The whole report, no line longer than `width` but where a word is; what matters first on
    top. `colour`: with the escape sequences of a terminal."""
    page = _Page(report, words, width, colour)
    return "\n".join(page.lines()).rstrip() + "\n"


def explained(words: Words, *, width: int = WIDTH) -> str:
    """What every figure counts, where from, and how it is compared."""
    out = [words("explain.heading"), ""]
    for key, one in DEFINITIONS.items():
        source = words("source.line", tables=one.source, unit=words(f"unit.{one.unit}"))
        out += [words.name(key), *_filled(f"{words.definition(key)} {source}", width, "  "), ""]
    for key in ("comparing", "headlines"):
        out += [*_filled(words(f"explain.{key}"), width, ""), ""]
    return "\n".join(out).rstrip() + "\n"


class _Page:
    def __init__(self, report: Report, words: Words, width: int, colour: bool) -> None:
        self._report, self._words = report, words
        self._width, self._colour = width, colour

    def lines(self) -> Iterator[str]:
        report, words = self._report, self._words
        yield self._styled(words("report.heading", desk=clean(report.desk)), _BOLD)
        yield from self._filled(f"{words.period(report)} ({words.compared(report)})", "", "")
        for name, value in self._limits():
            yield words(f"report.only_{name}", name=value)
        yield from self._section("first")
        for headline in report.headlines:
            yield from self._filled(words.headline(headline, report), "* ")
        yield from self._figures()
        yield from self._themes()
        yield from self._waiting()
        yield from self._parts("by_mailbox", report.by_mailbox, is_language=False)
        yield from self._parts("by_language", report.by_language, is_language=True)
        yield from self._weeks()
        yield from self._persistent()
        yield from self._defects()
        yield from self._quotes("blame", report.blame)
        yield from self._quotes("praise", report.praise)
        if report.incomplete:
            yield from self._section("incomplete")
            for name in report.incomplete:
                yield from self._filled(words.incomplete(name), "* ")
        yield ""
        yield from self._filled(words("report.made", at=words.date(report.made_at, report.zone)))

    def _limits(self) -> Iterator[tuple[str, str]]:
        report, words = self._report, self._words
        if report.mailbox is not None:
            yield "mailbox", clean(report.mailbox)
        if report.language is not None:
            yield "language", words.language_name(report.language)
        if report.theme is not None:
            yield "theme", words.theme(report.theme, report)

    def _figures(self) -> Iterator[str]:
        report, words = self._report, self._words
        shown = [one for one in report.figures.values() if one.value is not None]
        if not shown:
            return
        yield from self._section("figures")
        rows = [
            (
                words.name(one.key),
                words.figure(one, brief=True),
                words.before(one.change, one.unit, brief=True),
                _ARROWS[one.change.verdict] if one.change is not None else "",
            )
            for one in shown
        ]
        rows.insert(0, ("", "", words("report.before"), ""))
        left, middle, right = (max(len(row[at]) for row in rows) for at in range(3))
        for name, value, before, arrow in rows:
            yield f"{name:{left}}  {value:>{middle}}  {before:>{right}} {arrow}".rstrip()
        for one in shown:
            if one.change is not None and _ARROWS[one.change.verdict]:
                change = words.change(one.change, one.unit)
                said = f"{_ARROWS[one.change.verdict]} {words.name(one.key)}: {change}"
                yield from self._filled(said)
        yield from self._filled(words("report.note"))

    def _themes(self) -> Iterator[str]:
        report, words = self._report, self._words
        met = [line for line in report.themes if line.messages]
        if not met and not report.not_understood:
            return
        yield from self._section("themes")
        shown = report.shown_themes(_MOST_THEMES)
        if not met:
            yield words("report.no_themes")
        names = [clean(words.theme(line.key, report)) for line in shown]
        left = min(max(map(len, names), default=0), self._width // 3)
        most = max((line.messages for line in shown), default=1)
        for name, line in zip(names, shown, strict=True):
            number = words.number(line.messages)
            bar = _bar(line.messages, most)
            yield f"{_cut(name, left):{left}}  {number:>5} {bar} {self._of_theme(line)}".rstrip()
            if (quote := words.example(line.quotes)) is not None:
                yield from self._quote(quote, " " * 4)
        if len(met) > len(shown):
            yield words("report.more_themes", count=len(met) - len(shown))
        if report.not_understood:
            yield words("report.not_understood", count=report.not_understood)

    def _of_theme(self, line: ThemeLine) -> str:
        words = self._words
        marks = [words("report.new_theme")] if line.is_new else []
        if line.change.verdict in (Verdict.MORE, Verdict.LESS):
            before = words.number(line.change.before or 0)
            marks.append(f"{_ARROWS[line.change.verdict]} {before}")
        if line.angry:
            marks.append(words("report.of_angry", count=line.angry))
        return ", ".join(marks)

    def _waiting(self) -> Iterator[str]:
        report = self._report
        if any(report.waiting.values()):
            yield from self._section("waiting")
            yield from self._bars("waiting", report.waiting)
        if any(report.escalations.values()):
            yield from self._section("escalations")
            yield from self._bars("escalations", report.escalations)

    def _bars(self, group: str, numbers: dict[str, int]) -> Iterator[str]:
        names = {key: self._words(f"{group}.{key}") for key in numbers}
        left = max(map(len, names.values()))
        most = max(numbers.values())
        for key, number in numbers.items():
            shown = self._words.number(number)
            yield f"{names[key]:{left}}  {shown:>5} {_bar(number, most)}".rstrip()

    def _parts(self, section: str, parts: Sequence[Part], *, is_language: bool) -> Iterator[str]:
        words = self._words
        if len(parts) < 2:
            return
        yield from self._section(section)
        heads = ["", *(words(f"report.{one}") for one in ("mails", "tickets", "angry", "in_time"))]
        rows = [
            [
                words.language_name(part.key) if is_language else clean(part.key),
                words.number(part.messages),
                words.number(part.tickets),
                words.number(part.angry),
                words.share(part.answered_in_time, part.answered),
            ]
            for part in parts
        ]
        widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
        for row in (heads, *rows):
            cells = [f"{row[0]:{widths[0]}}"]
            cells += [f"{cell:>{size}}" for cell, size in zip(row[1:], widths[1:], strict=True)]
            yield "  ".join(cells).rstrip()

    def _weeks(self) -> Iterator[str]:
        report, words = self._report, self._words
        unfinished = [report.under_way] if report.under_way else []
        weeks = [*report.weeks[-_WEEKS:], *unfinished]
        if sum(week.messages > 0 for week in weeks) < 2:
            return
        yield from self._section("weeks")
        most = max(week.messages for week in weeks)
        for week in weeks:
            marks = [words("report.of_angry", count=week.angry)] if week.angry else []
            if week is report.under_way:
                marks.append(words("report.under_way"))
            row = f"{week.monday:%Y-%m-%d}  {words.number(week.messages):>6}"
            yield f"{row} {_bar(week.messages, most)} {', '.join(marks)}".rstrip()

    def _persistent(self) -> Iterator[str]:
        report, words = self._report, self._words
        if not report.persistent:
            return
        yield from self._section("persistent")
        for one in report.persistent:
            themes = ", ".join(clean(words.theme(key, report)) for key in one.themes)
            key = "report.again_line" if themes else "report.again_line_bare"
            values = {"count": one.messages, "tickets": one.tickets, "angry": one.angry}
            yield from self._filled(words(key, **values, themes=themes), "* ")
        yield words("report.again_line_hint")

    def _defects(self) -> Iterator[str]:
        report, words = self._report, self._words
        if not report.defects:
            return
        yield from self._section("defects")
        for one in report.defects:
            said = words(
                "report.defect_line",
                name=clean(one.name),
                state=words(f"report.{one.state}"),
                tickets=one.tickets,
                new=one.new,
                proposed=one.proposed,
            )
            told = f"; {words('report.defect_told', told=one.told)}" if one.told else ""
            yield from self._filled(f"{said}{told}", "* ")

    def _quotes(self, section: str, quotes: Sequence[Quote]) -> Iterator[str]:
        if quotes:
            yield from self._section(section)
            for quote in quotes:
                yield from self._quote(quote, "  ")

    def _quote(self, quote: Quote, indent: str) -> Iterator[str]:
        yield from self._filled(f"“{clean(quote.text)}”", indent, indent)

    def _section(self, name: str) -> Iterator[str]:
        title = self._words(f"report.{name}")
        yield ""
        yield self._styled(title, _CYAN)
        if not self._colour:
            yield "-" * len(title)

    def _filled(self, text: str, first: str = "", rest: str | None = None) -> list[str]:
        return _filled(text, self._width, first, rest)

    def _styled(self, text: str, style: str) -> str:
        return f"{style}{text}{_PLAIN}" if self._colour else text


def _filled(text: str, width: int, first: str = "", rest: str | None = None) -> list[str]:
    after = " " * len(first) if rest is None else rest
    return textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=after,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _bar(number: int, most: int) -> str:
    """A bar as long as the number is large, of the characters of a terminal; padded."""
    eighths = round(_BAR * 8 * number / most) if most else 0
    # What there is at all is to be seen.
    eighths = max(eighths, 1) if number else 0
    return ("█" * (eighths // 8) + _BLOCKS[eighths % 8].strip()).ljust(_BAR)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"
