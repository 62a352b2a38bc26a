"""Mails that somebody wrote to bring a reader down: each function gives the bytes of one."""

import base64
import zlib
from collections.abc import Callable

HEAD = (
    b"From: Mallory <mallory@customer.test>\r\nTo: support@example.com\r\nSubject: Hello\r\n"
    b"Message-ID: <hostile@customer.test>\r\n"
)
WORDS = b"Where is my order?\r\n"
TEXT = b"\r\n" + WORDS

PERSON = "mallory@customer.test"
"""Who wrote, in each of them where anybody can tell."""


def _mixed(parts: bytes, boundary: bytes = b"b") -> bytes:
    return HEAD + b'Content-Type: multipart/mixed; boundary="%b"\r\n\r\n' % boundary + parts


def large_attachment(size: int = 50_000_000) -> bytes:
    """A picture of 50 MB behind a short text."""
    line = b"QUJD" * 18 + b"\r\n"
    part = b"Content-Type: image/jpeg\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    lines = [line] * (size // len(line))
    return b"".join((_mixed(b"--b\r\n" + TEXT + b"--b\r\n" + part), *lines, b"--b--\r\n"))


def nested_multiparts(levels: int = 1_000) -> bytes:
    """Multiparts in multiparts, the text before each of them."""
    parts = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n%b--b%d\r\n"
        % (n, n, TEXT if n == 0 else b"", n)
        for n in range(levels)
    )
    return HEAD + parts + TEXT + b"x\r\n" * 20_000


def nested_messages(levels: int = 1_000) -> bytes:
    """Attached messages in attached messages, and no text before the last of them."""
    return HEAD + b"Content-Type: message/rfc822\r\n\r\nSubject: x\r\n" * levels + TEXT


def encoded_nested_messages(levels: int = 12) -> bytes:
    """The same, each encoded in base64 once more."""
    inner = b"Subject: x\r\n" + TEXT
    for _ in range(levels):
        inner = (
            b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + base64.encodebytes(inner)
        )
    return HEAD + inner


def nested_divs(levels: int = 100_000) -> bytes:
    """HTML deeper than any browser shows."""
    return HEAD + b"Content-Type: text/html\r\n\r\n" + WORDS + b"<div>" * levels


def unclosed_tags(count: int = 100_000) -> bytes:
    """HTML of beginnings only."""
    return HEAD + b"Content-Type: text/html\r\n\r\n" + WORDS + b'<a href="<b ' * count


def many_tables(count: int = 60_000) -> bytes:
    """HTML of tables only."""
    return HEAD + b"Content-Type: text/html\r\n\r\n" + WORDS + b"<table><tr><td>x" * count


def html_comments(count: int = 100_000) -> bytes:
    """HTML of comments that never end."""
    return HEAD + b"Content-Type: text/html\r\n\r\n" + WORDS + b"<!--<style><script>" * count


def many_parts(count: int = 10_000) -> bytes:
    """Ten thousand texts."""
    return _mixed(b"--b\r\n" + TEXT + b"--b\r\n\r\nx\r\n" * count)


def many_pages(count: int = 280, size: int = 28_000) -> bytes:
    """Hundreds of HTML pages, each of many elements and no word."""
    page = b"--b\r\nContent-Type: text/html\r\n\r\n" + b"<p><i></i></p>" * (size // 14) + b"\r\n"
    return _mixed(b"--b\r\n" + TEXT + page * count)


def many_8bit_parts(count: int = 10_000) -> bytes:
    """Ten thousand texts, each in another charset than the next."""
    parts = [b"--b\r\n\r\n" + bytes([0x80 + n % 120, 0xC0 + n % 60]) * 20 for n in range(count)]
    return _mixed(b"--b\r\n" + TEXT + b"\r\n".join(parts))


def long_line(size: int = 40_000) -> bytes:
    """One line of 40 kB, which might be the beginning of anything."""
    return HEAD + TEXT + b"On " + b"a, b: " * (size // 6) + b"wrote:\r\n"


def header_lines_in_text(count: int = 5_000) -> bytes:
    """Lines that each might begin the header of a quoted mail."""
    return HEAD + TEXT + b"From: somebody\r\n" * count


def quote_lines(count: int = 20_000) -> bytes:
    """Quotes in quotes, and attribution lines without end."""
    line = b"> " * 20 + b"On Monday a@b.test wrote:\r\n"
    return HEAD + TEXT + line * count


def long_recipients(size: int = 132_000) -> bytes:
    """A To of 132 kB."""
    return HEAD + b"Cc: " + b"somebody@other.test,\r\n " * (size // 23) + b"x@y.test\r\n" + TEXT


def many_headers(count: int = 100_000) -> bytes:
    """A hundred thousand header fields."""
    return HEAD + b"X-Filler: x\r\n" * count + TEXT


def many_8bit_headers(count: int = 2_000) -> bytes:
    """Header fields in no charset at all."""
    return HEAD + b"".join(b"Cc: \xc3\x28\xa0\xa1%d\xfe\r\n" % n for n in range(count)) + TEXT


def header_lines_without_colon(count: int = 50_000) -> bytes:
    """Lines where header fields belong that are none."""
    return HEAD + b"no field\r\nX-Y: z\r\n" * count + TEXT


def endless_header(size: int = 10_000_000) -> bytes:
    """One header field of 10 MB."""
    return HEAD + b"X-Long: " + b"x" * size + b"\r\n" + TEXT


def endless_folding(count: int = 300_000) -> bytes:
    """One header field of very many lines."""
    return HEAD + b"X-Folded: x\r\n" + b" y\r\n" * count + TEXT


def nul_bytes() -> bytes:
    """NUL between any two bytes of an ordinary mail."""
    return b"\0".join(bytes([octet]) for octet in HEAD + TEXT) + b"\0" * 100_000


def nul_bytes_within() -> bytes:
    """NUL in each place where text of the sender's goes on."""
    return (
        b"From: Mal\0lory <mallory@customer.test>\r\nTo: support@example.com\r\n"
        b"Subject: He\0llo =?utf-8?q?a=00b?=\r\nMessage-ID: <hos\0tile@customer.test>\r\n"
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nWhere is my\0 order?\r\n"
        b'--b\r\nContent-Disposition: attachment; filename="a\0b.pdf"\r\n\r\nx\r\n--b--\r\n'
    )


def line_ends_within() -> bytes:
    """CR and LF in encoded words, in file names, in From, all to smuggle in a header."""
    return (
        b"From: =?utf-8?q?Mallory=0D=0ABcc:_all@example.com?= <mallory@customer.test>\r\n"
        b"To: support@example.com\r\nReply-To: =?utf-8?q?a=0Ab?= <mallory@customer.test>\r\n"
        b"Subject: =?utf-8?b?SGVsbG8NCkJjYzogYWxsQGV4YW1wbGUuY29t?=\r\n"
        b"Message-ID: <hostile@customer.test>\r\n"
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + TEXT + b"--b\r\n"
        b"Content-Disposition: attachment; filename*=utf-8''a%0D%0AX:%20y%00.pdf\r\n\r\nx\r\n"
        b'--b\r\nContent-Type: image/png; name="=?utf-8?q?a=0D=0Ab.png?="\r\n\r\nx\r\n--b--\r\n'
    )


def boundary_prefixes(count: int = 200) -> bytes:
    """Boundaries of which each is the beginning of the next."""
    parts = b"".join(
        b'--%b\r\nContent-Type: multipart/mixed; boundary="%b"\r\n\r\n' % (b"b" * n, b"b" * (n + 1))
        for n in range(1, count)
    )
    return _mixed(b"--b\r\n" + TEXT + parts + b"--b\r\n" * 10_000)


def delimiters_on_one_line(count: int = 200_000) -> bytes:
    """Thousands of delimiters where only one can be."""
    return _mixed(b"--b\r\n" + TEXT + b"--b\r\n\r\n" + b"--b" * count)


def endless_boundary(size: int = 500_000) -> bytes:
    """A boundary longer than most mails."""
    return _mixed(TEXT + b"--" + b"b" * 1_000 + b"\r\n" + TEXT, b"b" * size)


def numbered_parameters(count: int = 100_000) -> bytes:
    """A file name in a hundred thousand pieces (RFC 2231 §3)."""
    pieces = b";".join(b" name*%d*=%%41" % n for n in range(count))
    return HEAD + b"Content-Type: text/plain;" + pieces + b"\r\n" + TEXT


def sparse_parameters(count: int = 20_000) -> bytes:
    """A file name of which each piece claims to be the last."""
    pieces = b";".join(b" name*999999999%d*=x" % n for n in range(count))
    return HEAD + b"Content-Type: text/plain;" + pieces + b"\r\n" + TEXT


def deep_comments(depth: int = 60_000) -> bytes:
    """Comments in comments in an address."""
    return HEAD + b"Reply-To: " + b"(" * depth + b"x@y.test" + b")" * depth + b"\r\n" + TEXT


def open_quotes(count: int = 60_000) -> bytes:
    """Quotes in an address that never end."""
    return HEAD + b"Reply-To: " + b'"\\' * count + b"\r\nCc: " + b'"a <' * count + b"\r\n" + TEXT


def endless_base64(size: int = 8_000_000) -> bytes:
    """Text of 8 MB in base64 that has a foreign character in each line."""
    part = b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return HEAD + part + (b"QUJD" * 18 + b"!=\r\n") * (size // 76)


def endless_quoted_printable(size: int = 4_000_000) -> bytes:
    """Quoted-printable of line ends that are none."""
    part = b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    return HEAD + part + b"= \t= =\r\n" * (size // 8) + WORDS


def encoded_words(count: int = 100_000) -> bytes:
    """A subject of encoded words, in a charset that nobody knows."""
    return HEAD.replace(b"Hello", b" =?x-none?q?=E9?=" * count) + TEXT


def open_encoded_words(count: int = 100_000) -> bytes:
    """Beginnings of encoded words."""
    return HEAD.replace(b"Hello", b"=?a?q?" * count) + TEXT


def lying_charset(size: int = 2_000_000) -> bytes:
    """Bytes that are in no charset, and say they are UTF-8."""
    head = HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n"
    return head + WORDS + b"\xe2\x28\xff\xc3\xa9" * (size // 5)


def almost_utf8(size: int = 2_000_000) -> bytes:
    """UTF-8 with a fault in each line."""
    head = HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n"
    return head + WORDS + (b"\xc3\xa9" * 2 + b"\xff\r\n") * (size // 7)


def seven_bit_charset(size: int = 1_000_000) -> bytes:
    """Escape sequences without end."""
    head = HEAD + b"Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n"
    return head + WORDS + b"\x1b$B!!\x1b(B\x1b(I1\xff" * (size // 14)


def twice_encoded(size: int = 500_000) -> bytes:
    """UTF-8 that may have been encoded twice, no two words the same."""
    words = "".join(f"Ã©{chr(0x100 + n % 5_000)}{chr(0xA1 + n % 90)} " for n in range(size // 10))
    return HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + WORDS + words.encode()


def uuencoded_beginnings(count: int = 50_000) -> bytes:
    """Files that begin and never end."""
    return HEAD + TEXT + b"begin 644 x\r\nM" + b"begin 644 x\r\n" * count


def armoured_beginnings(count: int = 20_000) -> bytes:
    """PGP blocks that begin and never end, or end at once."""
    line = b"-----BEGIN PGP MESSAGE-----\r\n-----END PGP MESSAGE-----\r\n"
    return HEAD + TEXT + line * count + b"-----BEGIN PGP SIGNED MESSAGE-----\r\n" * count


def flowed(count: int = 100_000) -> bytes:
    """One paragraph of a hundred thousand lines."""
    head = HEAD + b"Content-Type: text/plain; format=flowed; delsp=yes\r\n"
    return head + TEXT + b"again \r\n> and \r\n" * (count // 2)


def tnef_of_lies() -> bytes:
    """A winmail.dat that claims to hold billions of properties and gigabytes of text."""
    properties = b"\xff\xff\xff\xff" + b"\x1e\x10\x00\x10\xff\xff\xff\x7f" * 20_000
    attribute = b"\x01" + (0x00069003).to_bytes(4, "little")
    attribute += len(properties).to_bytes(4, "little") + properties + b"\0\0"
    stream = b"\x78\x9f\x3e\x22\0\0" + attribute + b"\x01\0\0\0\0\0\0\0\0\0\0" * 50_000
    head = b"Content-Type: application/ms-tnef\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return HEAD + head + base64.encodebytes(stream)


def rtf_bomb(references: int = 400_000) -> bytes:
    """Compressed RTF of which each two bytes mean seventeen."""
    rtf = b"\0" * 8 + b"LZFu" + b"\0" * 4 + (b"\xff" + b"\x00\x0f" * 8) * (references // 8)
    prop = b"\x01\0\0\0" + b"\x02\x01\x09\x10\x01\0\0\0" + len(rtf).to_bytes(4, "little") + rtf
    attribute = b"\x01" + (0x00069003).to_bytes(4, "little") + len(prop).to_bytes(4, "little")
    stream = b"\x78\x9f\x3e\x22\0\0" + attribute + prop + b"\0\0"
    head = b"Content-Type: application/ms-tnef\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return HEAD + head + base64.encodebytes(stream)


def asn1_bomb(depth: int = 100_000) -> bytes:
    """An S/MIME signature of beginnings only, each in the one before."""
    oid = bytes.fromhex("06092a864886f70d0107")
    signed = b"\x30\x80" + oid + b"\x02\xa0\x80\x30\x80\x02\x01\x01\x31\x00\x30\x80"
    stream = signed + oid + b"\x01\xa0\x80" + b"\x24\x80" * depth
    head = b"Content-Type: application/pkcs7-mime; smime-type=signed-data\r\n"
    return HEAD + head + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(stream)


def signatures_in_signatures(levels: int = 100) -> bytes:
    """An S/MIME signature around an S/MIME signature, and so on."""
    inner = b"Content-Type: text/plain\r\n" + TEXT
    for _ in range(levels):
        inner = b"Content-Type: application/pkcs7-mime\r\n\r\n" + _signed(inner)
    return HEAD + inner


def _signed(content: bytes) -> bytes:
    def element(tag: int, inner: bytes) -> bytes:
        return bytes([tag, 0x84]) + len(inner).to_bytes(4) + inner

    oid = bytes.fromhex("06092a864886f70d0107")
    data = element(0x30, oid + b"\x01" + element(0xA0, element(0x04, content)))
    inside = element(0x30, b"\x02\x01\x01\x31\x00" + data)
    return element(0x30, oid + b"\x02" + element(0xA0, inside))


def compressed(size: int = 100_000_000) -> bytes:
    """A part in a transfer encoding of somebody's own, which is 100 MB if undone."""
    part = b"Content-Type: text/plain\r\nContent-Transfer-Encoding: x-gzip64\r\n\r\n"
    return HEAD + part + base64.encodebytes(zlib.compress(b"x" * size, 1))


def references_without_end(count: int = 50_000) -> bytes:
    """A thread of fifty thousand mails."""
    ids = b"".join(b"\r\n <x%d@y.test>" % n for n in range(count))
    return HEAD + b"References:" + ids + b"\r\n" + TEXT


def nothing() -> bytes:
    """No bytes at all."""
    return b""


def only_line_ends() -> bytes:
    """A megabyte of blank lines."""
    return b"\r\n" * 500_000


def only_8bit() -> bytes:
    """A megabyte that is no mail."""
    return bytes(range(128, 256)) * 8_000


MAILS: tuple[Callable[[], bytes], ...] = (
    *(large_attachment, nested_multiparts, nested_messages, encoded_nested_messages),
    *(nested_divs, unclosed_tags, many_tables, html_comments, many_parts, many_pages),
    *(many_8bit_parts,),
    *(long_line, header_lines_in_text, quote_lines, long_recipients, many_headers),
    *(many_8bit_headers, header_lines_without_colon, endless_header, endless_folding),
    *(nul_bytes, nul_bytes_within, line_ends_within, boundary_prefixes, delimiters_on_one_line),
    *(endless_boundary, numbered_parameters, sparse_parameters, deep_comments, open_quotes),
    *(endless_base64, endless_quoted_printable, encoded_words, open_encoded_words),
    *(lying_charset, almost_utf8, seven_bit_charset, twice_encoded, uuencoded_beginnings),
    *(armoured_beginnings, flowed, tnef_of_lies, rtf_bomb, asn1_bomb),
    *(signatures_in_signatures, compressed, references_without_end),
    *(nothing, only_line_ends, only_8bit),
)

FROM_NOBODY = (nul_bytes, nothing, only_line_ends, only_8bit)
"""Those of which not even the sender can be read."""
