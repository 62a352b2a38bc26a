"""TextBlob's interface for analyzers, without TextBlob.

TextBlob imports all of nltk, a quarter of a second of processor time and 45 MB, and what an
analyzer has of it is one abstract class. So it is not imported to hear a text: in a process that
has imported it, it is told that an analyzer of ours is one of its own.
"""

import sys

CONTINUOUS = "co"
"""The kind of an analyzer that gives a number; `textblob.base` has it so."""


def tell_textblob(analyzer: type) -> None:
    """Let TextBlob, where it is imported, take this class's objects for analyzers."""
    base = sys.modules.get("textblob.base")
    if base is not None:
        base.BaseSentimentAnalyzer.register(analyzer)
