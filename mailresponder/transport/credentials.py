"""What a connection signs in with: a password, or a token in the words of SASL XOAUTH2 and
OAUTHBEARER (RFC 7628), and what the server says where it does not take it.

Which of the two is spoken is chosen by what the server offers: XOAUTH2 first, the only one that
both Google and Microsoft describe
(https://developers.google.com/workspace/gmail/imap/xoauth2-protocol,
https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth).
"""

import binascii
import json
import re
from base64 import b64decode
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from mailresponder.errors import SignInRefused
from mailresponder.transport.connection import ServerSettings, server_words

_Session = TypeVar("_Session")

_MECHANISMS = ("XOAUTH2", "OAUTHBEARER")
_END = "\x01"
_CHALLENGES = 2
"""More than that no server has to say."""

SHARED = (
    "may the account that signed in open {username}, and is {protocol} switched on for it? "
    "see: mailresponder help sign-in"
)


class TokenSource(Protocol):
    """Where tokens come from. Threads may share it."""

    def token(self, *, refused: str = "") -> str:
        """An access token for now. `refused`: one that a server did not take: another one, or the
        same where no other is to be had yet. Raises SignInRefused, TemporaryFailure and
        ConfigError."""


@dataclass(frozen=True, slots=True)
class BearerToken:
    """An access token (RFC 6750), as it is said to a mail server."""

    text: str = field(repr=False)


Credential = str | TokenSource
"""A password, or where tokens come from."""


def signing_in(
    credential: Credential, attempt: Callable[[str | BearerToken], _Session]
) -> _Session:
    """What `attempt` gives, which is handed a password or a token. A token that the server refuses
    is tried once more anew: it may have been revoked, or our clock be wrong."""
    if isinstance(credential, str):
        return attempt(credential)
    token = credential.token()
    try:
        return attempt(BearerToken(token))
    except SignInRefused:
        another = credential.token(refused=token)
        if another == token:
            raise
        return attempt(BearerToken(another))


class BearerDialogue:
    """One sign-in by a token: called with each challenge, gives what to answer."""

    def __init__(self, mechanism: str, settings: ServerSettings, token: BearerToken) -> None:
        self.mechanism = mechanism
        username = settings.username
        if mechanism == "XOAUTH2":
            fields = [f"user={username}", f"auth=Bearer {token.text}"]
            self._last = b""
        else:
            name = username.replace("=", "=3D").replace(",", "=2C")  # RFC 5801 §4
            header = f"n,a={name},"
            server = [f"host={settings.host}", f"port={settings.port}"]
            fields = [header, *server, f"auth=Bearer {token.text}"]
            self._last = _END.encode()  # RFC 7628 §3.2.3
        self.first = (_END.join(fields) + _END * 2).encode()
        """The initial response."""
        self._challenges = 0
        self.said = ""
        """Why the server does not take the token, in its words."""

    def __call__(self, challenge: bytes) -> bytes:
        """What to answer. Raises ValueError where the server does not come to an end."""
        self._challenges += 1
        if self._challenges == 1:
            return self.first
        if self._challenges > 1 + _CHALLENGES:
            raise ValueError("the server does not come to an end")
        return self.refusal(challenge)

    def refusal(self, challenge: bytes) -> bytes:
        """What to answer the challenge with which a server refuses a token, so that it says so for
        good (RFC 7628 §3.2.2)."""
        self.said = _reason(challenge)
        return self._last


def mechanism_of(offered: Iterable[str]) -> str:
    """Which to speak of the SASL mechanisms a server offers; empty: it takes no token."""
    names = {name.upper() for name in offered}
    return next((name for name in _MECHANISMS if name in names), "")


def takes_no_token(server: str) -> SignInRefused:
    """It offers neither."""
    return SignInRefused(
        f"{server}: the server takes no token on this connection",
        mend='set security = "tls" or "starttls"; or sign in by a password, '
        "or an app password where the provider has one",
    )


def token_refused(server: str, words: str, said: str, mend: str) -> SignInRefused:
    """`words`: the server's reply; `said`: the challenge before it; `mend`: what may be wrong."""
    more = f" ({said})" if said else ""
    return SignInRefused(f"{server}: the server refused the token: {words}{more}", mend=mend)


def decoded(challenge: bytes) -> bytes:
    """From base64; empty where it is none."""
    try:
        return b64decode(challenge, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _reason(challenge: bytes) -> str:
    """As `status 401, scope https://mail.google.com/`: the JSON of RFC 7628 §3.2.2, which both
    mechanisms have. Nothing else of it is passed on: it may repeat what we sent."""
    try:
        found = json.loads(challenge)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(found, dict):
        return ""
    status, scope = str(found.get("status", "")), found.get("scope", "")
    parts = [f"status {status}"] if re.fullmatch(r"[\w.-]{1,40}", status) else []
    if isinstance(scope, str) and re.fullmatch(r"[!-~ ]{1,200}", scope):
        parts.append(f"it wants the scope {server_words(scope)}")
    return ", ".join(parts)
