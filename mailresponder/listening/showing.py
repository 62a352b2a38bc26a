"""Sentences of customers that show what a theme is about, with all masked that tells who they are.

A mail begins with courtesies and ends with a question; what it is about stands in one sentence of
it, and the theme's own words tell which.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence

from mailresponder.listening import themes
from mailresponder.listening.letter import body
from mailresponder.listening.lexicon import load
from mailresponder.listening.masking import masked
from mailresponder.listening.naming import grams
from mailresponder.listening.taxonomy import Theme, taxonomy

_LONGEST_READ = 1000
"""Characters read of a text."""
_SHORT = 60
"""Characters up to which a sentence is short: longer ones say the same in more words."""
_LONGEST = 240
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")


def sentences(
    texts: Sequence[str],
    language: str,
    words: Sequence[str],
    *,
    names: Sequence[tuple[str, ...]] = (),
    most: int = 2,
) -> list[str]:
    """The sentences that say much of these words in few, of each text one and none twice.

    `words` are a theme's, in the notation of a taxonomy; `names` are what the writers of the texts
    are called, one each. Where no text says any of them, as where they stand in the subject, the
    sentences that say most at all. Raises MailresponderError where the language has no lexicon.
    """
    theme = Theme(key="shown", names={}, words={language: tuple(words)})
    listened = taxonomy([theme])
    called = names or [()] * len(texts)
    telling: dict[str, float] = {}
    further: dict[str, float] = {}
    for text, own in zip(texts, called, strict=True):
        said = {
            sentence: sum(one.weight for one in themes.match(sentence, language, listened))
            for sentence in _parts(text, language, own)
        }
        if any(said.values()):
            _put(telling, said)
        else:
            _put(further, {one: float(len(grams(one, language, own))) for one in said})
    best = _ordered(telling) or [one for one in _ordered(further) if further[one]]
    return [one if len(one) <= _LONGEST else f"{one[: _LONGEST - 1].rstrip()}…" for one in best][
        :most
    ]


def _parts(text: str, language: str, names: tuple[str, ...]) -> Iterator[str]:
    clean = masked(body(text[:_LONGEST_READ], load(language)), language, names)
    return (" ".join(part.split()) for part in _SENTENCE.split(clean) if part.strip())


def _put(found: dict[str, float], said: Mapping[str, float]) -> None:
    """Add the best sentence of a text, with how much it says for its length."""
    scores = {one: many / math.sqrt(max(len(one), _SHORT) / _SHORT) for one, many in said.items()}
    if scores:
        best = max(scores, key=scores.__getitem__)
        found.setdefault(best, scores[best])


def _ordered(found: Mapping[str, float]) -> list[str]:
    return sorted(found, key=lambda one: -found[one])
