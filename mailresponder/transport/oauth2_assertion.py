"""What a service account signs to get a token: a JWT with its own key (RFC 7519, 7523, RS256).

The key file is the JSON that Google hands out once. The signature comes from `cryptography`, which
is an extra: nobody else needs it.
"""

import base64
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from mailresponder.config.extras import how_to_install
from mailresponder.errors import ConfigError, ConfigProblem
from mailresponder.transport.grants import Client

_VALID = timedelta(minutes=30)
"""Google takes one hour at most, by its own clock: half of it bears a wrong one of ours."""

_LIMIT = 64 * 1024
"""Bytes of a key file."""


def assertion(client: Client, *, now: datetime) -> str:
    """A signed JWT that asks for a token to `client.account`'s mail.

    Raises ConfigError where the key file or the extra is missing or wrong; it shows no key.
    """
    if client.service_account_file is None:
        raise _problem("service_account_file is not set")
    key = _read(client.service_account_file)
    issued = int(now.timestamp())
    claims: dict[str, Any] = {
        "iss": key["client_email"],
        "scope": " ".join(client.scopes),
        "aud": client.token_url,
        "iat": issued,
        "exp": issued + int(_VALID.total_seconds()),
    }
    if client.account:
        claims["sub"] = client.account
    header = {"alg": "RS256", "typ": "JWT", "kid": key.get("private_key_id", "")}
    signed = f"{_part(header)}.{_part(claims)}"
    signature = _sign(key["private_key"], signed.encode("ascii"), client.service_account_file)
    return f"{signed}.{_encoded(signature)}"


def _read(path: Path) -> dict[str, str]:
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(_LIMIT))
    except OSError as error:
        raise _problem(f"{path}: {error.strerror or 'it cannot be read'}") from error
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not all(
        isinstance(found.get(name), str) for name in ("client_email", "private_key")
    ):
        raise _problem(
            f"{path} is not the key of a service account",
            "it is the JSON that Google offers under Keys, Add key, of the service account",
        )
    return {name: value for name, value in found.items() if isinstance(value, str)}


def _sign(pem: str, content: bytes, path: Path) -> bytes:
    try:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ModuleNotFoundError:
        raise _problem(
            "a service account needs an extra that is not installed",
            how_to_install("service-account"),
        ) from None
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, RSAPrivateKey):
        raise _problem(f"the private key in {path} is not an RSA key in PEM form")
    return key.sign(content, PKCS1v15(), SHA256())


def _part(value: object) -> str:
    return _encoded(json.dumps(value, separators=(",", ":")).encode())


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


def _problem(message: str, hint: str = "") -> ConfigError:
    path = "oauth2.service_account_file"
    return ConfigError([ConfigProblem(path=path, message=message, hint=hint)])
