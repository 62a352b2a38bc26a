"""What can be counted in a text: the signs of a lexicon, the shape of the writing, and its words.

Weighs nothing: `weighing` does, with the weights that `train` found. Words that a cue has spoken
for say nothing more by themselves, so nothing is counted twice.
"""

import re
from collections.abc import Container, Iterator, Sequence
from typing import NamedTuple

from mailresponder.listening.cues import Hit, find, negated
from mailresponder.listening.lexicon import Lexicon, Role
from mailresponder.listening.words import Words, split

_FADE = 0.6
"""How much the next cue of one group counts beside the one before it."""
_INTENSIFIED = 1.25
_BARE = 3
"""Praise in a sentence of so many words may be sarcasm."""
_FUNCTION = 0.3
"""How much a word such as `the` counts beside a word with a meaning of its own."""
_PREFIX = 5
_DIGIT = re.compile(r"\d")
_LOUD = re.compile(r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ]{3}")
"""What `_CAPITALS` needs; a pattern that begins with a letter is looked for much faster."""
_CAPITALS = re.compile(r"\b[A-ZÀ-ÖØ-Þ]{4,}\b")
_SHOUT = re.compile(r"\b[A-ZÀ-ÖØ-Þ]{4,}\b(?:[^\S\n]+[A-ZÀ-ÖØ-Þ]{2,}\b){0,3}")
_DOUBLED = ("!!", "??", "?!", "!?")
"""One of these is in every `_RUN`."""
_RUN = re.compile(r"!{2,}|\?{2,}|\?+!+[?!]*|!+\?+[?!]*")
_MASKS = "#@$%&*"
_MASKED = re.compile(
    r"(?<![*\w])(?=\S{3})[^\W\d_]{1,3}\*(?:\*+[^\W\d_]*|[^\W\d_]{2,})"
    r"|(?<![*\w])[^\W\d_]{2,3}\*[^\W\d_]"
    r"|(?<!\S)(?!(\S)\1+(?!\S))(?=[!*]*[#@$%&])[#@$%&!*]{3,}(?!\S)"
)
"""Not the asterisks of *emphasis*."""
_NUMBER = "#"
"""What every word with a digit counts as."""
_MENTION = "user"
"""What data sets put for a name."""


class Sign(NamedTuple):
    """A cue or a shape. Its name stands in angle brackets, so that no word can have it."""

    name: str
    value: float
    start: int
    end: int
    """The characters of the text that it stands for, the last excluded."""


Gram = tuple[str, float, int, int]
"""A word, the beginning of one (`cancel*`), two words, or the first of a sentence (`^why`): its
name, its value, and the words it stands for, from the first up to the last excluded. There are as
many as words in a mail, so it is a bare tuple."""


class Reading(NamedTuple):
    """What was counted in a text."""

    words: Words
    signs: list[Sign]
    grams: list[Gram]
    blank: bool
    """Is there nothing in it that can be counted?"""

    def vector(self, scale: float) -> dict[str, float]:
        """The features of the whole text by name, those of its words times `scale`."""
        vector: dict[str, float] = {}
        for sign in self.signs:
            vector[sign.name] = vector.get(sign.name, 0.0) + sign.value
        for name, value, _, _ in self.grams:
            vector[name] = value * scale
        return vector


class _Everything:
    """Holds whatever one asks for."""

    def __contains__(self, _: object) -> bool:
        return True


EVERYTHING = _Everything()


def read(text: str, lexicon: Lexicon, known: Container[str] = EVERYTHING) -> Reading:
    """Count what is in a text, in time linear in its length: of its words only the `known` ones."""
    words = split(text)
    hits = find(words, lexicon.cues)
    spoken_for = frozenset(
        n for hit in hits if hit.group.role is not Role.ADDRESS for n in range(hit.start, hit.end)
    )
    signs = [*_cues(words, hits, lexicon), *_shape(words)] if words.folded else []
    grams = _grams(words, lexicon, spoken_for, known)
    blank = not (signs or grams) and all(
        n in spoken_for or word == _MENTION for n, word in enumerate(words.folded)
    )
    return Reading(words, signs, grams, blank)


def _grams(
    words: Words, lexicon: Lexicon, spoken_for: frozenset[int], known: Container[str]
) -> list[Gram]:
    """The known words of a text, none across the end of a sentence.

    Two words count even where a cue has spoken for one of them.
    """
    found: list[Gram] = []
    function_words = lexicon.function_words
    before, before_weighs, before_free, last = "", 0.0, False, -1
    for n, (word, sentence) in enumerate(zip(words.folded, words.sentences, strict=True)):
        if not word.isalpha() and _DIGIT.search(word):
            word = _NUMBER
        elif word == _MENTION:
            before = ""
            continue
        weighs = _FUNCTION if word in function_words or word is _NUMBER else 1.0
        free = n not in spoken_for
        if free:
            if word in known:
                found.append((word, weighs, n, n + 1))
            if len(word) > _PREFIX and (name := word[:_PREFIX] + "*") in known:
                found.append((name, 1.0, n, n + 1))
            if sentence != last and weighs == 1.0 and (name := "^" + word) in known:
                found.append((name, 1.0, n, n + 1))
        if before and sentence == last and (free or before_free):
            name = f"{before} {word}"
            if name in known:
                found.append((name, max(before_weighs, weighs), n - 1, n + 1))
        before, before_weighs, before_free, last = word, weighs, free, sentence
    return found


def _cues(words: Words, hits: Sequence[Hit], lexicon: Lexicon) -> Iterator[Sign]:
    """The cues, those of one group fading; a reproach where heat speaks to us.

    The same words again, as in subject and body, say nothing new: they count once.
    """
    sentence = words.sentences
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
            bare = sentence.count(place) <= _BARE and not thanked
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
    loud = list(_CAPITALS.finditer(text)) if _LOUD.search(text) else []
    if len(loud) > 1:
        share = min(1.0, 3 * len(loud) / len(words.folded))
        shout = max(_SHOUT.finditer(text), key=lambda found: len(found[0]))
        yield Sign("<shouting>", share, *shout.span())
    elif loud:
        yield Sign("<capitals>", 1.0, *loud[0].span())
    doubled_marks = any(marks in text for marks in _DOUBLED)
    for mark in "!?":
        if (at := text.find(mark)) >= 0:
            yield Sign(f"<{mark}>", 1.0, at, at + 1)
            runs = _RUN.finditer(text, at) if doubled_marks else ()
            doubled = next((run for run in runs if mark in run[0]), None)
            if doubled is not None:
                yield Sign(f"<{mark}{mark}>", 1.0, *doubled.span())
    for mark in ("...", "…"):
        if (at := text.find(mark)) >= 0:
            yield Sign("<...>", 1.0, at, at + len(mark))
            break
    if any(mask in text for mask in _MASKS) and (masked := _MASKED.search(text)):
        yield Sign("<masked>", 1.0, *masked.span())
