"""The report as HTML: what stands in it, and what must not."""

import re
from html.parser import HTMLParser

import pytest
from told import report, theme

from mailresponder.mail.html import html_to_text
from mailresponder.reports.document import Shown, document
from mailresponder.reports.words import LANGUAGES, Words

ENGLISH = Words("en")
_VOID = {"br", "img", "meta"}


class Nesting(HTMLParser):
    """Notes what is closed that was not open, and what stays open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, _: object) -> None:
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def seen(html: str) -> str:
    """The words of the page, on one line."""
    return " ".join(html_to_text(html).split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_well_formed_and_loads_nothing(language: str) -> None:
    """Every element is closed, and nothing comes from elsewhere, runs or needs a style sheet."""
    html = document(report(), Words(language))
    nesting = Nesting()
    nesting.feed(html)

    assert (nesting.wrong, nesting.open) == ([], [])
    assert not re.search(r"https?:|url\(|<script|<link|<svg|<form|@import", html)
    assert f'<html lang="{language}"' in html
    assert html.count("<style") == 1, "what mail clients must have is in style attributes"


def test_what_matters_stands_first() -> None:
    """The headlines come before every figure, figures before quotes."""
    told = seen(document(report(), ENGLISH))
    order = [
        "More: white screen",
        "Figures",
        "What they wrote about",
        "In their words",
        "Gracias a todos",
    ]
    places = [told.rindex(words) for words in order]
    assert places == sorted(places)


def test_customers_and_admins_texts_are_text() -> None:
    """What a customer wrote is shown as it is, as are names: no markup, no template."""
    html = document(report(), ENGLISH)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "{{ 7 * 7 }}" in html
    assert "Acme &lt;Support&gt;" in html


def test_bars_are_as_long_as_numbers() -> None:
    """Of the most frequent theme the angry part and the others fill the row; what is met a quarter
    as often fills a quarter of it."""
    html = document(report(), ENGLISH)
    assert bar(html, "Late delivery") == [("angry", "22"), ("calm", "78")]
    assert bar(html, "white screen") == [("calm", "22"), ("empty", "78")]


def bar(html: str, name: str) -> list[tuple[str, str]]:
    """What a theme's bar consists of, and how wide each part is in per cent."""
    cells = html.split(f">{name}<")[1].split("</table>")[1]
    return re.findall(r'<td class="(\w+)" width="(\d+)%"', cells)


def test_small_shares_are_counts() -> None:
    """Three of seven is no percentage, nor is what nobody measured a figure."""
    told = seen(document(report(), ENGLISH))
    assert "First answers in time 3 of 7" in told
    assert "Angry mails 11% 12 of 112" in told
    assert ENGLISH.name("machines") not in told


def test_a_theme_that_is_told_of_is_in_the_list() -> None:
    """However many others are more frequent, with what somebody wrote about it."""
    others = [theme(f"other-{n}", f"Other {n}", f"Otro {n}", 50 - n) for n in range(15)]
    told = report()
    told = report(themes=(*others, *told.themes[1:]))
    shown = seen(document(told, ENGLISH))
    assert "Other 9" in shown
    assert "Other 10" not in shown
    assert "It stays white" in shown
    assert "and 5 more themes" in shown


def test_quotes_are_in_the_readers_language_where_there_are_any() -> None:
    """Of a theme the Spanish reader is shown what somebody wrote in Spanish."""
    assert "¿Dónde está?" in document(report(), Words("es"))
    assert "Where is it?" in document(report(), ENGLISH)


def test_pictures_say_the_same_in_words() -> None:
    """A picture has an alternative text; without one the weeks are bars of their own."""
    shown = {"weeks": Shown(title="Mails by week", alt="100 to 112 a week", source="cid:weeks@x")}
    with_picture = document(report(), ENGLISH, pictures=shown)
    assert re.search(r'<img [^>]*alt="100 to 112 a week"', with_picture)
    assert "Week by week" not in with_picture

    without = seen(document(report(), ENGLISH))
    assert "Week by week" in without
    assert "16 November 2026 112" in without


def test_an_empty_week_is_a_short_page() -> None:
    """Nobody wrote: no table, no bar, no division by nothing."""
    empty = report(
        **dict.fromkeys(("weeks", "themes", "by_language", "persistent", "defects"), ()),
        **{key: {} for key in ("figures", "escalations", "waiting")},
        **dict.fromkeys(("headlines", "praise", "blame", "incomplete"), ()),
        not_understood=0,
    )
    told = seen(document(empty, ENGLISH))
    assert told.startswith("Acme <Support>: what customers said")
    assert "Figures" not in told


def test_the_page_behind_it_is_linked_where_there_is_one() -> None:
    """And nowhere else."""
    assert "<a " not in document(report(), ENGLISH)
    html = document(report(), ENGLISH, link="https://desk.example.com/report?a=1&b=2")
    assert 'href="https://desk.example.com/report?a=1&amp;b=2"' in html
