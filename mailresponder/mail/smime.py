"""What lies inside an S/MIME signature: the entity that was signed (RFC 8551 §3.5.2, RFC 5652 §5).

An opaque signature wraps the mail's text in ASN.1, and many mail programs send their signed mail
like that. It is only unwrapped: no signature is checked, and what is encrypted stays so.
"""

from collections.abc import Iterator
from dataclasses import dataclass

_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_DATA = bytes.fromhex("2a864886f70d010701")

_SEQUENCE, _SET, _OID = 0x30, 0x31, 0x06
_OCTETS, _OCTETS_IN_PIECES = 0x04, 0x24
_CONTENT = 0xA0
_DEPTH_LIMIT = 8
_ELEMENTS_LIMIT = 20_000


@dataclass(frozen=True, slots=True)
class _Element:
    tag: int
    start: int
    end: int
    """Of its content, at most the end of the data."""
    following: int
    """Where the next element begins; -1 where only its own end marker says so."""


def signed_entity(data: bytes) -> bytes | None:
    """The MIME entity inside signed-data; None where it is anything else or holds none.

    Of data that is cut off, as far as it goes. Never raises.
    """
    signed = _content_of(data, 0, len(data), _SIGNED_DATA)
    if signed is None:
        return None
    # SignedData: version, digestAlgorithms, encapContentInfo, …
    for element in _elements(data, signed.start, signed.end):
        if element.tag == _SEQUENCE:
            return _encapsulated(data, element)
    return None


def _content_of(data: bytes, start: int, end: int, kind: bytes) -> _Element | None:
    """ContentInfo of that type: the SEQUENCE or OCTET STRING inside its `[0]`."""
    outer = _element(data, start, end)
    if outer is None or outer.tag != _SEQUENCE:
        return None
    return _inside(data, outer, kind)


def _encapsulated(data: bytes, info: _Element) -> bytes | None:
    octets = _inside(data, info, _DATA)
    return None if octets is None else b"".join(_pieces(data, octets, 0)) or None


def _inside(data: bytes, info: _Element, kind: bytes) -> _Element | None:
    matches = False
    for element in _elements(data, info.start, info.end):
        if element.tag == _OID:
            matches = data[element.start : element.end] == kind
        elif element.tag == _CONTENT and matches:
            return _element(data, element.start, element.end)
        else:
            return None
    return None


def _pieces(data: bytes, octets: _Element, depth: int) -> Iterator[bytes]:
    """The octets of a string, which BER lets be cut in pieces (X.690 §8.7.3)."""
    if octets.tag == _OCTETS:
        yield data[octets.start : octets.end]
    elif octets.tag == _OCTETS_IN_PIECES and depth < _DEPTH_LIMIT:
        for element in _elements(data, octets.start, octets.end):
            yield from _pieces(data, element, depth + 1)


def _elements(data: bytes, start: int, end: int) -> Iterator[_Element]:
    for _ in range(_ELEMENTS_LIMIT):
        element = _element(data, start, end)
        if element is None:
            return
        yield element
        start = element.following if element.following >= 0 else _after(data, element)


def _element(data: bytes, start: int, end: int) -> _Element | None:
    """The element that begins there (X.690 §8.1); None at the end, or at an end marker."""
    if start + 2 > end or data[start : start + 2] == b"\x00\x00":
        return None
    tag, length = data[start], data[start + 1]
    start += 2
    if length == 0x80:
        return _Element(tag, start, end, -1)
    if length > 0x80:
        octets = length & 0x7F
        if octets > 5 or start + octets > end:
            return None
        length = int.from_bytes(data[start : start + octets])
        start += octets
    return _Element(tag, start, min(start + length, end), start + length)


def _after(data: bytes, element: _Element) -> int:
    """Where an element of unknown length ends: behind the marker that answers its beginning."""
    position, depth = element.start, 1
    for _ in range(_ELEMENTS_LIMIT):
        if data[position : position + 2] == b"\x00\x00":
            position, depth = position + 2, depth - 1
            if depth == 0:
                return position
            continue
        inner = _element(data, position, element.end)
        if inner is None:
            break
        if inner.following < 0:
            depth += 1
            position = inner.start
        else:
            position = inner.following
    return element.end
