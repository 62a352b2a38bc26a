"""A mail that somebody passes on: whose it was first, and what it said.

Only what is certain counts, because an answer goes to whom is named here: one attached mail, or one
heading with one block of header fields under it that names one address. What a chain of forwards
says further down is not looked into.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailresponder.mail import marks
from mailresponder.mail.addresses import usable
from mailresponder.mail.body import BORROWED
from mailresponder.mail.closing import has_words, without_closing
from mailresponder.mail.headings import attribution, separated
from mailresponder.mail.marks import Field
from mailresponder.mail.message import Address, InboundMessage

_MARK = "@fwd"
_LINES_LIMIT = 200
"""Lines above a forward in which its beginning is looked for."""
_BLOCK_LIMIT = 20
_AROUND_NAMES = " <[(\"'|„“”«»*_"
_ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"'|*]{1,64}@[^\s<>()\[\]:;,\"'|*]{1,255}")
_FAREWELL = re.compile(
    r"(?:(?:kind|best|warm|many)?\s?(?:regards|wishes)|(?:many )?thanks|thank you|cheers|best|"
    r"yours(?: sincerely| truly)?|sincerely|"
    r"(?:un |muchos |cordiales )?saludos?(?: cordial(?:es)?)?|"
    r"(?:muchas )?gracias|atentamente|cordialmente|un abrazo)[\s,.!:-]*",
    re.IGNORECASE,
)
_CONTACT = re.compile(r"@|https?://|www\.|\+?\d[\d ()/.-]{6,}\d")
_NAME = 4
"""Words of a name, a position or a house."""
_INLINE = re.compile(
    r"-{3,20}\s{0,5}[^\s:<>-][^:<>]{0,30}:(?P<author>[^<>:]{0,200}<[^<>\s]{3,320}>)"
)
"""Yahoo's plain text puts a forward's heading and its fields on one line."""
_QUOTED = re.compile(r"^> ?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Forwarded:
    """What was passed on."""

    author: Address
    subject: str
    text: str
    remark: str
    """What whoever passed it on wrote above it, without the mark."""
    mail: InboundMessage | None = None
    """All of it, where it came as an attachment."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Block:
    """The header fields of a mail that is quoted whole."""

    start: int
    """The line of its heading, or of its first field."""
    end: int
    """The line after its last field."""
    fields: tuple[tuple[Field, str], ...]

    def values(self, field: Field) -> list[str]:
        return [value for name, value in self.fields if name is field]


def is_marked(message: InboundMessage) -> bool:
    """Does the first line begin with `@fwd`?"""
    first = next((line for line in message.text.split("\n", 50) if line.strip()), "")
    return first.casefold().split()[:1] == [_MARK]


def has_forward(message: InboundMessage) -> bool:
    """Is there a forward in it, whatever stands above?"""
    if message.attached is not None:
        return True
    headed = marks.is_forward_subject(message.subject)
    return _block(_lines(message, headed=headed), headed=headed) is not None


def is_bare(message: InboundMessage) -> bool:
    """Is it a forward and nothing else: nothing of the sender's own but a signature?"""
    if message.attached is not None:
        return _says_nothing(_own_lines(message))
    # Mail programs put it into the subject; a visitor of our web form cannot.
    if not marks.is_forward_subject(message.subject):
        return False
    lines = _lines(message, headed=True)
    block = _block(lines, headed=True)
    return block is not None and _says_nothing(lines[: block.start])


def forwarded(message: InboundMessage) -> Forwarded | None:
    """What the message passes on, or None where it is not certain whose that was."""
    # Whoever writes `@fwd` says that what follows is a forward, whatever its heading looks like.
    headed = is_marked(message) or marks.is_forward_subject(message.subject)
    lines = _own_lines(message)
    if message.attached is None or lines:
        lines = _lines(message, headed=headed)
    block = _block(lines, headed=headed)
    inner = message.attached
    if inner is not None:
        # A mail that had another attached to it was passed on: which one is meant?
        if len(inner.from_) != 1 or block is not None:
            return None
        return Forwarded(
            author=inner.from_[0],
            subject=inner.subject,
            text=inner.text,
            remark=_said(_own_lines(message)),
            mail=inner,
        )
    author = _author(block) if block is not None else None
    if block is None or author is None:
        return None
    subjects = block.values(Field.SUBJECT)
    return Forwarded(
        author=author,
        subject=subjects[0] if subjects else marks.without_forward_prefix(message.subject),
        text="\n".join(lines[block.end :]).strip("\n"),
        remark=_said(lines[: block.start]),
    )


def _own_lines(message: InboundMessage) -> list[str]:
    """The text beside an attached mail; where there is none, the reader put that mail's there."""
    return [] if BORROWED in message.notes else message.text.split("\n")


def _says_nothing(lines: Sequence[str]) -> bool:
    """Is there nothing of anybody's own but a farewell, a name and how to reach its bearer?"""
    own = [line for line in _remark(lines).split("\n") if line]
    if not own or not _FAREWELL.fullmatch(own[0]):
        return not own
    return all(_CONTACT.search(line) or len(line.split()) <= _NAME for line in own[1:])


def _said(lines: Sequence[str]) -> str:
    return "" if _says_nothing(lines) else _remark(lines)


def _remark(lines: Sequence[str]) -> str:
    """Somebody's own words among these lines: no signature, no `@fwd`."""
    own = without_closing([line.strip() for line in lines], words_above=True)
    words = "\n".join(own).strip() if has_words(own) else ""
    marked = words.casefold().split(maxsplit=1)[:1] == [_MARK]
    return words[len(_MARK) :].strip() if marked else words


def _lines(message: InboundMessage, *, headed: bool) -> list[str]:
    """The text line by line; a forward that was written as a quote, as Apple Mail does with all or
    all but its heading, without the marks."""
    lines = separated(message.text)
    for index, line in enumerate(lines[:_LINES_LIMIT]):
        if not _is_heading(marks.plain(line.lstrip("> ")), headed=headed):
            continue
        below = next((later for later in lines[index + 1 :] if later.strip()), "")
        if line.startswith(">") or below.startswith(">"):
            return lines[:index] + [_QUOTED.sub("", later) for later in lines[index:]]
        break
    return lines


def _is_heading(plain: str, *, headed: bool) -> bool:
    # Outlook heads replies and forwards alike: there only the subject tells them apart.
    return marks.is_forward(plain) or (headed and marks.is_original(plain))


def _block(lines: Sequence[str], *, headed: bool) -> _Block | None:
    """The first mail that is passed on; `headed`: that there is one is said elsewhere, so that
    header fields alone, or "On Monday Ana wrote:", say whose it is."""
    plains = [marks.plain(line) for line in lines[:_LINES_LIMIT]]
    headings = [n for n, plain in enumerate(plains) if _is_heading(plain, headed=headed)]
    # Where a heading stands, what is written above it in the form of fields is somebody's remark.
    for index, plain in list(enumerate(plains))[headings[0] if headings else 0 :]:
        if not plain:
            continue
        heading = index in headings
        if heading and (inline := _INLINE.search(plain)) is not None:
            first = _addresses(inline["author"])
            return _Block(start=index, end=index + 1, fields=((Field.AUTHOR, first),))
        if heading or (headed and marks.field_of(plain) is not None):
            block = _read_block(lines, index, after=index + 1 if heading else index)
            # Under a heading that cannot be read there may be others, which are not meant.
            if block is not None or heading:
                return block
        length = attribution(lines, index) if headed else 0
        if length and not _remark(lines[:index]):
            named = _addresses(" ".join(lines[index : index + length]))
            return _Block(start=index, end=index + length, fields=((Field.AUTHOR, named),))
    return None


def _addresses(text: str) -> str:
    return " ".join(match[0] for match in _ADDRESS.finditer(text))


def _read_block(lines: Sequence[str], start: int, *, after: int) -> _Block | None:
    fields: list[tuple[Field, str]] = []
    index = after
    while index < len(lines) and index - after < _BLOCK_LIMIT:
        plain = marks.plain(lines[index])
        field = marks.field_of(plain)
        if field is not None:
            fields.append((field, plain.split(":", 1)[1].strip("*_ \t")))
        elif plain:
            # A name and its address, or a list of them, may go on in the next line.
            if not fields or "@" not in plain or fields[-1][0] not in (Field.TO, Field.AUTHOR):
                break
            if fields[-1][0] is Field.AUTHOR:
                fields[-1] = (Field.AUTHOR, f"{fields[-1][1]} {plain}")
        elif fields:
            break
        index += 1
    kinds = {name for name, _ in fields}
    if Field.AUTHOR not in kinds or len(kinds) < 2:
        return None
    return _Block(start=start, end=index, fields=tuple(fields))


def _author(block: _Block) -> Address | None:
    """The one address that From names; a display name that looks like another one is a doubt."""
    values = block.values(Field.AUTHOR)
    if len(values) != 1:
        return None
    value = values[0].replace("mailto:", " ")
    found = list(_ADDRESS.finditer(value))
    if len({match[0].casefold() for match in found}) != 1:
        return None
    name = value[: found[0].start()].strip(_AROUND_NAMES)
    return usable(found[0][0], name)
