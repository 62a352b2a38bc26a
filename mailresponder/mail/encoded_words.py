"""Encoded words in header values (RFC 2047), as leniently as mail programs write them."""

import re
from binascii import Error as Base64Error
from binascii import a2b_base64, a2b_qp

from mailresponder.mail.charsets import clean, decode, is_known

_WORDS_LIMIT = 20_000
_WEIGHED_LIMIT = 10
_WORD = re.compile(r"=\?([^?\s]{0,80})\?([bBqQ])\?((?:[^?=]|=(?!\?(?!=))|\?(?!=))*)\?=")
_BETWEEN = re.compile(r"(\?=)\s+(?==\?[^?\s]{0,80}\?[bBqQ]\?)")


def decode_words(value: str, fallback: str | None = None, *, weigh: bool = False) -> str:
    """A header value with its encoded words decoded (RFC 2047 §6.2), on one line. Never raises.

    Read leniently: spaces inside a word and characters split between two words are borne.
    `fallback` is a charset to try where a word names none that is known; `weigh` as in
    charsets.decode.
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
            pieces.append(
                decode(b"".join(held), charset, weigh=weigh and len(pieces) < _WEIGHED_LIMIT)
            )
            held = []
        if match.start() != position:
            pieces.append(value[position : match.start()])
        charset = named
        held.append(_word_bytes(match[2], match[3]))
        position = match.end()
    if held:
        pieces.append(decode(b"".join(held), charset, weigh=weigh and len(pieces) < _WEIGHED_LIMIT))
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
