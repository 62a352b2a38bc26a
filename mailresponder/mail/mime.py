"""The MIME structure of a message (RFC 2045, RFC 2046): bytes to a tree of parts, in linear time.

Deliberately our own. The standard library asks every open boundary about every line and needs
seconds for a small mail of a few hundred nested parts; here depth and number of parts are
capped, nothing is decoded before somebody asks for it, and nothing raises on bad mail.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from mailresponder.mail.charsets import decode
from mailresponder.mail.transfer import is_private, undone

PARTS_LIMIT = 300
DEPTH_LIMIT = 50
_HEADERS_LIMIT = 2_000
_STRAYS_LIMIT = 200
_VALUE_LIMIT = 300_000
_PARAMETERS_LIMIT = 10_000

_HEADER = re.compile(rb"([!-9;-~]{1,200})[ \t]*:[ \t]*([^\n]*(?:\n[ \t][^\n]*)*)(?:\n|\Z)")
_KNOWN = re.compile(
    rb"(?:from|to|cc|subject|date|message-id|in-reply-to|references|mime-version|content-[a-z-]+|"
    rb"received|return-path|reply-to|x-[a-z-]+)[ \t]*:|boundary=",
    re.IGNORECASE,
)
_PARAMETER = re.compile(r';\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;]*))', re.DOTALL)
_CONTINUED = re.compile(r"(.+?)\*(\d{1,3})?(\*)?")
_TYPE = re.compile(
    r"[a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100}(?=[;,\s(]|\Z)", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One entity: the message itself or a part of it."""

    headers: tuple[tuple[str, bytes], ...]
    """Lower-case name and unfolded value, in order."""
    content_type: str
    """Lower-case `type/subtype`; `text/plain` where none can be read."""
    parameters: dict[str, str]
    """Of Content-Type; lower-case names, values decoded (RFC 2231)."""
    body: bytes
    """With LF line ends, the transfer encoding not undone."""
    children: tuple["Part", ...] = ()
    cut: bool = False
    """True where something below was left out because of a limit."""

    def raw(self, name: str) -> bytes:
        """The topmost value of a header, empty where absent."""
        for key, value in self.headers:
            if key == name:
                return value
        return b""

    def value(self, name: str) -> str:
        """The same as text, not RFC 2047-decoded."""
        return decode(self.raw(name)).strip()

    def content(self, limit: int | None = None) -> bytes:
        """The body with the transfer encoding undone as far as it can be (RFC 2045 §6).

        With `limit` only of so many bytes as transferred.
        """
        return undone(self.body[:limit], self._encoding())

    def is_readable(self) -> bool:
        """Can the transfer encoding be undone?"""
        return not is_private(self._encoding())

    def _encoding(self) -> bytes:
        return self.raw("content-transfer-encoding").strip(b" \t\"'").lower()

    def disposition(self) -> tuple[str, dict[str, str]]:
        """Content-Disposition (RFC 2183): lower-case type and parameters."""
        value = self.value("content-disposition")
        return value.split(";", 1)[0].strip().lower(), _parameters(value)

    def walk(self) -> Iterator["Part"]:
        """This part and all below it, depth first."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(slots=True)
class _Budget:
    """How many parts may still be made."""

    parts: int = PARTS_LIMIT


def read(content: bytes) -> Part:
    """A message's tree of parts. Never raises."""
    if b"\r" in content:
        content = content.replace(b"\r\n", b"\n")
        if b"\n" not in content:
            content = content.replace(b"\r", b"\n")
    content = content.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    return _entity(content, default="text/plain", depth=0, budget=_Budget())


def _entity(content: bytes, *, default: str, depth: int, budget: _Budget) -> Part:
    headers, start = _read_headers(content)
    body = content[start:]
    budget.parts -= 1
    content_type, parameters = _content_type(headers, default)
    children: tuple[Part, ...] = ()
    cut = False
    if content_type.startswith("multipart/") or _is_mislabelled(parameters, headers, body, depth):
        boundary = _boundary(parameters, body)
        if b"\n--" + boundary not in b"\n" + body:
            # Against RFC 2045 §6.4, but there are senders who encode all parts together.
            encoding = next((v for key, v in headers if key == "content-transfer-encoding"), b"")
            body = undone(body, encoding.strip().lower())
        pieces = _split(body, boundary, limit=max(budget.parts, 0) + 1)
        inner = "message/rfc822" if content_type == "multipart/digest" else "text/plain"
        found = []
        for piece in pieces:
            if depth >= DEPTH_LIMIT or budget.parts <= 0:
                cut = True
                break
            found.append(_entity(piece, default=inner, depth=depth + 1, budget=budget))
        children = tuple(found)
        cut = cut or any(child.cut for child in children)
        if not pieces:
            content_type = "text/plain"
        elif not content_type.startswith("multipart/"):
            content_type = "multipart/mixed"
    return Part(
        headers=tuple(headers),
        content_type=content_type,
        parameters=parameters,
        body=body,
        children=children,
        cut=cut,
    )


def _content_type(headers: list[tuple[str, bytes]], default: str) -> tuple[str, dict[str, str]]:
    """Type and parameters, of several fields from the first that makes sense."""
    values = [decode(value) for key, value in headers if key == "content-type"]
    for value in values[:5]:
        match = _TYPE.match(value.lstrip())
        if match:
            # Some write a comma, or nothing, where the semicolon belongs.
            rest = value.lstrip()[match.end() :].lstrip(" \t,")
            return match[0].lower(), _parameters(rest if rest.startswith(";") else f";{rest}")
    return ("text/plain", _parameters(values[0])) if values else (default, {})


def _is_mislabelled(
    parameters: dict[str, str], headers: list[tuple[str, bytes]], body: bytes, depth: int
) -> bool:
    """Are these parts although nothing says so, or something else is said?"""
    boundary = parameters.get("boundary", "").encode("utf-8", "replace")
    if boundary:
        return body.lstrip().startswith(b"--" + boundary + b"\n")
    lost = depth == 0 and not any(key == "content-type" for key, _ in headers)
    return lost and _boundary({}, body) != b""


def _read_headers(content: bytes) -> tuple[list[tuple[str, bytes]], int]:
    """The header and where the body begins (RFC 5322 §2.1, read leniently).

    Some gateways lose the indentation of folded lines: a line that is no field belongs to the
    field above it as long as more fields follow before the first blank line.
    """
    headers: list[tuple[str, bytes]] = []
    position = 0
    strays = 0
    size = len(content)
    while position < size:
        match = _HEADER.match(content, position)
        if match and len(headers) < _HEADERS_LIMIT:
            value = match[2][:_VALUE_LIMIT]
            # A lone CR is no line end: taking it for one would let a sender smuggle in a header
            # that our own border did not see and could not strip.
            if b"\r" in value:
                value = value.replace(b"\r", b" ")
            headers.append((match[1].decode("ascii").lower(), value.replace(b"\n", b"")))
            position = match.end()
            continue
        end = content.find(b"\n", position)
        end = size if end < 0 else end
        if not content[position:end].strip():
            return headers, min(end + 1, size)
        strays += 1
        if match is None and (strays > _STRAYS_LIMIT or not _goes_on(content, position)):
            return headers, position
        # What separates mails in a mailbox file (RFC 4155) belongs to no field.
        is_separator = content.startswith((b"From ", b">From "), position)
        if headers and match is None and not is_separator and end - position < _PARAMETERS_LIMIT:
            name, value = headers[-1]
            headers[-1] = (name, value + b" " + content[position:end].strip())
        position = end + 1
    return headers, size


def _goes_on(content: bytes, position: int) -> bool:
    """Do header fields follow within the next few lines?"""
    for _ in range(20):
        end = content.find(b"\n", position)
        end = len(content) if end < 0 else end
        if end == position or not content[position : min(end, position + 1_000)].strip():
            return False
        if _KNOWN.match(content, position):
            return True
        position = end + 1
    return False


def _parameters(value: str) -> dict[str, str]:
    """The parameters of a structured header, continuations joined (RFC 2231 §3, §4)."""
    if ";" not in value:
        return {}
    found: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for match in _PARAMETER.finditer(value[:_PARAMETERS_LIMIT]):
        name = match[1].lower()
        text = match[2] if match[2] is not None else match[3].strip()
        if match[2] is not None and "\\" in text:
            text = re.sub(r"\\(.)", r"\1", text)
        star = _CONTINUED.fullmatch(name) if "*" in name else None
        if star:
            encoded = star[3] is not None or star[2] is None
            pieces.setdefault(star[1], {})[int(star[2] or 0)] = (text, encoded)
        else:
            found.setdefault(name, text)
    for name, numbered in pieces.items():
        found[name] = _joined([numbered[number] for number in sorted(numbered)])
    return found


def _joined(pieces: list[tuple[str, bool]]) -> str:
    charset = None
    data = b""
    for number, (text, encoded) in enumerate(pieces):
        if not encoded:
            data += text.encode("utf-8", "replace")
            continue
        if number == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        data += unquote_to_bytes(text)
    return decode(data, charset)


def _boundary(parameters: dict[str, str], body: bytes) -> bytes:
    """The declared boundary, else what the first delimiter line of the body suggests."""
    declared = parameters.get("boundary", "").rstrip().encode("utf-8", "replace")
    if declared and b"--" + declared in body:
        return declared
    guess = re.match(rb"(?:[^\n]*\n){0,5}?--([^\s]{4,200})[ \t]*\nContent-", body, re.IGNORECASE)
    return guess[1] if guess else declared


def _split(body: bytes, boundary: bytes, *, limit: int) -> list[bytes]:
    """The parts between delimiter lines (RFC 2046 §5.1.1); none where there is no delimiter."""
    if not boundary:
        return []
    delimiter = b"\n--" + boundary
    pieces: list[bytes] = []
    start = -1
    # Only beginnings of lines are searched, or one long line of delimiters takes for ever.
    body = b"\n" + body
    at = body.find(delimiter)
    while at >= 0:
        after = at + len(delimiter)
        end = body.find(b"\n", after)
        end = len(body) if end < 0 else end
        rest = body[after:end].rstrip() if end - after < 1_000 else b"?"
        if not rest or rest.startswith(b"--"):
            if start >= 0:
                pieces.append(body[start : max(start, at)])
            start = -1 if rest else end + 1
            if rest or len(pieces) >= limit:
                return pieces
        at = body.find(delimiter, end)
    if start >= 0:
        pieces.append(body[start:])
    return pieces
