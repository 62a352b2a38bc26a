"""Transfer encodings as they arrive: broken, repeated, misnamed, or not there at all."""

import base64

import pytest

from mailresponder.mail.transfer import undone

LONG = base64.b64encode(b"This is the first piece. " * 8)


@pytest.mark.parametrize(
    ("encoding", "body", "expected"),
    [
        (b"base64", b"d29yZHM=", b"words"),
        (b"base64", b"d29yZHM", b"words"),
        (b"base64", b"d29y\nZHM=\n", b"words"),
        (b"base64", b"d2!9yZHM=aaaa*" + b"A" * 20, b"words"),
        (b"base64", LONG + b"\n_______\nThe footer", b"This is the first piece. "),
        (b"base64", b"These are words, not base64 at all.", b"These are words, not base64 at all."),
        (b"base-64", b"d29yZHM=", b"words"),
        (b"quoted-printable", b"se=C3=B1or =\n=20x=", "señor  x".encode()),
        (b"quoted-printable", b"a= \t\nb", b"ab"),
        (b"quoted-printable", b"1 =3d 1, 2=2, =ZZ", b"1 = 1, 2=2, =ZZ"),
        (b"quoted_printable", b"=41", b"A"),
        (b"x-uuencode", b"begin 644 a\n%=V]R9',\n`\nend\nno more", b"words"),
        (b"uuencode", b"no beginning", b""),
        (b"8bit", b"=41", b"=41"),
        (b"7-bits", b"=41", b"=41"),
        (b"binary", b"\x00=41", b"\x00=41"),
        (b"", b"=41", b"=41"),
    ],
)
def test_transfer_encodings(encoding: bytes, body: bytes, expected: bytes) -> None:
    """What can be known of the content comes out, and nothing raises."""
    assert undone(body, encoding)[: len(expected)] == expected


def test_base64_in_pieces() -> None:
    """An encoder that was started anew for each piece loses nothing."""
    first = base64.b64encode(b"The first piece of several.  x")
    second = base64.b64encode(b"And the second, the last")
    assert b"=" not in second
    padded = base64.b64encode(b"The first piece of several")
    assert undone(padded + b"\n" + second + b"\n", b"base64").endswith(b"the last")
    assert undone(first + b"\n" + second, b"base64").endswith(b"the last")
