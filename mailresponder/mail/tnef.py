"""What Outlook packs in a winmail.dat (MS-OXTNEF): the text, and what files it holds.

The stream is walked once; each length is checked against what is there, and files are not
unpacked. What is cut off is read as far as it goes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from mailresponder.mail.charsets import decode
from mailresponder.mail.rtf import decompressed, rtf_to_text

_SIGNATURE = b"\x78\x9f\x3e\x22"
_ATTRIBUTES_LIMIT = 2_000
_PROPERTIES_LIMIT = 2_000
_FILES_LIMIT = 200
_TEXT_LIMIT = 500_000
"""Bytes of one text."""

# Attributes (MS-OXTNEF §2.1.3.2).
_CODEPAGE = 0x00069007
_BODY = 0x0002800C
_MESSAGE_PROPERTIES = 0x00069003
_NEW_FILE = 0x00069002
_FILE_TITLE = 0x00018010
_FILE_DATA = 0x0006800F
_FILE_PROPERTIES = 0x00069005

# Properties (MS-OXPROPS): PidTagBody, PidTagBodyHtml, PidTagRtfCompressed and the two names.
_PLAIN, _HTML, _RTF, _LONG_NAME, _SHORT_NAME = 0x1000, 0x1013, 0x1009, 0x3707, 0x3704

# Types of properties (MS-OXCDATA §2.11.1) and their sizes, padded to four bytes.
_SIZES = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_STRING, _UNICODE, _OBJECT, _BINARY = 0x1E, 0x1F, 0x0D, 0x0102
_MULTIPLE = 0x1000
_CODEPAGES = {65001: "utf-8", 20127: "ascii", 20866: "koi8-r", 21866: "koi8-u", 50220: "iso2022_jp"}


@dataclass(slots=True)
class Packed:
    """What was found in a winmail.dat."""

    plain: str = ""
    html: bytes = b""
    charset: str = "cp1252"
    """Of the HTML where that names none."""
    rich: str = ""
    """The words of the rich text; only read where nothing else is there."""
    files: list[tuple[str, int]] = field(default_factory=list)
    """Names, possibly empty, and sizes in bytes."""


def read_tnef(data: bytes) -> Packed | None:
    """What is in a TNEF stream; None where it is none. Never raises."""
    if not data.startswith(_SIGNATURE):
        return None
    found = Packed()
    charset = "cp1252"
    rtf = b""
    for attribute, value in _attributes(data):
        if attribute == _CODEPAGE:
            charset = found.charset = _charset(int.from_bytes(value[:4], "little"))
        elif attribute == _BODY:
            found.plain = found.plain or _string(value, charset)
        elif attribute == _MESSAGE_PROPERTIES:
            for tag, content in _properties(value, charset):
                if tag == _PLAIN and isinstance(content, str):
                    found.plain = content
                elif tag == _HTML:
                    found.html = content.encode() if isinstance(content, str) else content
                elif tag == _RTF and isinstance(content, bytes):
                    rtf = content
        elif attribute == _NEW_FILE and len(found.files) < _FILES_LIMIT:
            found.files.append(("", 0))
        elif found.files:
            found.files[-1] = _file(found.files[-1], attribute, value, charset)
    if not found.plain.strip() and not found.html.strip():
        found.rich = rtf_to_text(decompressed(rtf))
    return found


def _file(file: tuple[str, int], attribute: int, value: bytes, charset: str) -> tuple[str, int]:
    name, size = file
    if attribute == _FILE_TITLE:
        return name or _string(value, charset), size
    if attribute == _FILE_DATA:
        return name, len(value)
    if attribute == _FILE_PROPERTIES:
        names = {t: c for t, c in _properties(value, charset) if isinstance(c, str)}
        return names.get(_LONG_NAME) or name or names.get(_SHORT_NAME, ""), size
    return file


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each attribute's number and value (MS-OXTNEF §2.1.3.1)."""
    position = 6
    for _ in range(_ATTRIBUTES_LIMIT):
        if position + 9 > len(data):
            return
        attribute = int.from_bytes(data[position + 1 : position + 5], "little")
        length = int.from_bytes(data[position + 5 : position + 9], "little")
        position += 9
        yield attribute, data[position : position + length]
        position += length + 2


def _properties(data: bytes, charset: str) -> Iterator[tuple[int, str | bytes]]:
    """Each property of text or bytes and its tag (MS-OXTNEF §2.1.3.4)."""
    position = 4
    for _ in range(min(int.from_bytes(data[:4], "little"), _PROPERTIES_LIMIT)):
        kind = int.from_bytes(data[position : position + 2], "little")
        tag = int.from_bytes(data[position + 2 : position + 4], "little")
        position += 4
        if tag >= 0x8000:
            position = _behind_name(data, position)
        values = 1
        base = kind & ~_MULTIPLE
        if kind & _MULTIPLE or base in (_STRING, _UNICODE, _OBJECT, _BINARY):
            values = int.from_bytes(data[position : position + 4], "little")
            position += 4
        for _ in range(min(values, _PROPERTIES_LIMIT)):
            if position >= len(data):
                return
            if base in _SIZES:
                position += _SIZES[base]
                continue
            if base not in (_STRING, _UNICODE, _OBJECT, _BINARY):
                return
            length = int.from_bytes(data[position : position + 4], "little")
            value = data[position + 4 : position + 4 + min(length, _TEXT_LIMIT)]
            position += 4 + _padded(length)
            if base == _UNICODE:
                yield tag, _string(value, "utf-16-le")
            elif base == _STRING:
                yield tag, _string(value, charset)
            elif base == _BINARY:
                yield tag, value


def _behind_name(data: bytes, position: int) -> int:
    """Past the name of a named property: a GUID, then a number or a string."""
    by_string = data[position + 16 : position + 20] == b"\x01\x00\x00\x00"
    position += 20
    if not by_string:
        return position + 4
    return position + 4 + _padded(int.from_bytes(data[position : position + 4], "little"))


def _padded(length: int) -> int:
    return (length + 3) // 4 * 4


def _string(value: bytes, charset: str) -> str:
    return decode(value[:_TEXT_LIMIT], charset).replace("\r\n", "\n").rstrip("\x00")


def _charset(codepage: int) -> str:
    if 28591 <= codepage <= 28605:
        return f"iso8859-{codepage - 28590}"
    return _CODEPAGES.get(codepage, f"cp{codepage}")
