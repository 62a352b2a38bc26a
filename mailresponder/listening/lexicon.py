"""The words a language listens by, read from `lexicons/<language>.toml`.

A lexicon is data: a new language is a new file, and no code names one. What is done with the
words stands in `language`, `cues` and `gratitude`.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from mailresponder.errors import MailresponderError
from mailresponder.listening import traits
from mailresponder.listening.traits import Traits
from mailresponder.listening.words import fold, plain

_REMEMBERED = 4096
"""Words whose phrases are remembered for each index."""


class Role(StrEnum):
    """What a group of cues says about the writer."""

    HEAT = "heat"
    """Anger, by its weight."""
    CALM = "calm"
    """Courtesy: its weight is negative."""
    THANKS = "thanks"
    """Calms, and vouches for the praise beside it."""
    PRAISE = "praise"
    """Contentment, or sarcasm where something went wrong."""
    TROUBLE = "trouble"
    """Something went wrong: no anger in itself."""
    ADDRESS = "address"
    """Speaks to us: heat beside it is a reproach."""
    INNOCENT = "innocent"
    """Looks like heat and is none; takes its words away from the other groups."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Element:
    """One place of a phrase: any of some words, or of some beginnings of words."""

    words: frozenset[str]
    stems: tuple[str, ...]
    after_gap: bool
    """Up to three other words of the sentence may stand before it."""

    def fits(self, word: str) -> bool:
        """Is this (folded) word one of those meant?"""
        return word in self.words or (bool(self.stems) and word.startswith(self.stems))


Phrase = tuple[Element, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Phrases that mean the same to the listener."""

    name: str
    role: Role
    weight: float
    """Added to the log-odds of anger."""
    negatable: bool
    """A negation shortly before takes it back ("not angry")."""


class Begun:
    """The phrases that begin with one word, by how they go on."""

    def __init__(self, phrases: Sequence[tuple[Phrase, Group]]) -> None:
        self._phrases = phrases
        self._always = [pair for pair in phrases if _goes_on_with_any(pair[0])]
        chosen = [phrase[1] for phrase, _ in phrases if not _goes_on_with_any(phrase)]
        self._stems = tuple({stem for element in chosen for stem in element.stems})
        self._after: dict[str, list[tuple[Phrase, Group]] | None] = dict.fromkeys(
            word for element in chosen for word in element.words
        )
        """Those that may go on with a word, where these are not `_always`: None until it is met."""

    def before(self, following: str) -> list[tuple[Phrase, Group]]:
        """Those that may go on with this (folded) word ("" at the end), in their order."""
        if self._stems and following.startswith(self._stems):
            return self._going_on(following)
        found = self._after.get(following, self._always)
        if found is None:
            found = self._after[following] = self._going_on(following)
        return found

    def _going_on(self, word: str) -> list[tuple[Phrase, Group]]:
        return [
            pair for pair in self._phrases if _goes_on_with_any(pair[0]) or pair[0][1].fits(word)
        ]


def _goes_on_with_any(phrase: Phrase) -> bool:
    """Does it end after its first word, or may others stand before its second?"""
    return len(phrase) == 1 or phrase[1].after_gap


class Index:
    """Phrases by the words they begin with."""

    def __init__(self, phrases: Iterable[tuple[Phrase, Group]]) -> None:
        self._words: dict[str, list[tuple[Phrase, Group]]] = {}
        self._stems: dict[str, list[tuple[Phrase, Group]]] = {}
        for phrase, group in phrases:
            for word in phrase[0].words:
                self._words.setdefault(word, []).append((phrase, group))
            for stem in phrase[0].stems:
                self._stems.setdefault(stem, []).append((phrase, group))
        self._lengths = sorted({len(stem) for stem in self._stems})
        self.begun = lru_cache(maxsize=_REMEMBERED)(self._begun)
        """The phrases that begin with this (folded) word; None for most words."""

    def _begun(self, word: str) -> Begun | None:
        found = list(self._words.get(word, ()))
        for length in self._lengths:
            if length > len(word):
                break
            found += self._stems.get(word[:length], ())
        return Begun(found) if found else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """Weights of what is no cue. Each is added to the log-odds of anger."""

    shouting: float
    """Words in capitals; the whole of it from a third of the words on."""
    exclamations: float
    """`!!` or more."""
    doubled_question: float
    """`??`, `?!`."""
    masked: float
    """A masked curse: `f***`, `#@!`."""
    reproach: float
    """Heat in a sentence that speaks to us."""
    sarcasm: float
    """Praise in a sentence by itself, where something went wrong."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lexicon:
    """All that is known of one language."""

    language: str
    traits: Traits
    """What tells it from other languages."""
    threshold: float
    """From this score (0..1) on a text is angry."""
    bias: float
    """The log-odds of anger where nothing is heard."""
    shape: Shape
    cues: Index
    groups: tuple[Group, ...]
    """Those of `cues`."""
    intensifiers: frozenset[str]
    negations: frozenset[str]
    function_words: frozenset[str]
    """Words without a meaning of their own: they count less than others."""
    greetings: frozenset[str]
    closings: frozenset[str]
    """How a line of a letter begins that greets or takes leave: folded, with a space behind."""
    thanks: Index
    pleasantries: Index
    """What may stand beside thanks without saying anything more."""
    yes: Index
    done: Index
    no: Index
    """How somebody who is asked whether it is solved says yes, that it is, and that it is not."""
    never_names: frozenset[str]
    """Words that ask for something even where they stand like a name, as in "Thanks, Cancel"."""


@cache
def available() -> tuple[str, ...]:
    """The languages that have a lexicon, sorted."""
    files = resources.files("mailresponder.listening").joinpath("lexicons").iterdir()
    return tuple(sorted(f.name.removesuffix(".toml") for f in files if f.name.endswith(".toml")))


@cache
def load(language: str) -> Lexicon:
    """The lexicon of a language, as `es`.

    Raises MailresponderError where there is none, or where its file is malformed.
    """
    if language not in available():
        raise MailresponderError(
            f"no lexicon for the language {language!r}",
            mend=f"there are: {', '.join(available())}",
        )
    path = resources.files("mailresponder.listening").joinpath("lexicons", f"{language}.toml")
    try:
        return read(language, tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise MailresponderError(f"the lexicon {language}.toml is malformed: {error}") from error


def read(language: str, data: Mapping[str, Any]) -> Lexicon:
    """A lexicon from its parsed TOML.

    Raises KeyError, TypeError or ValueError where the file has not the shape of the others.
    """
    anger, thanks = data["anger"], data["gratitude"]
    groups = [_group(name, table) for name, table in anger["cues"].items()]
    return Lexicon(
        language=language,
        traits=traits.read(data["detection"]),
        threshold=float(anger["threshold"]),
        bias=float(anger["bias"]),
        shape=Shape(**anger["shape"]),
        cues=Index((p, g) for g, written in groups for w in written for p in phrases(w)),
        groups=tuple(group for group, _ in groups),
        intensifiers=frozenset(map(fold, anger["intensifiers"])),
        negations=frozenset(map(fold, anger["negations"])),
        function_words=frozenset(map(fold, anger["function_words"])),
        greetings=frozenset(f"{plain(phrase)} " for phrase in data["letter"]["greetings"]),
        closings=frozenset(f"{plain(phrase)} " for phrase in data["letter"]["closings"]),
        thanks=_plain_index("thanks", thanks["thanks"]),
        pleasantries=_plain_index("pleasantries", thanks["pleasantries"]),
        yes=_plain_index("yes", data["solved"]["yes"]),
        done=_plain_index("done", data["solved"]["done"]),
        no=_plain_index("no", data["solved"]["no"]),
        never_names=frozenset(map(fold, thanks["never_names"])),
    )


def phrases(written: str) -> Iterator[Phrase]:
    """A phrase as a lexicon writes it, and once more where it may also be written otherwise.

    `a|b` is either word, `word*` any word that begins so, `..` up to three words between, and
    `(a|b)` a place that may stay empty. A word with an apostrophe is also met without it.
    Raises ValueError for an empty phrase or one that begins with `..`.
    """
    return _phrases(written.split(), written)


def _phrases(parts: list[str], written: str) -> Iterator[Phrase]:
    for place, part in enumerate(parts):
        if part.startswith("(") and part.endswith(")"):
            yield from _phrases([*parts[:place], part[1:-1], *parts[place + 1 :]], written)
            yield from _phrases(parts[:place] + parts[place + 1 :], written)
            return
    if not parts or parts[0] == ".." or parts[-1] == "..":
        raise ValueError(f"a phrase begins and ends with a word: {written!r}")
    gaps = [before == ".." for before in ["", *parts]]
    yield tuple(
        _element(p, after_gap=gap) for p, gap in zip(parts, gaps, strict=False) if p != ".."
    )


@lru_cache(maxsize=_REMEMBERED)
def _element(part: str, *, after_gap: bool) -> Element:
    folded = [fold(word) for word in part.split("|")]
    if "" in folded or "*" in folded or "(" in part or ")" in part:
        raise ValueError(f"not a word or a choice of words: {part!r}")
    words = {word for word in folded if not word.endswith("*")}
    return Element(
        words=frozenset(words | {word.replace("'", "") for word in words}),
        stems=tuple(word[:-1] for word in folded if word.endswith("*")),
        after_gap=after_gap,
    )


def _group(name: str, table: Mapping[str, Any]) -> tuple[Group, list[str]]:
    group = Group(
        name=name,
        role=Role(table.get("role", Role.HEAT)),
        weight=float(table.get("weight", 0.0)),
        negatable=bool(table.get("negatable", False)),
    )
    return group, table["phrases"]


def _plain_index(name: str, written: Iterable[str]) -> Index:
    group = Group(name=name, role=Role.CALM, weight=0.0, negatable=False)
    return Index((phrase, group) for w in written for phrase in phrases(w))
