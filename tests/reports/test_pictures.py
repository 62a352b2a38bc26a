"""The report's pictures."""

import io
import sys
from dataclasses import replace

import pytest
from PIL import Image
from told import report, weeks

from mailresponder.reports import pictures
from mailresponder.reports.words import Words


def test_three_small_pictures() -> None:
    """PNG of less than 40 kB, sharp on a phone, transparent, each said in words as well."""
    drawn = pictures.drawn(report(), Words("es"))

    assert [one.name for one in drawn] == ["weeks", "theme", "in_time"]
    for one in drawn:
        assert len(one.png) < 40_000
        image = Image.open(io.BytesIO(one.png))
        assert image.size == (1200, 475)
        assert image.getpixel((0, 0))[3] == 0
        assert "112" in one.alt or "9" in one.alt
        assert len(one.alt) < 300


def test_what_customers_and_admins_write_is_in_no_picture() -> None:
    """The name of a theme is its title, in words; a dollar sign in it is no formula."""
    told = report()
    odd = told.themes[1]
    names = {"en": "$\\frac{1}{2}$ 漢字", "es": "x"}
    drawn = pictures.drawn(report(themes=(replace(odd, names=names),)), Words("en"))
    same = pictures.drawn(report(themes=(odd,)), Words("en"))

    assert "$\\frac{1}{2}$ 漢字" in drawn[1].title
    assert drawn[1].png == same[1].png


def test_few_weeks_are_no_course() -> None:
    """Of two weeks there is no picture."""
    assert pictures.drawn(report(weeks=weeks(2)), Words("en")) == ()


def test_without_the_extra_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing fails."""
    monkeypatch.setattr(pictures, "find_spec", lambda _: None)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert pictures.drawn(report(), Words("en")) == ()
