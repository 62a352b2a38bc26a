"""Tokens from an OAuth 2.0 authorization server: the first one, and each next one.

Here is the protocol alone (RFC 6749, 7636, 8628, 7523, 7009). Who is asked to sign in, and where a
grant is kept, is decided elsewhere; nothing here writes one down, and no error holds one.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from mailresponder.errors import PermanentFailure, ServerUnavailable
from mailresponder.transport.grants import Client, Grant
from mailresponder.transport.oauth2_http import Answer, post
from mailresponder.transport.oauth2_refusals import GrantRefused, refusal

__all__ = ["GrantRefused"]

LIFETIME = timedelta(minutes=10)
"""Of an access token whose server does not say: shorter than any that is known."""

_TOKEN = re.compile(r"[\x21-\x7e]{1,65536}")
"""RFC 6750 §2.1 allows fewer signs. What matters: it ends no line and no SASL field."""

_SECRET_FIELDS = frozenset(
    {"refresh_token", "client_secret", "code", "code_verifier", "device_code", "assertion", "token"}
)


def refresh(client: Client, grant: Grant, *, now: datetime) -> Grant:
    """The next grant for one with a refresh token (RFC 6749 §6).

    Its refresh token may be a new one: then the old one may be worth nothing from now on.
    Raises GrantRefused and ServerUnavailable.
    """
    form = {"grant_type": "refresh_token", "refresh_token": grant.refresh_token}
    if client.provider == "microsoft":
        form["scope"] = " ".join(client.scopes)
    found = _token(client, form, now=now)
    return Grant(
        access_token=found.access_token,
        expires_at=found.expires_at,
        refresh_token=found.refresh_token or grant.refresh_token,
        scope=found.scope or grant.scope,
        obtained_at=grant.obtained_at,
        account=found.account or grant.account,
    )


def client_credentials(client: Client, *, now: datetime) -> Grant:
    """A grant for the application itself (RFC 6749 §4.4). Raises as `refresh`."""
    form = {"grant_type": "client_credentials", "scope": " ".join(client.scopes)}
    return _token(client, form, now=now)


def _token(client: Client, form: Mapping[str, str], *, now: datetime) -> Grant:
    answer = _ask(client, client.token_url, form)
    return _granted(client, form, answer, now=now)


def _ask(client: Client, url: str, form: Mapping[str, str]) -> Answer:
    # By the body, as Microsoft and Google show it; RFC 6749 §2.3.1 has a header too.
    known = {"client_id": client.client_id}
    if client.client_secret:
        known["client_secret"] = client.client_secret
    return post(url, {**known, **form}, ca_file=client.ca_file)


def _granted(client: Client, form: Mapping[str, str], answer: Answer, *, now: datetime) -> Grant:
    token = answer.text("access_token")
    if answer.status != 200 or not token:
        raise _refused(client, form, answer)
    kind = answer.text("token_type") or "bearer"
    renewal = answer.text("refresh_token")
    for one in (token, renewal or token):
        if not _TOKEN.fullmatch(one):
            raise ServerUnavailable(f"{answer.server}: the token is not one that can be sent")
    if kind.lower() != "bearer":
        raise PermanentFailure(f"{answer.server}: the token is of a kind that mail does not know")
    seconds = answer.seconds("expires_in")
    lifetime = LIFETIME if seconds is None else timedelta(seconds=seconds)
    return Grant(
        access_token=token,
        expires_at=now + lifetime,
        refresh_token=renewal,
        scope=answer.text("scope"),
        obtained_at=now,
        account=_account(answer.text("id_token")),
    )


def _refused(client: Client, form: Mapping[str, str], answer: Answer) -> Exception:
    sent = [value for name, value in form.items() if name in _SECRET_FIELDS]
    return refusal(answer, client.provider, secrets=[*sent, client.client_secret])


def _account(id_token: str) -> str:
    """Who signed in, out of an ID token that came straight from the server over TLS: its signature
    adds nothing then (OpenID Connect Core §3.1.3.7, 6)."""
    try:
        part = id_token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        found = claims.get("email") or claims.get("preferred_username") or ""
    except (IndexError, ValueError, binascii.Error, AttributeError, RecursionError):
        return ""
    return found if isinstance(found, str) and found.isprintable() and len(found) < 321 else ""
