"""The analyzer of anger as TextBlob takes one.

For whoever uses TextBlob: importing it, and nltk with it, takes a quarter of a second of processor
time and 18 MB. No mail waits for that: `anger` asks `analyzer` itself.
"""

from textblob.base import CONTINUOUS, BaseSentimentAnalyzer

from mailresponder.listening.analyzer import Analyzer


class AngerAnalyzer(Analyzer, BaseSentimentAnalyzer):  # type: ignore[misc]  # it ships no types
    """Hears anger in one language: `TextBlob(text, analyzer=AngerAnalyzer("es")).sentiment`.

    Raises MailresponderError where the language has no lexicon.
    """

    kind = CONTINUOUS
