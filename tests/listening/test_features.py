"""What is counted in a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailresponder.listening.features import read
from mailresponder.listening.lexicon import load


def grams(text: str, language: str = "en") -> list[str]:
    """The names of the words of a text."""
    return [name for name, *_ in read(text, load(language)).grams]


def signs(text: str, language: str = "en") -> dict[str, float]:
    """The signs of a text and their values."""
    vector = read(text, load(language)).vector(1.0)
    return {name: value for name, value in vector.items() if name[0] == "<"}


def test_words_beginnings_and_pairs_are_counted() -> None:
    """A word counts, a long one by its beginning too, with its neighbour, and as the first."""
    assert grams("Kettles whistle") == [
        *("kettles", "kettl*", "^kettles"),
        *("whistle", "whist*", "kettles whistle"),
    ]


def test_no_pair_spans_two_sentences() -> None:
    """The last word of a sentence and the first of the next are no pair."""
    assert not [name for name in grams("green kettle. blue lamp") if name == "kettle blue"]


def test_numbers_are_one_feature_and_mentions_none() -> None:
    """`#` stands for every word with a digit; a name put for a person says nothing."""
    assert grams("@user kettle 5th") == ["kettle", "kettl*", "^kettle", "#", "kettle #"]


def test_a_cue_is_not_counted_again_by_its_words() -> None:
    """Words that a cue has spoken for are no features of their own, nor a pair."""
    assert "<insult>" in signs("you are liars")
    assert "liars" not in grams("you are liars")
    assert "are liars" in grams("you are liars")


def test_a_cue_said_again_counts_once_and_others_fade() -> None:
    """The same words add nothing; other words of the group add less than the first."""
    once = signs("liars")["<insult>"]
    assert signs("liars. Liars.")["<insult>"] == once
    assert once < signs("liars. Thieves.")["<insult>"] < 2 * once


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("WHERE IS THE PARCEL", "<shouting>"),
        ("the PARCEL", "<capitals>"),
        ("now!", "<!>"),
        ("now!!", "<!!>"),
        ("now?", "<?>"),
        ("now?!", "<??>"),
        ("well...", "<...>"),
        ("well…", "<...>"),
        ("f*** it", "<masked>"),
    ],
)
def test_the_shape_of_writing_is_counted(text: str, name: str) -> None:
    """Capitals, marks, dots and masks are signs, each where it stands."""
    assert name in signs(text)
    assert name not in signs("where is the parcel")


@given(st.text(alphabet="aNO!?.*# 1'\nñ@…liars"), st.sampled_from(["en", "es"]))
def test_every_feature_stands_in_the_text(text: str, language: str) -> None:
    """Signs and words have places inside the text, and a value above zero."""
    reading = read(text, load(language))
    for sign in reading.signs:
        assert 0 <= sign.start < sign.end <= len(reading.words.text)
        assert sign.value > 0
        assert sign.name[0] == "<"
    for name, value, start, end in reading.grams:
        assert 0 <= start < end <= len(reading.words.folded)
        assert 0 < value <= 1
        assert name[0] != "<"


def test_the_vector_scales_words_alone() -> None:
    """Signs of one name are summed; words count once, times the scale."""
    reading = read("kettle kettle!", load("en"))
    vector = reading.vector(0.5)
    assert vector["kettle"] == 0.5
    assert vector["<!>"] == 1.0
