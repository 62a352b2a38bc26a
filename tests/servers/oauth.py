"""An OAuth 2.0 authorization server on the loopback, for what a sign-in meets: it verifies what it
is shown (client secret, PKCE, a service account's signature), rotates refresh tokens, and gives
JWTs that a Dovecot takes which knows its key. It can also misbehave on demand."""

import base64
import hashlib
import hmac
import json
import secrets
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from servers.misdeeds import Misdeed, reply

Fields = dict[str, str]
Reply = tuple[int, dict[str, object]]


def refused(error: str, description: str = "", status: int = 400, **more: object) -> Reply:
    """An error as RFC 6749 §5.2 has it."""
    return status, {"error": error, "error_description": description, **more}


@dataclass
class Family:
    """All tokens that come of one sign-in."""

    account: str
    refresh_token: str = ""
    revoked: bool = False


@dataclass
class Asked:
    """A code that waits for a person: a device's, or a browser's."""

    account: str = ""
    """Empty: nobody has entered it."""
    denied: bool = False
    redirect_uri: str = ""
    challenge: str = ""


@dataclass
class OAuthServer:
    """Started on entering, ended on leaving. What a test sets holds from then on."""

    client_id: str = "desk"
    client_secret: str = "a client secret"
    """Empty: a public client."""
    person: str = "support@example.test"
    """Who signs in at the browser's page."""
    key: bytes = b"a key that Dovecot and this server share, of some length"
    lifetime: int = 3600
    expires_in: int | None = None
    """Seconds a client is told that a token lasts, where that is not its lifetime."""
    rotates: bool = True
    ends_in: int = 0
    """Seconds until a refresh token is over whatever is done; 0: it does not say."""
    scope: str = "mail"
    gives_refresh_tokens: bool = True
    says_who: bool = True
    """With an ID token."""
    clock: Callable[[], float] = time.time
    device_lifetime: int = 900
    interval: int = 1
    at_once: bool = False
    """Does the person enter a device's code as soon as it is there?"""
    public_key: RSAPublicKey | None = None
    """Of the service account it trusts."""
    opens: dict[str, str] = field(default_factory=dict)
    """Whose mailbox a person's token lets in, where that is not their own."""
    tls: ssl.SSLContext | None = None
    polls: deque[str] = field(default_factory=deque)
    """Errors that device polls get before anything else."""
    misdeeds: deque[Misdeed] = field(default_factory=deque)
    """Done in place of an answer, one a request."""
    asked: list[tuple[str, Fields]] = field(default_factory=list)
    """Path and fields of every request."""
    given: list[str] = field(default_factory=list)
    """Every secret it gave out."""

    def __post_init__(self) -> None:
        self._families: dict[str, Family] = {}
        self._devices: dict[str, Asked] = {}
        self._user_codes: dict[str, Asked] = {}
        self._codes: dict[str, Asked] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        if self.tls is not None:
            self._server.socket = self.tls.wrap_socket(self._server.socket, server_side=True)
        # Its own default looks only twice a second whether it is to end.
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def url(self, path: str) -> str:
        """The address of `token`, `device`, `authorize` or `revoke`."""
        scheme = "http" if self.tls is None else "https"
        return f"{scheme}://127.0.0.1:{self._server.server_port}/{path}"

    def sign_in(self, account: str = "") -> str:
        """The refresh token of somebody who signed in elsewhere."""
        return self._granted(Family(account=account or self.person))[1]["refresh_token"]  # type: ignore[return-value]

    def approve(self, user_code: str, account: str = "") -> None:
        """Enter a device's code and sign in."""
        self._user_codes[user_code].account = account or self.person

    def deny(self, user_code: str) -> None:
        """Enter a device's code and say no."""
        self._user_codes[user_code].denied = True

    def trust_key_in(self, path: Path, number: int = 0) -> None:
        """Write the key file of a service account, which is the one trusted from now on."""
        key = _service_account_key(number)
        self.public_key = key.public_key()
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        content = {"client_email": "desk@project.example", "private_key": pem}
        path.write_text(json.dumps({"type": "service_account", **content}))

    def revoke_all(self) -> None:
        """What an admin does, or a new password."""
        for family in self._families.values():
            family.revoked = True

    def token(self, account: str, *, lifetime: int | None = None) -> str:
        """A JWT, HS256."""
        now = int(self.clock())
        seconds = self.lifetime if lifetime is None else lifetime
        opens = self.opens.get(account, account)
        claims = {"iss": "test", "sub": account, "email": opens, "iat": now, "exp": now + seconds}
        return self._given(self._signed(claims))

    def lets_in(self, user: str, token: str) -> bool:
        """Would a mail server with our key let this user in?"""
        signed, _, signature = token.rpartition(".")
        if signature != _encoded(hmac.digest(self.key, signed.encode(), "sha256")):
            return False
        claims = json.loads(_decoded(signed.split(".")[1]))
        return claims["email"] == user and claims["exp"] > self.clock()

    def answer(self, path: str, fields: Fields) -> Reply:
        """What a well-behaved server says."""
        with self._lock:
            self.asked.append((path, fields))
            match path:
                case "/device":
                    return self._device(fields)
                case "/token":
                    return self._token(fields)
                case "/revoke":
                    return self._revoke(fields)
                case _:
                    return 404, {}

    def authorize(self, fields: Fields) -> str:
        """Where the browser is sent on to once the person signed in, or said no."""
        with self._lock:
            self.asked.append(("/authorize", fields))
            back: Fields = {"state": fields["state"]}
            if fields["code_challenge_method"] != "S256" or not self.person:
                back["error"] = "access_denied"
            else:
                back["code"] = self._given(secrets.token_urlsafe(24))
                self._codes[back["code"]] = Asked(
                    account=self.person,
                    redirect_uri=fields["redirect_uri"],
                    challenge=fields["code_challenge"],
                )
            return f"{fields['redirect_uri']}/?{urlencode(back)}"

    def _device(self, fields: Fields) -> Reply:
        if fields.get("client_id") != self.client_id:
            return refused("invalid_client", status=401)
        code, user_code = secrets.token_urlsafe(24), secrets.token_hex(4).upper()
        asked = Asked(account=self.person if self.at_once else "")
        self._devices[self._given(code)] = self._user_codes[user_code] = asked
        return 200, {
            "device_code": code,
            "user_code": user_code,
            "verification_uri": self.url("enter"),
            "expires_in": self.device_lifetime,
            "interval": self.interval,
        }

    def _token(self, fields: Fields) -> Reply:
        grant = fields.get("grant_type", "")
        if grant.endswith("jwt-bearer"):
            return self._service_account(fields["assertion"])
        secret = fields.get("client_secret", "")
        if fields.get("client_id") != self.client_id or secret != self.client_secret:
            return refused("invalid_client", "the client secret is wrong", status=401)
        match grant:
            case "refresh_token":
                return self._refreshed(fields["refresh_token"])
            case "authorization_code":
                return self._exchanged(fields)
            case "client_credentials":
                return 200, self._access(self.person)
            case "urn:ietf:params:oauth:grant-type:device_code":
                return self._polled(fields["device_code"])
            case _:
                return refused("unsupported_grant_type")

    def _refreshed(self, token: str) -> Reply:
        family = self._families.get(token)
        if family is None or family.revoked:
            return refused("invalid_grant", "Token has been expired or revoked.")
        if family.refresh_token != token:
            # RFC 9700 §4.14.2: somebody else has it, so nobody may go on.
            family.revoked = True
            return refused("invalid_grant", "the refresh token was used before")
        return self._granted(family)

    def _exchanged(self, fields: Fields) -> Reply:
        asked = self._codes.pop(fields["code"], None)
        digest = hashlib.sha256(fields.get("code_verifier", "").encode()).digest()
        if asked is None or asked.redirect_uri != fields["redirect_uri"]:
            return refused("invalid_grant", "the code is unknown")
        if asked.challenge != _encoded(digest):
            return refused("invalid_grant", "the code verifier is wrong")
        return self._granted(Family(account=asked.account))

    def _polled(self, code: str) -> Reply:
        asked = self._devices.get(code)
        if self.polls:
            return refused(self.polls.popleft())
        if asked is None:
            return refused("expired_token")
        if asked.denied:
            return refused("access_denied")
        if not asked.account:
            return refused("authorization_pending")
        del self._devices[code]
        return self._granted(Family(account=asked.account))

    def _service_account(self, assertion: str) -> Reply:
        signed, _, signature = assertion.rpartition(".")
        claims = json.loads(_decoded(signed.split(".")[1]))
        assert self.public_key is not None
        try:
            self.public_key.verify(_decoded(signature), signed.encode(), PKCS1v15(), SHA256())
        except InvalidSignature:
            return refused("invalid_grant", "Invalid JWT Signature.")
        now = self.clock()
        if claims["aud"] != self.url("token") or not claims["iat"] <= now + 60 <= claims["exp"]:
            return refused("invalid_grant", "Invalid JWT: Token must be a short-lived token")
        return 200, self._access(claims["sub"])

    def _revoke(self, fields: Fields) -> Reply:
        if family := self._families.get(fields["token"]):
            family.revoked = True
        return 200, {}

    def _granted(self, family: Family) -> Reply:
        if not self.gives_refresh_tokens:
            return 200, self._access(family.account)
        if self.rotates or not family.refresh_token:
            family.refresh_token = self._given(secrets.token_urlsafe(32))
            self._families[family.refresh_token] = family
        fields = self._access(family.account)
        if self.says_who:
            fields["id_token"] = self._signed({"email": family.account})
        if self.ends_in:
            fields["refresh_token_expires_in"] = self.ends_in
        return 200, {**fields, "refresh_token": family.refresh_token}

    def _access(self, account: str) -> dict[str, object]:
        return {
            "access_token": self.token(account),
            "token_type": "Bearer",
            "expires_in": self.lifetime if self.expires_in is None else self.expires_in,
            "scope": self.scope,
        }

    def _signed(self, claims: dict[str, object]) -> str:
        head = _encoded(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
        signed = f"{head}.{_encoded(json.dumps(claims).encode())}"
        return f"{signed}.{_encoded(hmac.digest(self.key, signed.encode(), 'sha256'))}"

    def _given(self, secret: str) -> str:
        self.given.append(secret)
        return secret


@lru_cache(maxsize=2)
def _service_account_key(_number: int) -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


def _handler(server: OAuthServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            self.send_response(302)
            self.send_header("Location", server.authorize(dict(parse_qsl(parts.query))))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if server.misdeeds:
                server.misdeeds.popleft()(self)
                return
            status, fields = server.answer(self.path, dict(parse_qsl(body)))
            reply(self, json.dumps(fields).encode(), status=status)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
