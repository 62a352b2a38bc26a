"""Which part of a mail is what its sender wrote, and what is said of the rest."""

import base64
from datetime import UTC, datetime

import pytest

from mailresponder.mail.message import InboundMessage, RawMessage
from mailresponder.mail.parse import parse

RECEIVED = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
HEAD = "From: ana@example.com\nSubject: Hi\n"


def read(content: str | bytes) -> InboundMessage:
    data = content.encode() if isinstance(content, str) else content
    return parse(RawMessage(uid=7, received_at=RECEIVED, content=data))


def multipart(*parts: str, kind: str = "mixed", more: str = "") -> str:
    """A mail of several parts, each with its own header fields."""
    inner = "".join(f"--b\n{part}\n" for part in parts)
    return f"{HEAD}Content-Type: multipart/{kind}; boundary=b{more}\n\n{inner}--b--\n"


PLAIN = "Content-Type: text/plain\n\n"
HTML = "Content-Type: text/html\n\n"
PHOTO = "Content-Type: image/jpeg\n\nx"


@pytest.mark.parametrize(
    "stub",
    [
        "Your e-mail program does not support HTML.",
        "Este mensaje está en formato HTML y su programa de correo no puede mostrarlo.",
        "Diese E-Mail ist im HTML-Format.",
        "Votre logiciel ne lit pas le format HTML",
        "View this email in your browser: https://example.com/abc/def",
        "Ver en el navegador\nhttps://example.com/?x=1",
        "[image: logo.png]",
        "[cid:image001.png@01D9]\n\nhttps://example.com/a",
    ],
)
def test_stub_beside_the_html(stub: str) -> None:
    """A plain part that only sends its reader to the HTML is not the text."""
    page = f"{HTML}<p>My lamp arrived broken, please send me another one.</p><p>Ana</p>" + "." * 80
    message = read(multipart(PLAIN + stub, page, kind="alternative"))
    assert message.text.startswith("My lamp arrived broken")


def test_short_text_beside_the_html() -> None:
    """A plain part that says something, however short, is the text; so is a stub with no HTML."""
    page = f"{HTML}<p>Yes, HTML please, said at length with all the decoration there is.</p>"
    for said in ("Yes", "Sí.", "I cannot open your HTML page, it stays blank." * 12):
        message = read(multipart(PLAIN + said, page, kind="alternative"))
        assert message.text == said.strip()
    message = read(multipart(f"{PLAIN}No HTML", f"{HTML}<p></p>", kind="alternative"))
    assert message.text == "No HTML"


def test_root_of_related_parts() -> None:
    """The part that `start` names is read first (RFC 2387 §3.2)."""
    other = "Content-Type: text/html\nContent-ID: <b@x>\n\n<p>second</p>"
    root = "Content-Type: text/html\nContent-ID: <a@x>\n\n<p>first</p>"
    message = read(multipart(other, root, kind="related", more='; start="<a@x>"'))
    assert message.text == "first\n\nsecond"


def test_apple_double() -> None:
    """A Macintosh file in two parts is one attachment (RFC 1740)."""
    message = read(multipart("Content-Type: application/applefile\n\nx", PHOTO, kind="appledouble"))
    assert [a.content_type for a in message.attachments] == ["image/jpeg"]


@pytest.mark.parametrize(
    ("parts", "note"),
    [
        ((PHOTO,), "It has no text, only 1 attachment: 1 picture."),
        (
            (PHOTO, PHOTO, "Content-Type: application/pdf; name=secret.pdf\n\nx"),
            "It has no text, only 3 attachments: 2 pictures, 1 PDF document.",
        ),
        (("Content-Type: application/zip\n\nx",), "It has no text, only 1 attachment: 1 file."),
        (
            ("Content-Type: audio/ogg\n\nx",),
            "It has no text, only 1 attachment: 1 sound recording.",
        ),
        ((PLAIN,), "It has no text."),
    ],
)
def test_what_was_there(parts: tuple[str, ...], note: str) -> None:
    """A mail without text says what there was by kind and number, never by name."""
    assert read(multipart(*parts)).notes == (note,)


def test_text_file_alone() -> None:
    """A text file that came alone is read, as mail programs show it; an attached log is not."""
    inline = 'Content-Disposition: inline; filename="note.txt"\n\nPlease call me.'
    message = read(multipart(inline, PHOTO))
    assert (message.text, len(message.attachments)) == ("Please call me.", 2)
    assert read(multipart(f"{PLAIN}Hello", inline)).text == "Hello"
    attached = inline.replace("inline", "attachment")
    assert read(multipart(attached)).text == ""


def test_private_transfer_encoding() -> None:
    """Text in an encoding of somebody's own is a file that nobody can read (RFC 2045 §6.4)."""
    message = read(f"{HEAD}Content-Transfer-Encoding: x-gzip64\n{PLAIN}H4sIAJ+A5jIAA0VP")
    assert message.text == ""
    assert message.notes == ("It has no text, only 1 attachment: 1 text file.",)


def test_attached_messages() -> None:
    """Attached messages speak where the sender says nothing: all of them, also one in another."""
    one = "Content-Type: message/rfc822\n\nSubject: One\n\nfirst words"
    two = f"Content-Type: message/rfc822\n\nSubject: Two\n{PLAIN}second words"
    assert read(multipart(one, two)).text == "One\n\nfirst words\n\nTwo\n\nsecond words"
    nested = f"Content-Type: message/rfc822\n\nSubject: Outer\n{one}"
    assert read(multipart(nested)).text == "Outer\n\nOne\n\nfirst words"
    digest = f"Content-Type: multipart/digest; boundary=c\n\n--c\n\n{one[30:]}\n--c--"
    assert "first words" in read(multipart(digest)).text
    encoded = base64.encodebytes(f"Subject: Three\n{PLAIN}third".encode()).decode()
    head = "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
    assert read(multipart(head + encoded)).text == "Three\n\nthird"


def test_text_beside_something_encrypted() -> None:
    """What stands beside an encrypted part is read, and the note says that there is more."""
    secret = "Content-Type: multipart/encrypted; boundary=c\n\n--c\n\nVersion: 1\n--c--"
    message = read(multipart(f"{PLAIN}A list's footer", secret))
    assert any("encrypted" in note for note in message.notes)


def test_terminal_escapes() -> None:
    """What a terminal would obey is no text."""
    assert read(f"{HEAD}\n\x1b[2Jcleared\x07\x0b\ttab").text == "[2Jcleared\ttab"


def signed(entity: bytes) -> str:
    """An opaque S/MIME signature, as far as a reader looks at it."""

    def element(tag: int, content: bytes) -> bytes:
        return bytes([tag, 0x82]) + len(content).to_bytes(2) + content

    oid = bytes.fromhex("06092a864886f70d0107")
    data = element(0x30, oid + b"\x01" + element(0xA0, element(0x04, entity)))
    whole = element(0x30, oid + b"\x02" + element(0xA0, element(0x30, b"\x02\x01\x01" + data)))
    return base64.encodebytes(whole).decode()


def test_signed_with_smime() -> None:
    """The text inside an S/MIME signature is read, its files are listed, nothing is claimed."""
    inner = multipart(f"{PLAIN}Please cancel.", PHOTO).removeprefix(HEAD).encode()
    head = f"{HEAD}Content-Transfer-Encoding: base64\n"
    for kind in ("application/pkcs7-mime; smime-type=signed-data", "application/octet-stream"):
        message = read(f"{head}Content-Type: {kind}; name=smime.p7m\n\n{signed(inner)}")
        assert message.text == "Please cancel."
        assert [a.content_type for a in message.attachments] == ["image/jpeg"]
        assert message.notes == ("It is signed with S/MIME; the signature was not checked.",)
    detached = multipart(
        f"{PLAIN}Please cancel.",
        "Content-Type: application/pkcs7-signature; name=smime.p7s\n\nx",
        kind="signed",
    )
    assert (read(detached).text, read(detached).attachments) == ("Please cancel.", ())


def winmail(*attributes: tuple[int, bytes]) -> str:
    stream = b"\x78\x9f\x3e\x22\0\0"
    for tag, value in attributes:
        stream += b"\x01" + tag.to_bytes(4, "little") + len(value).to_bytes(4, "little")
        stream += value + b"\0\0"
    content = base64.encodebytes(stream).decode()
    head = "Content-Type: application/ms-tnef; name=winmail.dat\n"
    return f"{head}Content-Transfer-Encoding: base64\n\n{content}"


WORDS = (0x0002800C, b"Words in a winmail.dat\0")
FILE = ((0x00069002, b"\0" * 14), (0x00018010, b"factura.pdf\0"))


def test_winmail() -> None:
    """The text in a winmail.dat is read where no other is, and its files are listed always."""
    alone = read(multipart(winmail(WORDS, *FILE)))
    assert (alone.text, alone.notes) == ("Words in a winmail.dat", ())
    assert [a.filename for a in alone.attachments] == ["winmail.dat", "factura.pdf"]
    beside = read(multipart(f"{PLAIN}Words of its own", winmail(WORDS, *FILE)))
    assert beside.text == "Words of its own"
    assert beside.attachments[1].filename == "factura.pdf"
    page = (1).to_bytes(4, "little") + b"\x02\x01\x13\x10\x01\0\0\0\x10\0\0\0<p>In HTML</p>  "
    assert read(multipart(winmail((0x00069003, page)))).text == "In HTML"


def test_winmail_without_text() -> None:
    """Where a winmail.dat holds only files they are counted; where it is broken it is named."""
    files = read(multipart(winmail(*FILE)))
    assert files.notes == ("It has no text, only 2 attachments: 2 files.",)
    broken = read(multipart(winmail()[:120] + "!"))
    assert "TNEF" in broken.notes[0]


@pytest.mark.parametrize(
    "content",
    [
        # Content-Type twice, of which the first is nonsense.
        multipart(f"{PLAIN}words").replace("Content-Type", "Content-Type: none\nContent-Type", 1),
        # Without the semicolon, or with a comma in its place.
        multipart(f"{PLAIN}words").replace("mixed;", "mixed"),
        multipart("Content-Type: text/html, charset=utf-8\n\n<p>words"),
        # No Content-Type at all.
        f"{HEAD}\nThis is a multi-part message in MIME format.\n--xyzzy\n{PLAIN}words\n--xyzzy--",
        # The wrong one.
        f"{HEAD}Content-Type: text/html; boundary=b\n\n--b\n{PLAIN}words\n--b--",
        # All parts encoded together.
        f"{HEAD}Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\n"
        + base64.encodebytes(f"--b\n{PLAIN}words\n--b--\n".encode()).decode(),
        # No last delimiter, and one inside that never ends.
        multipart(
            f"Content-Type: multipart/alternative; boundary=c\n\n--c\n{PLAIN}words", PHOTO
        ).removesuffix("--b--\n"),
        f"{HEAD}Content-Transfer-Encoding: x-uuencode\n\nbegin 644 a\n%=V]R9',\n`\nend\n",
    ],
)
def test_broken_shapes(content: str) -> None:
    """Parts that are said to be something else, or are not closed, are still parts."""
    assert read(content).text == "words"


def test_file_names() -> None:
    """Names in encoded words, in pieces, in both ways at once, and with a path stay names."""
    names = (
        'filename="=?utf-8?q?factura_n=C2=BA_1.pdf?="',
        "filename*=utf-8''factura%20n%C2%BA%201.pdf",
        "filename*0*=utf-8''factura%20; filename*1*=n%C2%BA%20; filename*2=1.pdf",
        "filename=\"factura.pdf\"; filename*=utf-8''factura%20n%C2%BA%201.pdf",
        'filename="=?utf-8?q?factura_?=\n =?utf-8?q?n=C2=BA_1.pdf?="',
    )
    for name in names:
        message = read(multipart(f"Content-Disposition: attachment; {name}\n{PHOTO}"))
        assert message.attachments[0].filename == "factura nº 1.pdf"
    evil = "Content-Disposition: attachment; filename*=utf-8''a%0D%0AX:%20y%00.pdf\n\nx"
    assert read(multipart(evil)).attachments[0].filename == "a  X: y.pdf"
