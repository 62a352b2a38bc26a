"""Which themes of a taxonomy a text is about, by their words.

A theme weighs as much as was said of it: each of its phrases counts once, a longer one for more. A
word that belongs to a longer phrase of another theme says nothing by itself: a gift card is no
bank card. What no theme's words cover is left to `discovery`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from mailresponder.listening.letter import body
from mailresponder.listening.lexicon import Element, load, phrases
from mailresponder.listening.stems import stem
from mailresponder.listening.taxonomy import EXACT, Taxonomy
from mailresponder.listening.words import Break, Words, split

MOST = 3
"""Themes of one message."""
_LONGEST = 4000
_GAP = 2
"""Other words that may stand between two of a phrase."""
_EACH_WORD = 0.5
"""What each further word of a phrase adds to the 1 of the first."""
_BESIDE = 0.5
"""A further theme weighs at least so much of what the first weighs."""
WEAK = 1.5
"""What weighs so much at most was said by one word or phrase, which may be a stray one: "white
screen at login" is about no account."""
_INDEXES = 16
_REMEMBERED = 16_384
"""Words whose phrases are remembered."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A theme that a text is about."""

    theme: str
    """Its key."""
    weight: float
    """How much was said of it; 1 for a single word."""
    words: tuple[str, ...]
    """What says so, as it stands in the text, in its order."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Word:
    """One place of a phrase."""

    stems: frozenset[str]
    exact: frozenset[str]
    """Folded words that are meant in no other form."""
    beginnings: tuple[str, ...]

    def fits(self, word: str, stemmed: str) -> bool:
        """Is this folded word, with its stem, one of those meant?"""
        return (
            stemmed in self.stems
            or word in self.exact
            or (bool(self.beginnings) and word.startswith(self.beginnings))
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Phrase:
    theme: str
    number: int
    """Which of the theme's: its spellings with and without a word count once."""
    rest: tuple[_Word, ...]
    """Its words behind the first."""
    second: frozenset[str] | None
    """The stems of which one must follow soon; None where that is not all that is asked."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Hit:
    phrase: _Phrase
    places: tuple[int, ...]


def match(text: str, language: str, taxonomy: Taxonomy) -> tuple[Found, ...]:
    """The themes of a text, strongest first, three at most; none in a language without words.

    `text` is what the customer wrote anew, with its subject above. Greeting, leave-taking and
    whatever follows the first 4,000 characters are not read.
    Raises MailresponderError where the language has no lexicon.
    """
    index = _index(taxonomy, language)
    if not index.known:
        return ()
    words = split(body(text[:_LONGEST], load(language)))
    hits = _kept(list(_hits(words, language, index)))
    weights: dict[str, float] = {}
    said: dict[str, dict[int, _Hit]] = {}
    for hit in hits:
        told = said.setdefault(hit.phrase.theme, {})
        if hit.phrase.number not in told:
            told[hit.phrase.number] = hit
            weight = 1 + _EACH_WORD * (len(hit.places) - 1)
            weights[hit.phrase.theme] = weights.get(hit.phrase.theme, 0.0) + weight
    first = {key: min(hit.places[0] for hit in told.values()) for key, told in said.items()}
    order = sorted(weights, key=lambda key: (-weights[key], first[key], key))
    return tuple(
        Found(theme=key, weight=weights[key], words=_quoted(words, said[key].values()))
        for key in order[:MOST]
        if weights[key] >= _BESIDE * weights[order[0]]
    )


def is_sure(found: Sequence[Found]) -> bool:
    """Was more said of a theme than one word or phrase?"""
    return bool(found) and found[0].weight > WEAK


class _Index:
    """The phrases of a taxonomy in one language, by their first word."""

    def __init__(self, taxonomy: Taxonomy, language: str) -> None:
        self._stems: dict[str, list[_Phrase]] = {}
        self._exact: dict[str, list[_Phrase]] = {}
        self._beginnings: dict[str, list[_Phrase]] = {}
        number = 0
        for theme in taxonomy.themes:
            for written in theme.words.get(language, ()):
                number += 1
                for elements in phrases(written):
                    first, *rest = (_word(element, language) for element in elements)
                    phrase = _Phrase(
                        theme=theme.key,
                        number=number,
                        rest=tuple(rest),
                        second=_second(rest),
                    )
                    for table, words in (
                        (self._stems, first.stems),
                        (self._exact, first.exact),
                        (self._beginnings, first.beginnings),
                    ):
                        for word in words:
                            table.setdefault(word, []).append(phrase)
        self.known = number > 0
        self._lengths = sorted({len(one) for one in self._beginnings})
        self.begun = lru_cache(maxsize=_REMEMBERED)(self._begun)

    def _begun(self, word: str, stemmed: str) -> tuple[_Phrase, ...]:
        """The phrases that may begin with this word."""
        found = [*self._stems.get(stemmed, ()), *self._exact.get(word, ())]
        for length in self._lengths:
            found += self._beginnings.get(word[:length], ())
        return tuple(dict.fromkeys(found))


@lru_cache(maxsize=_INDEXES)
def _index(taxonomy: Taxonomy, language: str) -> _Index:
    return _Index(taxonomy, language)


def _word(element: Element, language: str) -> _Word:
    exact = frozenset(word[1:] for word in element.words if word.startswith(EXACT))
    return _Word(
        stems=frozenset(stem(w, language) for w in element.words if not w.startswith(EXACT)),
        exact=exact,
        beginnings=element.stems,
    )


def _second(rest: Sequence[_Word]) -> frozenset[str] | None:
    has_only_stems = bool(rest) and not rest[0].exact and not rest[0].beginnings
    return rest[0].stems if has_only_stems else None


def _hits(words: Words, language: str, index: _Index) -> Iterator[_Hit]:
    folded = words.folded
    stemmed = [stem(word, language) for word in folded]
    begun = index.begun
    for place, word in enumerate(stemmed):
        candidates = begun(folded[place], word)
        if not candidates:
            continue
        following = stemmed[place + 1 : place + 2 + _GAP]
        for phrase in candidates:
            # Most of the many phrases that begin with a negation go on otherwise.
            if phrase.second is not None and phrase.second.isdisjoint(following):
                continue
            places = _places(phrase, words, stemmed, place)
            if places:
                yield _Hit(phrase=phrase, places=places)


def _places(phrase: _Phrase, words: Words, stemmed: list[str], start: int) -> tuple[int, ...]:
    """Where the words of the phrase stand that begins at `start`; nothing: not all do."""
    found = [start]
    at = start
    for word in phrase.rest:
        for place in range(at + 1, min(at + 2 + _GAP, len(stemmed))):
            if words.breaks[place - 1] is Break.SENTENCE:
                return ()
            if word.fits(words.folded[place], stemmed[place]):
                at = place
                break
        else:
            return ()
        found.append(at)
    return tuple(found)


def _kept(hits: list[_Hit]) -> list[_Hit]:
    """Without those whose every word belongs to a longer phrase."""
    if len(hits) < 2:
        return hits
    longest: dict[int, int] = {}
    for hit in hits:
        for place in hit.places:
            longest[place] = max(longest.get(place, 0), len(hit.places))
    return [h for h in hits if any(longest[place] <= len(h.places) for place in h.places)]


def _quoted(words: Words, hits: Iterable[_Hit]) -> tuple[str, ...]:
    spans = sorted((hit.places[0], hit.places[-1] + 1) for hit in hits)
    return tuple(dict.fromkeys(words.quote(start, end) for start, end in spans))
