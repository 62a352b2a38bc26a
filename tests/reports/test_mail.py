"""The weekly mail and the file for the browser."""

import re
import sys

import pytest
from told import report

from mailresponder.reports import mail, pictures
from mailresponder.reports.words import Words


def test_the_mail_shows_its_own_pictures() -> None:
    """Every picture in the HTML is one that the mail carries, and the other way round."""
    letter = mail.letter(report(), Words("en"), domain="example.com")

    shown = re.findall(r'src="cid:([^"]+)"', letter.html)
    assert shown == [one.cid for one in letter.pictures]
    assert len(shown) == 3
    assert letter.subject.startswith("Acme <Support>: what customers said, 16 November 2026 to 22")


@pytest.fixture
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is not installed."""
    monkeypatch.setattr(pictures, "find_spec", lambda _: None)
    monkeypatch.setitem(sys.modules, "matplotlib", None)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.usefixtures("no_pictures")
def test_the_text_says_what_the_html_says(language: str) -> None:
    """Headlines, figures, themes and quotes are in both parts, in lines of at most 76."""
    words, told = Words(language), report()
    letter = mail.letter(told, words, domain="example.com")

    plain = _on_a_line(letter.text)
    for headline in told.headlines:
        assert _on_a_line(words.headline(headline, told)) in plain
    for key in ("messages", "angry", "escalated"):
        assert words.name(key) in plain
    assert words.theme("late-delivery", told) in plain
    assert "Enough of this" in plain
    assert max(map(len, letter.text.splitlines())) <= mail.WIDTH


def _on_a_line(text: str) -> str:
    return " ".join(text.split())


def test_a_file_for_the_browser_holds_its_pictures() -> None:
    """It needs nothing beside it."""
    html = mail.for_browser(report(), Words("en"))
    assert len(re.findall(r'<img [^>]*src="data:image/png;base64,', html)) == 3
    assert "cid:" not in html


@pytest.mark.usefixtures("no_pictures")
def test_without_the_extra_the_mail_is_complete() -> None:
    """It has no picture, and tables that say the same."""
    letter = mail.letter(report(), Words("en"), domain="example.com")
    assert letter.pictures == ()
    assert "<img" not in letter.html
    assert "Week by week" in letter.html
