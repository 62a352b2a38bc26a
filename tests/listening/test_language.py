"""Which language a text is in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailresponder.listening.language import detect

BOTH = ("en", "es")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello, my parcel has not arrived yet", "en"),
        ("Where is my refund?", "en"),
        ("worst service ever", "en"),
        ("THE APP DOES NOT OPEN", "en"),
        ("Hola, mi paquete no ha llegado", "es"),
        ("¿Dónde está mi reembolso?", "es"),
        ("no me llega el paquete", "es"),
        ("QUIERO DARME DE BAJA", "es"),
        ("Quiero cancelar mi plan Premium Family Unlimited", "es"),
        ("See https://example.com/la/de/que/el please, it is broken", "en"),
        ("my login is el.que.esta.en.la@example.com and it does not work", "en"),
    ],
)
def test_english_and_spanish_are_told_apart(text: str, expected: str) -> None:
    """A short sentence suffices, in capitals too; addresses have no language."""
    assert detect(text, BOTH, default="none") == expected


@pytest.mark.parametrize(
    "text", ["", "Gracias", "Thanks!", "MR-7F3K2", "12 34 56", "Zgłoszenie numer cztery", "ok vale"]
)
def test_too_little_to_go_by_is_the_default(text: str) -> None:
    """Below three words, or without any known word, nothing is guessed."""
    assert detect(text, BOTH, default="none") == "none"


def test_a_tie_is_the_default() -> None:
    """Where as much speaks for one language as for the other, the default decides."""
    assert detect("the el order", ("en", "es"), default="es") == "en"
    assert detect("the el zzz", ("en", "es"), default="es") == "es"
    assert detect("the el zzz", ("en", "es"), default="en") == "en"


def test_only_the_languages_of_the_desk_are_detected() -> None:
    """A language that was not asked for, or has no lexicon, is never the answer."""
    text = "Hola, mi paquete no ha llegado"
    assert detect(text, ("en",), default="en") == "en"
    assert detect(text, ("tlh", "es"), default="tlh") == "es"
    assert detect(text, ("tlh",), default="tlh") == "tlh"


@given(st.text(max_size=3000))
def test_any_text_has_an_answer(text: str) -> None:
    """Whatever the text, the answer is one of the languages or the default."""
    assert detect(text, BOTH, default="none") in {"en", "es", "none"}
