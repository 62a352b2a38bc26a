"""What else is known of a language beside its lexicon, read from `speech/<language>.toml`: how
private things are written and what is put for them, and what is only polite."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from mailresponder.errors import MailresponderError
from mailresponder.listening.lexicon import Group, Index, Role, available, phrases
from mailresponder.listening.words import fold


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Speech:
    """The speech of one language. All words are folded."""

    language: str
    masks: Mapping[str, str]
    """What is put for a `name`, `email`, `phone`, `card`, `bank`, `number`, `link`, `address` or
    `user`, in square brackets."""
    references: frozenset[str]
    """What stands before the number of one thing or person."""
    users: tuple[str, ...]
    """What stands before what somebody is called as a user."""
    titles: frozenset[str]
    introductions: tuple[str, ...]
    """What stands before a name."""
    sure_introductions: frozenset[str]
    """Those of them that are followed by a name even in small letters."""
    streets: frozenset[str]
    streets_first: bool
    """Does the word for a street stand before its name, and the number behind?"""
    capitals: frozenset[str]
    """What begins with a capital and names nobody."""
    given_names: frozenset[str]
    also_words: frozenset[str]
    """Those of them that are words too: names only with a capital."""
    courtesy: Index
    """What sounds like praise or thanks and is only polite."""
    usual: Index
    """What people write in any letter, whatever it is about."""


@cache
def load(language: str) -> Speech:
    """The speech of a language.

    Raises MailresponderError where the language has no lexicon, or its file is malformed.
    """
    path = resources.files("mailresponder.listening").joinpath("speech", f"{language}.toml")
    if language not in available() or not path.is_file():
        raise MailresponderError(f"nothing is known of how {language!r} is spoken")
    try:
        return _read(language, tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise MailresponderError(f"the speech {language}.toml is malformed: {error}") from error


def _read(language: str, data: Mapping[str, Any]) -> Speech:
    private = data["private"]
    return Speech(
        language=language,
        masks=dict(data["masks"]),
        references=_folded(private["references"]),
        users=tuple(private["users"]),
        titles=_folded(private["titles"]),
        introductions=tuple(private["introductions"]),
        sure_introductions=_folded(private["sure_introductions"]),
        streets=_folded(private["streets"]),
        streets_first=bool(private["streets_first"]),
        capitals=_folded(private["capitals"]),
        given_names=_folded(private["given_names"]),
        also_words=_folded(private["also_words"]),
        courtesy=_index("courtesy", data["praise"]["courtesy"]),
        usual=_index("usual", data["letters"]["usual"]),
    )


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(map(fold, words))


def _index(name: str, written: Iterable[str]) -> Index:
    group = Group(name=name, role=Role.CALM, weight=0.0, negatable=False)
    return Index((phrase, group) for w in written for phrase in phrases(w))
