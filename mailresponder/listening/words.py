"""Cuts a text into words with their places, folded so that spellings meet.

For listening only: it knows punctuation and accents, and no language. It keeps where each word
stands, so that what was heard can be quoted as it was written.
"""

import re
import unicodedata
from bisect import bisect_right
from enum import IntEnum
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

_WORD = re.compile(r"([^\W_]++(?:['’][^\W_]++)*+|[\U0001F300-\U0001FAFF\u2600-\u27BF])")
_STOP = re.compile(r"[!?…\n]|\.\s")
_PAUSE = frozenset('.,;:()¡¿"“”«»—–')
_ACCENTS = tuple(zip("áàâäãéèêëíìîïóòôöõúùûü’", "aaaaaeeeeiiiiooooouuuu'", strict=True))
"""Replaced one by one: `str.translate` takes fifty times as long beyond ASCII."""
_TRIPLED = re.compile(r"(.)\1\1")
"""What `_DRAWN_OUT` needs, and is looked for much faster."""
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


class Words(NamedTuple):
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
        n = bisect_right(self.places, (at, len(self.text)))
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
    return _folded(word)


def _folded(words: str) -> str:
    """One word a line."""
    words = plain(words)
    if any(not run[1].isdecimal() for run in _TRIPLED.finditer(words)):
        words = _DRAWN_OUT.sub(r"\1", words)
    return words


def plain(text: str) -> str:
    """Lower case, without accents, with straight apostrophes."""
    text = text.lower()
    if not text.isascii():
        for accented, letter in _ACCENTS:
            text = text.replace(accented, letter)
    return text


def split(text: str) -> Words:
    """The words of a text, linear in its length. A pictogram counts as a word."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    # What stands before, between and behind the words, and the words, in turn.
    pieces = _WORD.split(text)
    if len(pieces) == 1:
        return Words(text, (), (), (), ())
    ends = list(accumulate(map(len, pieces)))
    breaks = list(map(_break, pieces[2:-1:2]))
    return Words(
        text=text,
        folded=tuple(_folded("\n".join(pieces[1::2])).split("\n")),
        places=tuple(zip(ends[:-1:2], ends[1::2], strict=True)),
        breaks=(*breaks, Break.SENTENCE),
        sentences=tuple(accumulate([b is Break.SENTENCE for b in breaks], initial=0)),
    )


@lru_cache(maxsize=_BREAKS_REMEMBERED)
def _break(between: str) -> Break:
    """What these characters between two words separate. A full stop inside a name is a pause."""
    if _STOP.search(between):
        return Break.SENTENCE
    return Break.NONE if _PAUSE.isdisjoint(between) else Break.CLAUSE
