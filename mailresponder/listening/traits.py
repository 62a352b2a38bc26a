"""What tells a language from others, read from `[detection]` of its lexicon.

Data only: what counts how much stands in `language`, and what hints are worth is policy's to say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mailresponder.listening.words import plain


@dataclass(frozen=True, kw_only=True, slots=True)
class Traits:
    """How a language is recognised. Words are in `plain` spelling."""

    bias: float
    """Added to its score: a statistical detector meets some languages more readily than others."""
    stop_words: frozenset[str]
    """Its frequent words, and those that customers write when they write little."""
    shared: frozenset[str]
    """Of these, the ones that neighbouring languages have as well."""
    strangers: frozenset[str]
    """Frequent words of neighbouring languages that it has not."""
    stranger_beginnings: tuple[str, ...]
    """How words of neighbouring languages begin, and none of its own: `l'`."""
    endings: tuple[str, ...]
    """How many of its words end, and few of other languages."""
    letters: frozenset[str]
    """Letters and signs that not every language has; may be empty."""
    shared_letters: frozenset[str]
    """Of these, the ones that neighbouring languages have as well."""
    stranger_letters: frozenset[str]
    """Letters that it has not and neighbours have."""
    charsets: frozenset[str]
    """The charsets its mail is written in, lower case."""
    domains: frozenset[str]
    """Top-level domains of countries and regions where people mostly write it."""


def read(data: Mapping[str, Any]) -> Traits:
    """The traits from their parsed TOML.

    Raises KeyError, TypeError or ValueError where it has not the shape of the others.
    """
    stop_words = _words(data["stop_words"])
    letters = frozenset(data["letters"])
    return Traits(
        bias=float(data["bias"]),
        stop_words=stop_words,
        shared=_words(data["shared"]) & stop_words,
        strangers=_words(data["strangers"]) - stop_words,
        stranger_beginnings=tuple(sorted(_words(data["stranger_beginnings"]))),
        endings=tuple(sorted(_words(data["endings"]))),
        letters=letters,
        shared_letters=frozenset(data["shared_letters"]) & letters,
        stranger_letters=frozenset(data["stranger_letters"]),
        charsets=frozenset(data["charsets"]),
        domains=frozenset(data["domains"]),
    )


def _words(written: list[str]) -> frozenset[str]:
    return frozenset(map(plain, written))
