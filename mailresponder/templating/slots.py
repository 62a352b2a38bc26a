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
_PLACE = re.compile(f"{_MARK}([0-9]+)zz")
_IN_PAGE = re.compile(f'href="([^"]*)"|{_PLACE.pattern}')


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


def without(source: str) -> str:
    """An author's source, in which no place may stand already."""
    return source.replace(_MARK, "")


def fill_text(text: str, values: Sequence[str]) -> str:
    """Plain text with its values; a link's target, as `shown` gives it, where it says more."""
    filled = ""
    rest = text
    while found := _PLACE.search(rest):
        filled += rest[: found.start()]
        rest = rest[found.end() :]
        held = values[int(found[1])]
        if not isinstance(held, Trusted):
            filled += held
            continue
        target = shown(held)
        if filled.endswith(f"{target} <") and rest.startswith(">"):
            filled, rest = filled[:-2], rest[1:]
        else:
            filled += target
    return filled + rest


def fill_html(page: str, values: Sequence[str]) -> str:
    """HTML with its values. Raises Misplaced for a customer's text in a link's target."""

    def target(found: re.Match[str]) -> str:
        return escape(_target(values[int(found[1])]))

    def value(found: re.Match[str]) -> str:
        if found[2] is None:
            return f'href="{_PLACE.sub(target, found[1])}"'
        held = values[int(found[2])]
        if isinstance(held, Quoted | Lined):
            return escape(held).replace("\n", "<br>\n")
        return escape(shown(held) if isinstance(held, Trusted) else held)

    return _IN_PAGE.sub(value, page)


def _target(held: str) -> str:
    if isinstance(held, Trusted):
        return held
    if isinstance(held, Own):
        return quote(unquote(held), safe="@:/?&=#+")
    raise Misplaced("what a customer wrote cannot be a link's target")
