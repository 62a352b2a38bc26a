"""What lies inside an S/MIME signature, in the encodings that mail programs use."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from mailresponder.mail.smime import signed_entity

ENTITY = b"Content-Type: text/plain\r\n\r\nPlease cancel my contract.\r\n" + b"x" * 300
SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
ENVELOPED_DATA = bytes.fromhex("06092a864886f70d010703")
DATA = bytes.fromhex("06092a864886f70d010701")


def indefinite(tag: int, content: bytes) -> bytes:
    """An element in the form that is used where the length is not known beforehand."""
    return bytes([tag, 0x80]) + content + b"\0\0"


def octets(content: bytes) -> bytes:
    return b"\x04\x82" + len(content).to_bytes(2) + content


def streamed(*pieces: bytes, kind: bytes = SIGNED_DATA) -> bytes:
    content = indefinite(0x24, b"".join(octets(piece) for piece in pieces))
    data = indefinite(0x30, DATA + indefinite(0xA0, content))
    signed = indefinite(0x30, b"\x02\x01\x01" + indefinite(0x31, b"") + data + b"\x31\x00")
    return indefinite(0x30, kind + indefinite(0xA0, signed))


@pytest.fixture(scope="module")
def signed() -> bytes:
    """A real signature, made by a library that is not ours."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ana@customer.test")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    builder = pkcs7.PKCS7SignatureBuilder().set_data(ENTITY)
    builder = builder.add_signer(certificate, key, hashes.SHA256())
    return builder.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary])


def test_real_signature(signed: bytes) -> None:
    """The signed entity comes out of a signature as libraries write it."""
    assert signed_entity(signed) == ENTITY


def test_streamed_signature() -> None:
    """Lengths that are not given and strings in pieces are understood (X.690 §8.1.3.6, §8.7.3)."""
    assert signed_entity(streamed(ENTITY[:100], ENTITY[100:])) == ENTITY


def test_cut_signature(signed: bytes) -> None:
    """Of a signature that was not downloaded whole the beginning of the text is there."""
    beginning = signed_entity(signed[: signed.find(ENTITY) + 60])
    assert beginning == ENTITY[:60]
    start = streamed(ENTITY).find(ENTITY)
    assert signed_entity(streamed(ENTITY)[: start + 60]) == ENTITY[:60]


@pytest.mark.parametrize(
    "data",
    [b"", b"0", b"\x30\x80", b"no ASN.1 at all", streamed(ENTITY, kind=ENVELOPED_DATA), streamed()],
)
def test_nothing_signed(data: bytes) -> None:
    """What is encrypted, empty or no signature at all holds no entity."""
    assert signed_entity(data) is None


@given(st.binary(max_size=200), st.integers(0, 60))
def test_any_bytes(data: bytes, at: int) -> None:
    """Nothing raises, wherever the bytes go wrong."""
    whole = streamed(ENTITY)
    signed_entity(whole[:at] + data)
    signed_entity(whole[:at] + data + whole[at:])
