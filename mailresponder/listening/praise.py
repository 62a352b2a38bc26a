"""Is somebody content with us, and says so? From 0 to 1.

Praise is more than a lack of anger, and less than any kind word: thanks in advance are courtesy, a
nice day is a wish, "would be great" asks for something. Where something went wrong beside it, kind
words are sarcasm as often as not: they count for less, and for nothing where there is anger.
"""

import math
from collections.abc import Iterable
from functools import cache

from mailresponder.listening.cues import Hit, find, negated
from mailresponder.listening.letter import body
from mailresponder.listening.lexicon import Role, load
from mailresponder.listening.speech import load as load_speech
from mailresponder.listening.words import Words, split

PRAISE = 0.5
"""From here on a text is praise."""
_LONGEST = 3000
_SHORT = 30
"""Words of a text in which a single kind word weighs."""
_MOST = 3
"""Phrases of a kind that count."""

# Log-odds, chosen on half of the messages that come with the package.
_BIAS = -2.3
_FIRST = 2.7
_FURTHER = 1.0
_MILD = 0.9
_BARE_MILD = 1.2
"""In a short text where nothing went wrong and nothing is asked."""
_TROUBLE = -0.8
_HEAT = -1.6
_ASKS = -0.6


def heard(text: str, language: str) -> float:
    """How sure it is that a text praises us, 0..1; 0 where nothing in it does.

    Raises MailresponderError where nothing is known of the language.
    """
    lexicon, speech = load(language), load_speech(language)
    words = split(body(text[:_LONGEST], lexicon))
    innocent = _places(find(words, speech.no_praise))
    asked = _asked(words)
    said = [
        hit
        for hit in find(words, speech.praise)
        if _is_meant(hit, words, innocent, asked, lexicon.negations)
    ]
    taken = _places(said)
    mild = [
        hit
        for hit in find(words, speech.mild)
        if hit.start not in taken and _is_meant(hit, words, innocent, asked, lexicon.negations)
    ]
    if not said and not mild:
        return 0.0
    cues = [hit for hit in find(words, lexicon.cues) if hit.start not in taken]
    trouble = _count(hit for hit in cues if hit.group.role is Role.TROUBLE)
    heat = _count(hit for hit in cues if hit.group.name in _heated(language))
    odds = _BIAS + _TROUBLE * trouble + _HEAT * heat + _ASKS * bool(asked)
    odds += _FIRST * bool(said) + _FURTHER * max(0, _count(said) - 1) + _MILD * _count(mild)
    if mild and not said and not (trouble or heat or asked) and len(words.folded) <= _SHORT:
        odds += _BARE_MILD
    return 1 / (1 + math.exp(-odds))


def _is_meant(
    hit: Hit, words: Words, innocent: set[int], asked: set[int], negations: frozenset[str]
) -> bool:
    return (
        innocent.isdisjoint(range(hit.start, hit.end))
        and words.sentences[hit.start] not in asked
        and not negated(words, hit.start, negations)
    )


def _places(hits: Iterable[Hit]) -> set[int]:
    return {place for hit in hits for place in range(hit.start, hit.end)}


def _asked(words: Words) -> set[int]:
    """The sentences that end in a question mark."""
    ends = {sentence: end for (_, end), sentence in zip(words.places, words.sentences, strict=True)}
    text = words.text
    return {s for s, end in ends.items() if text[end : end + 3].lstrip(" \"')”»")[:1] == "?"}


def _count(hits: Iterable[Hit]) -> int:
    """How many different things are said, `_MOST` at most."""
    return min(_MOST, sum(1 for _ in hits))


@cache
def _heated(language: str) -> frozenset[str]:
    """The groups of cues that are anger by themselves."""
    groups = load(language).groups
    return frozenset(g.name for g in groups if g.role is Role.HEAT and g.weight >= _HOT)


_HOT = 1.0
"""Log-odds of anger from which on a cue makes praise sarcasm."""
