"""The report's few pictures as PNG, and what each says in words.

Needs the extra `report`; without it there are none, and the report says the same in tables. Colours
and shades are such that colour-blind people and those who read on a dark page see them too; the
background is transparent. No text of a customer or an admin stands in a picture.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING

from mailresponder.printable import clean
from mailresponder.reports.report import Report, Week
from mailresponder.reports.words import Words
from mailresponder.templating import wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT = 480, 190
"""As shown, in pixels; drawn at `_SHARPNESS` times that, for phones."""

_SHARPNESS = 2.5
_WEEKS = 13
_FEWEST = 3
"""Weeks in which somebody wrote; fewer are no course of anything."""
_BLUE, _ORANGE, _GREY = "#3f87c7", "#d9620f", "#75808c"
_PER_INCH = 100
_POINTS = 10.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """One picture."""

    name: str
    """Of its place in the report: `weeks`, `theme`, `in_time`."""
    title: str
    alt: str
    """What it shows, in words."""
    png: bytes = field(repr=False)


def are_possible() -> bool:
    """Is the extra there?"""
    return find_spec("matplotlib") is not None


def drawn(report: Report, words: Words) -> tuple[Drawn, ...]:
    """The pictures of a report, three at most; none without the extra, or of too few weeks."""
    if not are_possible():
        return ()
    pictures = (_weeks(report, words), _theme(report, words), _in_time(report, words))
    return tuple(picture for picture in pictures if picture is not None)


def _weeks(report: Report, words: Words) -> Drawn | None:
    """How many wrote each week, and how many of them angrily."""
    weeks = report.weeks[-_WEEKS:]
    if sum(week.messages > 0 for week in weeks) < _FEWEST:
        return None
    angry = [week.angry for week in weeks]
    calm = [week.messages - week.angry for week in weeks]

    def draw(axes: "Axes") -> None:
        places = range(len(weeks))
        axes.bar(places, angry, width=0.72, color=_ORANGE, label=words("report.angry"))
        axes.bar(
            places, calm, width=0.72, bottom=angry, color=_BLUE, label=words("picture.not_angry")
        )
        _explain(axes)

    alt = words(
        "picture.weeks_alt",
        **_course([week.messages for week in weeks], words),
        first=words.date(weeks[0].monday),
        angry=words.share(weeks[-1].angry, weeks[-1].messages),
    )
    title = words("picture.weeks")
    return Drawn(name="weeks", title=title, alt=alt, png=_png(draw, weeks, words))


def _theme(report: Report, words: Words) -> Drawn | None:
    """The course of the theme that the first of the headlines is about."""
    lines = {line.key: line for line in report.themes}
    told = (lines.get(one.theme) for one in report.headlines if one.theme is not None)
    line = next((one for one in told if one is not None), None)
    weeks = report.weeks[-_WEEKS:]
    if line is None or len(weeks) < _FEWEST or len(line.weeks) != len(report.weeks):
        return None
    numbers = line.weeks[-_WEEKS:]

    def draw(axes: "Axes") -> None:
        axes.bar(range(len(numbers)), numbers, width=0.72, color=_BLUE)

    theme = clean(words.theme(line.key, report))
    first = words.date(weeks[0].monday)
    return Drawn(
        name="theme",
        title=words("picture.theme", theme=theme),
        alt=words("picture.theme_alt", **_course(numbers, words), theme=theme, first=first),
        png=_png(draw, weeks, words),
    )


def _in_time(report: Report, words: Words) -> Drawn | None:
    """The share of first answers in time, by week."""
    weeks = report.weeks[-_WEEKS:]
    known = [(place, week) for place, week in enumerate(weeks) if week.answered]
    if len(known) < _FEWEST:
        return None
    shares = [100 * week.answered_in_time / week.answered for _, week in known]

    def draw(axes: "Axes") -> None:
        places = [place for place, _ in known]
        axes.plot(places, shares, color=_BLUE, linewidth=2.4, marker="o", markersize=5)
        axes.set_ylim(0, 104)
        axes.set_xlim(-0.6, len(weeks) - 0.4)
        axes.set_yticks([0, 50, 100], [words.percent(part) for part in (0, 0.5, 1)])

    last = known[-1][1]
    alt = words(
        "picture.in_time_alt",
        least=words.percent(min(shares) / 100),
        most=words.percent(max(shares) / 100),
        first=words.date(known[0][1].monday),
        last=words.share(last.answered_in_time, last.answered),
    )
    return Drawn(
        name="in_time", title=words("picture.in_time"), alt=alt, png=_png(draw, weeks, words)
    )


def _course(numbers: Sequence[int], words: Words) -> dict[str, str]:
    return {
        "least": words.number(min(numbers)),
        "most": words.number(max(numbers)),
        "last": words.number(numbers[-1]),
    }


def _png(draw: Callable[["Axes"], None], weeks: Sequence[Week], words: Words) -> bytes:
    # Imported here: it takes half a second, and is an extra. Without pyplot nothing is shared
    # between threads.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    figure = Figure(figsize=(WIDTH / _PER_INCH, HEIGHT / _PER_INCH), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    draw(axes)
    every = 1 + (len(weeks) - 1) // 5
    # Counted back from the last week, which is the one that the report is about.
    shown = list(range(len(weeks) - 1, -1, -every))[::-1]
    axes.set_xticks(shown, [_day(weeks[place], words) for place in shown])
    axes.tick_params(labelsize=_POINTS, labelcolor=_GREY, color=_GREY, length=0)
    axes.tick_params(axis="x", pad=6)
    axes.grid(axis="y", color=_GREY, alpha=0.3, linewidth=0.8)
    axes.set_axisbelow(True)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(_GREY)
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=_PER_INCH * _SHARPNESS, transparent=True, metadata={})
    return out.getvalue()


def _explain(axes: "Axes") -> None:
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=2,
        frameon=False,
        fontsize=_POINTS,
        labelcolor=_GREY,
        handlelength=1,
        handleheight=1,
        borderpad=0,
        borderaxespad=0.3,
    )


def _day(week: Week, words: Words) -> str:
    month = wording.WORDS[words.language].months[week.monday.month - 1][:3]
    return f"{week.monday.day} {month}"
