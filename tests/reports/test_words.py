"""Both languages say everything, each in its own way of writing."""

from dataclasses import replace
from datetime import UTC, date, datetime
from string import Formatter

import pytest
from told import report

from mailresponder.reports import words
from mailresponder.reports.figures import DEFINITIONS
from mailresponder.reports.report import Change, Figure, Headline, Unit, Verdict
from mailresponder.reports.words import Words

EN, ES = Words("en"), Words("es")
MORE = Change(verdict=Verdict.MORE, before=20.0, low=1.5, high=3.3)


def sentences(language: str) -> dict[str, str]:
    """All that a language can say."""
    return dict(words._sentences(language))


def slots(sentence: str) -> set[str]:
    """The values a sentence is filled with."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_both_languages_say_the_same() -> None:
    """They have the same sentences, filled with the same values; but for those about one."""
    english, spanish = sentences("en"), sentences("es")
    plain = {key for key in english.keys() | spanish.keys() if not key.endswith("_one")}

    assert plain == english.keys() & spanish.keys() & plain
    assert {key: slots(english[key]) for key in plain} == {
        key: slots(spanish[key]) for key in plain
    }


@pytest.mark.parametrize("spoken", [EN, ES])
@pytest.mark.parametrize("key", DEFINITIONS)
def test_every_figure_has_a_name_and_a_definition(spoken: Words, key: str) -> None:
    """A figure that cannot be explained is none."""
    assert spoken.name(key)
    assert len(spoken.definition(key)) > 40


@pytest.mark.parametrize(
    ("value", "english", "spanish"),
    [(0, "0", "0"), (7, "7", "7"), (1204, "1,204", "1.204"), (2.54, "2.5", "2,5")],
)
def test_numbers(value: float, english: str, spanish: str) -> None:
    """Each language has its signs for thousands and decimals."""
    assert (EN.number(value), ES.number(value)) == (english, spanish)


def test_small_shares_are_counts() -> None:
    """From twenty on they are per cent, with the counts beside; of none there is none."""
    assert EN.share(3, 7) == "3 of 7"
    assert EN.share(30, 250) == "12% (30 of 250)"
    assert ES.share(30, 250) == "12\u00a0% (30 de 250)"
    assert EN.share(3, 250) == "1.2% (3 of 250)"
    assert EN.share(0, 0) == "none"


def test_durations_have_two_units() -> None:
    """Days and hours, or hours and minutes."""
    told = [EN.duration(seconds) for seconds in (5, 60, 3600, 7800, 86_400, 268_000)]

    assert told == [
        "less than a minute",
        "1 minute",
        "1 hour",
        "2 hours and 10 minutes",
        "1 day",
        "3 days and 2 hours",
    ]
    assert ES.duration(7800) == "2 horas y 10 minutos"


def test_dates_are_those_of_the_desk() -> None:
    """A moment is the day that it is where the desk is."""
    assert EN.date(date(2026, 11, 3)) == "3 November 2026"
    assert ES.date(datetime(2026, 11, 3, tzinfo=UTC), words.ZoneInfo("Europe/Madrid")) == (
        "3 de noviembre de 2026"
    )


@pytest.mark.parametrize(
    ("change", "unit", "told"),
    [
        (None, Unit.MESSAGES, ""),
        (replace(MORE, before=None), Unit.MESSAGES, ""),
        (MORE, Unit.MESSAGES, "more than chance: 20 before, 1.5 to 3.3 times as many now"),
        (replace(MORE, high=None), Unit.TICKETS, "more than chance: 20 before, at least 1.5 times"),
        (replace(MORE, low=0.9), Unit.PEOPLE, "more than chance: 20 before"),
        (replace(MORE, verdict=Verdict.ALIKE), Unit.MAILS, "20 before: no clear change"),
        (
            Change(verdict=Verdict.MORE, before=0.1, low=0.04, high=0.12),
            Unit.SHARE,
            "up from 10%, by 4 to 12 points",
        ),
        (
            Change(verdict=Verdict.LESS, before=7200.0, low=-3600.0, high=-600.0),
            Unit.SECONDS,
            "shorter than 2 hours, by 10 minutes to 1 hour",
        ),
        (
            Change(verdict=Verdict.TOO_FEW, before=0.5),
            Unit.SHARE,
            "too few to compare",
        ),
    ],
)
def test_changes_are_said_in_words(change: Change | None, unit: Unit, told: str) -> None:
    """With the earlier figure and the interval; a share of few is not told in per cent."""
    assert EN.change(change, unit).startswith(told)


def test_figures_are_said() -> None:
    """Times are short where there is little room."""
    wait = Figure(key="response_median", unit=Unit.SECONDS, value=7800.0, of=40)

    assert EN.figure(wait) == "2 hours and 10 minutes"
    assert EN.figure(wait, brief=True) == "2 h 10 min"
    assert EN.figure(replace(wait, value=None)) == "–"
    assert EN.figure(Figure(key="angry", unit=Unit.SHARE, value=0.25, part=2, of=8)) == "2 of 8"


@pytest.mark.parametrize(
    ("wanted", "spoken"), [("es-MX", "es"), ("ES", "es"), ("de", "en"), ("", "en")]
)
def test_english_stands_in(wanted: str, spoken: str) -> None:
    """For any language that reports do not speak."""
    assert words.spoken(wanted).language == spoken


@pytest.mark.parametrize(
    ("people", "told"),
    [(0, "Nobody wrote about it"), (1, "One person wrote about it"), (2, "2 people wrote")],
)
def test_a_few_people_are_counted_in_words(people: int, told: str) -> None:
    """One person is no people."""
    line = Headline(kind="better", values={"theme": "x", "people": people, "usual": 7.6})

    assert told in EN.headline(line, report())


def test_one_of_a_thing_is_no_many() -> None:
    """Who wrote nine times may have a single ticket; a defect may have one."""
    values = {"count": 9, "tickets": 1, "angry": 0, "themes": "App"}
    one = {"name": "App", "state": "open", "tickets": 1, "new": 0, "proposed": 0}

    assert EN.headline(Headline(kind="persistent_unclear", values=values), report()) == (
        "Somebody has written 9 times lately (tickets: 1)."
    )
    assert EN("report.again_line", **values) == "9 mails (tickets: 1, angry mails: 0): App"
    assert EN("report.defect_line", **one) == "App: open; tickets: 1, new: 0, proposed: 0"
