"""TextBlob's interface for analyzers, imported without what we have no use for.

TextBlob imports all of nltk, and nltk imports numpy and scipy where they are installed, for
measures that nobody here takes. They are a second of processor time and 76 MB, so nltk is told that
they are not there: it asks politely and does without.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import MetaPathFinder


class _Absent(MetaPathFinder):
    """These packages are not installed, as far as the thread that makes it can tell."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names
        self._thread = threading.get_ident()

    def find_spec(self, fullname: str, *_: object) -> None:
        """Raises ModuleNotFoundError for one of them."""
        if fullname in self._names and threading.get_ident() == self._thread:
            raise ModuleNotFoundError(f"{fullname} is not wanted here", name=fullname)


@contextmanager
def _without(*names: str) -> Iterator[None]:
    """Imports that find none of these packages, unless they are imported already."""
    absent = _Absent(names)
    sys.meta_path.insert(0, absent)
    try:
        yield
    finally:
        sys.meta_path.remove(absent)


with _without("numpy", "scipy"):
    from textblob.base import CONTINUOUS, BaseSentimentAnalyzer

__all__ = ["CONTINUOUS", "BaseSentimentAnalyzer"]
