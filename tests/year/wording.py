"""The words of the year: wordings of the text files, chosen and filled in.

A file has sections as `[en said]`; each line below is one wording. In a wording `{a|b}` is one of
several ways to say it, and `{order}` a slot. Choices may hold slots and further choices.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

_TEXTS = Path(__file__).with_name("texts")
_HEADING = re.compile(r"\[(\w\w) (\w+)\]")
_TOKEN = re.compile(r"[{|}]|[^{|}]+")


@dataclass(frozen=True, slots=True)
class _Slot:
    name: str


@dataclass(frozen=True, slots=True)
class Wording:
    """One wording, ready to be filled in."""

    parts: "tuple[str | _Slot | tuple[Wording, ...], ...]"

    def filled(self, random: Random, slot: Callable[[str], str]) -> str:
        """The wording with one of each choice, and with what `slot` says for each name. What begins
        with a slot begins with a capital."""
        said = self._filled(random, slot)
        if self.parts and not isinstance(self.parts[0], str):
            return said[:1].upper() + said[1:]
        return said

    def _filled(self, random: Random, slot: Callable[[str], str]) -> str:
        pieces = []
        for part in self.parts:
            if isinstance(part, str):
                pieces.append(part)
            elif isinstance(part, _Slot):
                pieces.append(slot(part.name))
            else:
                pieces.append(random.choice(part)._filled(random, slot))
        return "".join(pieces)

    @property
    def slots(self) -> frozenset[str]:
        """The names of all slots in it."""
        found: set[str] = set()
        for part in self.parts:
            if isinstance(part, _Slot):
                found.add(part.name)
            elif not isinstance(part, str):
                found.update(*(choice.slots for choice in part))
        return frozenset(found)


def read(source: str) -> Wording:
    """The wording that a line writes. Raises ValueError where its braces do not match."""
    tokens = _TOKEN.findall(source.replace("\\n", "\n"))
    choices, end = _choices(tokens, 0)
    if end != len(tokens) or len(choices) != 1:
        raise ValueError(f"braces do not match: {source}")
    return choices[0]


@cache
def sections(name: str) -> Mapping[tuple[str, str], tuple[Wording, ...]]:
    """The wordings of a file by language and section, as `("en", "said")`."""
    return {key: tuple(map(read, lines)) for key, lines in _lines(name).items()}


@cache
def values(language: str, name: str) -> Sequence[str]:
    """What a slot of this name may hold in a language."""
    return _lines("values")[language, name]


@cache
def _lines(name: str) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    current: list[str] = []
    for line in (_TEXTS / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if heading := _HEADING.fullmatch(line):
            current = found.setdefault((heading[1], heading[2]), [])
        elif line:
            current.append(line)
    return found


def _choices(tokens: Sequence[str], at: int) -> tuple[list[Wording], int]:
    """The choices up to the brace that closes them, and the place of that."""
    choices: list[list[str | _Slot | tuple[Wording, ...]]] = [[]]
    while at < len(tokens) and tokens[at] != "}":
        token = tokens[at]
        if token == "|":
            choices.append([])
        elif token == "{":
            inner, at = _choices(tokens, at + 1)
            if at == len(tokens):
                raise ValueError("a brace is not closed")
            choices[-1].append(_slot_or_choice(inner))
        else:
            choices[-1].append(token)
        at += 1
    return [Wording(tuple(choice)) for choice in choices], at


def _slot_or_choice(inner: list[Wording]) -> "_Slot | tuple[Wording, ...]":
    if len(inner) > 1:
        return tuple(inner)
    [only] = inner
    if len(only.parts) != 1 or not isinstance(only.parts[0], str):
        raise ValueError("a slot is a name")
    return _Slot(only.parts[0])
