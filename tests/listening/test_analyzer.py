"""The analyzer behind TextBlob's own interface."""

import pytest
from textblob import TextBlob

from mailresponder.listening.analyzer import AngerAnalyzer


@pytest.mark.parametrize(
    ("text", "language"), [("You are liars!", "en"), ("¡Sois unos mentirosos!", "es")]
)
def test_it_is_a_textblob_analyzer(text: str, language: str) -> None:
    """TextBlob takes it as its analyzer and hands back its sentiment."""
    analyzer = AngerAnalyzer(language)
    sentiment = TextBlob(text, analyzer=analyzer).sentiment
    assert sentiment == analyzer.analyze(text)
    assert sentiment.score > 0.5
    assert sentiment.because


def test_polarity_is_textblobs_in_english_alone() -> None:
    """TextBlob reads English; in Spanish its polarity is 0 and does not count."""
    english = AngerAnalyzer("en")
    assert english.analyze("a cheap and boring film").polarity < 0
    assert english.analyze("a clever film").polarity > 0
    assert AngerAnalyzer("es").analyze("una película aburrida").polarity == 0


def test_polarity_counts_no_cue_twice() -> None:
    """A word that a cue has spoken for is not handed to TextBlob as well."""
    assert AngerAnalyzer("en").analyze("disgusting").polarity == 0


def test_a_negation_turns_polarity() -> None:
    """`isn't clever` is no compliment to TextBlob either."""
    english = AngerAnalyzer("en")
    assert english.analyze("it isn't clever").polarity < english.analyze("it is clever").polarity


@pytest.mark.parametrize("text", ["sh*t", "f***", "@#$%!", "MIE**A"])
def test_a_masked_curse_is_heard(text: str) -> None:
    """Asterisks inside a short word, or a run of mixed signs, stand for a curse."""
    because = AngerAnalyzer("en").analyze(f"this {text} again").because
    assert any(weight >= 1 for _, weight in because), because


@pytest.mark.parametrize("text", ["*urgent*", "**bold**", "note*", "100%", "M&S", "$$$", "###"])
def test_emphasis_is_no_masked_curse(text: str) -> None:
    """Markdown, footnotes, prices and rules are not curses."""
    assert AngerAnalyzer("en").analyze(f"the {text} one").because == ()
