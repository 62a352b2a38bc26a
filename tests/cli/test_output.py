import io
import json
import sys
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailresponder.cli import output

ANYTHING = st.characters(exclude_categories=())
"""Halves of surrogate pairs too: a careless decoder leaves them."""


class Terminal(io.StringIO):
    """Standard output that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def on_terminal(monkeypatch: pytest.MonkeyPatch, headings: list[str], row: list[str]) -> str:
    """A table as a terminal without colours shows it."""
    shown = Terminal()
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr(sys, "stdout", shown)
    output.print_table(headings, [row])
    return shown.getvalue()


@given(st.text(ANYTHING))
def test_cleaned_text_holds_nothing_a_terminal_obeys(text: str) -> None:
    """Whatever the text, only printable characters, newlines and tabs are left of it."""
    cleaned = output.clean(text)

    assert not [c for c in cleaned if (c < " " and c not in "\n\t") or "\x7f" <= c <= "\x9f"]
    assert not set(cleaned) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned


@given(st.text(ANYTHING))
def test_one_line_is_one_line(text: str) -> None:
    """No text breaks out of its cell."""
    assert len(output.one_line(text).splitlines()) <= 1


def test_ordinary_text_is_left_alone() -> None:
    """Letters, signs and emoji of any language stay."""
    text = "¿Qué tal?\tÑandú 日本語 👍\nעברית"

    assert output.clean(text) == text


def test_times_in_json_are_utc(capsys: pytest.CaptureFixture[str]) -> None:
    """A time in another zone is written in UTC, and read back it is the same moment."""
    at = datetime(2026, 11, 23, 12, 0, tzinfo=timezone(timedelta(hours=1)))

    output.print_json({"at": at})

    written = json.loads(capsys.readouterr().out)["at"]
    assert written == "2026-11-23T11:00:00+00:00"
    assert datetime.fromisoformat(written) == at


def test_json_is_ascii(capsys: pytest.CaptureFixture[str]) -> None:
    """No locale and no terminal can misread a result for programs."""
    output.print_json_line({"text": "ñ \x9b \u202e \ud800"})

    out = capsys.readouterr().out
    assert out.isascii()
    assert len(out.splitlines()) == 1
    assert json.loads(out)["text"] == "ñ \x9b \u202e \ud800"


def test_table_fits_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short columns stand there whole; the last one gives way."""
    lines = on_terminal(monkeypatch, ["REF", "SUBJECT"], ["MR-22222", "long " * 50]).splitlines()

    assert len(lines) == 2
    assert all(len(line) <= 80 for line in lines)
    assert lines[1].startswith("MR-22222  long long")
    assert lines[1].rstrip().endswith("…")


def test_table_reads_no_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    """Brackets and colons in a customer's words are words."""
    words = "[red]x[/red] :smile: [/]"

    assert words in on_terminal(monkeypatch, ["SUBJECT"], [words])


def test_unprintable_letters_become_question_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A locale that lacks a letter costs that letter, not the answer."""
    narrow = io.TextIOWrapper(io.BytesIO(), "ascii")
    monkeypatch.setattr(sys, "stdout", narrow)

    output.say("Ñandú")

    narrow.flush()
    assert narrow.buffer.getvalue() == b"?and?\n"


def test_times_are_the_desk_s() -> None:
    """People read the desk's own clock; no time at all is a dash."""
    at = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)

    assert output.when(at, ZoneInfo("Europe/Madrid")) == "2026-11-24 00:30"
    assert output.when(None, ZoneInfo("Europe/Madrid")) == "-"
