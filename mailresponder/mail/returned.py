"""What a bounce gives back of the mail it is about: its ids, from wherever the header stands.

The returned mail may be a part of its own, only its header, or plain text below the explanation;
all three are looked at, because providers differ and policy links by any id it knows.
"""

import re
from collections.abc import Iterable, Iterator

from mailresponder.mail.mime import Part
from mailresponder.mail.phrases import Phrases, comparable, how_many

_RETURNED = ("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers")
_NAMES = (
    "x-mailresponder-id",
    "original-message-id",
    "message-id",
    "x-microsoft-original-message-id",
    "x-original-message-id",
)
"""Likeliest first: our own copy survives providers that write a new Message-ID."""
_ID = re.compile(r"<[^<>\s]{1,800}>")
_LINE = re.compile(
    rf"^[> \t|]{{0,20}}({'|'.join(_NAMES)})[ \t]*:[ \t]*(?:\n[> \t|]{{1,20}})?(<[^<>\s]{{1,800}}>)",
    re.IGNORECASE | re.MULTILINE,
)
_HEADER_LINE = Phrases(
    r"(?m)^[> \t|]{0,20}"
    r"(?:received: (?:from|by|\()|return-path: ?<|message-id: ?\S|mime-version: ?1)",
    words="received: |return-path:|message-id:|mime-version:",
)
_SEPARATOR = Phrases(
    r"(?m)^[ \t>]{0,8}(?:[-_*=]{2,40} ?)?(?:this is a copy of (?:the|your) (?:message|mail)|"
    r"(?:below this line|enclosed|attachment|attached|below) is a copy of|"
    r"(?:(?:the )?(?:header and top|first) \d+ lines of (?:the|your)|(?:the|your))?[ ]?"
    r"(?:original|returned|undelivered|unsent) (?:message|mail)(?: as)? ?"
    r"(?:follows|is (?:attached|below)|-)|"
    r"start of returned message|returned mail -|message headers? follow|"
    r"mensaje original (?:adjunto|a continuaci[óo]n))",
    words="is a copy of|original m|returned m|undelivered m|unsent m|message header|original a",
)
_CONTENT_LIMIT = 50_000
_PARTS_LIMIT = 50
_IDS_LIMIT = 10


def original_ids(
    parts: Iterable[Part], fields: Iterable[tuple[str, str]], text: str
) -> tuple[str, ...]:
    """The ids of the mail a report is about, likeliest first, each once.

    `parts`: all parts of the report; `fields`: those of its machine-readable part; `text`: its
    words. The returned header is a part of its own (RFC 6522 §3), or stands in any other.
    """
    all_parts = tuple(_first(parts))
    found = [
        (match[1].lower(), match[2])
        for written in (*map(_written, all_parts), text)
        for match in _LINE.finditer(written)
    ]
    # Some gateways put the returned header where a part's own header belongs.
    fields = [*fields, *((name, _decoded(v)) for part in all_parts[1:] for name, v in part.headers)]
    found += [(name, match[0]) for name, value in fields if (match := _ID.search(value))]
    ids = dict.fromkeys(value for name in _NAMES for key, value in found if key == name)
    return tuple(ids)[:_IDS_LIMIT]


def _written(part: Part) -> str:
    if part.children or not part.content_type.startswith(("text/", "message/")):
        return ""
    return _decoded(part.content()[:_CONTENT_LIMIT]).replace("\r\n", "\n")


def _decoded(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def has_returned_mail(parts: Iterable[Part], text: str) -> bool:
    """Does the mail bring another back: as a part, as a header in its text, or announced there?"""
    return any(part.content_type in _RETURNED for part in _first(parts)) or shows_header(text)


def shows_header(text: str) -> bool:
    """Does a text hold fields that mail programs leave out when a person quotes or forwards?"""
    return how_many((_HEADER_LINE, _SEPARATOR), text) > 0


def explanation(text: str) -> str:
    """A bounce's own words: the text above the mail it returns."""
    plain = comparable(text)
    found = (_HEADER_LINE.search(text, plain), _SEPARATOR.search(text, plain))
    ends = [match.start() for match in found if match]
    return text[: min(ends)] if ends else text


def _first(parts: Iterable[Part]) -> Iterator[Part]:
    for count, part in enumerate(parts):
        if count >= _PARTS_LIMIT:
            return
        yield part
