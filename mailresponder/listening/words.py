"""Cuts a text into words with their places, folded so that spellings meet.

For listening only: it knows punctuation and accents, and no language. It keeps where each word
stands, so that what was heard can be quoted as it was written.
"""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from itertools import accumulate, pairwise

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[\U0001F300-\U0001FAFF\u2600-\u27BF]")
_STOP = re.compile(r"[!?…\n]|\.\s")
_PAUSE = frozenset('.,;:()¡¿"“”«»—–')
_ACCENTS = str.maketrans("áàâäãéèêëíìîïóòôöõúùûü’", "aaaaaeeeeiiiiooooouuuu'")
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")
_REMEMBERED = 4096
"""Words whose folded spelling is remembered."""
_BREAKS_REMEMBERED = 256


class Break(IntEnum):
    """What stands between a word and the next."""

    NONE = 0
    CLAUSE = 1
    """A comma, bracket, quotation mark or the like."""
    SENTENCE = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """The words of a text, in parallel tuples of one length."""

    text: str
    """What the places refer to: the text in NFC."""
    folded: tuple[str, ...]
    """Lower case, without accents (ñ stays), drawn-out letters shortened."""
    places: tuple[tuple[int, int], ...]
    breaks: tuple[Break, ...]
    """What follows each word."""
    sentences: tuple[int, ...]
    """The number of the sentence each word stands in, from 0."""

    def sentence_at(self, at: int) -> int:
        """The number of the sentence that the character `at` of the text belongs to."""
        n = bisect_right(self.places, at, key=lambda place: place[0])
        return self.sentences[max(n - 1, 0)] if self.sentences else 0

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The characters that words `start` up to `end` (exclusive) cover."""
        return self.places[start][0], self.places[end - 1][1]

    def quote(self, start: int, end: int) -> str:
        """Words `start` up to `end` (exclusive) as they stand in the text, on one line."""
        return " ".join(self.text[self.places[start][0] : self.places[end - 1][1]].split())


@lru_cache(maxsize=_REMEMBERED)
def fold(word: str) -> str:
    """One word in the spelling it is compared by. An apostrophe is always `'`."""
    return _DRAWN_OUT.sub(r"\1", plain(word))


def plain(text: str) -> str:
    """Lower case, without accents, with straight apostrophes."""
    lower = text.lower()
    return lower if lower.isascii() else lower.translate(_ACCENTS)


def split(text: str) -> Words:
    """The words of a text, linear in its length. A pictogram counts as a word."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    found = list(_WORD.finditer(text))
    places = tuple([match.span() for match in found])
    breaks = [_break(text[end:start]) for (_, end), (start, _) in pairwise(places)]
    ended = accumulate((between is Break.SENTENCE for between in breaks), initial=0)
    return Words(
        text=text,
        folded=tuple([fold(match[0]) for match in found]),
        places=places,
        breaks=(*breaks, Break.SENTENCE) if found else (),
        sentences=tuple(ended) if found else (),
    )


@lru_cache(maxsize=_BREAKS_REMEMBERED)
def _break(between: str) -> Break:
    """What these characters between two words separate. A full stop inside a name is a pause."""
    if _STOP.search(between):
        return Break.SENTENCE
    return Break.NONE if _PAUSE.isdisjoint(between) else Break.CLAUSE
