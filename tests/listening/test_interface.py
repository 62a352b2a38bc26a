"""The analyzer behind TextBlob's own interface."""

import pytest
from textblob import TextBlob

from mailresponder.listening.analyzer import Analyzer
from mailresponder.listening.interface import AngerAnalyzer

FURY = {
    "en": "You are liars and thieves, this is disgraceful!!",
    "es": "Sois unos mentirosos y unos ladrones, qué vergüenza!!",
}


@pytest.mark.parametrize("language", sorted(FURY))
def test_it_is_a_textblob_analyzer(language: str) -> None:
    """TextBlob takes it as its analyzer and hands back its sentiment, the one every mail gets."""
    said = FURY[language]
    sentiment = TextBlob(said, analyzer=AngerAnalyzer(language)).sentiment
    assert sentiment == Analyzer(language).analyze(said)
    assert sentiment.score > 0.5
    assert sentiment.because
