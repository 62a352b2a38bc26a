"""What a server said, fit for logs and screens."""

import pytest

from mailresponder.transport.connection import SERVER_TEXT_LIMIT, server_words


@pytest.mark.parametrize(
    ("said", "passed_on"),
    [
        ("5.1.1 <ana@example.com>: no such user", "5.1.1 <address>: no such user"),
        ("mailto:ana.b+c@mail.example.com.", "mailto:<address>"),
        ("rfc822;ana@example.com; (eva@[192.0.2.1])", "rfc822;<address>; (<address>)"),
        ('"ana b"@example.com or señora@españa.example', "<address> or <address>"),
        ("see https://example.net/?to=ana%40example.com", "see https:<address>"),
        ("bounces+ana=example.com@lists.example.net", "<address>"),
        ("'o'brien@example.com'", "<address>"),
        ("4.7.0 try again @ noon, or at 10:00", "4.7.0 try again @ noon, or at 10:00"),
        (b"two\r\nlines\x00 \xff", "two lines \ufffd"),
    ],
)
def test_no_addresses(said: str | bytes, passed_on: str) -> None:
    """Addresses are replaced, whatever stands around them; all else stays."""
    assert server_words(said) == passed_on


@pytest.mark.parametrize("filler", ["x", "x ", "<", '"', "a@", "."])
def test_endless_words(filler: str) -> None:
    """Endless words are cut, and never in the middle of an address."""
    for length in range(980, 1_010):
        said = server_words(filler * (length // len(filler)) + " ana@example.com")
        assert len(said) <= SERVER_TEXT_LIMIT
        assert "ana" not in said
    assert len(server_words(filler * 500_000)) <= SERVER_TEXT_LIMIT
