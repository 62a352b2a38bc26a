from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailresponder.config.password_hash import SALT_BYTES, PasswordHash

CHEAP = PasswordHash(salt=b"s" * SALT_BYTES, digest=bytes(32), ln=14, r=8, p=1)
KEPT = CHEAP.made("correct horse battery")


def test_only_the_password_fits() -> None:
    """What was hashed fits; anything else, the hash itself and a prefix too, does not."""
    read = PasswordHash.read(str(KEPT))

    assert read.fits("correct horse battery")
    for wrong in ("", "correct horse", "Correct horse battery", str(KEPT)):
        assert not read.fits(wrong)


def test_the_text_is_a_phc_string_without_the_password() -> None:
    """Parameters, salt and hash are all there, as other programs write them."""
    new = PasswordHash.of("correct horse battery", salt=b"s" * SALT_BYTES)

    assert str(new).startswith("$scrypt$ln=15,r=8,p=3$c3Nzc3Nzc3Nzc3Nzc3Nzcw$")
    assert PasswordHash.read(str(new)) == new
    assert "horse" not in repr(new)


def test_an_accent_is_the_same_however_it_was_typed() -> None:
    """One browser sends ñ as one character, another as two."""
    assert CHEAP.made("contrasen\u0303a larga").fits("contrase\u00f1a larga")


def test_a_known_answer() -> None:
    """The same password, salt and parameters give what RFC 7914 §12 says."""
    known = PasswordHash(salt=b"SodiumChloride", digest=bytes(64), ln=14, r=8, p=1)

    assert known.made("pleaseletmein").digest.hex().startswith("7023bdcb3afd7348461c06cd81fd38eb")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "correct horse battery",
        "$2b$12$abcdefghijklmnopqrstuv",
        str(KEPT).replace("ln=14", "ln=10"),  # guessed in no time
        str(KEPT).replace("ln=14", "ln=30"),  # takes the machine down
        str(KEPT).replace("p=1", "p=99"),
        str(KEPT).replace("r=8", "r=1"),
        str(KEPT)[:-10],
        f"{KEPT}\n",
    ],
)
def test_what_is_no_good_hash_is_refused(text: str) -> None:
    """Another kind of hash, one that is cut, one too cheap or too dear cannot be used."""
    with pytest.raises(ValueError, match="not a"):
        PasswordHash.read(text)


@settings(max_examples=200)
@given(st.text() | st.from_regex(r"\$scrypt\$ln=1[0-9],r=8,p=1\$[A-Za-z0-9+/=]*\$[A-Za-z0-9+/]*"))
def test_no_text_makes_reading_fail_otherwise(text: str) -> None:
    """Whatever stands in a configuration, it is read or refused with a ValueError."""
    with suppress(ValueError):
        PasswordHash.read(text)
