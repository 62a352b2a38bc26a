"""Tokens from an OAuth 2.0 authorization server: the first one, and each next one.

Here is the protocol alone (RFC 6749, 7636, 8628, 7523, 7009). Who is asked to sign in, and where a
grant is kept, is decided elsewhere; nothing here writes one down, and no error holds one.
"""

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from mailresponder.errors import MailresponderError, PermanentFailure, ServerUnavailable
from mailresponder.transport.grants import Client, Grant
from mailresponder.transport.oauth2_assertion import assertion
from mailresponder.transport.oauth2_http import Answer, is_loopback, post
from mailresponder.transport.oauth2_refusals import GrantRefused, refusal

__all__ = [
    "DeviceCode",
    "GrantRefused",
    "Pending",
    "authorization_request",
    "client_credentials",
    "exchange",
    "poll_device",
    "redirected",
    "refresh",
    "revoke",
    "service_account",
    "start_device",
]

LIFETIME = timedelta(minutes=10)
"""Of an access token whose server does not say: shorter than any that is known."""

_TOKEN = re.compile(r"[\x21-\x7e]{1,65536}")
"""RFC 6750 §2.1 allows fewer signs. What matters: it ends no line and no SASL field."""

_SECRET_FIELDS = frozenset(
    {"refresh_token", "code", "code_verifier", "device_code", "assertion", "token"}
)

_DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_ASSERTION_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"

_SLOWER = timedelta(seconds=5)
"""RFC 8628 §3.5: what `slow_down` adds to the interval, and the interval where none is named."""

_LONGEST = timedelta(hours=1)
"""A device code that lasts longer is no better: somebody is waiting at a terminal."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceCode:
    """What a person enters in a browser, on any machine, to let this desk in (RFC 8628 §3.2)."""

    user_code: str
    address: str
    """Where it is entered."""
    device_code: str = field(repr=False)
    interval: timedelta
    """Between two questions whether it was."""
    expires_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Pending:
    """Nobody has entered the code yet."""

    code: DeviceCode
    """To ask with next; its interval may be a longer one."""


def refresh(client: Client, grant: Grant, *, now: datetime) -> Grant:
    """The next grant for one with a refresh token (RFC 6749 §6).

    Its refresh token may be a new one: then the old one may be worth nothing from now on.
    Raises GrantRefused and ServerUnavailable.
    """
    form = {"grant_type": "refresh_token", "refresh_token": grant.refresh_token}
    found = _token(client, form, now=now)
    return replace(
        found,
        refresh_token=found.refresh_token or grant.refresh_token,
        scope=found.scope or grant.scope,
        obtained_at=grant.obtained_at,
        account=found.account or grant.account,
        ends_at=found.ends_at or grant.ends_at,
    )


def client_credentials(client: Client, *, now: datetime) -> Grant:
    """A grant for the application itself (RFC 6749 §4.4). Raises as `refresh`."""
    form = {"grant_type": "client_credentials", **_scope(client)}
    # RFC 6749 §4.4.3: a refresh token should not be there, and nobody would use it.
    return replace(_token(client, form, now=now), refresh_token="")


def service_account(client: Client, *, now: datetime) -> Grant:
    """A grant for a service account, in the name of `client.account` (RFC 7523 §2.1).

    Raises as `refresh`, and ConfigError where its key cannot be used.
    """
    form = {"grant_type": _ASSERTION_GRANT, "assertion": assertion(client, now=now)}
    # Its signature says who asks.
    answer = post(client.token_url, form, ca_file=client.ca_file)
    return replace(_granted(client, form, answer, now=now), refresh_token="")


def start_device(client: Client, *, now: datetime) -> DeviceCode:
    """Ask for a code that a person then enters in a browser. Raises as `refresh`."""
    form = {"client_id": client.client_id, **_scope(client)}
    answer = post(client.device_url, form, ca_file=client.ca_file)
    device_code, user_code = answer.text("device_code"), answer.text("user_code")
    # Google's name for it is an older one.
    address = answer.text("verification_uri") or answer.text("verification_url")
    if answer.status != 200 or not device_code:
        raise _refused(client, form, answer)
    if not _shown(user_code, 100) or not _shown(address, 500) or not _is_web(address):
        raise ServerUnavailable(f"{answer.server}: the server's code is not one that can be shown")
    seconds = answer.seconds("interval")
    lifetime = timedelta(seconds=answer.seconds("expires_in") or 900)
    return DeviceCode(
        user_code=user_code,
        address=address,
        device_code=device_code,
        interval=_SLOWER if seconds is None else timedelta(seconds=max(seconds, 1)),
        expires_at=now + min(lifetime, _LONGEST),
    )


def poll_device(client: Client, code: DeviceCode, *, now: datetime) -> Grant | Pending:
    """Has the person entered the code? Not to be asked before the code's interval has passed.

    Raises GrantRefused where they said no or were too late, and ServerUnavailable.
    """
    form = {"grant_type": _DEVICE_GRANT, "device_code": code.device_code}
    answer = _ask(client, client.token_url, form)
    match answer.text("error"):
        case "authorization_pending":
            return Pending(code=code)
        case "slow_down":
            return Pending(code=replace(code, interval=code.interval + _SLOWER))
        case _:
            return _granted(client, form, answer, now=now)


def authorization_request(client: Client, redirect_uri: str) -> tuple[str, str, str]:
    """Where to send a browser (RFC 6749 §4.1.1): the address, and with what the way back is proven:
    the state that must come back, and the PKCE verifier that stays here (RFC 7636, S256)."""
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest())
    fields = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": redirect_uri,
        **_scope(client),
        "state": state,
        "code_challenge": challenge.rstrip(b"=").decode("ascii"),
        "code_challenge_method": "S256",
    }
    if client.account:
        fields["login_hint"] = client.account
    if client.provider == "google":
        # Google gives a refresh token only for both, and only with a consent of its own.
        fields |= {"access_type": "offline", "prompt": "consent"}
    separator = "&" if urlsplit(client.authorization_url).query else "?"
    return f"{client.authorization_url}{separator}{urlencode(fields)}", state, verifier


def redirected(client: Client, fields: Mapping[str, str]) -> str:
    """The code that a browser came back with (RFC 6749 §4.1.2). Raises GrantRefused where it came
    back with an error."""
    code = fields.get("code", "")
    if not fields.get("error") and _TOKEN.fullmatch(code):
        return code
    server = urlsplit(client.authorization_url).hostname or "the server"
    told = {name: fields.get(name, "") for name in ("error", "error_description")}
    told["error"] = told["error"] or "invalid_request"
    answer = Answer(server=server, status=400, fields=told, retry_after=None)
    raise refusal(answer, client, secrets=[])


def exchange(
    client: Client, code: str, verifier: str, redirect_uri: str, *, now: datetime
) -> Grant:
    """The grant for a code that a browser came back with (RFC 6749 §4.1.3). Raises as `refresh`."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": verifier,
        "redirect_uri": redirect_uri,
    }
    return _token(client, form, now=now)


def revoke(client: Client, grant: Grant) -> bool:
    """Give a grant back (RFC 7009), so that nobody can use it any more. False: the server has no
    way for that. Raises as `refresh`."""
    if not client.revocation_url:
        return False
    form = {"token": grant.refresh_token or grant.access_token}
    if client.provider == "google":
        # https://developers.google.com/identity/protocols/oauth2/native-app#tokenrevoke
        answer = post(client.revocation_url, form, ca_file=client.ca_file)
    else:
        answer = _ask(client, client.revocation_url, form)
    # Google calls one that is over already an error; the standard does not.
    if answer.status == 200 or answer.text("error") in ("invalid_token", "invalid_grant"):
        return True
    raise _refused(client, form, answer)


def _token(client: Client, form: Mapping[str, str], *, now: datetime) -> Grant:
    return _granted(client, form, _ask(client, client.token_url, form), now=now)


def _ask(client: Client, url: str, form: Mapping[str, str]) -> Answer:
    # In the body, as Microsoft and Google show it; RFC 6749 §2.3.1 has a header too.
    known = {"client_id": client.client_id}
    if client.client_secret:
        known["client_secret"] = client.client_secret
    return post(url, {**known, **form}, ca_file=client.ca_file)


def _granted(client: Client, form: Mapping[str, str], answer: Answer, *, now: datetime) -> Grant:
    token, renewal = answer.text("access_token"), answer.text("refresh_token")
    if answer.status != 200 or not token:
        raise _refused(client, form, answer)
    if not _TOKEN.fullmatch(token) or not _TOKEN.fullmatch(renewal or token):
        raise ServerUnavailable(f"{answer.server}: the token is not one that can be sent")
    if (answer.text("token_type") or "bearer").lower() != "bearer":
        raise PermanentFailure(f"{answer.server}: the token is of a kind that mail does not know")
    seconds = answer.seconds("expires_in")
    # Google says it of grants that end by themselves:
    # https://developers.google.com/identity/protocols/oauth2/native-app#exchange-authorization-code
    last = answer.seconds("refresh_token_expires_in")
    return Grant(
        access_token=token,
        expires_at=now + (LIFETIME if seconds is None else timedelta(seconds=seconds)),
        refresh_token=renewal,
        scope=answer.text("scope"),
        obtained_at=now,
        account=_account(answer.text("id_token")),
        ends_at=now + timedelta(seconds=last) if last else None,
    )


def _scope(client: Client) -> dict[str, str]:
    """RFC 6749 §3.3: without it the server's own choice."""
    return {"scope": " ".join(client.scopes)} if client.scopes else {}


def _refused(client: Client, form: Mapping[str, str], answer: Answer) -> MailresponderError:
    sent = [value for name, value in form.items() if name in _SECRET_FIELDS]
    return refusal(answer, client, secrets=[*sent, client.client_secret])


def _account(id_token: str) -> str:
    """Who signed in, out of an ID token that came straight from the server over TLS: its signature
    adds nothing then (OpenID Connect Core §3.1.3.7, 6)."""
    try:
        part = id_token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        found = claims.get("email") or claims.get("preferred_username")
    except (IndexError, ValueError, AttributeError, RecursionError):
        return ""
    return found if isinstance(found, str) and _shown(found, 320) else ""


def _shown(text: str, limit: int) -> bool:
    return 0 < len(text) <= limit and text.isprintable()


def _is_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    host = parts.hostname or ""
    if not host:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
