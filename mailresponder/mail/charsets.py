"""Bytes to text where the declared charset may lie, and encoded words (RFC 2047).

The reader gets the right words wherever a careful person could find them: UTF-8 that calls
itself Latin-1, windows-1252 that calls itself UTF-8, unknown names. No statistics are done.
"""

import codecs
import re
from binascii import Error as Base64Error
from binascii import a2b_base64, a2b_qp
from functools import lru_cache

_LATIN = frozenset({"ascii", "iso8859-1", "cp1252", "latin-1"})
_WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso2022_jp": "iso2022_jp_2",
    "big5": "cp950",
}
"""What writers really use where they declare the narrower one (WHATWG Encoding, §4.2)."""
_CONFUSED = {"iso2022_jp_2": ("euc_jp", "cp932"), "cp932": ("euc_jp",), "euc_jp": ("cp932",)}
"""What else it may be where bytes do not fit the declared one."""
_ALIASES = {"x-sjis": "cp932", "ks_c_5601-1987": "cp949", "iso-8859-8-i": "iso8859-8"}
# Codecs that are not charsets of mail, are quadratic, or warn about the sender's data.
_REFUSED = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"})

_WORDS_LIMIT = 20_000
_WORD = re.compile(r"=\?([^?\s]{0,80})\?([bBqQ])\?((?:[^?=]|=(?!\?(?!=))|\?(?!=))*)\?=")
_BETWEEN = re.compile(r"(\?=)\s+(?==\?[^?\s]{0,80}\?[bBqQ]\?)")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def _from_cp1252(error: UnicodeError) -> tuple[str, int]:
    """A codec error handler: the bytes that are not UTF-8 are read as windows-1252.

    A last character cut in two is dropped: a mail may not have been downloaded whole.
    """
    if not isinstance(error, UnicodeDecodeError):
        raise error
    before = error.object[: error.start]
    if error.reason == "unexpected end of data" and not before.isascii() and _is_utf8(before):
        return "", len(error.object)
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("mailresponder.cp1252", _from_cp1252)


def decode(data: bytes, declared: str | None = None) -> str:
    """Text from bytes: UTF-8 where it can be, else as declared, else windows-1252. Never raises.

    Holds no NUL and no lone surrogate; U+FFFD stands for what nobody could read.
    """
    if data.isascii() and b"\x1b" not in data and (declared is None or _plain(declared)):
        text = data.decode("ascii")
        return text.replace("\x00", "") if "\x00" in text else text
    text = _decoded(data, declared)
    return _UNSTORABLE.sub("", text)


def _decoded(data: bytes, declared: str | None) -> str:
    name = _codec(declared or "")
    if name in ("", "utf-8") or name in _LATIN:
        if b"\x1b$" in data:
            return data.decode("iso2022_jp_2", "replace")
        if name in _LATIN and not _is_utf8(data):
            return data.decode("cp1252", "replace")
        return data.decode("utf-8", "mailresponder.cp1252").removeprefix("\ufeff")
    others = () if data.isascii() else ("utf-8", *_CONFUSED.get(name, ()))
    for codec in (name, *others):
        try:
            return data.decode(codec)
        except (UnicodeError, ValueError):
            continue
    try:
        return data.decode(name, "replace")
    except (UnicodeError, ValueError):
        return data.decode("utf-8", "mailresponder.cp1252")


def is_known(declared: str) -> bool:
    """Is this the name of a charset we can read?"""
    return _codec(declared) != ""


@lru_cache(maxsize=256)
def _codec(declared: str) -> str:
    """The codec for a charset name as found in mail; empty where there is none."""
    name = re.sub(r"[^a-z0-9_.:-].*", "", declared.strip(" \t\"'<>").lower(), flags=re.DOTALL)
    name = name[:60]
    try:
        info = codecs.lookup(_ALIASES.get(name, name))
    except (LookupError, ValueError):
        return ""
    if info.name in _REFUSED or not getattr(info, "_is_text_encoding", True):
        return ""
    return _WIDER.get(info.name, info.name) if info.name not in _LATIN else info.name


@lru_cache(maxsize=256)
def _plain(declared: str) -> bool:
    """Does ASCII mean ASCII in this charset? (UTF-7, HZ and UTF-16 are the ones where not.)"""
    name = _codec(declared)
    return not name.startswith(("utf-7", "utf-16", "utf-32", "hz", "iso2022", "cp037"))


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def clean(value: str) -> str:
    """A header string on one line: control characters and line ends become spaces."""
    if _CONTROLS.search(value):
        value = _CONTROLS.sub(" ", value)
    return value.strip()


def decode_words(value: str, fallback: str | None = None) -> str:
    """A header value with its encoded words decoded (RFC 2047 §6.2), on one line. Never raises.

    Read leniently: spaces inside a word and characters split between two words are borne.
    `fallback` is a charset to try where a word names none that is known.
    """
    value = value[:_WORDS_LIMIT]
    if "=?" not in value:
        return clean(value)
    value = _BETWEEN.sub(r"\1", value)
    pieces: list[str] = []
    held: list[bytes] = []
    charset = ""
    position = 0
    for match in _WORD.finditer(value):
        # RFC 2231 §5 lets a language follow the charset.
        named = match[1].lower().split("*", 1)[0]
        if fallback and not is_known(named):
            named = fallback
        if held and (match.start() != position or named != charset):
            pieces.append(decode(b"".join(held), charset))
            held = []
        if match.start() != position:
            pieces.append(value[position : match.start()])
        charset = named
        held.append(_word_bytes(match[2], match[3]))
        position = match.end()
    if held:
        pieces.append(decode(b"".join(held), charset))
    pieces.append(value[position:])
    return clean("".join(pieces))


def _word_bytes(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    if encoding in "qQ":
        return a2b_qp(data, header=True)
    data = re.sub(rb"[^A-Za-z0-9+/]+", b"", data)
    data = data[:-1] if len(data) % 4 == 1 else data
    try:
        return a2b_base64(data + b"=" * (-len(data) % 4))
    except Base64Error:
        return text.encode("utf-8", "replace")
