"""One text part: charset, HTML, flowed lines, and what is no text taken out of it."""

import pytest

from mailresponder.mail.mime import read
from mailresponder.mail.text_part import ENCRYPTED, UNKNOWN_CHARSET, read_text, unflow

PLAIN = b"Content-Type: text/plain\n\n"


def text_of(content: str | bytes, content_type: str = "text/plain; charset=utf-8") -> str:
    data = content.encode() if isinstance(content, str) else content
    return read_text(read(f"Content-Type: {content_type}\n\n".encode() + data), weigh=True).text


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("one \ntwo\nthree", "one two\nthree"),
        # A space before what would else begin a line wrongly (RFC 3676 §4.4).
        (" From me\n >no quote\n  two", "From me\n>no quote\n two"),
        # Depth tells one paragraph from another (§4.5).
        ("> a \n> b\n>> c \nd", "> a b\n>> c \nd"),
        (">a \n> b", "> a b"),
        ("> > a \n> > b", ">> a b"),
        # The signature's separator is never flowed (§4.3).
        ("bye \n-- \nme", "bye \n-- \nme"),
        ("> bye \n> -- \n> me", "> bye \n> -- \n> me"),
        ("ends with a space \n", "ends with a space "),
        ("", ""),
        ("\n\n", "\n\n"),
    ],
)
def test_flowed_lines(given: str, expected: str) -> None:
    """Lines broken for transport are put together, and nothing else is (RFC 3676 §4)."""
    assert unflow(given, delete_space=False) == expected


def test_flowed_without_spaces() -> None:
    """With DelSp the space that marks the break belongs to nobody (RFC 3676 §4.2)."""
    assert unflow("日本 \n語 \nです\n> a \n> b", delete_space=True) == "日本語です\n> ab"
    assert text_of("日本 \n語", 'text/plain; Format="Flowed"; DelSp=Yes; charset=utf-8') == "日本語"
    assert text_of("one \ntwo", "text/plain; format=fixed") == "one \ntwo"


@pytest.mark.parametrize(
    ("content", "content_type", "expected"),
    [
        ("<html><body><p>Hi</p></body></html>", "text/plain", "Hi"),
        ("<div>Hi <b>you</b></div>", "text/plain", "Hi you"),
        ("<p>is how a paragraph begins", "text/plain", "<p>is how a paragraph begins"),
        ("<ana@example.com> wrote", "text/plain", "<ana@example.com> wrote"),
        ("No tag here\n\nbut &amp; lines", "text/html", "No tag here\n\nbut & lines"),
        ("3 < 4\nand 5 > 4", "text/html", "3 < 4\nand 5 > 4"),
        ("<bold>Hi</bold> you<<there", "text/enriched", "Hi you<<there"),
        ("a\r\nb\rc", "text/plain", "a\nb\nc"),
        ("a\xa0b", "text/plain; charset=utf-8", "a b"),
    ],
)
def test_what_it_says_it_is(content: str, content_type: str, expected: str) -> None:
    """HTML that calls itself plain is read as HTML, plain text that calls itself HTML as plain."""
    assert text_of(content, content_type) == expected


def test_charset_named_in_the_document() -> None:
    """Where the part names no charset, or none that is known, HTML may name it itself."""
    page = '<meta http-equiv="Content-Type" content="text/html; charset=koi8-r"><p>Да</p>'
    assert text_of(page.encode("koi8-r"), "text/html") == "Да"
    assert text_of(page.encode("koi8-r"), "text/html; charset=none") == "Да"


def test_unknown_charset_is_noted() -> None:
    """A charset that nobody knows is noted where it matters."""
    head = b"Content-Type: text/plain; charset=3D\n\n"
    assert read_text(read(head + b"plain"), weigh=True).notes == []
    assert read_text(read(head + b"a\xf1o"), weigh=True).notes == [UNKNOWN_CHARSET]


def test_encrypted_block() -> None:
    """An encrypted block is no text; what is signed or stands around it is."""
    block = "-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----"
    found = read_text(read(PLAIN + f"Hello\n{block}\nBye\n{block[:40]}".encode()), weigh=True)
    assert found.text.split() == ["Hello", "Bye"]
    assert found.notes == [ENCRYPTED]
    key = block.replace("MESSAGE", "PUBLIC KEY BLOCK")
    found = read_text(read(PLAIN + f"My key:\n{key}".encode()), weigh=True)
    assert (found.text.strip(), found.notes) == ("My key:", [])
    signed = "-----BEGIN PGP SIGNED MESSAGE-----\n\nHello\n-----BEGIN PGP SIGNATURE-----\n"
    assert text_of(signed) == signed


def test_file_in_the_text() -> None:
    """A uuencoded file is an attachment, wherever it stands."""
    found = read_text(read(PLAIN + b"Look:\nbegin 644 a.gif\n%=V]R9',\n`\nend\n"), weigh=True)
    assert found.text.strip() == "Look:"
    assert [name for name, _ in found.files] == ["a.gif"]
