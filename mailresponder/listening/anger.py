"""How angry a text is, and which words say so.

The door to `analyzer`, which weighs the words: it is imported at the first text, because TextBlob
takes its time. Nothing here knows mail or tickets.
"""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

from mailresponder.listening.correction import Correction
from mailresponder.listening.lexicon import available, load
from mailresponder.listening.words import split

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


class Observed(NamedTuple):
    """What the model makes of a text before anybody corrects it."""

    log_odds: float
    features: Mapping[str, float]
    """Of the whole document, by name, as `es:cancel`."""


def observe(text: str, language: str) -> Observed:
    """Log-odds of anger without any correction, and the features a correction may weigh."""
    score = _analyzer(language).analyze(text).score
    score = min(max(score, 1e-6), 1 - 1e-6)
    words = set(split(text[:6000]).folded)
    return Observed(
        math.log(score / (1 - score)), {f"{language}:{word}": 1.0 for word in sorted(words)}
    )


@cache
def fingerprint() -> str:
    """Names the shipped model: another one has another."""
    digest = hashlib.sha256()
    folder = resources.files("mailresponder.listening").joinpath("lexicons")
    for language in available():
        digest.update(folder.joinpath(f"{language}.toml").read_bytes())
    return digest.hexdigest()[:16]


def hear(
    text: str,
    language: str,
    *,
    threshold: float | None = None,
    correction: Correction | None = None,
) -> Anger:
    """How angry the text is; a blank one not at all (0.0).

    Of a text over 6,000 characters, its beginning and its end are read.

    `threshold` (0..1) is the score from which on it is angry; None: the language's own.
    `correction` is what staff have taught, for this very model.
    Raises MailresponderError where the language has no lexicon.
    """
    heard = _analyzer(language).analyze(text)
    score = heard.score
    if correction is not None and text.strip():
        seen = observe(text, language)
        score = 1 / (1 + math.exp(-seen.log_odds - correction.shift(seen.features, language)))
    limit = load(language).threshold if threshold is None else threshold
    return Anger(score=score, angry=score >= limit, because=heard.because)


@cache
def _analyzer(language: str) -> "AngerAnalyzer":
    from mailresponder.listening.analyzer import AngerAnalyzer

    return AngerAnalyzer(language)
