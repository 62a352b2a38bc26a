"""What is kept of a password: its scrypt hash (RFC 7914), written as a PHC string,
`$scrypt$ln=15,r=8,p=3$salt$hash`. Nothing here makes up a salt or reads a file.
"""

import base64
import binascii
import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass, replace

SHORTEST = 12
"""Characters a new password has at least."""
LONGEST = 1000
SALT_BYTES = 16
DIGEST_BYTES = 32

_PHC = re.compile(
    r"\$scrypt\$ln=(?P<ln>[0-9]{1,2}),r=(?P<r>[0-9]{1,2}),p=(?P<p>[0-9]{1,2})"
    r"\$(?P<salt>[A-Za-z0-9+/]{16,128})\$(?P<digest>[A-Za-z0-9+/]{43,86})"
)
_LEAST_LN, _MOST_LN = 14, 20
_MOST_MEMORY = 2**28
"""Bytes; a sign-in must not take the machine down."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PasswordHash:
    """A password as it is kept. Compare with `fits`, never by text."""

    salt: bytes
    digest: bytes
    ln: int = 15
    """The logarithm of what scrypt calls N; with r=8 that is 32 MiB."""
    r: int = 8
    p: int = 3

    @classmethod
    def of(cls, password: str, *, salt: bytes) -> "PasswordHash":
        """The hash of a new password."""
        return cls(salt=salt, digest=bytes(DIGEST_BYTES)).made(password)

    def made(self, password: str) -> "PasswordHash":
        """The hash of another password, with the same salt and at the same cost."""
        return replace(self, digest=self._hashed(password))

    @classmethod
    def read(cls, text: str) -> "PasswordHash":
        """From its PHC string. Raises ValueError where it is none, or one too cheap or too dear."""
        found = _PHC.fullmatch(text)
        salt, digest = (_bytes(found[name]) if found else b"" for name in ("salt", "digest"))
        if found is None or not (salt and digest):
            raise ValueError("not a password's hash")
        ln, r, p = (int(found[name]) for name in ("ln", "r", "p"))
        dear = ln > _MOST_LN or 128 * (r << ln) > _MOST_MEMORY or p > 16
        if ln < _LEAST_LN or r < 8 or p < 1 or dear:
            raise ValueError("not a hash with parameters that can be used")
        return cls(salt=salt, digest=digest, ln=ln, r=r, p=p)

    def fits(self, password: str) -> bool:
        """Is this the password? Takes some 200 ms of a processor, and its memory, either way."""
        return hmac.compare_digest(self._hashed(password), self.digest)

    @property
    def cost(self) -> int:
        """What a comparison costs, in no unit."""
        return (self.r * self.p) << self.ln

    def __str__(self) -> str:
        parameters = f"ln={self.ln},r={self.r},p={self.p}"
        return f"$scrypt${parameters}${_text(self.salt)}${_text(self.digest)}"

    def _hashed(self, password: str) -> bytes:
        # One browser composes an ñ, another sends it in two parts.
        composed = unicodedata.normalize("NFC", password[:LONGEST])
        return hashlib.scrypt(
            composed.encode("utf-8", "surrogatepass"),
            salt=self.salt,
            n=1 << self.ln,
            r=self.r,
            p=self.p,
            maxmem=2 * _MOST_MEMORY,
            dklen=len(self.digest),
        )


def _bytes(text: str) -> bytes:
    """Empty where it is no base64."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        return b""


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")
