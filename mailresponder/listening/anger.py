"""How angry a text is, and which words say so.

The door to `listener`, which weighs the words: it is imported at the first text. Nothing here knows
mail or tickets.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from mailresponder.listening import semantic as second_opinion
from mailresponder.listening import weights
from mailresponder.listening.correction import Correction

if TYPE_CHECKING:
    from mailresponder.listening.listener import Listener, Observed


class Band(StrEnum):
    """A score in a word."""

    CALM = "calm"
    UPSET = "upset"
    """Of so many, about every second one is angry."""
    ANGRY = "angry"


@dataclass(frozen=True, kw_only=True, slots=True)
class Anger:
    """What was heard in a text."""

    score: float
    """The probability that the writer is angry, 0..1."""
    angry: bool
    because: tuple[tuple[str, float], ...]
    """Words as they stand in the text, each once with what they added to the log-odds (two
    decimals), strongest first.
    Also where the text is not angry: what was heard did then not suffice."""
    second_opinion: float | None = None
    """What the second opinion added to the log-odds (two decimals); None: it was not asked, or has
    none. It quotes no words."""

    def second_opinion_shown(self) -> dict[str, float]:
        """The second opinion as JSON has it: a key only where it was asked and has one."""
        return {} if self.second_opinion is None else {"second_opinion": self.second_opinion}


def hear(
    text: str,
    language: str,
    *,
    threshold: float | None = None,
    correction: Correction | None = None,
    semantic: bool = False,
) -> Anger:
    """How angry the text is; a blank one not at all (0.0).

    Of a text over 6,000 characters, its beginning and its end are read.

    `threshold` (0..1) is the score from which on it is angry; None: the language's own.
    `correction` is what staff have taught, for this very model.
    `semantic`: a second opinion is asked, which needs the extra of that name.
    Raises MailresponderError where the language has no lexicon, or the extra does not run.
    """
    blend = second_opinion.load(language) if semantic else None
    heard = _listener(language).analyze(text, correction, blend)
    if threshold is None:
        threshold = (blend or weights.load(language)).threshold
    return Anger(
        score=heard.score,
        angry=heard.score >= threshold,
        because=heard.because,
        second_opinion=heard.second,
    )


def hear_in(
    languages: Iterable[str],
    text: str,
    *,
    threshold: float | None = None,
    correction: Correction | None = None,
    semantic: bool = False,
) -> Anger:
    """How angry a text is of which one does not know in which of these languages it is: the
    angriest of what is heard in each, so that nobody waits longer for that.

    Raises ValueError for no language, and as `hear` does.
    """
    return max(
        (
            hear(text, language, threshold=threshold, correction=correction, semantic=semantic)
            for language in dict.fromkeys(languages)
        ),
        key=lambda heard: (heard.angry, heard.score),
    )


def threshold(language: str) -> float:
    """The score from which on a text is angry, by the model itself.

    Raises MailresponderError where the language has no lexicon.
    """
    return weights.load(language).threshold


def band(score: float, language: str, *, angry: bool) -> Band:
    """The band of a score; whether it is angry was decided when it was heard.

    Raises MailresponderError where the language has no lexicon.
    """
    if angry:
        return Band.ANGRY
    return Band.UPSET if score >= weights.load(language).upset else Band.CALM


def observe(text: str, language: str) -> "Observed":
    """Log-odds of anger without any correction, and the features a correction may weigh.

    Raises MailresponderError where the language has no lexicon.
    """
    return _listener(language).observe(text)


def fingerprint() -> str:
    """Names the shipped model: another one has another."""
    return weights.fingerprint()


@cache
def _listener(language: str) -> "Listener":
    from mailresponder.listening.listener import Listener

    return Listener(language)
