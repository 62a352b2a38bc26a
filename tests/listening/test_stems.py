import pytest

from mailresponder.listening.stems import NOT, stem
from mailresponder.listening.words import fold


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "arrive arrived arriving arrives"),
        ("en", "refund refunds refunded refund's"),
        ("es", "llegar llega llegó ha-llegado llegaron llegado"),
        ("es", "devolver devolverme devolvedme devolvernos devolverlo"),
        ("es", "devuelvan devuélvanme devuélvanmelo devuelvannos"),
        ("es", "paquete paquetes"),
        ("es", "devolución devolucion"),
    ],
)
def test_forms_of_a_word_meet(language: str, words: str) -> None:
    """Tense, number, accents and written-on pronouns make no other word."""
    assert len({stem(fold(word), language) for word in words.split() if "-" not in word}) == 1


@pytest.mark.parametrize(
    ("language", "word"),
    [("en", "hasn't"), ("en", "havent"), ("en", "never"), ("es", "nunca"), ("es", "sin")],
)
def test_negations_are_one_word(language: str, word: str) -> None:
    """Any way to say no is the same."""
    assert stem(word, language) == NOT


@pytest.mark.parametrize(("one", "other"), [("tienda", "tienen"), ("pantalla", "panta")])
def test_words_that_only_look_alike_stay_apart(one: str, other: str) -> None:
    """What is no pronoun is not taken off."""
    assert stem(one, "es") != stem(other, "es")
