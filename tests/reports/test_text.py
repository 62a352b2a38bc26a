"""The report as text: what is found in it, how wide it is, and that nobody's words command a
terminal."""

from dataclasses import replace

import pytest
from told import MONDAY, quote, report, theme, weeks

from mailresponder.reports import text
from mailresponder.reports.as_json import as_json
from mailresponder.reports.report import Change, Figure, Headline, Unit, Verdict
from mailresponder.reports.words import Words

MORE = Change(verdict=Verdict.MORE, before=10.0, low=1.8, high=4.2)
QUOTE = quote("It came \x1b[31mbroken.")
THEME = theme(
    *("late-delivery", "Late delivery", "Retraso", 28),
    angry=4,
    change=MORE,
    is_new=True,
    since=MONDAY,
    quotes=(QUOTE,),
)
FULL = report(
    mailbox="support",
    language="en",
    theme="late-delivery",
    headlines=(
        Headline(
            kind="new",
            values={"theme": "late-delivery", "count": 28, "people": 25, "languages": "en,es"},
            theme="late-delivery",
        ),
        Headline(kind="longest", values={"ticket": "MR-1", "seconds": 90_000.0, "count": 3}),
        Headline(
            kind="angrier_steadily",
            values={"part": 30, "of": 100, "part_before": 3, "of_before": 9, "weeks": 26},
        ),
        Headline(
            kind="late", values={"seconds": 60.0, "part": 3, "of": 9, "before": 0.5}, good=False
        ),
        Headline(
            kind="better",
            values={"theme": "late-delivery", "count": 1, "people": 1, "usual": 7.6},
            good=True,
        ),
    ),
    figures={
        "messages": Figure(key="messages", unit=Unit.MESSAGES, value=28, change=MORE),
        "machines": Figure(key="machines", unit=Unit.MESSAGES, value=None),
    },
    themes=(THEME, theme("size", "size", "talla", 0)),
    escalations={"warning": 1, "overdue": 0, "overdue_angry": 2, "overdue_again": 0},
    longest=("MR-1", 90_000.0),
    praise=(QUOTE,),
    blame=(QUOTE,),
    incomplete=("holiday",),
)


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_line_is_wider_than_a_terminal(language: str) -> None:
    """In either language."""
    told = text.told(FULL, Words(language))

    assert max(map(len, told.splitlines())) <= text.WIDTH


def test_what_matters_first_stands_first() -> None:
    """Then figures, themes with bars, who waits, quotes, and what to know."""
    told = text.told(FULL, Words("en"))
    order = [
        "What matters first",
        "New: Late delivery. 25 people wrote about it (English and Spanish)",
        "Figures",
        "What they wrote about",
        "Who waits for an answer",
        "By language",
        "Week by week",
        "Who writes again and again",
        "Defects",
        "In their words",
        "And praise",
        "What to know about this report",
    ]

    places = [told.index(one) for one in order]
    assert places == sorted(places)
    assert "size" not in told


def test_a_change_beyond_chance_is_said_in_words() -> None:
    """With an arrow in its row and the interval below."""
    told = " ".join(text.told(FULL, Words("en")).split())

    assert "Mails from people 28 10 ↑" in told
    assert "↑ Mails from people: more than chance: 10 before, 1.8 to 4.2 times as many" in told


def test_the_week_under_way_is_shown_and_said_to_be_no_whole_one() -> None:
    """On a new desk it is one of few."""
    [this] = weeks(1)
    young = replace(FULL, weeks=(replace(this, messages=0),), under_way=this)
    assert "Week by week" not in text.told(young, Words("en"))
    told = text.told(replace(young, weeks=weeks(2)[:1], under_way=this), Words("en"))
    assert "2026-11-16     100" in told
    assert told.count("not over yet") == 1


def test_a_figure_that_is_not_known_is_left_out() -> None:
    """As machines' mail by language."""
    assert "Machines kept out" not in text.told(FULL, Words("en"))


def test_what_customers_write_commands_no_terminal() -> None:
    """Its escape sequences are gone, ours are there only where they are wanted."""
    assert "\x1b" not in text.told(FULL, Words("en"))
    assert "\x1b[31m" not in text.told(FULL, Words("en"), colour=True)
    assert "\x1b[1m" in text.told(FULL, Words("en"), colour=True)


@pytest.mark.parametrize("number", [1, 5, 28])
def test_bars_are_as_long_as_numbers(number: int) -> None:
    """The largest fills the room, and what there is at all is to be seen."""
    bar = text._bar(number, 28)

    assert len(bar) == text._BAR
    assert bar.strip()
    assert (bar.count("█") == text._BAR) is (number == 28)


def test_json_is_plain() -> None:
    """Times in UTC, days, zones by name, shares of nothing as null."""
    found = as_json(FULL)

    assert found["until"] == "2026-11-22T23:00:00+00:00"
    assert found["weeks"][0]["monday"] == "2026-08-24"
    assert found["zone"] == "Europe/Madrid"
    assert found["longest"] == {"ticket": "MR-1", "seconds": 90_000.0}
    assert found["figures"]["messages"]["change"] == {
        "verdict": "more",
        "before": 10.0,
        "low": 1.8,
        "high": 4.2,
    }
    assert found["figures"]["machines"]["value"] is None
