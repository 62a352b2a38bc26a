"""What is common to the forms of a word: `arriv` to arrive, arrived and arriving.

The Snowball algorithms do it (snowballstemmer, pure Python), on words as `words.fold` spells them.
What a negation is, the lexicon says: all of a language count as one word. Spanish pronouns that
are written onto a verb are taken off it before.
"""

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from mailresponder.listening.lexicon import load

if TYPE_CHECKING:
    from snowballstemmer import stemmer as Stemmer  # noqa: N812 - its class goes by no other name

NOT = "¬"
"""Any negation."""
_REMEMBERED = 50_000
"""Words whose stems are remembered: a stem takes a tenth of a millisecond."""
_ALGORITHMS = {"en": "english", "es": "spanish"}
_NEGATED = {"en": ("n't", "havent", "hasnt", "wont", "couldnt", "wouldnt", "hadnt")}
"""How further negations end; the lexicon names those that weigh for anger."""
_ENCLITIC = re.compile(
    r"(?P<verb>\w{2,}(?:[ae]n|[aei]d|[aei]r|ndo))(?:me|se|nos|os|les?)?(?:l[oa]s?)?"
)
"""A folded Spanish verb with pronouns behind it, as `devuelvanme`. Not `te`: few say it to a desk,
and many words end in it."""


@lru_cache(maxsize=_REMEMBERED)
def stem(word: str, language: str) -> str:
    """The stem of a folded word; `NOT` for a negation. In a language without an algorithm every
    word is its own."""
    if word in _negations(language) or word.endswith(_NEGATED.get(language, NOT)):
        return NOT
    word = word.partition("'")[0] or word
    if language not in _ALGORITHMS or not word.isalpha():
        return word
    if language == "es" and (found := _ENCLITIC.fullmatch(word)):
        word = found["verb"]
    return str(_stemmer(language).stemWord(word))


@cache
def _negations(language: str) -> frozenset[str]:
    return load(language).negations


@cache
def _stemmer(language: str) -> "Stemmer":
    from snowballstemmer import stemmer

    return stemmer(_ALGORITHMS[language])
