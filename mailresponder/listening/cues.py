"""Finds the phrases of a lexicon in a text. Weighs nothing: see `weighing`."""

from typing import NamedTuple

from mailresponder.listening.lexicon import Group, Index, Phrase
from mailresponder.listening.words import Break, Words

_GAP = 3


class Hit(NamedTuple):
    """A phrase found: words `start` up to `end` (exclusive)."""

    start: int
    end: int
    group: Group


def find(words: Words, index: Index) -> list[Hit]:
    """The phrases in a text from left to right, none overlapping, the longest at each place."""
    hits: list[Hit] = []
    folded = words.folded
    free = 0
    for place, begun in enumerate(map(index.begun, folded)):
        if begun is None or place < free:
            continue
        best: Hit | None = None
        following = folded[place + 1] if place + 1 < len(folded) else ""
        for phrase, group in begun.before(following):
            end = _end(phrase, words, place) if len(phrase) > 1 else place + 1
            if end > (best.end if best else place):
                best = Hit(place, end, group)
        if best is not None:
            hits.append(best)
            free = best.end
    return hits


def negated(words: Words, start: int, negations: frozenset[str]) -> bool:
    """Does a negation stand among the three words before, within the clause?"""
    for place in range(start - 1, max(start - 4, -1), -1):
        if words.breaks[place] is not Break.NONE:
            return False
        if words.folded[place] in negations:
            return True
    return False


def _end(phrase: Phrase, words: Words, start: int) -> int:
    """Where the phrase that begins at this word ends, or -1. It never spans two sentences."""
    folded, breaks = words.folded, words.breaks
    place = start + 1
    for element in phrase[1:]:
        last = place + (_GAP if element.after_gap else 0)
        while True:
            if place >= len(folded) or place > last or breaks[place - 1] is Break.SENTENCE:
                return -1
            place += 1
            if element.fits(folded[place - 1]):
                break
    return place
