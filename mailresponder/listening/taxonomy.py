"""The themes that a desk listens for: what people write about, in the words of each language.

Themes are written by the desk's own people; what their words mean is known here, where they are
found in a text in `themes`, and how they are read from a file in `config.themes_file`.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from mailresponder.listening.lexicon import available, phrases

_MATCHING = 1
"""Another number makes every message be looked at anew: for when words are found otherwise."""
_DIGITS = 16
EXACT = "="
"""Before a word of a phrase: in this spelling only."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Theme:
    """One thing that people write about."""

    key: str
    """As `late-delivery`; never changes."""
    names: Mapping[str, str]
    """What it is called, by language."""
    words: Mapping[str, tuple[str, ...]]
    """Words and phrases by language, in the notation of `checked`."""
    owner: str = ""
    """Who looks after it: an address, or a team's name."""

    def name(self, language: str) -> str:
        """What it is called in a language, else in another, else its key."""
        return self.names.get(language) or next(iter(self.names.values()), self.key)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Taxonomy:
    """All themes of a desk, each key once."""

    themes: tuple[Theme, ...]
    digest: str
    """Tells what is listened for from anything else: by the keys and words, not by the names."""


def taxonomy(themes: Iterable[Theme]) -> Taxonomy:
    """These themes, with their digest."""
    kept = tuple(themes)
    said = [
        [t.key, {code: list(words) for code, words in sorted(t.words.items())}]
        for t in sorted(kept, key=lambda theme: theme.key)
    ]
    written = json.dumps([_MATCHING, said], ensure_ascii=True).encode()
    return Taxonomy(themes=kept, digest=sha256(written).hexdigest()[:_DIGITS])


def checked(words: str, language: str) -> str:
    """A word or phrase of a theme as it is written, without spaces around it.

    A word stands for all its forms (`arrive`: arrived, arriving), accents and case do not matter;
    between the words of a phrase up to two others may stand. A negation stands for any (`not
    arrived`: hasn't arrived). `word*` is whatever begins so, `=word` that spelling only, `a|b`
    either, `(a)` may be missing.
    Raises ValueError, with what is wrong, where it is none of that, or there is no lexicon.
    """
    if language not in available():
        raise ValueError(f"no lexicon for the language {language!r}")
    if ".." in words.split():
        raise ValueError("other words may stand between anyway: leave the .. out")
    for _ in phrases(words):
        pass
    return " ".join(words.split())
