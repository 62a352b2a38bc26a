"""TextBlob's interface for analyzers, imported without what we have no use for.

TextBlob imports all of nltk, and nltk imports numpy and scipy where they are installed, for
measures that nobody here takes. They are a second of processor time and 76 MB, so nltk is told that
they are not there: it asks politely and does without.
"""

from mailresponder.imports import without

with without("numpy", "scipy"):
    from textblob.base import CONTINUOUS, BaseSentimentAnalyzer

__all__ = ["CONTINUOUS", "BaseSentimentAnalyzer"]
