"""Finds what many people write alike by their words, in one language: discovery without the extra.

A word that is met in the new messages more than in others begins a theme; the words that stand
beside it in the same messages make it. What is said in quite other words is not found, and a theme
has one language: two people who write of one thing in two languages make two.
"""

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mailresponder.listening import naming

_MOST_WORDS = 8
"""Words of a theme."""
_NEAR = 0.45
"""Of the weight of its heaviest words, what a message of a theme has at least."""
_HEAVIEST = 3
_FEWEST_WORDS = 2
"""Of a theme's words, that a message of it has."""

ENOUGH = 100
"""Others of which it can be told what is common in any mail."""
_PHRASE = 2
"""Words of a phrase that says nothing by itself, mostly."""
_BESIDE = 0.65
"""A second word of a theme weighs at least so much of what its first weighs."""

Weights = Mapping[str, float]
"""Stems, or two with a space between, and how telling each is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WordTheme:
    """Messages that say the same in the same words."""

    members: tuple[int, ...]
    """Their numbers, the most typical first."""
    weights: Weights


def themes(
    texts: Sequence[str],
    others: Sequence[str],
    language: str,
    *,
    people: Sequence[str],
    smallest: int,
) -> Iterator[WordTheme]:
    """The themes of at least so many of these texts of one language; no text is in two.

    `others` are texts to compare with, `people` the writers of `texts`, one each.
    Raises MailresponderError where the language has no lexicon.
    """
    if len(texts) < smallest:
        return
    said = [frozenset(" ".join(s) for s in naming.grams(text, language)) for text in texts]
    background = Counter(" ".join(s) for text in others for s in naming.grams(text, language))
    least = smallest / len(texts)
    begins = naming.telling(texts, others, language, people=people, least=least)
    left = set(range(len(texts)))
    for begin in begins:
        stems = " ".join(begin.stems)
        core = [n for n in left if stems in said[n]]
        if len(core) < smallest:
            continue
        weights = _weights([said[n] for n in core], background, len(others))
        if len(others) >= ENOUGH and not _is_matter(weights):
            continue
        alike = {n: _alike(said[n], weights) for n in left}
        members = [n for n in sorted(left, key=lambda n: (-alike[n], n)) if alike[n] >= _NEAR]
        if len(members) >= smallest:
            left.difference_update(members)
            yield WordTheme(members=tuple(members), weights=weights)


def nearest(text: str, language: str, known: Mapping[str, Weights]) -> tuple[str, float] | None:
    """The key of the theme of words a text belongs to, and how alike it is (0..1)."""
    if not known:
        return None
    said = frozenset(" ".join(stems) for stems in naming.grams(text, language))
    best, alike = max(
        ((key, _alike(said, w)) for key, w in known.items()), key=lambda pair: pair[1]
    )
    return (best, alike) if alike >= _NEAR else None


def packed(weights: Weights) -> bytes:
    """The weights as they are kept."""
    return json.dumps(dict(weights), ensure_ascii=False, sort_keys=True).encode()


def unpacked(value: bytes) -> Weights:
    """What `packed` gave."""
    weights: dict[str, float] = json.loads(value)
    return weights


def _weights(said: Sequence[frozenset[str]], elsewhere: Counter[str], others: int) -> Weights:
    """The words of these texts by their log-odds against the others, times how many have them."""
    counts = Counter(word for words in said for word in words)
    weights = {
        word: naming.log_odds(count, len(said), elsewhere[word], others)
        * math.sqrt(count / len(said))
        for word, count in counts.items()
        if count >= naming.LEAST_SHARE * len(said) and count > 1
    }
    heaviest = sorted(weights, key=lambda word: (-weights[word], word))[:_MOST_WORDS]
    return {word: round(weights[word], 3) for word in heaviest if weights[word] > 0}


def _is_matter(weights: Weights) -> bool:
    """Do two words tell of it that do not belong to one phrase? One phrase alone ("let me know") is
    a way to write, whatever it is about."""
    words = [word for word in weights if " " not in word]
    heaviest = max((weights[word] for word in words), default=0.0)
    heavy = {word for word in words if weights[word] >= _BESIDE * heaviest}
    pairs = {frozenset(word.split()) for word in weights if " " in word}
    return len(heavy) > _PHRASE or (len(heavy) == _PHRASE and heavy not in pairs)


def _alike(said: frozenset[str], weights: Weights) -> float:
    met = [weight for word, weight in weights.items() if word in said]
    if len(met) < _FEWEST_WORDS:
        return 0.0
    whole = sum(sorted(weights.values(), reverse=True)[:_HEAVIEST])
    return min(1.0, sum(met) / whole)
