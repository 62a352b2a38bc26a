"""Places in a page for values, filled after the Markdown is read and the HTML is cleaned.

A value never passes through a parser of markup, so it cannot become any; and what surrounds the
values is read once and kept, not once per mail.
"""

import re
from collections.abc import Sequence
from html import escape
from urllib.parse import quote, unquote

from mailresponder.templating.values import Lined, Own, Quoted, Trusted, shown

# Small ASCII letters and digits pass through Markdown, link targets and host names unchanged. No
# customer can forge one: what they wrote is never in a source.
_MARK = "zz7slot"
_PLACE = re.compile(f"{_MARK}([0-9]{{1,9}})zz")
_IN_PAGE = re.compile(f'href="([^"]*)"|{_PLACE.pattern}')

Cuts = tuple[str | None, ...]
"""A page as `cut` leaves it."""


class Misplaced(ValueError):  # noqa: N818 - what became of a value, not of the program
    """A value stands where it must not; the text says which rule it breaks."""


class Slots:
    """The values of one page, each with its place."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[type[str], str], int] = {}

    def place(self, value: str) -> str:
        """What stands in the source for a value; nothing for an empty one."""
        if not value:
            return ""
        number = self._numbers.setdefault((type(value), value), len(self._numbers))
        return f"{_MARK}{number}zz"

    @property
    def values(self) -> tuple[str, ...]:
        """By number."""
        return tuple(value for _, value in self._numbers)


def numbers(source: str) -> set[str]:
    """Which places a source has."""
    return set(_PLACE.findall(source))


def has_places(text: str) -> bool:
    """Does anything in the text wait for a value?"""
    return _MARK in text


def without(source: str) -> str:
    """An author's source, in which no place may stand already."""
    return source.replace(_MARK, "")


def fill_text(text: str, values: Sequence[str]) -> str:
    """Plain text with its values; a link's target, as `shown` gives it, where it says more.
    Raises Misplaced for a place that an author put together."""
    filled = ""
    rest = text
    while found := _PLACE.search(rest):
        filled += rest[: found.start()]
        rest = rest[found.end() :]
        held = _held(values, found[1])
        if not isinstance(held, Trusted):
            filled += _marked(held, rest) if filled.endswith("> ") else held
            continue
        target = shown(held)
        if filled.endswith(f"{target} <") and rest.startswith(">"):
            filled, rest = filled[:-2], rest[1:]
        else:
            filled += target
    return filled + rest


def cut(page: str) -> Cuts:
    """HTML cut at its links and places: what stands before the first, then for each a link's target
    or None, a place's number or None, and what stands behind it."""
    return tuple(_IN_PAGE.split(page))


def fill_html(page: Cuts, values: Sequence[str]) -> str:
    """HTML with its values. Raises Misplaced for a customer's text in a link's target, and for a
    place that an author put together."""

    def target(found: re.Match[str]) -> str:
        return escape(_target(_held(values, found[1])))

    before = page[0] or ""
    filled = [before]
    for link, number, behind in zip(page[1::3], page[2::3], page[3::3], strict=True):
        behind = behind or ""
        if link is not None:
            filled.append(f'href="{_PLACE.sub(target, link)}"')
        else:
            filled.append(_in_html(_held(values, number or ""), before, behind))
        filled.append(behind)
        before = behind
    return "".join(filled)


def _in_html(held: str, before: str, behind: str) -> str:
    """A value as it stands between these two pieces of a page."""
    if not isinstance(held, Quoted | Lined):
        return escape(shown(held) if isinstance(held, Trusted) else held)
    told = _marked(held, behind[:1].strip("<")) if before.endswith("&gt; ") else held
    return escape(told).replace("\n", "<br>\n")


def _held(values: Sequence[str], number: str) -> str:
    place = int(number)
    if place >= len(values):
        raise Misplaced(f"`{_MARK}` cannot stand in a template")
    return values[place]


def _marked(held: str, behind: str) -> str:
    """Where a quote could not become a block of its own, each of its lines is marked all the same:
    what stands unmarked in a mail of ours is ours."""
    if not isinstance(held, Quoted):
        return held
    end = "\n" if behind and not behind.startswith("\n") else ""
    return held.replace("\n", "\n> ") + end


def _target(held: str) -> str:
    if isinstance(held, Trusted):
        return held
    if isinstance(held, Own):
        return quote(unquote(held), safe="@:/?&=#+")
    raise Misplaced("what a customer wrote cannot be a link's target")
