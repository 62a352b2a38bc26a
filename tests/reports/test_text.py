"""The report as text: what is found in it, how wide it is, and that nobody's words command a
terminal."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailresponder.reports import text
from mailresponder.reports.as_json import as_json
from mailresponder.reports.report import (
    Change,
    DefectLine,
    Figure,
    Headline,
    Part,
    Persistent,
    Quote,
    Report,
    ThemeLine,
    Unit,
    Verdict,
    Week,
)
from mailresponder.reports.words import Words

UNTIL = datetime(2026, 11, 23, tzinfo=UTC)
WEEK = timedelta(days=7)
MORE = Change(verdict=Verdict.MORE, before=10.0, low=1.8, high=4.2)
QUOTE = Quote(text="It came \x1b[31mbroken.", language="en", message_row=1, reference="MR-1")
THEME = ThemeLine(
    key="late-delivery",
    names={"en": "Late delivery", "es": "Retraso"},
    state="kept",
    owner="",
    messages=28,
    people=25,
    angry=4,
    praise=0,
    by_language={"en": 20, "es": 8},
    weeks=(1, 2),
    change=MORE,
    is_new=True,
    since=date(2026, 11, 16),
    quotes=(QUOTE,),
)
FULL = Report(
    desk="Acme",
    zone=ZoneInfo("UTC"),
    since=UNTIL - WEEK,
    until=UNTIL,
    before=UNTIL - 2 * WEEK,
    made_at=UNTIL,
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
    weeks=(
        Week(monday=date(2026, 11, 9), messages=10, angry=0, answered_in_time=0, answered=0),
        Week(monday=date(2026, 11, 16), messages=28, angry=1, answered_in_time=0, answered=0),
    ),
    themes=(THEME, replace(THEME, key="size", names={}, messages=0, is_new=False)),
    not_understood=1,
    by_mailbox=(),
    by_language=tuple(
        Part(
            key=key,
            messages=14,
            tickets=9,
            angry=2,
            answered=30,
            answered_in_time=27,
            median_seconds=60.0,
        )
        for key in ("en", "es")
    ),
    escalations={"warning": 1, "overdue": 0, "overdue_angry": 2, "overdue_again": 0},
    waiting={"1d": 2, "3d": 0, "7d": 0, "more": 1},
    longest=("MR-1", 90_000.0),
    persistent=(
        Persistent(messages=9, tickets=4, angry=2, themes=("late-delivery",), references=("MR-1",)),
    ),
    defects=(
        DefectLine(
            id=1,
            name="App crashes",
            owner="",
            state="open",
            tickets=4,
            new=1,
            proposed=2,
            told=0,
            fixed_at=None,
        ),
    ),
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

    assert found["until"] == "2026-11-23T00:00:00+00:00"
    assert found["weeks"][0]["monday"] == "2026-11-09"
    assert found["zone"] == "UTC"
    assert found["longest"] == {"ticket": "MR-1", "seconds": 90_000.0}
    assert found["figures"]["messages"]["change"] == {
        "verdict": "more",
        "before": 10.0,
        "low": 1.8,
        "high": 4.2,
    }
    assert found["figures"]["machines"]["value"] is None
