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
from mailresponder.mail.closing import has_words, without_closing
from mailresponder.mail.headings import attribution, unglued
from mailresponder.mail.marks import Field
from mailresponder.mail.message import Address, InboundMessage

_MARK = "@fwd"
_LINES_LIMIT = 200
"""Lines above a forward in which its beginning is looked for."""
_BLOCK_LIMIT = 20
_AROUND_NAMES = " <[(\"'|„“”«»*_"
_ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"'|*]{1,64}@[^\s<>()\[\]:;,\"'|*]{1,255}")
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
    """Is `@fwd` the first line?"""
    first = next((line for line in message.text.split("\n", 50) if line.strip()), "")
    return first.strip().casefold() == _MARK


def is_bare(message: InboundMessage) -> bool:
    """Is it a forward and nothing else: nothing of the sender's own but a signature?"""
    if message.attached is not None:
        return not _remark(_own_lines(message, message.attached))
    headed = marks.is_forward_subject(message.subject)
    lines = _lines(message, headed=headed)
    block = _block(lines, headed=headed)
    return block is not None and not _remark(lines[: block.start])


def forwarded(message: InboundMessage) -> Forwarded | None:
    """What the message passes on, or None where it is not certain whose that was."""
    inner = message.attached
    if inner is not None:
        if len(inner.from_) != 1:
            return None
        return Forwarded(
            author=inner.from_[0],
            subject=inner.subject,
            text=inner.text,
            remark=_remark(_own_lines(message, inner)),
            mail=inner,
        )
    # Whoever writes `@fwd` says that what follows is a forward, whatever its heading looks like.
    headed = is_marked(message) or marks.is_forward_subject(message.subject)
    lines = _lines(message, headed=headed)
    block = _block(lines, headed=headed)
    author = _author(block) if block is not None else None
    if block is None or author is None:
        return None
    subjects = block.values(Field.SUBJECT)
    return Forwarded(
        author=author,
        subject=subjects[0] if subjects else marks.without_forward_prefix(message.subject),
        text="\n".join(lines[block.end :]).strip("\n"),
        remark=_remark(lines[: block.start]),
    )


def _own_lines(message: InboundMessage, inner: InboundMessage) -> list[str]:
    """The text beside an attached mail; where there is none, the reader put that mail's there."""
    return [] if inner.text in message.text else message.text.split("\n")


def _remark(lines: Sequence[str]) -> str:
    """Somebody's own words among these lines: no signature, no `@fwd`."""
    own = without_closing([line.strip() for line in lines], words_above=True)
    own = [line for line in own if line.casefold() != _MARK]
    return "\n".join(own).strip() if has_words(own) else ""


def _lines(message: InboundMessage, *, headed: bool) -> list[str]:
    """The text line by line; a forward that was written as a quote without its marks."""
    lines = [piece for line in message.text.split("\n") for piece in unglued(line)]
    for index, line in enumerate(lines[:_LINES_LIMIT]):
        if line.startswith(">") and _is_heading(marks.plain(line.lstrip("> ")), headed=headed):
            return lines[:index] + [_QUOTED.sub("", later) for later in lines[index:]]
    return lines


def _is_heading(plain: str, *, headed: bool) -> bool:
    # Outlook heads replies and forwards alike: there only the subject tells them apart.
    return marks.is_forward(plain) or (headed and marks.is_original(plain))


def _block(lines: Sequence[str], *, headed: bool) -> _Block | None:
    """The first mail that is passed on; `headed`: that there is one is said elsewhere, so that
    header fields alone, or "On Monday Ana wrote:", say whose it is."""
    for index, line in enumerate(lines[:_LINES_LIMIT]):
        plain = marks.plain(line)
        if not plain:
            continue
        heading = _is_heading(plain, headed=headed)
        if heading and (inline := _INLINE.search(plain)) is not None:
            first = _addresses(inline["author"])
            return _Block(start=index, end=index + 1, fields=((Field.AUTHOR, first),))
        if heading or (headed and marks.field_of(plain) is not None):
            block = _read_block(lines, index, after=index + 1 if heading else index)
            if block is not None:
                return block
        length = attribution(lines, index) if headed else 0
        if length:
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
            # A long list of recipients goes on in the next line; all else is the text.
            if not fields or fields[-1][0] is not Field.TO or "@" not in plain:
                break
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
