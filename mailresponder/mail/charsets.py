"""Bytes to text where the declared charset may lie.

The reader gets the right words wherever a careful person could find them: UTF-8 that calls
itself Latin-1, windows-1252 that calls itself UTF-8, unknown names, UTF-8 encoded twice. What is
neither UTF-8 nor as declared is weighed in detection.py, if the caller wants that.
"""

import codecs
import re
from functools import lru_cache

from mailresponder.mail.detection import guess

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
_ALIASES = (
    (re.compile(r".*(?:shift.?jis|sjis|windows-31j).*"), "cp932"),
    (re.compile(r".*(?:ks_?c_?5601|windows-949).*"), "cp949"),
    (re.compile(r".*gb(?:2312|k|18030)(?!\w).*"), "gb18030"),
    (re.compile(r".*big-?5.*"), "cp950"),
    (re.compile(r".*iso-?2022-?jp.*"), "iso2022_jp"),
    (re.compile(r".*iso[-_ ]?8859[-_ ]?(\d{1,2})(?!\d).*"), r"iso8859-\1"),
    (re.compile(r"(?:x-)?(?:windows|win|cp|ms)[-_ ]?(125\d|874)(?!\d).*"), r"cp\1"),
    (re.compile(r"(?:x-)?mac[-_]?(?:roman|intosh).*"), "mac_roman"),
    (re.compile(r"(?:unicode-1-1-)?utf[-_ ]?(8|7)(?!\d).*"), r"utf-\1"),
    (re.compile(r".*koi8-?([ru]).*"), r"koi8-\1"),
    (re.compile(r"x-(euc-?jp|euc-?kr)"), r"\1"),
)
"""Charsets under the names that mail programs have made up for them, and misspelled."""
# Codecs that are not charsets of mail, are quadratic, or warn about the sender's data.
_REFUSED = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"})
_SINGLE_BYTE = ("iso8859", "cp12", "koi8", "mac", "cp874")
_SEVEN_BITS = ("utf-7", "iso2022", "hz")
_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_UTF8_LONG = re.compile(rb"[\xe0-\xef][\x80-\xbf]{2}")
_CUT = re.compile(rb"(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2})\Z")
_CAPITAL_AND_MARK = re.compile(rb"(?<=[A-Za-z])[\xc6-\xdf][\xa0-\xbf]")
"""`AQUÍ»` in Latin-1, which by accident is UTF-8 for a letter of no language around here."""
_HIGH = re.compile(rb"[\x80-\xff]+")
_LOOKED_AT = 20_000
"""Bytes that tell what the others will be."""
_NOT_WORDS = re.compile("[\ufffd\ue000-\uf8ff]")
"""What could not be decoded, and what only its sender's own fonts can show."""
_JIS = re.compile(rb"\x1b(\$[@B]|\([BJI])([^\x1b]*)")
_DOUBLED_BEGINS = "\xc2\xc3\xc5\xd0\xd1\xe2\xef"
_DOUBLED = re.compile(f"[{_DOUBLED_BEGINS}][^\x00-\x7f]")
_RUN = re.compile(r"[^\x00-\x7f]+")

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def _from_cp1252(error: UnicodeError) -> tuple[str, int]:
    """A codec error handler: the bytes that do not fit are read as windows-1252.

    A last character cut in two is dropped: a mail may not have been downloaded whole.
    """
    if not isinstance(error, UnicodeDecodeError):
        raise error
    if error.reason == "unexpected end of data" and _is_cut_utf8(error.object):
        return "", len(error.object)
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


def _as_byte(error: UnicodeError) -> tuple[bytes, int]:
    """A codec error handler: a control character stands for its own number."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return error.object[error.start : error.end].encode("latin-1"), error.end


codecs.register_error("mailresponder.cp1252", _from_cp1252)
codecs.register_error("mailresponder.as_byte", _as_byte)


def decode(data: bytes, declared: str | None = None, *, weigh: bool = False) -> str:
    """Text from bytes: UTF-8 where it can be, else as declared, else windows-1252. Never raises.

    With `weigh` statistics are asked before windows-1252, which takes up to 2 ms. The text holds
    no NUL and no lone surrogate; U+FFFD stands for what nobody could read.
    """
    if data.isascii() and b"\x1b" not in data and (declared is None or _plain(declared)):
        text = data.decode("ascii")
        return text.replace("\x00", "") if "\x00" in text else text
    text = _decoded(data, _codec(declared or ""), weigh)
    return text if is_printable(text) else _UNSTORABLE.sub("", text)


def is_printable(text: str) -> bool:
    """Does it hold no control character and no lone surrogate, but for line ends and tabs? Known
    much sooner than where one stands."""
    return text.replace("\n", "").replace("\r", "").replace("\t", "").isprintable()


def is_ascii_or_utf8(data: bytes) -> bool:
    """Is there nothing to doubt in these bytes?"""
    return data.isascii() or _is_utf8(data)


def settle(data: bytes, declared: str | None) -> str | None:
    """The charset of bytes that are neither ASCII nor UTF-8: as declared if it fits, else weighed.

    None where it is windows-1252.
    """
    name = _codec(declared or "")
    if name not in ("", "utf-8") and name not in _LATIN and _strictly(data, name) is not None:
        return name
    return guess(data, certain=name in _LATIN and name != "ascii")


def _decoded(data: bytes, name: str, weigh: bool) -> str:
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) and b"\x00" in data[:4]:
        name = "utf-16"
    if name in ("", "utf-8") or name in _LATIN:
        return _usual(data, name, weigh)
    if name.startswith(("utf-16", "utf-32")):
        return _wide(data, name)
    if name.startswith(_SEVEN_BITS):
        return _seven_bits(data, name)
    # Two letters of UTF-8 may also be one or two Chinese characters.
    sequences = _UTF8 if name.startswith(_SINGLE_BYTE) else _UTF8_LONG
    if len(sequences.findall(data, 0, 4_000)) > 1 and _is_utf8(data):
        text = data.decode("utf-8")
        if any(sign not in "\ufffd" for sign in text if sign > "\x7f"):
            return text
    text = data.decode(name, "replace")
    bad = len(_NOT_WORDS.findall(text))
    if bad == 0 or data.isascii():
        return text
    if text.endswith("\ufffd") and bad == 1:
        # A last character cut in two: the mail may not have been downloaded whole.
        return text[:-1]
    for other in ("utf-8", *_CONFUSED.get(name, ())):
        found = _strictly(data, other)
        if found is not None:
            return found
    if _mostly_utf8(data):
        return data.decode("utf-8", "mailresponder.cp1252")
    if bad * 10 > sum(sign > "\x7f" for sign in text):
        found = _strictly(data, guess(data) or "cp1252") if weigh else None
        return text if found is None else found
    return text


def _usual(data: bytes, name: str, weigh: bool) -> str:
    """What calls itself UTF-8, Latin-1 or ASCII, or nothing: mostly UTF-8 whatever it says."""
    if b"\x1b$" in data:
        return _seven_bits(data, "iso2022_jp_2")
    if _is_utf8(data) and (name == "utf-8" or not _CAPITAL_AND_MARK.sub(b"", data).isascii()):
        text = data.decode("utf-8").removeprefix("\ufeff")
        return undoubled(text) if weigh else text
    if _is_cut_utf8(data) or _mostly_utf8(data):
        return data.decode("utf-8", "mailresponder.cp1252").removeprefix("\ufeff")
    other = guess(data, certain=name in _LATIN and name != "ascii") if weigh else None
    found = _strictly(data, other) if other else None
    return data.decode("cp1252", "replace") if found is None else found


def _is_cut_utf8(data: bytes) -> bool:
    """Is this UTF-8 whose last character is cut in two? One letter of Latin-1 is not."""
    tail = _CUT.search(data[-3:])
    if tail is None:
        return False
    whole = data[: len(data) - len(tail[0])]
    return not whole.isascii() and _is_utf8(whole)


def _mostly_utf8(data: bytes) -> bool:
    """Is this UTF-8 with faults? In other charsets some pairs look like it, but few whole words."""
    data = _CAPITAL_AND_MARK.sub(b"\xff", data[:_LOOKED_AT])
    runs = _HIGH.findall(data)
    high = sum(map(len, runs))
    fitting = sum(map(len, _UTF8.findall(data)))
    if fitting * 10 >= high * 9:
        return True
    return fitting * 2 >= high and sum(map(_is_utf8, runs)) * 2 >= len(runs)


def _strictly(data: bytes, name: str) -> str | None:
    """A character that is cut in two at the end is no fault, anything else is."""
    try:
        return codecs.getincrementaldecoder(name)().decode(data)
    except (UnicodeError, ValueError, LookupError):
        return None


def _wide(data: bytes, name: str) -> str:
    """UTF-16 and UTF-32, the byte order by where the zeros stand if nothing says it."""
    if b"\x00" not in data and data.isascii():
        return data.decode("ascii")
    if name == "utf-16" and data[:2] not in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        name = "utf-16-be" if data[::2].count(0) > data[1::2].count(0) else "utf-16-le"
    found = _strictly(data, name)
    return data.decode(name, "replace") if found is None else found.removeprefix("\ufeff")


def _seven_bits(data: bytes, name: str) -> str:
    """Charsets of seven bits; Japanese also with the signs that vendors have added (NEC's ①)."""
    found = _strictly(data, name)
    if found is not None:
        return found
    if name.startswith("iso2022_jp"):
        if not data.isascii():
            for other in ("utf-8", *_CONFUSED["iso2022_jp_2"]):
                found = _strictly(data, other)
                if found is not None:
                    return found
        return _JIS.sub(_to_euc, data).decode("euc_jis_2004", "replace")
    return data.decode(name, "mailresponder.cp1252")


def _to_euc(match: re.Match[bytes]) -> bytes:
    mode, text = match[1], match[2]
    if mode.startswith(b"("):
        return b"".join(b"\x8e%c" % (c | 0x80) for c in text) if mode == b"(I" else text
    return bytes(c | 0x80 if c > 0x20 else c for c in text)


def undoubled(text: str) -> str:
    """Text that was encoded in UTF-8 twice, as `aÃ±o`, made right where nearly all of it is so."""
    # To look for each letter is many times faster than to look for the pattern.
    if not any(map(text.__contains__, _DOUBLED_BEGINS)) or not _DOUBLED.search(text):
        return text
    runs = set(_RUN.findall(text))
    right: dict[str, str] = {}
    for run in runs:
        try:
            right[run] = run.encode("cp1252", "mailresponder.as_byte").decode("utf-8")
        except UnicodeError:
            continue
    if not right or (len(runs) - len(right)) * 4 > len(right):
        return text
    return _RUN.sub(lambda match: right.get(match[0], match[0]), text)


def is_known(declared: str) -> bool:
    """Is this the name of a charset we can read?"""
    return _codec(declared) != ""


@lru_cache(maxsize=256)
def _codec(declared: str) -> str:
    """The codec for a charset name as found in mail; empty where there is none."""
    name = re.sub(r"[^a-z0-9_.: -].*", "", declared.strip(" \t\"'<>").lower(), flags=re.DOTALL)
    name = name[:60]
    found = _looked_up(name)
    for pattern, spelling in () if found else _ALIASES:
        if match := pattern.fullmatch(name):
            found = _looked_up(match.expand(spelling))
            break
    return found if found in _LATIN else _WIDER.get(found, found)


def _looked_up(name: str) -> str:
    try:
        info = codecs.lookup(name)
        usable = getattr(info, "_is_text_encoding", True) and info.name not in _REFUSED
    except (LookupError, ValueError):
        return ""
    return info.name if usable else ""


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
    if not value.isprintable():
        value = _CONTROLS.sub(" ", value)
    return value.strip()
