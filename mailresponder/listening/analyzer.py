"""The listener as TextBlob takes one: its interface for sentiment analyzers."""

from mailresponder.listening.interface import CONTINUOUS, BaseSentimentAnalyzer
from mailresponder.listening.listener import Listener


class AngerAnalyzer(Listener, BaseSentimentAnalyzer):  # type: ignore[misc]  # it ships no types
    """Hears anger in one language: `TextBlob(text, analyzer=AngerAnalyzer("es")).sentiment`.

    Raises MailresponderError where the language has no lexicon.
    """

    kind = CONTINUOUS
