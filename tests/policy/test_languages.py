"""In which language the desk speaks to a customer."""

from typing import Any

import pytest
from making import a_message, a_ticket

from mailresponder.mail.message import Address
from mailresponder.policy.languages import (
    WHY,
    Spoken,
    choose,
    corrected,
    hints,
    to_acknowledge_in,
)
from mailresponder.policy.ticket import LanguageSource

BOTH = ("en", "es")
TEXT, THREAD, LAST, HINT, DEFAULT = LanguageSource


def chosen(heard: str | None = None, **known: Any) -> tuple[str, LanguageSource]:
    given: dict[str, Any] = {"thread": None, "last": None, "hinted": None, "languages": BOTH}
    spoken = choose(heard, **{**given, **known})
    return spoken.language, spoken.source


def test_the_surest_that_tells_decides() -> None:
    """The text, then the thread, then the customer's last ticket, then hints, then the first."""
    spanish = a_ticket(language="es")

    assert chosen("en", thread=spanish, last="es", hinted="es") == ("en", TEXT)
    assert chosen(thread=spanish, last="en", hinted="en") == ("es", THREAD)
    assert chosen(last="es", hinted="en") == ("es", LAST)
    assert chosen(hinted="es") == ("es", HINT)
    assert chosen() == ("en", DEFAULT)


def test_a_language_the_desk_gave_up_is_not_chosen() -> None:
    """What a customer spoke before counts only while the desk speaks it."""
    assert chosen(last="fr", hinted="es") == ("es", HINT)


@pytest.mark.parametrize("guess", [HINT, DEFAULT])
def test_the_thread_of_a_guess_is_a_guess(guess: LanguageSource) -> None:
    """A second unclear message makes nothing surer."""
    assert chosen(thread=a_ticket(language="es", language_from=guess)) == ("es", guess)


def test_only_guesses_are_unsure() -> None:
    """Hints and the default are guesses; each source has its words."""
    assert [source for source in LanguageSource if not source.is_sure] == [HINT, DEFAULT]
    assert set(WHY) == set(LanguageSource)


@pytest.mark.parametrize("source", [LAST, HINT, DEFAULT])
def test_a_clear_text_corrects_what_was_not_heard(source: LanguageSource) -> None:
    """What was not known from the customer's text is settled by a later one, also where it only
    confirms it."""
    before = a_ticket(language="en", language_from=source)
    for code in BOTH:
        after = corrected(before, Spoken(language=code, source=TEXT))
        assert (after.language, after.language_from) == (code, TEXT)


def test_what_was_heard_is_not_corrected() -> None:
    """A ticket that began in English stays so, and an unclear text corrects nothing."""
    heard = a_ticket(language="en", language_from=TEXT)
    guessed = a_ticket(language="en", language_from=DEFAULT)

    assert corrected(heard, Spoken(language="es", source=TEXT)) is heard
    assert corrected(guessed, Spoken(language="es", source=HINT)) is guessed


def test_a_guess_is_acknowledged_in_all_languages() -> None:
    """The likelier first; where it is sure, in one; a desk with one language has no other."""
    guessed = a_ticket(language="es", language_from=HINT)

    assert to_acknowledge_in(guessed, BOTH) == ("es", "en")
    assert to_acknowledge_in(guessed, ("es",)) == ("es",)
    for source in (TEXT, THREAD, LAST):
        sure = a_ticket(language="es", language_from=source)
        assert to_acknowledge_in(sure, BOTH) == ("es",)


def hinted(sender: str = "ana@customer.test", **changes: Any) -> str | None:
    return hints(a_message(from_=(Address(email=sender),), **changes), BOTH)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Content-Language": "es-ES"}, "es"),
        ({"Content-Language": "EN"}, "en"),
        ({"Content-Language": "en, es"}, None),
        ({"Content-Language": "fr"}, None),
        ({"Accept-Language": "es-MX, pt;q=0.5"}, "es"),
        ({"Accept-Language": "en-US, es-ES"}, None),
        ({"Content-Language": "es", "Accept-Language": "en-GB"}, "es"),
        ({"Content-Type": 'text/plain; charset="us-ascii"'}, "en"),
        ({"Content-Type": "text/plain; charset=utf-8"}, None),
        ({"Content-Type": "text/plain; charset=koi8-r"}, None),
        ({"Content-Type": "text/plain; charset=us-ascii", "Subject": "=?utf-8?q?hola?="}, None),
        ({"Content-Language": "," * 10_000 + "es"}, None),
        ({}, None),
    ],
)
def test_headers_hint(headers: dict[str, str], expected: str | None) -> None:
    """A header or a charset that fits one of the languages speaks for it; what fits none or
    several says nothing."""
    assert hinted(headers=headers) == expected


@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        ("ana@cliente.es", "es"),
        ("ana@cliente.com.AR", "es"),
        ("jane@customer.co.uk", "en"),
        ("ana@customer.com", None),
        ("ana@customer.ch", None),
        ("", None),
    ],
)
def test_the_senders_country_hints(sender: str, expected: str | None) -> None:
    """A top-level domain speaks for what most people write there."""
    assert hinted(sender) == expected


def test_the_answer_goes_where_the_hint_comes_from() -> None:
    """Behind a web form it is the customer's country that counts."""
    assert hinted("form@shop.co.uk", reply_to=(Address(email="ana@cliente.mx"),)) == "es"


def test_a_header_outweighs_the_country() -> None:
    """Who lives in Spain may write English."""
    assert hinted("jane@customer.es", headers={"Content-Language": "en-GB"}) == "en"


def test_who_passed_it_on_hints_at_nothing() -> None:
    """The header of a mail that staff passed on is theirs; the customer's country still counts."""
    passed_on = {"forwarded_by": Address(email="jane@example.com")}
    headers = {"Content-Language": "en-GB", "Content-Type": "text/plain; charset=us-ascii"}

    assert hinted("ana@cliente.es", headers=headers, **passed_on) == "es"
    assert hinted("ana@cliente.test", headers=headers, **passed_on) is None
