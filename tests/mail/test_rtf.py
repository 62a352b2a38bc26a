"""Rich text to words, plain or compressed as Outlook does it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailresponder.mail.rtf import decompressed, rtf_to_text


@pytest.mark.parametrize(
    ("rtf", "expected"),
    [
        (rb"{\rtf1\ansi Hello\par world}", "Hello\nworld"),
        (rb"{\rtf1\ansi\ansicpg1252 a\'f1o}", "año"),
        (rb"{\rtf1\ansi\ansicpg1251 \'c6\'e0\'eb\'ee\'e1\'e0}", "Жалоба"),
        (rb"{\rtf1\ansi\ansicpg932 \'93\'fa\'96\'7b}", "日本"),
        (rb"{\rtf1\uc1\u8364? 5}", "€ 5"),
        (rb"{\rtf1\uc2\u8364\'80\'80 5}", "€ 5"),
        (rb"{\rtf1\u-10179?\u-8704?}", "😀"),
        (rb"{\rtf1{\fonttbl{\f0 Arial;}}{\*\generator X;}{\b bold} text}", "bold text"),
        (rb"{\rtf1 a\~b\_c\{d\}\\\ldblquote e\rdblquote\tab f}", "a\xa0b-c{d}\\“e”\tf"),
        (rb"{\rtf1{\*\htmltag84 <b>}\htmlrtf {\b\htmlrtf0 bold\htmlrtf }\htmlrtf0}", "bold"),
        (b"{\\rtf1 one\r\ntwo\\line three}", "onetwo\nthree"),
        (rb"{\rtf1 {\pict 0102ff} end", "end"),
        (b"no rtf", ""),
        (b"", ""),
    ],
)
def test_words(rtf: bytes, expected: str) -> None:
    """Words, line ends and letters of any charset come out; fonts and pictures do not."""
    assert rtf_to_text(rtf) == expected


def packed(chunks: bytes, kind: bytes = b"LZFu") -> bytes:
    return b"\0" * 8 + kind + b"\0" * 4 + chunks


def test_decompressed() -> None:
    """The example of MS-OXRTFCP §3.1.1 and what is not compressed at all."""
    example = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af320"
        "68656c090020627705b06c647d0a800fa0"
    )
    assert decompressed(example) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert decompressed(packed(b"{\\rtf1 x}", b"MELA")) == b"{\\rtf1 x}"
    assert decompressed(packed(b"x", b"else")) == b""
    assert decompressed(b"") == b""


def test_references_into_what_was_written() -> None:
    """A run of one letter is a reference to itself, and a cut end is borne."""
    # A letter at the position 207, then nine from there.
    reference = (207 << 4 | 7).to_bytes(2)
    assert decompressed(packed(b"\x02a" + reference)) == b"a" * 10
    assert decompressed(packed(b"\x02a" + reference[:1])) == b"a"


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    """Nothing raises, and what comes out can be stored."""
    rtf_to_text(b"{\\rtf1" + decompressed(packed(data))).encode()
    rtf_to_text(b"{\\rtf1" + data).encode()
