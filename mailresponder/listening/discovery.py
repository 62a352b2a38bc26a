"""Finds themes that no taxonomy names, in new messages that none covers.

A message is first held against the themes that are known: near one, it belongs to it, and the
theme grows. The rest is looked through for what many people write alike: by meaning over all
languages at once (`space`, `clusters`), or without that extra by words, one language at a time
(`telling`). Few messages, or many of few people, make no theme.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mailresponder.listening import clusters, naming, space, telling
from mailresponder.listening.space import SPACE

if TYPE_CHECKING:
    from mailresponder.listening.space import Vectors

MIN_MESSAGES = 6
MIN_PEOPLE = 5
SOON = timedelta(weeks=3)
"""In which so many messages of a theme must come,"""
_OTHERWISE = 4
"""unless there are so many times as many: a few alike over months are chance."""
WORDS = "words:"
"""What the space of a theme of words begins with; its language follows."""
_FEWEST_WORDS = 3
"""Telling words of a theme in one language, at least: what is alike in less is the form of a mail
("a question", "my order") and no matter."""
_STEADY = 200
"""A theme of more messages moves no slower."""
_MOST_WORDS = 12
"""Telling words of a theme."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """A message of a person that no kept theme covers."""

    row: int
    person: str
    """Tells its writer from others; it is not looked into."""
    text: str
    """Subject and new text."""
    language: str
    at: datetime | None = None
    """When it came; None: it is not known, and not asked."""
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
    belongs to a found theme already is left out). The last 4,000 of them are looked at.

    `known` are the found themes, also those that were merged or dismissed: what is dismissed is
    not to be found again. `others` are some hundred other messages of each language, to tell what
    is common from what is telling. Items with a vector are compared by meaning, the others by
    words. Raises MailresponderError where there are vectors and the extra `themes` is missing.
    """
    known = tuple(known)
    items = items[-clusters.MOST :]
    assigned = assign(items, known)
    rest = [item for item in items if item.row not in assigned]
    groups: list[tuple[str, bytes, list[Item]]] = []
    placed = [item for item in rest if item.vector is not None]
    if placed:
        points = space.points([item.vector or b"" for item in placed])
        for found in clusters.clusters(points, min_messages):
            members = [placed[n] for n in found.members]
            same = _known_as(found, points, known)
            if same is None:
                groups.append((SPACE, found.middle.tobytes(), members))
            else:
                assigned |= zip((item.row for item in members), same, strict=True)
    for language in sorted({item.language for item in rest if item.vector is None}):
        here = [item for item in rest if item.vector is None and item.language == language]
        texts = [item.text for item in here]
        people = [item.person for item in here]
        for theme in telling.themes(
            texts, others.get(language, ()), language, people=people, smallest=min_messages
        ):
            members = [here[n] for n in theme.members]
            groups.append((f"{WORDS}{language}", telling.packed(theme.weights), members))
    new = [
        _new_theme(in_space, value, members, others)
        for in_space, value, members in groups
        if len({item.person for item in members}) >= min_people
        and _comes_soon(members, min_messages)
    ]
    return Discovery(
        assigned=assigned,
        grown=_grown(items, known, assigned),
        new=tuple(
            sorted(
                (theme for theme in new if _is_matter(theme, others)),
                key=lambda theme: -theme.centroid.size,
            )
        ),
    )


def assign(items: Sequence[Item], known: Iterable[Centroid]) -> dict[int, tuple[str, float]]:
    """By row, the known theme each message belongs to and how alike it is (0..1): the first part
    of `discover`, for messages as they come."""
    known = tuple(known)
    found: dict[int, tuple[str, float]] = {}
    placed = [item for item in items if item.vector is not None]
    middles = [one for one in known if one.space == SPACE]
    if placed and middles:
        belongs, alike = clusters.nearest(
            space.points([item.vector or b"" for item in placed]),
            space.unpacked([one.value for one in middles]),
        )
        for item, number, near in zip(placed, belongs.tolist(), alike.tolist(), strict=True):
            if number >= 0:
                found[item.row] = middles[number].theme, min(1.0, near)
    for item in items:
        if item.vector is None:
            weights = {
                one.theme: telling.unpacked(one.value)
                for one in known
                if one.space == f"{WORDS}{item.language}"
            }
            best = telling.nearest(item.text, item.language, weights)
            if best is not None:
                found[item.row] = best
    return found


def _known_as(
    found: clusters.Cluster, points: "Vectors", known: Sequence[Centroid]
) -> list[tuple[str, float]] | None:
    """The known theme that a group is the same as, and how alike each of its messages is; None: it
    is a new one. What is known in one language lies too far from each message of another, and not
    from all of them together."""
    placed = [one for one in known if one.space == SPACE]
    if not placed:
        return None
    middles = space.unpacked([one.value for one in placed])
    place = clusters.same(found.middle, middles)
    if place is None:
        return None
    alike = points[list(found.members)] @ middles[place]
    return [(placed[place].theme, max(0.0, one)) for one in alike.tolist()]


def _comes_soon(members: Sequence[Item], number: int) -> bool:
    """Did so many of these come within a short time, or are they very many?"""
    at = sorted(item.at for item in members if item.at is not None)
    if len(at) < len(members) or len(members) >= _OTHERWISE * number:
        return True
    return any(last - first <= SOON for first, last in zip(at, at[number - 1 :], strict=False))


def _is_matter(theme: NewTheme, others: Mapping[str, Sequence[str]]) -> bool:
    """Do its words say what it is about? With few others to tell what is common they cannot; and
    what is found by words was asked already."""
    if theme.centroid.space != SPACE or all(len(some) < telling.ENOUGH for some in others.values()):
        return True
    return any(
        len({word for phrase in told for word in phrase.split()}) >= _FEWEST_WORDS
        for told in theme.words.values()
    )


def _grown(
    items: Sequence[Item], known: Sequence[Centroid], assigned: Mapping[int, tuple[str, float]]
) -> tuple[Centroid, ...]:
    """The known themes with the messages they got: a theme moves with what is written of it, a
    little. One of words keeps its words."""
    got: dict[str, list[Item]] = {}
    for item in items:
        if item.row in assigned:
            got.setdefault(assigned[item.row][0], []).append(item)
    grown = []
    for one in known:
        members = got.get(one.theme, [])
        vectors = [item.vector for item in members if item.vector is not None]
        value = one.value
        if one.space == SPACE and vectors:
            value = space.moved(one.value, min(one.size, _STEADY), vectors)
        if members:
            grown.append(replace(one, value=value, size=one.size + len(members)))
    return tuple(grown)


def _new_theme(
    in_space: str, value: bytes, members: Sequence[Item], others: Mapping[str, Sequence[str]]
) -> NewTheme:
    names: dict[str, str] = {}
    words: dict[str, tuple[str, ...]] = {}
    for language in sorted({item.language for item in members}):
        own = [item for item in members if item.language == language]
        told = naming.telling(
            [item.text for item in own],
            others.get(language, ()),
            language,
            people=[item.person for item in own],
            names=[item.names for item in own],
        )
        if told:
            names[language] = naming.name(told)
            words[language] = tuple(one.phrase for one in told[:_MOST_WORDS])
    return NewTheme(
        centroid=Centroid(theme="", space=in_space, value=value, size=len(members)),
        rows=tuple(item.row for item in members),
        names=names,
        words=words,
    )
