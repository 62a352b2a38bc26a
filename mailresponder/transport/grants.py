"""What an OAuth 2.0 authorization server granted, and how this desk is known to it (RFC 6749)."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path


class SignIn(StrEnum):
    """Whose word lets us in."""

    PERSON = "person"
    """Somebody's, once, in a browser (`mailresponder login`); then by refresh tokens."""
    CLIENT_CREDENTIALS = "client_credentials"
    """The organisation's, which trusts our client id and secret (RFC 6749 §4.4)."""
    SERVICE_ACCOUNT = "service_account"
    """The organisation's, which trusts a key of ours (RFC 7523 §2.1)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Client:
    """This desk as the authorization server knows it."""

    provider: str
    """`google`, `microsoft` or `other`."""
    sign_in: SignIn
    client_id: str
    client_secret: str = field(default="", repr=False)
    token_url: str
    device_url: str = ""
    """Where a device code is to be had (RFC 8628 §3.1); empty: this server has none for mail."""
    authorization_url: str = ""
    """Where a browser is sent (RFC 6749 §3.1)."""
    scopes: tuple[str, ...]
    account: str = ""
    """Who signs in, where it is known: an address."""
    service_account_file: Path | None = None
    ca_file: Path | None = None
    """None: the system's certificates."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """A token to sign in with now, and what the next one is had with."""

    access_token: str = field(repr=False)
    expires_at: datetime
    """Aware; by our clock, from the server's `expires_in`."""
    refresh_token: str = field(default="", repr=False)
    """Empty: the next token is had as the first one was."""
    scope: str = ""
    obtained_at: datetime
    """When somebody, or the organisation, last gave the refresh token or this grant."""
