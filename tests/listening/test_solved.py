"""Replies to the question whether it is solved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailresponder.errors import MailresponderError
from mailresponder.listening.solved import Said, read


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("yes", "en"),
        ("Yes.", "en"),
        ("YES!!", "en"),
        ("Yes, thank you!", "en"),
        ("Yes it is, thanks", "en"),
        ("Yes, all sorted now. Kind regards, Emma", "en"),
        ("all sorted", "en"),
        ("Solved!", "en"),
        ("It arrived yesterday, thanks", "en"),
        ("It works now", "en"),
        ("👍", "en"),
        ("sí", "es"),
        ("Si", "es"),
        ("Sí, gracias", "es"),
        ("Sí, ya está todo solucionado. Muchas gracias, un saludo. Ana", "es"),
        ("ya está, gracias", "es"),
        ("solucionado", "es"),
        ("Ya me ha llegado, gracias", "es"),
        ("Todo perfecto, sí", "es"),
        ("Todo bien ahora, gracias", "es"),
        ("Sí, ya recibí el reembolso. Gracias", "es"),
        ("Hola, sí, ya se ha resuelto, gracias. Un saludo", "es"),
    ],
)
def test_a_plain_yes_is_heard(text: str, language: str) -> None:
    """Yes in any words, with thanks, a greeting and a name."""
    assert read(text, language) is Said.SOLVED


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("no", "en"),
        ("No.", "en"),
        ("No, still nothing", "en"),
        ("no, still waiting for the refund", "en"),
        ("Not yet", "en"),
        ("It is not solved", "en"),
        ("It's still not sorted", "en"),
        ("Nothing has arrived", "en"),
        ("It hasn't arrived", "en"),
        ("no", "es"),
        ("No, todavía no", "es"),
        ("todavía no", "es"),
        ("No me ha llegado", "es"),
        ("No, sigue sin funcionar", "es"),
        ("no se ha solucionado", "es"),
        ("sigo esperando", "es"),
    ],
)
def test_a_no_is_heard(text: str, language: str) -> None:
    """No in any words, also where a word for solved is negated."""
    assert read(text, language) is Said.NOT_SOLVED


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("", "en"),
        ("Hello", "en"),
        ("Thanks", "en"),
        ("Yes, but the lamp is broken", "en"),
        ("Yes?", "en"),
        ("Yes :(", "en"),
        ("Yes. When will the refund arrive?", "en"),
        ("Yes, please call me", "en"),
        ("Yes, order 5512", "en"),
        ("Sorted. Expedite", "en"),
        ("sí, pero falta el mando", "es"),
        ("¿Sí?", "es"),
        ("Sí, cuando llegue el dinero", "es"),
        ("Si no me llaman, denuncio", "es"),
        ("Gracias", "es"),
    ],
)
def test_anything_more_is_unclear(text: str, language: str) -> None:
    """A condition, a question, or a word that is not known: a person must read it."""
    assert read(text, language) is Said.UNCLEAR


def test_a_language_without_a_lexicon_is_refused() -> None:
    """It is an error, not a silent no."""
    with pytest.raises(MailresponderError):
        read("Yes", "tlh")


@given(st.text(max_size=80), st.sampled_from(["en", "es"]))
def test_a_question_solves_nothing(text: str, language: str) -> None:
    """Whoever asks something is to be answered."""
    assert read(f"Yes {text}?", language) is not Said.SOLVED


@given(st.text())
def test_any_text_says_something(text: str) -> None:
    """No text is too odd to be read."""
    assert read(text, "es") in Said
