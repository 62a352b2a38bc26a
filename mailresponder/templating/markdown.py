"""Markdown to the two parts of a mail: clean HTML, and text that reads as if written as text.

Both come from one parse, so they cannot disagree. Raw HTML, images and automatic links do not
exist here; nh3 is the net below.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import takewhile
from typing import TYPE_CHECKING

from mailresponder.templating.slots import fill_text, has_places
from mailresponder.templating.values import shown

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_WIDTH = 76
_EACH: Mapping[str, int] = {
    "\n": 15,
    "[": 18,
    "](": 25,
    "*": 14,
    "_": 13,
    "`": 6,
    ">": 10,
    "&": 4,
    "<": 4,
    **dict.fromkeys("\\!$%+-:=@]^{|}~#", 2),
}
"""Steps for what the parser stops at: prose is skipped over, and a bracket is looked at from every
one before it that it may belong to."""
_CHARACTERS = 10
"""Of anything else, in a step."""
_ITEM = re.compile(r"(?:^|(?<=[\s>]))(?:[-+*]|\d{1,9}[.)]|#{1,6})(?=\s)")
_ITEM_STEPS = 40
_PRICES = 64
"""Sources whose price is remembered: a template writes the same one for mail after mail."""
_TAGS = {
    *("p", "br", "strong", "em", "a", "ul", "ol", "li", "blockquote", "hr"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "code", "pre"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """A paragraph, or what stands for one, in plain text."""

    above: str | None
    """The blank line before it, which inside a quote is not quite blank; None: none."""
    first: str
    """What stands before its first line."""
    rest: str
    """What stands before the others."""
    text: str
    wrap: bool


@cache
def _markdown() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # 100 ms, needed by the first mail only

    return MarkdownIt("commonmark", {"html": False, "linkify": False}).disable(
        ["autolink", "html_inline", "html_block", "image", "reference"]
    )


@lru_cache(maxsize=_PRICES)
def price(source: str) -> int:
    """How many steps of a budget it takes from this Markdown to the HTML of a mail: about the
    microseconds of `convert` and of the layout, known before they begin."""
    return (
        len(source) // _CHARACTERS
        + sum(steps * source.count(part) for part, steps in _EACH.items())
        + _ITEM_STEPS * len(_ITEM.findall(source))
    )


def convert(source: str) -> tuple[tuple[Block, ...], str]:
    """Markdown as text, still in blocks, and as an HTML fragment."""
    import nh3

    markdown = _markdown()
    tokens = markdown.parse(source)
    fragment = nh3.clean(
        markdown.renderer.render(tokens, markdown.options, {}),
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    return _Reader().read(tokens), fragment


def settled(blocks: Iterable[Block]) -> tuple[Block | str, ...]:
    """The blocks, with those that hold no value laid out for good."""
    return tuple(block if has_places(block.text) else _laid(block, block.text) for block in blocks)


def lay_text(blocks: Iterable[Block | str], values: Sequence[str]) -> str:
    """The blocks with their values, as lines of at most 76 characters where words allow."""
    laid = (
        block if isinstance(block, str) else _laid(block, fill_text(block.text, values))
        for block in blocks
    )
    return "\n".join(laid) + "\n"


def _laid(block: Block, text: str) -> str:
    lines = [] if block.above is None else [block.above]
    prefix, room = block.first, _WIDTH - len(block.rest)
    for line in text.split("\n"):
        for part in _wrap(line, room) if block.wrap and len(line) > room else (line,):
            lines.append((prefix + part).rstrip())
            prefix = block.rest
    return "\n".join(lines)


def _wrap(line: str, room: int) -> list[str]:
    done: list[str] = []
    rest = line.lstrip(" ")
    while len(rest) > room:
        gap = rest.rfind(" ", 0, room + 1)
        if gap < 0:
            # A word that is longer than a line.
            gap = rest.find(" ", room)
        if gap < 0:
            break
        done.append(rest[:gap])
        rest = rest[gap + 1 :].lstrip(" ")
    return [*done, rest]


class _Indent:
    """What stands before the lines of a quote or a list item."""

    def __init__(self, first: str, rest: str) -> None:
        self._next = first
        self.rest = rest

    def take(self) -> str:
        """The next block's first line's."""
        taken, self._next = self._next, self.rest
        return taken


class _Reader:
    """Reads tokens into blocks of plain text."""

    def __init__(self) -> None:
        self._blocks: list[Block] = []
        self._indents: list[_Indent] = []
        self._lists: list[int | None] = []
        """The lists we are in: the next number, or None for bullets."""
        self._tight = False
        self._above: list[_Indent] = []
        """The indents of the block read last."""
        self._list = 0
        """The number of the outermost list we are in or were in last."""
        self._above_list = 0
        """The one the block read last was in; 0: none."""

    def read(self, tokens: Sequence["Token"]) -> tuple[Block, ...]:
        """The blocks of a whole document."""
        for token in tokens:
            match token.type:
                case "blockquote_open":
                    self._indents.append(_Indent("> ", "> "))
                case "bullet_list_open":
                    self._open_list(None)
                case "ordered_list_open":
                    self._open_list(int(token.attrGet("start") or 1))
                case "list_item_open":
                    self._indents.append(self._marker())
                case "blockquote_close" | "list_item_close":
                    self._indents.pop()
                case "bullet_list_close" | "ordered_list_close":
                    self._lists.pop()
                case "paragraph_open":
                    self._tight = token.hidden
                case "inline":
                    self._block(_words(token.children or ()))
                case "hr":
                    self._block("-" * 20)
                case "fence" | "code_block":
                    self._block(token.content.rstrip("\n"), wrap=False)
                case _:
                    pass
        return tuple(self._blocks)

    def _open_list(self, first: int | None) -> None:
        if not self._lists:
            self._list += 1
        self._lists.append(first)

    def _marker(self) -> _Indent:
        number = self._lists[-1]
        if number is None:
            return _Indent("- ", "  ")
        self._lists[-1] = number + 1
        marker = f"{number}. "
        return _Indent(marker, " " * len(marker))

    def _block(self, text: str, *, wrap: bool = True) -> None:
        above: str | None = None
        if self._blocks and not (self._tight and self._above_list == self._list):
            pairs = zip(self._above, self._indents, strict=False)
            shared = takewhile(lambda pair: pair[0] is pair[1], pairs)
            above = "".join(indent.rest for indent, _ in shared).rstrip()
        self._blocks.append(
            Block(
                above=above,
                first="".join(indent.take() for indent in self._indents),
                rest="".join(indent.rest for indent in self._indents),
                text=text,
                wrap=wrap,
            )
        )
        self._tight = False
        self._above = list(self._indents)
        self._above_list = self._list if self._lists else 0


def _words(tokens: Sequence["Token"]) -> str:
    """Inline tokens as text; a link shows where it leads."""
    written: list[str] = []
    links: list[tuple[int, str]] = []
    for token in tokens:
        match token.type:
            case "softbreak":
                written.append(" ")
            case "hardbreak":
                written.append("\n")
            case "code_inline":
                written.append(f"`{token.content}`")
            case "link_open":
                links.append((len(written), str(token.attrGet("href") or "")))
            case "link_close":
                start, target = links.pop()
                leads_to = shown(target)
                if leads_to and leads_to != "".join(written[start:]):
                    written.append(f" <{leads_to}>")
            case _:
                written.append(token.content)
    return "".join(written)
