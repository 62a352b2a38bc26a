"""Content-Transfer-Encoding undone (RFC 2045 §6), of a body with LF line ends. Never raises."""

import re
from binascii import Error as Base64Error
from binascii import a2b_base64, a2b_qp

from mailresponder.mail import uuencode

_SOFT_BREAK = re.compile(rb"=[ \t]{1,80}\n")
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n\t "
_NEXT_BASE64 = re.compile(rb"(?<==)\s{1,10}(?=[A-Za-z0-9+/]{20,}={0,2}\s)")
"""Where an encoder that was started anew for each piece ended and began."""


def is_private(encoding: bytes) -> bool:
    """Is this an encoding of its sender's own, of which nothing can be read (RFC 2045 §6.4)?"""
    return encoding.startswith(b"x-") and not encoding.startswith(b"x-uu")


def undone(body: bytes, encoding: bytes) -> bytes:
    """A body as it was before it was encoded, as far as that can be known."""
    if encoding.startswith(b"base"):
        if not _is_base64(body[:2_000]):
            return body
        pieces = _NEXT_BASE64.split(body, maxsplit=100)
        return b"".join(_base64(piece) for piece in pieces)
    if encoding.startswith(b"quoted"):
        return a2b_qp(_SOFT_BREAK.sub(b"=\n", body))
    if encoding.startswith((b"uu", b"x-uu")):
        return uuencode.decoded(body)
    return body


def _is_base64(sample: bytes) -> bool:
    """Text that was never encoded has spaces and signs that base64 has not."""
    foreign = len(sample.translate(None, _BASE64)) + sample.strip().count(b" ")
    return foreign * 10 <= len(sample)


def _base64(body: bytes) -> bytes:
    """Base64 as far as it goes: foreign characters, missing padding and a cut end are borne."""
    try:
        return a2b_base64(body)
    except Base64Error:
        data = re.sub(rb"[^A-Za-z0-9+/]+", b"", body)
        data = data[: len(data) - 1] if len(data) % 4 == 1 else data
        return a2b_base64(data + b"=" * (-len(data) % 4))
