"""Ticket references, Message-IDs nobody else can make, and subjects made comparable."""

import base64
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""No 0, O, 1, I or L: references are read out over the telephone."""
REFERENCE_LENGTH = 5
TEST_MAIL = "test"
"""Stands for the ticket in the Message-ID of a test mail."""

_MESSAGE_ID = re.compile(
    r"<mr\.(?P<reference>[a-z0-9-]+)\.(?P<nonce>[a-z2-7]+)\.(?P<seal>[a-z2-7]+)"
    r"@(?P<domain>[^\s<>@]+)>"
)
_OWN_ID_INSIDE = re.compile(
    r"\bmr\.[a-z0-9-]{1,40}\.[a-z2-7]{8,30}\.[a-z2-7]{8,30}@", re.IGNORECASE
)
_TOKEN = re.compile(
    r"(?P<reference>[a-z0-9]{1,20}-[a-z0-9]{1,20}|desk)-(?P<day>[0-9]{5,6})-(?P<seal>[a-z2-7]{24})"
)
_PREFIXES = re.compile(
    r"^(?:(?:re|rv|fwd?|aw|wg|sv|vs|antw|res|enc|r|i|tr|odp|ynt|vá)(?:\[\d+\])?\s*[:：]\s*)+"
)
# Short enough that `In-Reply-To:` and the id fit into 78 characters: some mail programs mangle
# longer ones when they fold the line.
_NONCE_BYTES = 8
_SEAL_BYTES = 10
_TOKEN_BYTES = 15
NO_TICKET = "desk"
"""Stands for a reference where a mail is about no ticket, or about several."""


def new_reference(prefix: str, randbelow: Callable[[int], int]) -> str:
    """A random reference such as `MR-7F3K2`; the caller makes sure it is not taken."""
    size = len(REFERENCE_ALPHABET)
    return (
        f"{prefix}-{''.join(REFERENCE_ALPHABET[randbelow(size)] for _ in range(REFERENCE_LENGTH))}"
    )


def full_reference(written: str, prefix: str) -> str:
    """The reference as stored, from `[mr-7f3k2]` or `7F3K2` too: it is copied and read out."""
    bare = written.strip().strip("[]#").upper()
    return bare if "-" in bare else f"{prefix}-{bare}"


def references_in(subject: str, prefix: str) -> tuple[str, ...]:
    """The ticket references that stand in a subject, in order, each once."""
    folded = subject.casefold()
    if not _may_hold_reference(folded, prefix):
        return ()
    found = re.findall(_reference(prefix), folded)
    return tuple(dict.fromkeys(reference.upper() for reference in found))


def subject_key(subject: str, prefix: str) -> str:
    """The subject without reply prefixes and references, casefolded, spaces collapsed."""
    # Folded first: folding may make a reference or a prefix out of what was none.
    folded = subject.casefold()
    if _may_hold_reference(folded, prefix):
        reference = _reference(prefix)
        folded = re.sub(rf"\[\s*{reference}\s*\]|{reference}", " ", folded)
    return _PREFIXES.sub("", " ".join(folded.split()))


def ticket_of_token(detail: str) -> str | None:
    """The reference a reply token speaks of, unproven; None where it speaks of none, or is none."""
    match = _TOKEN.fullmatch(detail.lower())
    if match is None or match["reference"] == NO_TICKET:
        return None
    return match["reference"].upper()


def holds_own_id(text: str) -> bool:
    """Does one of our Message-IDs stand in the text, or something that looks like one?"""
    return _OWN_ID_INSIDE.search(text) is not None


def _may_hold_reference(folded: str, prefix: str) -> bool:
    """Known sooner than where one stands, and most texts hold none."""
    return f"{prefix.casefold()}-" in folded


def _reference(prefix: str) -> str:
    """A pattern for casefolded text."""
    body = f"[{REFERENCE_ALPHABET.lower()}]{{{REFERENCE_LENGTH}}}"
    return rf"(?<![\w-]){re.escape(prefix.casefold())}-{body}(?![\w-])"


@dataclass(frozen=True, slots=True)
class Signer:
    """Makes Message-IDs and knows its own again. Everything in them is lower case, because
    some relays fold the case."""

    key: bytes

    def message_id(self, *, reference: str, domain: str, nonce: bytes) -> str:
        """A Message-ID with angle brackets; the same arguments give the same one."""
        drop = base64.b32encode(nonce[:_NONCE_BYTES]).decode().rstrip("=").lower()
        left = f"mr.{reference.lower()}.{drop}"
        return f"<{left}.{self._seal(left, domain.lower())}@{domain}>"

    def verify(self, message_id: str | None) -> bool:
        """Did we make it?"""
        return self.reference(message_id) is not None

    def reference(self, message_id: str | None) -> str | None:
        """What it was made for, in lower case; None where we did not make it."""
        match = _MESSAGE_ID.fullmatch((message_id or "").lower())
        if match is None:
            return None
        left = f"mr.{match['reference']}.{match['nonce']}"
        ours = hmac.compare_digest(self._seal(left, match["domain"]), match["seal"])
        return match["reference"] if ours else None

    def reply_token(self, *, reference: str, recipient: str, until: datetime) -> str:
        """What stands behind the `+` of the address to which the recipient of a notice answers
        (RFC 5233): for one ticket, or `NO_TICKET`, for one person, until the end of a day."""
        day = f"{(until.astimezone(UTC) + timedelta(days=1)).toordinal()}"
        left = f"{reference.lower()}-{day}"
        return f"{left}-{self._token_seal(left, recipient)}"

    def token_holds(self, detail: str, *, recipient: str, now: datetime) -> str | None:
        """The reference, or `NO_TICKET`, for which this person may use the token; None: none."""
        match = _TOKEN.fullmatch(detail.lower())
        if match is None:
            return None
        left = f"{match['reference']}-{match['day']}"
        expected = self._token_seal(left, recipient)
        if not hmac.compare_digest(expected, match["seal"]):
            return None
        if now.astimezone(UTC).toordinal() >= int(match["day"]):
            return None
        reference = match["reference"]
        return NO_TICKET if reference == NO_TICKET else reference.upper()

    def key_for(self, purpose: str) -> bytes:
        """A key of its own for something else that is to be signed; it gives this one not away."""
        return hmac.digest(self.key, f"key\n{purpose}".encode(), "sha256")

    def tombstone(self, name: str) -> str:
        """What is kept of the name of something that was erased: known again by whoever has both
        the name and the key, and by nobody else."""
        return hmac.digest(self.key_for("erased"), name.encode(errors="replace"), "sha256").hex()

    def fingerprint(self) -> str:
        """Says whether two instances hold the same key, without giving it away."""
        return hmac.digest(self.key, b"fingerprint", "sha256").hex()[:32]

    def _token_seal(self, left: str, recipient: str) -> str:
        what = f"reply\n{left}\n{recipient.casefold()}".encode()
        digest = hmac.digest(self.key, what, "sha256")[:_TOKEN_BYTES]
        return base64.b32encode(digest).decode().lower()

    def _seal(self, left: str, domain: str) -> str:
        digest = hmac.digest(self.key, f"{left}@{domain}".encode(), "sha256")[:_SEAL_BYTES]
        return base64.b32encode(digest).decode().rstrip("=").lower()
