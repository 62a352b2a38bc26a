"""What an account can do beyond signing in, and what that means for the desk: capabilities and
room of the mailbox, and what its SMTP server takes."""

import re
from collections.abc import Mapping, Sequence

from mailresponder.errors import MailboxFull
from mailresponder.jobs.results import Concern, Found
from mailresponder.mail import sender_records
from mailresponder.printable import how_much
from mailresponder.transport.connection import server_words
from mailresponder.transport.imap_account import Quota

ROOM_CONCERN = 90
"""Percent of a quota that is used."""
ROOM_GONE = 99

_MISSED = {
    "UIDPLUS": "mail that is moved or removed stays, marked as deleted",
    "MOVE": "mail is moved by copying",
    "SPECIAL-USE": "Sent and Drafts are known by their names",
    "IDLE": "new mail is looked for now and again",
}
"""What the desk makes use of, and what it does where the server has it not."""

_CODED = 1.4
"""How much longer a file is in a mail: base64 with its line ends (RFC 2045 §6.8)."""
_NUMBER = re.compile("[0-9]{1,20}")
"""RFC 1870 §4."""
_AROUND = 200_000
"""Bytes of an answer beside the files in it."""


def capabilities(told: frozenset[str]) -> Found:
    """What of it the desk uses."""
    there = [name for name in _MISSED if name in told]
    said = f"the server has {', '.join(there)}" if there else "the server has none of the helpful"
    missed = [f"no {name}: {what}" for name, what in _MISSED.items() if name not in told]
    return "; ".join([said, *missed]), ""


def quota(found: list[Quota] | None) -> Found | Concern:
    """How full the mailbox is. Raises MailboxFull where no mail fits any more."""
    if found is None:
        return "the server does not tell how much room there is", ""
    limited = [one for one in found if one.limit > 0]
    if not limited:
        return "no limit is set", ""
    said = ", ".join(map(_told, limited))
    fullest = max(one.used * 100 / one.limit for one in limited)
    mend = "make room in the mailbox, or get more for it: a full one takes no mail from customers"
    if fullest >= ROOM_GONE:
        raise MailboxFull(said, mend=mend)
    return Concern(detail=said, mend=mend) if fullest >= ROOM_CONCERN else (said, "")


def _told(one: Quota) -> str:
    share = f"{one.used * 100 // one.limit} %"
    if one.resource == "STORAGE":
        return f"{how_much(one.used * 1024)} of {how_much(one.limit * 1024)} used ({share})"
    unit = "messages" if one.resource == "MESSAGE" else one.resource.lower()
    return f"{one.used:,} of {one.limit:,} {unit} ({share})"


def sending(offers: Mapping[str, str], *, attachments_mb: int, signed_in: bool) -> Found | Concern:
    """What the SMTP server takes. `attachments_mb`: of files in one answer that is sent on."""
    size = offers.get("size", "")
    limit = int(size) if _NUMBER.fullmatch(size) else 0
    said = [f"mails up to {how_much(limit)}" if limit else "no limit of size is told"]
    if "auth" in offers:
        ways = server_words(offers["auth"].upper())
        said.append(f"sign-in by {ways}" + ("" if signed_in else ", which is not used"))
    said += [
        f"no {name.upper()}: {what}"
        for name, what in (
            ("8bitmime", "our own mail needs none"),
            ("smtputf8", "no mail to addresses with letters beyond ASCII"),
        )
        if name not in offers
    ]
    detail = "; ".join(said)
    if limit and limit < attachments_mb * 1_000_000 * _CODED + _AROUND:
        most = max(int((limit - _AROUND) / _CODED / 1_000_000), 0)
        return Concern(
            detail=f"{detail}; answers with files of up to {attachments_mb} MB are to be sent on",
            mend=f"set attachments_mb = {most} under [staff], or have the server take more",
        )
    return detail, ""


def signature(headers: Sequence[str], *, domain: str) -> Found:
    """Whose DKIM signatures the test mail bears. `domain`: of our address."""
    signers = [sender_records.signer(header) for header in headers]
    told = ", ".join(
        f"{server_words(signer)} (selector {server_words(selector)})"
        for signer, selector in signers
        if signer and selector
    )
    if not told:
        return (
            "the test mail bears no DKIM signature, as mail often does that never left its server",
            "have a test mail come from outside, or look at one of ours received elsewhere",
        )
    # Relaxed alignment (RFC 7489 §3.1.1).
    if any(f".{domain}".endswith(f".{signer}") for signer, _ in signers if signer):
        return f"signed by {told}", ""
    return (
        f"signed by {told}, not by {domain}: that proves nothing of our address (DMARC)",
        f"turn DKIM on for {domain} at the provider",
    )
