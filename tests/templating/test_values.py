"""Values made harmless."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailresponder.templating.values import Worded, defuse, lines, one_line, shorten, shown


@pytest.mark.parametrize(
    ("written", "defused"),
    [
        ("see https://shop.test/a.b?c=d.e now", "see https[:]//shop[.]test/a[.]b?c=d[.]e now"),
        ("www.shop.test", "www[.]shop[.]test"),
        ("my order from shop.com.", "my order from shop[.]com."),
        ("Shop.COM/path.html is down", "Shop[.]COM/path[.]html is down"),
        ("intranet.corp/x and box.lan:8080", "intranet[.]corp/x and box[.]lan:8080"),
        (r"\\server\share", r"[\\]server\share"),
        ("ftp://198.51.100.7/x", "ftp[:]//198[.]51[.]100[.]7/x"),
    ],
)
def test_web_addresses_are_broken(written: str, defused: str) -> None:
    """What a mail program would turn into a link reads the same but is none."""
    assert defuse(written) == defused


@pytest.mark.parametrize(
    "text",
    [
        "It broke.Then it stopped.",
        "ana.lopez@customer.test wrote",
        "at 10.30, for 4.99, e.g. by and/or",
        "C:\\Users\\ana",
        "",
    ],
)
def test_ordinary_words_stay(text: str) -> None:
    """Sentences without a space, mail addresses and numbers are left alone."""
    assert defuse(text) == text


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("awx.:/\\@ -com\n"), max_size=60))
def test_no_address_survives(text: str) -> None:
    """However the pieces are put together, no scheme and no www host comes out whole."""
    defused = defuse(text)
    assert "://" not in defused
    assert " www.a" not in f" {defused}"


@settings(deadline=None)
@given(st.text(alphabet=st.characters(), max_size=80))
def test_one_line_is_one_printable_line(text: str) -> None:
    """No line end, control character or lone surrogate is left."""
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert not [c for c in line if unicodedata.category(c) in ("Cc", "Cs")]


def test_right_to_left_override_is_dropped() -> None:
    """A text cannot make the words around it read backwards."""
    assert one_line("abc\u202egpj.exe\u202c") == "abcgpj.exe"


def test_lines_keep_their_order_and_blanks() -> None:
    """A text of any line ends becomes its lines."""
    assert lines("one\r\n\r\n  two\u2028three") == ["one", "", "two", "three"]


@settings(deadline=None)
@given(st.text(max_size=60), st.integers(min_value=2, max_value=40))
def test_shorten_keeps_the_limit(text: str, limit: int) -> None:
    """A cut text is never longer than asked for, and says that it was cut."""
    short = shorten(text, limit)
    assert len(short) <= limit
    assert short == text or short.endswith("…")


def test_a_mailto_link_is_shown_as_its_address() -> None:
    """People read the address, not the percent signs."""
    assert shown("mailto:a%2Bb@customer.test?subject=x") == "a+b@customer.test"
    assert shown("https://example.com/?a=b") == "https://example.com/?a=b"


def test_a_name_with_words_is_both() -> None:
    """Compared it is the name; written it is the words in the language, in English where there
    are none, or the name."""
    name = Worded("role_address", {"en": "a technical address", "es": "una dirección técnica"})

    assert name == "role_address"
    assert [name.in_language(language) for language in ("es", "en", "fr")] == [
        "una dirección técnica",
        "a technical address",
        "a technical address",
    ]
    assert Worded("new_rule", {}).in_language("en") == "new_rule"
