"""How angry a text is, and which words say so.

The door to `analyzer`, which weighs the words: it is imported at the first text, because TextBlob
takes its time. Nothing here knows mail or tickets.
"""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from mailresponder.listening.lexicon import load

if TYPE_CHECKING:
    from mailresponder.listening.analyzer import AngerAnalyzer


@dataclass(frozen=True, kw_only=True, slots=True)
class Anger:
    """What was heard in a text."""

    score: float
    """0..1."""
    angry: bool
    because: tuple[tuple[str, float], ...]
    """Words as they stand in the text, each once with what they added to the log-odds (two
    decimals), strongest first.
    Also where the text is not angry: what was heard did then not suffice."""


def hear(text: str, language: str, *, threshold: float | None = None) -> Anger:
    """How angry the text is; a blank one not at all (0.0).

    Of a text over 6,000 characters, its beginning and its end are read.

    `threshold` (0..1) is the score from which on it is angry; None: the language's own.
    Raises MailresponderError where the language has no lexicon.
    """
    heard = _analyzer(language).analyze(text)
    limit = load(language).threshold if threshold is None else threshold
    return Anger(score=heard.score, angry=heard.score >= limit, because=heard.because)


@cache
def _analyzer(language: str) -> "AngerAnalyzer":
    from mailresponder.listening.analyzer import AngerAnalyzer

    return AngerAnalyzer(language)
