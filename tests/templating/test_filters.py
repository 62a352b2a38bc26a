"""Words for times and durations, and quotes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mailresponder.templating import (
    Fields,
    Own,
    TemplateError,
    Worded,
    compile_layout,
    compile_template,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LAYOUT = compile_layout("<html><body>{{ content }}</body></html>", name="layout")

Write = Callable[..., str]


def write(
    expression: str, *, language: str = "en", zone: str = "Europe/Madrid", **given: Any
) -> str:
    """The text of a template that holds just this expression."""
    template = compile_template(f"Subject: s\n\n{{{{ {expression} }}}}", name="test")
    rendered = template.render(
        {"now": NOW, **given}, layout=LAYOUT, language=language, timezone=ZoneInfo(zone)
    )
    return rendered.text.removesuffix("\n")


@pytest.mark.parametrize(
    ("language", "moment", "words"),
    [
        ("en", datetime(2026, 11, 23, 9, 0, tzinfo=UTC), "Monday 23 November at 10:00"),
        ("es", datetime(2026, 11, 23, 9, 0, tzinfo=UTC), "lunes 23 de noviembre a las 10:00"),
        ("es", datetime(2026, 11, 25, 0, 5, tzinfo=UTC), "miércoles 25 de noviembre a la 01:05"),
        ("en", datetime(2027, 1, 4, 9, 0, tzinfo=UTC), "Monday 4 January 2027 at 10:00"),
        ("es", datetime(2027, 1, 4, 9, 0, tzinfo=UTC), "lunes 4 de enero de 2027 a las 10:00"),
        ("en", datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "Friday 1 January 2027 at 00:30"),
        ("de", datetime(2026, 11, 23, 9, 0, tzinfo=UTC), "2026-11-23 10:00"),
    ],
)
def test_day_and_time(language: str, moment: datetime, words: str) -> None:
    """A time is told in the desk's zone and the reader's language, with the year if another."""
    assert write("t | day_and_time", language=language, t=moment) == words
    assert write("t", language=language, t=moment) == words


def test_summer_and_winter_time() -> None:
    """The same UTC hour is another one on the wall in summer."""
    assert write("t | time", t=datetime(2026, 7, 1, 9, tzinfo=UTC)) == "11:00"
    assert write("t | time", t=datetime(2026, 12, 1, 9, tzinfo=UTC)) == "10:00"


@pytest.mark.parametrize(
    ("language", "zone", "words"),
    [
        ("en", "Europe/Madrid", "Madrid time"),
        ("es", "Europe/Madrid", "hora de Madrid"),
        ("es", "Atlantic/Canary", "hora de Canarias"),
        ("en", "Atlantic/Canary", "Canary Islands time"),
        ("es", "America/Mexico_City", "hora de Ciudad de México"),
        ("en", "America/New_York", "New York time"),
        ("en", "UTC", "UTC"),
        ("de", "Europe/Madrid", "CET"),
    ],
)
def test_zone(language: str, zone: str, words: str) -> None:
    """A reader elsewhere is told whose clock is meant."""
    assert write("now | zone", language=language, zone=zone) == words


def test_date() -> None:
    """A date alone has no time of day."""
    assert write("now | date") == "Friday 20 November"
    assert write("now | date", language="es") == "viernes 20 de noviembre"


@pytest.mark.parametrize(
    ("length", "english", "spanish"),
    [
        (timedelta(hours=2), "2 hours", "2 horas"),
        (timedelta(hours=1, minutes=1), "1 hour and 1 minute", "1 hora y 1 minuto"),
        (timedelta(days=1, minutes=5), "1 day", "1 día"),
        (timedelta(days=3, hours=4, minutes=59), "3 days and 4 hours", "3 días y 4 horas"),
        (timedelta(seconds=59), "less than a minute", "menos de un minuto"),
        (timedelta(seconds=-5), "less than a minute", "menos de un minuto"),
    ],
)
def test_duration(length: timedelta, english: str, spanish: str) -> None:
    """A length is told in its two largest units."""
    assert write("d | duration", d=length) == english
    assert write("d", language="es", d=length) == spanish


def test_duration_in_hours() -> None:
    """A day of working time is no 24 hours: a length can be told without days."""
    given = timedelta(days=1, hours=4, minutes=5)
    assert write("d | duration(days=false)", d=given) == "28 hours and 5 minutes"
    assert write("d | duration(days=false)", language="es", d=given) == "28 horas y 5 minutos"


def test_fallback() -> None:
    """Nothing and blanks give way; zero and words do not."""
    assert write("x | fallback('else')", x=None) == "else"
    assert write("x | fallback('else')", x="  ") == "else"
    assert write("x | fallback('else')", x="words") == "words"
    assert write("x | fallback('else')", x=0) == "0"


def test_quote_keeps_lines() -> None:
    """A quote has the writer's lines, and a mark before each."""
    assert write("x | quote", x="one\r\n\r\ntwo\n# three") == "> one\n>\n> two\n> # three"


def test_quote_is_cut() -> None:
    """A long text is quoted up to the limit of characters or lines, and says so."""
    assert write("x | quote(5, 9)", x="abcdefghij") == "> abcde\n> …"
    assert write("x | quote(500, 2)", x="a\nb\nc") == "> a\n> b\n> …"
    assert write("x | quote(500, 2)", x="a\nb\n") == "> a\n> b"


def test_lists() -> None:
    """Items are joined and counted."""
    assert write("x | join(', ')", x=["a", "b"]) == "a, b"
    assert write("x | count", x=["a", "b"]) == "2"


def test_join_is_bounded() -> None:
    """Joining long things does not grow beyond all measure."""
    assert len(write("x | join(y)", x=["a" * 9000] * 50, y="b" * 9000)) <= 10_000


def test_names_with_words_are_joined_in_words() -> None:
    """As they would be written one by one."""
    rules = [Worded("a_b", {"en": "an end", "es": "un fin"}), Worded("c_d", {})]
    assert write("x | join(', ')", x=rules, language="es") == "un fin, c_d"


def test_the_desk_s_own_lines_stay() -> None:
    """Words of ours keep their lines in both parts; a customer's are to be quoted."""
    assert write("x | lines", x=Own(" one\r\n\ntwo https://x.test/\n")) == (
        "one\n\ntwo https://x.test/"
    )
    assert write("x | lines", x=Own("one")) == "one"
    with pytest.raises(TemplateError, match="use `quote`"):
        write("x | lines", x="a customer's")
    with pytest.raises(TemplateError, match="ask"):
        write("x | lines", x=None)


def test_yes_and_no_are_words() -> None:
    """Not Python's."""
    assert write("x", x=True) == "yes"
    assert write("x", x=True, language="es") == "sí"
    assert write("x", x=False, language="es") == "no"


@pytest.mark.parametrize("value", [["a"], ("a",), Fields(name="Ana"), object()])
def test_what_holds_several_values_is_not_written(value: object) -> None:
    """It would come out as Python, with a customer's text as if it were ours."""
    with pytest.raises(TemplateError, match="this is"):
        write("x", x=value)


def test_odd_and_even_are_of_numbers() -> None:
    """Anything else is refused: Jinja's own would take a text for a format."""
    assert write("'odd' if x is odd else 'even'", x=3) == "odd"
    assert write("'odd' if x is odd else 'even'", x=-2) == "even"
    with pytest.raises(TemplateError, match="ask about a number"):
        write("x is even", x="%9d")


def test_letters() -> None:
    """Capitals and cuts."""
    assert write("x | upper", x="ñu") == "ÑU"
    assert write("x | lower", x="ÑU") == "ñu"
    assert write("x | capitalize", x="eN casa") == "EN casa"
    assert write("x | cut(9)", x="one two three") == "one two…"


@pytest.mark.parametrize(
    "expression", ["x | day_and_time", "x | duration", "x | quote", "x | zone", "x | date"]
)
def test_nothing_is_no_time(expression: str) -> None:
    """A filter that needs a value says so when there is none."""
    with pytest.raises(TemplateError, match="needs a"):
        write(expression, x=None)
