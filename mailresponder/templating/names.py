"""What a template may ask for: what its variables are, and whether it uses them as what they are.

The shapes are read off the values of sample notices. A check against them sees every branch of a
template, also one that no sample takes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import reduce
from typing import Any

from mailresponder.templating.values import EachLanguage, Fields, Own


class Kind(StrEnum):
    """What a value is to a template."""

    TEXT = "a text"
    TIME = "a time"
    LENGTH = "a length of time"
    NUMBER = "a number"
    YES_NO = "a yes or no"
    LIST = "a list"
    RECORD = "several values"


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """What a variable has been seen to be, over all samples. Without kinds nothing is known."""

    kinds: frozenset[Kind] = frozenset()
    fields: Mapping[str, "Shape"] | None = None
    """What stands behind a dot; None: not known."""
    items: "Shape | None" = None
    """What a list holds."""
    ours: bool = False
    """Is a text the desk's own in any sample, so that a link's target can be made of it?"""

    def __or__(self, other: "Shape") -> "Shape":
        """Either of the two."""
        return Shape(
            kinds=self.kinds | other.kinds,
            fields=_either(self.fields, other.fields),
            items=_united(self.items, other.items),
            ours=self.ours or other.ours,
        )


ANY = Shape()
"""Nothing is known of it."""


def shapes(samples: Iterable[Mapping[str, object]]) -> dict[str, Shape]:
    """The variables of a notice, from those of its samples."""
    found: dict[str, Shape] = {}
    for sample in samples:
        for name, value in sample.items():
            found[name] = found.get(name, ANY) | shape_of(value)
    return found


def shape_of(value: object) -> Shape:
    """What one value is; nothing is learned from None."""
    match value:
        case None:
            return ANY
        case bool():
            return Shape(kinds=frozenset({Kind.YES_NO}))
        case int() | float():
            return Shape(kinds=frozenset({Kind.NUMBER}))
        case EachLanguage():
            return Shape(kinds=frozenset({Kind.TEXT}), fields={}, ours=True)
        case str():
            ours = isinstance(value, Own)
            return Shape(kinds=frozenset({Kind.TEXT}), fields={}, ours=ours)
        case datetime():
            return Shape(kinds=frozenset({Kind.TIME}), fields=_parts(value))
        case timedelta():
            return Shape(kinds=frozenset({Kind.LENGTH}), fields=_parts(value))
        case list() | tuple():
            items = reduce(Shape.__or__, map(shape_of, value), ANY)
            return Shape(kinds=frozenset({Kind.LIST}), fields={}, items=items)
        case Fields():
            parts = {name: shape_of(getattr(value, name)) for name in value.names()}
            return Shape(kinds=frozenset({Kind.RECORD}), fields=parts)
        case _ if is_dataclass(value):
            parts = {field.name: shape_of(getattr(value, field.name)) for field in fields(value)}
            return Shape(kinds=frozenset({Kind.RECORD}), fields=parts)
        case _:
            return ANY


def _parts(value: Any) -> dict[str, Shape]:
    """The plain attributes of a time, as `year`."""
    names = (name for name in dir(value) if not name.startswith("_"))
    return {name: ANY for name in names if not callable(getattr(value, name))}


def _either(
    one: Mapping[str, Shape] | None, other: Mapping[str, Shape] | None
) -> Mapping[str, Shape] | None:
    if one is None or other is None:
        return other if one is None else one
    return {name: one.get(name, ANY) | other.get(name, ANY) for name in (*one, *other)}


def _united(one: Shape | None, other: Shape | None) -> Shape | None:
    if one is None or other is None:
        return other if one is None else one
    return one | other
