"""Finds themes that no taxonomy names, in new messages that none covers.

A message is first held against the themes that are known: near one, it belongs to it, and the
theme grows. The rest is looked through for what many people write alike: by meaning over all
languages at once (`space`, `clusters`), or without that extra by words, one language at a time
(`telling`). Few messages, or many of few people, make no theme.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

MIN_MESSAGES = 8
MIN_PEOPLE = 5
WORDS = "words:"
"""What the space of a theme of words begins with; its language follows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """A message of a person that no kept theme covers."""

    row: int
    person: str
    """Tells its writer from others; it is not looked into."""
    text: str
    """Subject and new text."""
    language: str
    vector: bytes | None = None
    """Its point, by `space.embed`; None: it is compared by words."""
    names: tuple[str, ...] = ()
    """Of its writer, so that no theme is named after a person."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Centroid:
    """Where a found theme lies: its identity from week to week."""

    theme: str
    """Its key; empty while it has none."""
    space: str
    """`e5`, or `words:` and a language."""
    value: bytes
    """384 float32 of length 1; in a space of words, stems and their weights as UTF-8 JSON."""
    size: int
    """Messages it was made of."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewTheme:
    """A theme that was not known."""

    centroid: Centroid
    rows: tuple[int, ...]
    """Its messages, the most typical first."""
    names: Mapping[str, str]
    """By each language of its messages."""
    words: Mapping[str, tuple[str, ...]]
    """Its most telling words by language, as a theme of the taxonomy would have them."""
    examples: Mapping[str, tuple[int, ...]]
    """The rows of its two best examples by language."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Discovery:
    """What was found in some messages."""

    assigned: Mapping[int, tuple[str, float]]
    """By row: the known theme it belongs to, and how alike (0..1)."""
    grown: tuple[Centroid, ...]
    """The known themes that got messages, where they lie now."""
    new: tuple[NewTheme, ...]
    """The largest first."""


def discover(
    items: Sequence[Item],
    known: Iterable[Centroid],
    others: Mapping[str, Sequence[str]],
    *,
    min_messages: int = MIN_MESSAGES,
    min_people: int = MIN_PEOPLE,
) -> Discovery:
    """Look through the uncovered messages of a window (those of the last weeks, say; a message that
    belongs to a found theme already is left out).

    `known` are the found themes, also those that were merged or dismissed: what is dismissed is
    not to be found again. `others` are some hundred other messages of each language, to tell what
    is common from what is telling. Items with a vector are compared by meaning, the others by
    words. Raises MailresponderError where there are vectors and the extra `themes` is missing.
    """
    raise NotImplementedError


def assign(items: Sequence[Item], known: Iterable[Centroid]) -> Mapping[int, tuple[str, float]]:
    """By row, the known theme each message belongs to and how alike it is (0..1): the first part
    of `discover`, for messages as they come."""
    raise NotImplementedError
