"""Named defects: which one a name means, what complaints about it say, and the one sentence about a
known problem that an acknowledgement may carry.

Pure. Whom is told that a defect is mended stands in `announcing`.
"""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from mailresponder.listening.lexicon import available
from mailresponder.listening.taxonomy import Taxonomy, Theme, checked, taxonomy
from mailresponder.listening.themes import match
from mailresponder.policy.few_words import plain_words
from mailresponder.policy.orders import MAX_NAME
from mailresponder.templating import EachLanguage

MAX_SENTENCE = 300
"""Characters of the sentence about a known problem."""
MAX_WORDS = 50
"""Words and phrases of a defect in one language."""
_MOST_OFFERED = 8
_NEAR = 0.5
"""How alike, 0..1, a name must be to be offered instead."""

Words = Mapping[str, tuple[str, ...]]
"""Words and phrases by language, in the notation of themes."""


class DefectState(StrEnum):
    """Is it still wrong?"""

    OPEN = "open"
    FIXED = "fixed"


class LinkState(StrEnum):
    """What a ticket is to a defect."""

    LINKED = "linked"
    """It complains of it: somebody of staff said so."""
    PROPOSED = "proposed"
    """It reads as if it did; nobody has looked."""
    REFUSED = "refused"
    """Somebody of staff said that it does not; it is never proposed again."""


class How(StrEnum):
    """How a ticket came to be linked or proposed."""

    COMMAND = "command"
    """By command mail."""
    HAND = "hand"
    """On the page or the command line."""
    WORDS = "words"
    """It says the defect's words."""
    THEME = "theme"
    """It is about the defect's theme."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Defect:
    """Something of ours that is wrong, and whose complaints are gathered. `id` is 0 until the
    store has given one."""

    id: int = 0
    name: str
    """The team's own: customers are never told it."""
    owner: str = ""
    """An address or a team's name; may be empty."""
    state: DefectState = DefectState.OPEN
    theme: str | None = None
    """The key of the theme that its complaints are about."""
    words: Words
    """What its complaints say."""
    known: Mapping[str, str]
    """The sentence about it that acknowledgements carry, by language."""
    known_until: datetime | None = None
    """Before when; None: until it is mended."""
    opened_at: datetime
    opened_by: str
    fixed_at: datetime | None = None
    fixed_by: str | None = None

    def is_known(self, now: datetime) -> bool:
        """May acknowledgements speak of it now?"""
        lasts = self.known_until is None or now < self.known_until
        return self.state is DefectState.OPEN and bool(self.known) and lasts


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownProblem:
    """What an acknowledgement says of a known problem."""

    sentence: EachLanguage
    until: datetime | None
    """From when on it is not to be said any more; None: not before it is mended."""


@dataclass(frozen=True, kw_only=True)
class KnownProblems:
    """The defects that acknowledgements may speak of: looked up once for many mails."""

    defects: tuple[Defect, ...]
    themes: Mapping[str, Words]
    """The words of the themes that they name, by the theme's key."""

    def told(self, text: str, language: str, *, now: datetime) -> KnownProblem | None:
        """What is said of the one defect that a mail is most about, each language its own; None
        where the customer's language has no sentence.

        `text` is the mail's subject and, below it, its new text.
        """
        if language not in available():
            return None
        by_id = {str(defect.id): defect for defect in self.defects}
        for found in match(text, language, self._listened):
            defect = by_id[found.theme]
            if defect.is_known(now) and defect.known.get(language):
                return KnownProblem(sentence=EachLanguage(defect.known), until=defect.known_until)
        return None

    @cached_property
    def _listened(self) -> Taxonomy:
        return listened(self.defects, self.themes)


def key_of(name: str) -> str:
    """What tells a name from another: neither case nor accents nor marks do, but those that a word
    ends with as C++ and C#."""
    return " ".join(plain_words(name, ending="+#"))


def meant(defects: Sequence[Defect], said: str) -> tuple[Defect, ...]:
    """Which defects somebody may mean: by its number, its name, or the beginning of its name. One:
    that is it; several begin so, or none."""
    wanted = key_of(said)
    if not wanted:
        return ()
    begun = tuple(defect for defect in defects if key_of(defect.name).startswith(wanted))
    exact = tuple(defect for defect in begun if key_of(defect.name) == wanted)
    if exact:
        return exact
    numbered = tuple(defect for defect in defects if str(defect.id) == wanted)
    return numbered or begun


def offered(defects: Sequence[Defect], said: str) -> tuple[str, ...]:
    """The names to choose from where what was said means none or several: those that begin so,
    else the most alike, else the newest that are open."""
    found = meant(defects, said)
    if not found:
        by_key = {key_of(defect.name): defect for defect in defects}
        near = difflib.get_close_matches(key_of(said), by_key, n=_MOST_OFFERED, cutoff=_NEAR)
        found = tuple(by_key[one] for one in near)
    if not found:
        open_ = [defect for defect in defects if defect.state is DefectState.OPEN]
        found = tuple(reversed(open_))
    return tuple(defect.name for defect in found[:_MOST_OFFERED])


def listened(defects: Iterable[Defect], themes: Mapping[str, Words] | None = None) -> Taxonomy:
    """What is listened for: each defect's words and those of its theme, under its id as key."""
    return taxonomy(
        Theme(key=str(one.id), names={}, words=_together(one, themes or {})) for one in defects
    )


def _together(defect: Defect, themes: Mapping[str, Words]) -> Words:
    of_theme = themes.get(defect.theme, {}) if defect.theme else {}
    return {
        language: tuple(
            dict.fromkeys([*defect.words.get(language, ()), *of_theme.get(language, ())])
        )
        for language in {*defect.words, *of_theme}
    }


def checked_name(name: str) -> str:
    """A defect's name on one line. Raises ValueError, with what is wrong, for one that is too long,
    that nobody could write, or that would be taken for a number."""
    told = " ".join(name.split())
    if not key_of(told) or not told.isprintable():
        raise ValueError("a name has letters")
    if len(told) > MAX_NAME:
        raise ValueError(f"a name has at most {MAX_NAME} characters")
    if key_of(told).isdigit():
        raise ValueError("a number alone is no name: defects have numbers already")
    return told


def checked_words(words: Mapping[str, Sequence[str]]) -> Words:
    """Words by language as they are kept, languages without any left out. Raises ValueError."""
    told: dict[str, tuple[str, ...]] = {}
    for language, some in words.items():
        kept = tuple(dict.fromkeys(checked(one, language) for one in some if one.strip()))
        if len(kept) > MAX_WORDS:
            raise ValueError(f"at most {MAX_WORDS} words and phrases in one language")
        if kept:
            told[language] = kept
    return told


def checked_sentences(known: Mapping[str, str]) -> Mapping[str, str]:
    """Sentences by language as they are kept, each on one line. Raises ValueError."""
    told = {language: " ".join(text.split()) for language, text in known.items()}
    for text in told.values():
        if len(text) > MAX_SENTENCE:
            raise ValueError(f"one sentence, of at most {MAX_SENTENCE} characters")
        if not text.isprintable():
            raise ValueError("it holds what cannot be printed")
    return {language: text for language, text in told.items() if text}
