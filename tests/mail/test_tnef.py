"""winmail.dat: the text in each of its forms, the names of files, and lies about lengths."""

from hypothesis import given
from hypothesis import strategies as st

from mailresponder.mail.tnef import read_tnef

PLAIN, HTML, RTF, LONG_NAME = 0x1000, 0x1013, 0x1009, 0x3707


def number(value: int) -> bytes:
    return value.to_bytes(4, "little")


def attribute(tag: int, value: bytes) -> bytes:
    level = b"\x02" if tag in (0x00069002, 0x00018010, 0x0006800F, 0x00069005) else b"\x01"
    checksum = (sum(value) % 65_536).to_bytes(2, "little")
    return level + number(tag) + number(len(value)) + value + checksum


def padded(value: bytes) -> bytes:
    return value + b"\0" * (-len(value) % 4)


def prop(tag: int, kind: int, value: bytes, name: bytes = b"") -> bytes:
    """A property of text or bytes."""
    head = kind.to_bytes(2, "little") + tag.to_bytes(2, "little") + name
    return head + number(1) + number(len(value)) + padded(value)


def properties(*found: bytes) -> bytes:
    return attribute(0x00069003, number(len(found)) + b"".join(found))


def winmail(*attributes: bytes) -> bytes:
    return b"\x78\x9f\x3e\x22\x01\x00" + b"".join(attributes)


CODEPAGE = attribute(0x00069007, number(1251) + number(0))
FLAG = (0x0B).to_bytes(2, "little") + (0x0E1F).to_bytes(2, "little") + number(1)
NAMED = b"\0" * 16 + number(1) + number(6) + padded(b"x\0y\0\0\0")
SEVERAL = b"\x02\x10\x01\x20" + number(3) + number(1) * 3


def test_plain_text() -> None:
    """The body as an attribute in the mail's codepage, or as a Unicode property among others."""
    found = read_tnef(winmail(CODEPAGE, attribute(0x0002800C, "Жалоба\0".encode("cp1251"))))
    assert found is not None
    assert found.plain == "Жалоба"
    text = prop(PLAIN, 0x1F, "Línea 1\r\nLínea 2\0".encode("utf-16-le"))
    named = prop(0x8001, 0x1E, b"of no use\0", NAMED)
    found = read_tnef(winmail(properties(FLAG, named, SEVERAL, text)))
    assert found is not None
    assert found.plain == "Línea 1\nLínea 2"


def test_html_and_rich_text() -> None:
    """HTML keeps its bytes, since it may name its charset itself; rich text becomes words."""
    found = read_tnef(winmail(CODEPAGE, properties(prop(HTML, 0x102, b"<p>x</p>"))))
    assert found is not None
    assert (found.html, found.charset) == (b"<p>x</p>", "cp1251")
    rtf = b"\0" * 8 + b"MELA" + b"\0" * 4 + b"{\\rtf1 a\\'f1o}"
    found = read_tnef(winmail(properties(prop(RTF, 0x102, rtf))))
    assert found is not None
    assert found.rich == "año"


def test_files() -> None:
    """Each file has the longest name that is given, and its size."""
    found = read_tnef(
        winmail(
            attribute(0x00069002, b"\0" * 14),
            attribute(0x00018010, b"FACTUR~1.PDF\0"),
            attribute(0x0006800F, b"x" * 11),
            attribute(
                0x00069005,
                number(1) + prop(LONG_NAME, 0x1F, "factura nº 1.pdf\0".encode("utf-16-le")),
            ),
            attribute(0x00069002, b"\0" * 14),
            attribute(0x00018010, b"short.txt\0"),
        )
    )
    assert found is not None
    assert found.files == [("factura nº 1.pdf", 11), ("short.txt", 0)]


def test_cut_off_and_lying() -> None:
    """What is cut off is read as far as it goes; no length is believed."""
    whole = winmail(attribute(0x0002800C, b"words that go on\0"))
    found = read_tnef(whole[:25])
    assert found is not None
    assert found.plain == "words that"
    lying = winmail(attribute(0x00069003, number(2**32 - 1) + b"\x1e\x00\x00\x10" + b"\xff" * 8))
    assert read_tnef(lying) is not None
    assert read_tnef(b"") is None
    assert read_tnef(b"PK\x03\x04") is None


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_any_bytes(data: bytes, inner: bytes) -> None:
    """Nothing raises, and what comes out can be stored."""
    for stream in (winmail(data), winmail(properties(inner)), winmail(attribute(0x00069005, data))):
        found = read_tnef(stream)
        assert found is not None
        (found.plain + found.rich + "".join(name for name, _ in found.files)).encode()
