"""Words and their places."""

from hypothesis import given
from hypothesis import strategies as st

from mailresponder.listening.words import Break, fold, split


def test_spellings_meet() -> None:
    """Case, accents, curly apostrophes and drawn-out letters do not matter; ñ does."""
    assert [fold(w) for w in ("VERGÜENZA", "Inútil", "don’t", "noooo", "año")] == [
        "verguenza",
        "inutil",
        "don't",
        "no",
        "año",
    ]


def test_breaks_are_told_apart() -> None:
    """A comma ends a clause, a full stop or a line end a sentence, a dot in a name neither."""
    words = split("No, wait. See example.com\nnow")
    assert words.folded == ("no", "wait", "see", "example", "com", "now")
    assert words.breaks == (
        Break.CLAUSE,
        Break.SENTENCE,
        Break.NONE,
        Break.CLAUSE,
        Break.SENTENCE,
        Break.SENTENCE,
    )
    assert words.sentences == (0, 0, 1, 1, 1, 2)


def test_a_decomposed_accent_is_one_word() -> None:
    """A letter and its combining accent are read like the composed letter."""
    assert split("ma\u0301s tarde").folded == ("mas", "tarde")


@given(st.text())
def test_every_word_stands_where_it_is_said_to_stand(text: str) -> None:
    """Any text is cut into words in order, each of which folds from its place in the text."""
    words = split(text)
    assert len(words.folded) == len(words.places) == len(words.breaks) == len(words.sentences)
    last = 0
    for word, (start, end) in zip(words.folded, words.places, strict=True):
        assert last <= start < end
        assert fold(words.text[start:end]) == word
        last = end
