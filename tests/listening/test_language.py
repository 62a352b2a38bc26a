"""Which language a text is in."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailresponder.listening.language import detect, likeliest

BOTH = ("en", "es")
MESSAGES = Path(__file__).parent / "messages"


def messages(name: str) -> list[str]:
    """The invented messages of a file."""
    lines = (MESSAGES / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("# ")]


def kept(name: str) -> list[str]:
    """Those that nothing was tuned on."""
    text = (MESSAGES / f"{name}.txt").read_text(encoding="utf-8")
    return text.partition("# kept for the final figure\n")[2].splitlines()


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
        ("I stayed at the Hotel José María in Córdoba and left my coat there", "en"),
    ],
)
def test_english_and_spanish_are_told_apart(text: str, expected: str) -> None:
    """A short sentence suffices, in capitals too; addresses have no language."""
    assert detect(text, BOTH) == expected


@pytest.mark.parametrize("language", BOTH)
def test_one_to_three_words_suffice(language: str) -> None:
    """Of the short messages that nothing was tuned on, none is taken for the other language and
    at most one in twelve is left open."""
    found = [detect(text, BOTH) for text in kept(f"{language}_short")]

    assert set(found) <= {language, None}
    assert found.count(None) <= len(found) / 12


@pytest.mark.parametrize(
    "text", ["", "ok", "no", "No!", "MR-7F3K2", "12 34 56", "info@example.com", "Error 404", "🙂"]
)
def test_what_two_languages_have_is_in_neither(text: str) -> None:
    """A word of both languages, a number or an address tells nothing."""
    assert detect(text, BOTH) is None


@pytest.mark.parametrize(
    ("language", "most"), [("pt", 0.1), ("fr", 0.1), ("it", 0.1), ("de", 0.0), ("ca", 0.1)]
)
def test_a_third_language_is_not_taken_for_a_near_one(language: str, most: float) -> None:
    """Portuguese is not Spanish: a mail in a language that the desk does not speak is in none of
    its languages, but for the few that could be either."""
    found = [text for text in messages(language) if detect(text, BOTH) is not None]

    assert len(found) <= most * len(messages(language)), found


def test_only_the_languages_of_the_desk_are_detected() -> None:
    """A language that was not asked for, or has no lexicon, is never the answer."""
    text = "Hola, mi paquete no ha llegado"
    assert detect(text, ("en",)) is None
    assert detect(text, ("tlh", "es")) == "es"
    assert detect(text, ("tlh",)) is None
    assert detect(text, ()) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Test results", "en"),
        ("Comprei uns sapatos e o tamanho está errado.", "es"),
        ("4711", None),
        ("", None),
    ],
)
def test_an_unsure_text_leans_to_the_nearest(text: str, expected: str | None) -> None:
    """What is not sure may still be likelier in one; without words it leans nowhere."""
    assert likeliest(text, BOTH) == expected
    assert likeliest(text, BOTH[::-1]) == expected


def test_a_long_text_is_judged_by_its_beginning() -> None:
    """What stands below the first 2,000 characters, as a footer in another language, is not
    read."""
    assert detect("Hola, mi paquete no ha llegado. " * 70 + "the of and " * 900, BOTH) == "es"


def test_the_answer_does_not_depend_on_the_order() -> None:
    """Which of its languages a desk names first decides nothing here."""
    texts = [*messages("en_short"), *messages("es_short"), *messages("pt")]
    assert [detect(t, BOTH) for t in texts] == [detect(t, BOTH[::-1]) for t in texts]


@given(st.text(st.characters(exclude_categories=()), max_size=3000))
def test_any_text_has_an_answer(text: str) -> None:
    """Whatever the text, lone surrogates and NUL too, the answer is one of the languages or
    none."""
    assert detect(text, BOTH) in {"en", "es", None}
