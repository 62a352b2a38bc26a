"""Rich Text Format to plain text, also compressed as Outlook packs it (MS-OXRTFCP).

Words and line ends only. RTF that was made from HTML (MS-OXRTFEX) is read as it would be shown.
Linear in what comes out, of which there is a limit.
"""

import re

from mailresponder.mail.charsets import decode

_LIMIT = 200_000
"""Bytes of RTF that are read."""

_DICTIONARY = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript "
    rb"\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
"""What the compression begins with (MS-OXRTFCP §2.1.2.1)."""

_WINDOW = 4096
_COMPRESSED, _UNCOMPRESSED = b"LZFu", b"MELA"

_TOKEN = re.compile(
    r"\\(?P<word>[a-z]{1,32})(?P<number>-?\d{1,9})? ?"
    r"|\\'(?P<octet>[0-9a-fA-F]{2})"
    r"|\\(?P<sign>[^a-z])"
    r"|(?P<brace>[{}])"
    r"|(?P<text>[^\\{}\r\n]+)",
    re.DOTALL,
)
_UNSEEN = frozenset(
    {
        *("fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "header", "footer"),
        *("footnote", "listtable", "listoverridetable", "revtbl", "rsidtbl", "themedata", "xe"),
    }
)
_SHOWN = {
    **dict.fromkeys(("par", "line", "sect", "page", "row"), "\n"),
    "tab": "\t",
    "cell": "  ",
    "emdash": "—",
    "endash": "–",
    "bullet": "•",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
}
_SIGNS = {"~": "\xa0", "_": "-", "\\": "\\", "{": "{", "}": "}", "\n": "\n", "\r": "\n"}


def decompressed(data: bytes) -> bytes:
    """The RTF in PidTagRtfCompressed, at most 200,000 bytes; empty where it is none."""
    kind, packed = data[8:12], data[16:]
    if kind == _UNCOMPRESSED:
        return packed[:_LIMIT]
    if kind != _COMPRESSED:
        return b""
    window = bytearray(_DICTIONARY.ljust(_WINDOW))
    written = len(_DICTIONARY)
    found = bytearray()
    position = 0
    while position < len(packed) and len(found) < _LIMIT:
        control = packed[position]
        position += 1
        for bit in range(8):
            if control >> bit & 1:
                pair = int.from_bytes(packed[position : position + 2])
                offset, length = pair >> 4, (pair & 15) + 2
                position += 2
                if position > len(packed) or offset == written:
                    return bytes(found)
            else:
                offset, length = -1, 1
            for _ in range(length):
                if offset < 0:
                    octets = packed[position : position + 1]
                    position += 1
                    if not octets:
                        return bytes(found)
                    octet = octets[0]
                else:
                    octet, offset = window[offset], (offset + 1) % _WINDOW
                found.append(octet)
                window[written] = octet
                written = (written + 1) % _WINDOW
    return bytes(found)


def rtf_to_text(rtf: bytes) -> str:
    """The words of an RTF document; empty where it is none. Never raises."""
    if not rtf.lstrip().startswith(b"{\\rtf"):
        return ""
    reader = _Reader()
    for match in _TOKEN.finditer(rtf[:_LIMIT].decode("latin-1")):
        reader.read(match)
    return reader.text()


class _Reader:
    """Reads an RTF document token by token."""

    def __init__(self) -> None:
        self._written: list[str] = []
        self._octets = bytearray()
        self._codepage = "cp1252"
        self._unseen_from = 0
        """The depth of the outermost group that is not shown; 0 outside."""
        self._depth = 0
        self._replacement = 1
        """Characters after `\\u` for readers that know no Unicode."""
        self._passed_over = 0

    def read(self, match: re.Match[str]) -> None:
        if match["brace"]:
            self._passed_over = 0
            self._depth += 1 if match["brace"] == "{" else -1
            if self._depth < self._unseen_from:
                self._unseen_from = 0
        elif self._unseen_from:
            return
        elif match["word"]:
            self._word(match["word"], match["number"])
        elif match["octet"]:
            if self._passed_over:
                self._passed_over -= 1
            else:
                self._octets.append(int(match["octet"], 16))
        elif match["sign"] == "*":
            self._unseen_from = max(self._depth, 1)
        elif match["sign"]:
            self._write(_SIGNS.get(match["sign"], ""))
        else:
            text = match["text"][self._passed_over :]
            self._passed_over = max(0, self._passed_over - len(match["text"]))
            self._write(text)

    def _word(self, word: str, number: str | None) -> None:
        if word in _UNSEEN:
            self._unseen_from = max(self._depth, 1)
        elif word == "ansicpg" and number:
            self._codepage = f"cp{number}" if number != "65001" else "utf-8"
        elif word == "uc":
            self._replacement = min(max(int(number or 1), 0), 10)
        elif word == "u" and number:
            self._write(chr(int(number) % 65_536))
            self._passed_over = self._replacement
        elif word in _SHOWN:
            self._write(_SHOWN[word])

    def _write(self, text: str) -> None:
        if self._octets:
            self._written.append(decode(bytes(self._octets), self._codepage))
            self._octets.clear()
        if text:
            self._written.append(text)

    def text(self) -> str:
        self._write("")
        joined = "".join(self._written).encode("utf-16-le", "surrogatepass")
        return joined.decode("utf-16-le", "replace").replace("\x00", "").strip()
