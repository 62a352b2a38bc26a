"""What a large message consists of (BODYSTRUCTURE), and a small message made from that.

The small one has the header, the parts in their order and what they are called, but content only
in the parts that hold text. It opens no connection: imap_fetch.py asks the server.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mailresponder.mail.mime import read

WHOLE_LIMIT = 256 * 1024
"""Bytes; of a larger message only so many are downloaded."""

PARTS_LIMIT = 300
DEPTH_LIMIT = 30

_TEXT_PARTS_LIMIT = 16
"""Parts whose content is downloaded."""

_PART_LIMIT = WHOLE_LIMIT // 2
"""Bytes of one text part: no part may starve the others."""

_ATTACHED_LIMIT = 64 * 1024
"""Bytes of an attached message: its header, by which bounces are told, and mostly its text.

The same of what is wrapped in a signature or in a winmail.dat.
"""

_HEAD_LIMIT = 4_000
"""Bytes of the header that is made for one part."""

_TEXTS = frozenset({"text/html", "text/enriched", "text/richtext"})
_MACHINE = frozenset(
    {
        *("message/delivery-status", "message/global-delivery-status"),
        *("message/disposition-notification", "message/global-disposition-notification"),
        *("message/feedback-report", "text/rfc822-headers", "message/global-headers"),
    }
)
_ATTACHED = frozenset({"message/rfc822", "message/global"})

_WRAPPINGS = frozenset(
    {
        *("application/pkcs7-mime", "application/x-pkcs7-mime"),
        *("application/ms-tnef", "application/vnd.ms-tnef"),
    }
)
"""Files with the mail's text in them, which stands at their beginning."""

_TOKEN = re.compile(r"[a-z0-9!#$&^_.+-]{1,100}")
_UNPARSED = re.compile(rb"(?:attachment|inline)\s*(?:;|$)", re.IGNORECASE)
_NAME = re.compile(rb"[A-Za-z0-9!#$&^_.+*-]{1,80}")

Parameters = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """One part as the server describes it (RFC 9051 §7.5.2)."""

    section: str
    """Its number, as `2.1`; empty for a multipart that is the whole message."""
    kind: str
    """Lower-case `type/subtype`."""
    parameters: Parameters = ()
    disposition: str = ""
    disposition_parameters: Parameters = ()
    encoding: str = ""
    octets: int = 0
    """As transferred; the server's word, which need not be true."""
    children: tuple["Node", ...] = ()

    @property
    def is_multipart(self) -> bool:
        return self.kind.startswith("multipart/")

    def walk(self) -> Iterator["Node"]:
        """This part and all below it, depth first."""
        yield self
        for child in self.children:
            yield from child.walk()


class _Broken(Exception):  # noqa: N818 - never leaves this module
    """Not a body structure, or one beyond the limits."""


def read_structure(structure: object) -> Node | None:
    """The tree of parts from imapclient's BodyData; None where it cannot be used."""
    try:
        root = _node(structure, section="", depth=0)
    except _Broken:
        return None
    return root if sum(1 for _ in root.walk()) <= PARTS_LIMIT else None


def wanted(root: Node) -> dict[str, int]:
    """Sections worth downloading, and how many bytes of each: WHOLE_LIMIT together.

    Plain text and the machine's part of a report first, then HTML, then what has text inside.
    """
    ranked = sorted(
        ((rank, number, node) for number, node in enumerate(root.walk()) if (rank := _rank(node))),
        key=lambda entry: entry[:2],
    )
    left = WHOLE_LIMIT
    limits: dict[str, int] = {}
    for _, _, node in ranked[:_TEXT_PARTS_LIMIT]:
        wraps = node.kind in _ATTACHED | _WRAPPINGS
        limit = min(left, _ATTACHED_LIMIT if wraps else _PART_LIMIT)
        if limit:
            limits[node.section] = limit
            left -= min(node.octets, limit)
    return limits


def rebuild(header: bytes, root: Node, contents: Mapping[str, bytes]) -> bytes | None:
    """The message with its own header and `contents` (by section) only; the other parts empty.

    None where the header names no boundary to put the parts of a multipart between.
    """
    top = header.rstrip(b"\r\n") + b"\r\n\r\n"
    if not root.is_multipart:
        return top + contents.get(root.section, b"")
    # By our own reader, so that it finds what was put together for it.
    boundary = read(top).parameters.get("boundary", "").rstrip().encode("utf-8", "replace")
    return top + _between(boundary, root, contents) if _is_boundary(boundary) else None


# --- from the server's words


def _node(structure: object, *, section: str, depth: int) -> Node:
    if not isinstance(structure, tuple) or len(structure) < 2 or depth > DEPTH_LIMIT:
        raise _Broken
    if isinstance(structure[0], list):
        return _multipart(structure, section=section, depth=depth)
    if len(structure) < 7:
        raise _Broken
    disposition, disposition_parameters = _disposition(structure[7:])
    return Node(
        section=section or "1",
        kind=f"{_token(structure[0])}/{_token(structure[1])}",
        parameters=_parameters(structure[2]),
        disposition=disposition,
        disposition_parameters=disposition_parameters,
        encoding=_token(structure[5]) if structure[5] else "",
        octets=structure[6] if isinstance(structure[6], int) else 0,
    )


def _multipart(structure: tuple[object, ...], *, section: str, depth: int) -> Node:
    parts = structure[0]
    if not isinstance(parts, list) or not parts or len(parts) > PARTS_LIMIT:
        raise _Broken
    parameters = _parameters(structure[2]) if len(structure) > 2 else ()
    boundary = next((value for name, value in parameters if name.lower() == b"boundary"), b"")
    if section and not _is_boundary(boundary):
        raise _Broken
    prefix = f"{section}." if section else ""
    return Node(
        section=section,
        kind=f"multipart/{_token(structure[1])}",
        parameters=parameters,
        children=tuple(
            _node(part, section=f"{prefix}{number}", depth=depth + 1)
            for number, part in enumerate(parts, start=1)
        ),
    )


def _token(value: object) -> str:
    text = value.decode("ascii", "replace").strip().lower() if isinstance(value, bytes) else ""
    if not _TOKEN.fullmatch(text):
        raise _Broken
    return text


def _parameters(value: object) -> Parameters:
    """Names and values; what is no such pair is left out."""
    if not isinstance(value, tuple):
        return ()
    pairs = zip(value[::2], value[1::2], strict=False)
    return tuple(
        (name, _value(content))
        for name, content in pairs
        if isinstance(name, bytes) and _NAME.fullmatch(name)
    )


def _value(content: object) -> bytes:
    # imapclient takes what looks like a number for one, also where the server left out quotes.
    text = content if isinstance(content, bytes) else str(content or "").encode()
    return re.sub(rb"[\x00-\x1f\x7f]+", b" ", text)


def _disposition(fields: tuple[object, ...]) -> tuple[str, Parameters]:
    """By its shape: where it stands differs by type, and some servers leave fields out."""
    for field in fields:
        match field:
            case (bytes() as kind, None | tuple() as parameters):
                text = kind.decode("ascii", "replace").strip().lower()
                return (text, _parameters(parameters)) if _TOKEN.fullmatch(text) else ("", ())
            case bytes() if _UNPARSED.match(field):
                # Against the RFC, but pymap and others give the header field as it is.
                text, found = read(b"Content-Disposition: " + _value(field)).disposition()
                return text, tuple((k.encode(), _value(v.encode())) for k, v in found.items())
            case _:
                continue
    return "", ()


# --- what to ask for


def _rank(node: Node) -> int:
    """The lower the sooner; 0 for a part that is not downloaded."""
    if node.kind in _MACHINE:
        return 1
    if node.kind in _ATTACHED or node.kind in _WRAPPINGS:
        return 3
    if node.disposition == "attachment" or (node.disposition and _is_named(node)):
        return 0
    if node.kind == "text/plain":
        return 1
    return 2 if node.kind in _TEXTS else 0


def _is_named(node: Node) -> bool:
    names = (name for name, _ in node.parameters + node.disposition_parameters)
    return any(name.lower().split(b"*")[0] in (b"name", b"filename") for name in names)


# --- the small message


def _between(boundary: bytes, node: Node, contents: Mapping[str, bytes]) -> bytes:
    entities = (_entity(child, contents) for child in node.children)
    parts = b"".join(b"--%b\r\n%b\r\n" % (boundary, entity) for entity in entities)
    return parts + b"--%b--\r\n" % boundary


def _entity(node: Node, contents: Mapping[str, bytes]) -> bytes:
    head = _field(b"Content-Type", node.kind, node.parameters)
    if node.encoding:
        head += _field(b"Content-Transfer-Encoding", node.encoding, ())
    if node.disposition:
        head += _field(b"Content-Disposition", node.disposition, node.disposition_parameters)
    if not node.is_multipart:
        return head + b"\r\n" + contents.get(node.section, b"")
    boundary = next(value for name, value in node.parameters if name.lower() == b"boundary")
    return head + b"\r\n" + _between(boundary, node, contents)


def _field(name: bytes, value: str, parameters: Parameters) -> bytes:
    field = name + b": " + value.encode("ascii")
    # The boundary comes first: it may not fall to the limit.
    for key, content in sorted(parameters, key=lambda pair: pair[0].lower() != b"boundary"):
        quoted = content.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
        parameter = b';\r\n\t%b="%b"' % (key, quoted)
        if len(field) + len(parameter) <= _HEAD_LIMIT // 2:
            field += parameter
    return field + b"\r\n"


def _is_boundary(value: bytes) -> bool:
    """At most 70 characters by RFC 2046 §5.1.1; longer ones are seen."""
    return 0 < len(value) <= 200 and value.isascii() and value.decode("ascii").isprintable()
