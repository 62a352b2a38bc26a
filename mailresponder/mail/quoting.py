"""What the sender newly wrote: a mail's text without quotes, attribution lines and signature.

Works line by line in linear time with a short look ahead, so that no mail can make it slow. When
in doubt it keeps: a quote too many is read over, a sentence too few is lost. A forwarded mail is
what the sender wants us to read and stays whole.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from mailresponder.mail import marks
from mailresponder.mail.closing import has_words, without_closing
from mailresponder.mail.headings import (
    WRAPPED,
    attribution,
    is_header_block,
    may_attribute,
    separated,
)

_PGP_HEAD = "-----BEGIN PGP SIGNED MESSAGE-----"
_PGP_SIGNATURE = "-----BEGIN PGP SIGNATURE-----"
_PGP_END = "-----END PGP SIGNATURE-----"

_QUOTED = re.compile(r" {0,2}>(?!From |[:;=]-?[()\[\]|/])")
"""Thunderbird writes ">From" for a line of the sender's own that begins with "From"."""
_OUTLOOK_RULE = "_" * 32
_SIGNATURE = re.compile(r"-- ?")
"""What parts a signature from the text (RFC 3676 §4.3), with its space or without."""
_PICTURE = re.compile(r"\[(?:cid:[^\]\s]{1,200}|image: [^\]\n]{1,200})\]")
"""What Outlook and Gmail put into a text where a picture stands."""


class _Mark(Enum):
    """What a line begins."""

    QUOTE = auto()
    """Lines that go, with the sender's own words perhaps below: quotes and attributions."""
    REST = auto()
    """The beginning of a quoted mail without marks: all that follows is quoted."""
    FORWARD = auto()
    """The beginning of a forwarded mail: all that follows is to be read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """A reply taken apart, for whoever is to be sent what its writer wrote and nothing else."""

    text: str
    """What stands above the first quote, its writer's signature included."""
    words: str
    """The same without the signature; empty where there is nothing else."""
    below: str
    """What its writer wrote between or below the quotes, without signature."""
    is_forward: bool
    """Is a mail forwarded below the text?"""
    is_quoting: bool
    """Is there any quote, or a forwarded mail?"""


def reply(text: str) -> Reply:
    """Take a reply apart. What is no quote for certain counts as its writer's own; the marks of
    pictures, which no text can show, count for nothing."""
    lines = separated(_PICTURE.sub("", text))
    marked = _Marked(lines)
    parts: list[list[str]] = [[]]
    index = 0
    is_forward = False
    while index < len(lines):
        mark, length = marked.at(index)
        if mark is None:
            parts[-1].append(lines[index])
        elif mark is _Mark.QUOTE:
            if parts[-1] or len(parts) == 1:
                parts.append([])
        else:
            is_forward = mark is _Mark.FORWARD
            break
        index += length
    above, *below = parts
    first = next((line for line in above if line.strip()), "")
    words = [] if _SIGNATURE.fullmatch(first) else without_closing(above)
    own = [without_closing(part, words_above=True) for part in below]
    return Reply(
        text=_tidy(above),
        words=_tidy(words),
        below=_tidy(_joined(own)),
        is_forward=is_forward,
        is_quoting=len(parts) > 1 or index < len(lines),
    )


def new_text(text: str, *, forwarded: bool = False) -> str:
    """The part of a text that its sender wrote, or forwards.

    `forwarded`: the subject says that this is a forward; then the mail below stays. Where
    everything would go, the whole text is returned: an empty mail tells nobody anything.
    """
    lines = separated(_without_armour(text))
    marked = _Marked(lines)
    parts: list[list[str]] = [[]]
    forward: list[str] = []
    index = 0
    while index < len(lines):
        mark, length = marked.at(index)
        if mark is None:
            parts[-1].append(lines[index])
        elif mark is _Mark.FORWARD or forwarded:
            forward = lines[index:]
            break
        elif mark is _Mark.REST:
            break
        elif parts[-1]:
            parts.append([])
        index += length
    if forward:
        return _tidy([*_joined(parts), *forward]) or text.strip()
    own: list[list[str]] = []
    words = False
    for part in parts:
        own.append(without_closing(part, words_above=words))
        words = words or has_words(own[-1])
    return _tidy(_joined(own)) or text.strip()


class _Marked:
    """Says what the lines of a text begin."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._plain = [marks.plain(line) for line in lines]
        self._may_ask = marks.may_hold_reply_line(self._plain)
        self._may_tell = [may_attribute(line) for line in self._plain]

    def at(self, index: int) -> tuple[_Mark | None, int]:
        """What begins at this line, and how many lines it takes."""
        lines, line = self._lines, self._plain[index]
        angled = ">" in lines[index]
        if angled and _QUOTED.match(lines[index]):
            return (_Mark.FORWARD if _is_quoted_forward(lines, index) else _Mark.QUOTE), 1
        if not line:
            return None, 1
        told = any(self._may_tell[index : index + WRAPPED])
        if not (told or angled or self._may_ask) and line[0].isalpha():
            # As nearly all lines are: of the marks below, only one has none of these signs.
            return (_Mark.FORWARD if marks.is_forward(line) else None), 1
        if marks.is_forward(line):
            return _Mark.FORWARD, 1
        if marks.is_original(line) or (self._may_ask and marks.is_reply_line(line)):
            return _Mark.REST, 1
        if marks.is_dashed(line) and is_header_block(lines, index + 1):
            return _Mark.FORWARD, 1
        if marks.is_bare_original(line) and is_header_block(lines, index + 1):
            return _Mark.REST, 1
        if line == _OUTLOOK_RULE and is_header_block(lines, index + 1, ruled=True):
            return _Mark.REST, 1
        if ":" in line and is_header_block(lines, index):
            return _Mark.REST, 1
        if angled and _is_between_quotes(lines, index):
            return _Mark.QUOTE, 1
        length = attribution(lines, index) if told else 0
        if length:
            return (_Mark.QUOTE if _next_is_quote(lines, index + length) else _Mark.REST), length
        return None, 1


def _is_quoted_forward(lines: Sequence[str], index: int) -> bool:
    """Apple Mail forwards as a quote: its heading is then the first line of that."""
    if not marks.is_forward(marks.plain(lines[index].lstrip("> \t"))):
        return False
    for above in reversed(lines[max(index - 3, 0) : index]):
        if above.strip(" >"):
            return not (_QUOTED.match(above) or above.rstrip().endswith(":"))
    return True


def _is_between_quotes(lines: Sequence[str], index: int) -> bool:
    """A quoted link whose mark slipped to its end."""
    return (
        lines[index].rstrip().endswith(" >")
        and 0 < index < len(lines) - 1
        and _QUOTED.match(lines[index - 1]) is not None
        and _QUOTED.match(lines[index + 1]) is not None
    )


def _next_is_quote(lines: Sequence[str], index: int) -> bool:
    for line in lines[index : index + 3]:
        if line.strip():
            return _QUOTED.match(line) is not None
    return False


def _without_armour(text: str) -> str:
    """The text of a clear-signed mail (RFC 9580 §7)."""
    head = text.find(_PGP_HEAD)
    signature = text.find(_PGP_SIGNATURE, head)
    if head < 0 or signature < 0:
        return text
    start = text.find("\n\n", head)
    if not 0 <= start < signature:
        return text
    end = text.find(_PGP_END, signature)
    after = "" if end < 0 else text[end + len(_PGP_END) :]
    return text[:head] + text[start:signature].strip() + after


def _joined(parts: Sequence[Sequence[str]]) -> list[str]:
    """The parts with a blank line between."""
    return [line for part in parts for line in (*part, "")]


def _tidy(kept: Sequence[str]) -> str:
    """Without blank lines at either end, and without more than one between; "" without words."""
    done: list[str] = []
    for line in kept:
        if line.strip() or (done and done[-1]):
            done.append(line.rstrip())
    return "\n".join(done).strip("\n") if has_words(done) else ""
