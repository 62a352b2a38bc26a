"""What can be counted in a text: the signs of a lexicon, the shape of the writing, and its words.

Weighs nothing: `analyzer` does, with the weights that `train` found. Words that a cue has spoken
for say nothing more by themselves, so nothing is counted twice.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mailresponder.listening.cues import Hit, find, negated
from mailresponder.listening.lexicon import Lexicon, Role
from mailresponder.listening.words import Break, Words, split

_FADE = 0.6
"""How much the next cue of one group counts beside the one before it."""
_INTENSIFIED = 1.25
_BARE = 3
"""Praise in a sentence of so many words may be sarcasm."""
_FUNCTION = 0.3
"""How much a word such as `the` counts beside a word with a meaning of its own."""
_PREFIX = 5
_DIGIT = re.compile(r"\d")
_CAPITALS = re.compile(r"\b[A-ZÀ-ÖØ-Þ]{4,}\b")
_SHOUT = re.compile(r"\b[A-ZÀ-ÖØ-Þ]{4,}\b(?:[^\S\n]+[A-ZÀ-ÖØ-Þ]{2,}\b){0,3}")
_RUN = re.compile(r"!{2,}|\?{2,}|\?+!+[?!]*|!+\?+[?!]*")
_MASKS = frozenset("#@$%&*")
_MASKED = re.compile(
    r"(?<![*\w])(?=\S{3})[^\W\d_]{1,3}\*(?:\*+[^\W\d_]*|[^\W\d_]{2,})"
    r"|(?<![*\w])[^\W\d_]{2,3}\*[^\W\d_]"
    r"|(?<!\S)(?!(\S)\1+(?!\S))(?=[!*]*[#@$%&])[#@$%&!*]{3,}(?!\S)"
)
"""Not the asterisks of *emphasis*."""
_MENTION = "user"
"""What data sets put for a name."""


class Sign(NamedTuple):
    """A cue or a shape. Its name stands in angle brackets, so that no word can have it."""

    name: str
    value: float
    start: int
    end: int
    """The characters of the text that it stands for, the last excluded."""


class Gram(NamedTuple):
    """A word, the beginning of one (`cancel*`), two words, or the first of a sentence (`^why`)."""

    name: str
    value: float
    start: int
    end: int
    """The words it stands for, the last excluded."""


class Reading(NamedTuple):
    """All that can be counted in a text."""

    words: Words
    signs: list[Sign]
    grams: list[Gram]

    def vector(self, scale: float) -> dict[str, float]:
        """The features of the whole text by name, those of its words times `scale`."""
        vector: dict[str, float] = {}
        for sign in self.signs:
            vector[sign.name] = vector.get(sign.name, 0.0) + sign.value
        for gram in self.grams:
            vector[gram.name] = gram.value * scale
        return vector


def read(text: str, lexicon: Lexicon) -> Reading:
    """Count what is in a text, in time linear in its length."""
    words = split(text)
    hits = find(words, lexicon.cues)
    spoken_for = frozenset(
        n for hit in hits if hit.group.role is not Role.ADDRESS for n in range(hit.start, hit.end)
    )
    signs = [*_cues(words, hits, lexicon), *_shape(words)] if words.folded else []
    return Reading(words, signs, list(_grams(words, lexicon, spoken_for)))


def _grams(words: Words, lexicon: Lexicon, spoken_for: frozenset[int]) -> Iterator[Gram]:
    """The words of a text, none across the end of a sentence. What has a digit is `#`.

    Two words count even where a cue has spoken for one of them.
    """
    sentences, breaks, function_words = words.sentences, words.breaks, lexicon.function_words
    before, before_weighs, last = "", 0.0, -1
    for n, folded in enumerate(words.folded):
        word = folded if folded.isalpha() or _DIGIT.search(folded) is None else "#"
        if word == _MENTION:
            before = ""
            continue
        weighs = _FUNCTION if word in function_words or word == "#" else 1.0
        first = sentences[n] != last
        last = sentences[n]
        free = n not in spoken_for
        if free:
            yield Gram(word, weighs, n, n + 1)
            if len(word) > _PREFIX:
                yield Gram(f"{word[:_PREFIX]}*", 1.0, n, n + 1)
            if first and weighs == 1.0:
                yield Gram(f"^{word}", 1.0, n, n + 1)
        if before and (free or n - 1 not in spoken_for):
            yield Gram(f"{before} {word}", max(before_weighs, weighs), n - 1, n + 1)
        before = "" if breaks[n] is Break.SENTENCE else word
        before_weighs = weighs


def _cues(words: Words, hits: Sequence[Hit], lexicon: Lexicon) -> Iterator[Sign]:
    """The cues, those of one group fading; a reproach where heat speaks to us.

    The same words again, as in subject and body, say nothing new: they count once.
    """
    sentence = words.sentences
    lengths = Counter(sentence)
    troubled = {sentence[hit.start] for hit in hits if hit.group.role is Role.TROUBLE}
    thanked = any(hit.group.role is Role.THANKS for hit in hits)
    groups: dict[str, dict[tuple[str, ...], tuple[float, Hit]]] = {}
    heated: set[int] = set()
    addressed: list[Hit] = []
    for hit in hits:
        role, name = hit.group.role, hit.group.name
        if role is Role.ADDRESS:
            addressed.append(hit)
            continue
        place = sentence[hit.start]
        if hit.group.negatable and negated(words, hit.start, lexicon.negations):
            name = f"not {name}"
        elif role is Role.HEAT:
            heated.add(place)
        elif role is Role.PRAISE:
            bare = lengths[place] <= _BARE and not thanked
            name = f"bare {name}" if bare and troubled - {place} else name
        before = words.folded[hit.start - 1] if hit.start else ""
        weight = _INTENSIFIED if before in lexicon.intensifiers else 1.0
        said = words.folded[hit.start : hit.end]
        found = groups.setdefault(name, {})
        if said not in found or found[said][0] < weight:
            found[said] = weight, hit
    for name, told in groups.items():
        for n, (weight, hit) in enumerate(sorted(told.values(), key=lambda pair: -pair[0])):
            start, end = words.span(hit.start, hit.end)
            yield Sign(f"<{name}>", weight * _FADE**n, start, end)
    for name, to_us in (
        ("<address>", addressed),
        ("<reproach>", [hit for hit in addressed if sentence[hit.start] in heated]),
    ):
        if to_us:
            yield Sign(name, 1.0, *words.span(to_us[0].start, to_us[0].end))


def _shape(words: Words) -> Iterator[Sign]:
    """Shouting, `!!`, `??`, masked curses and the like, each where it first stands."""
    text = words.text
    loud = list(_CAPITALS.finditer(text))
    if len(loud) > 1:
        share = min(1.0, 3 * len(loud) / len(words.folded))
        shout = max(_SHOUT.finditer(text), key=lambda found: len(found[0]))
        yield Sign("<shouting>", share, *shout.span())
    elif loud:
        yield Sign("<capitals>", 1.0, *loud[0].span())
    for mark in "!?":
        if (at := text.find(mark)) >= 0:
            yield Sign(f"<{mark}>", 1.0, at, at + 1)
            doubled = next((run for run in _RUN.finditer(text, at) if mark in run[0]), None)
            if doubled is not None:
                yield Sign(f"<{mark}{mark}>", 1.0, *doubled.span())
    for mark in ("...", "…"):
        if (at := text.find(mark)) >= 0:
            yield Sign("<...>", 1.0, at, at + len(mark))
            break
    if not _MASKS.isdisjoint(text) and (masked := _MASKED.search(text)):
        yield Sign("<masked>", 1.0, *masked.span())
