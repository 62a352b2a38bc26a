"""What is kept of a mailbox's sign-in, and how it is written down."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from mailresponder.errors import ConfigError, ConfigProblem
from mailresponder.transport.grants import Client, Grant, SignIn


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """What is held of one mailbox's sign-in."""

    grant: Grant
    given_to: str
    """As `name_of` the client: to another one it is worth nothing."""
    renewed_at: datetime
    """When its access token was had."""
    refused: str = ""
    """Why the authorization server gave no next token when it was last asked, and what to do;
    empty: it did."""
    refused_at: datetime | None = None
    """Since when."""


def keep(client: Client, grant: Grant, *, now: datetime) -> Kept:
    """A grant that was had just now."""
    return Kept(grant=grant, given_to=name_of(client), renewed_at=now)


def name_of(client: Client) -> str:
    """What tells one client's grants from another's."""
    who = client.account if client.sign_in is SignIn.SERVICE_ACCOUNT else client.client_id
    # A name that means nothing but at one server: no other one is to be shown what that gave.
    where = f" {urlsplit(client.token_url).netloc}" if client.provider == "other" else ""
    return f"{client.provider} {client.sign_in} {who}{where}"


def dumped(kept: Kept) -> dict[str, Any]:
    """As JSON has it."""
    grant = kept.grant
    return {
        "access_token": grant.access_token,
        "expires_at": grant.expires_at.isoformat(),
        "refresh_token": grant.refresh_token,
        "scope": grant.scope,
        "obtained_at": grant.obtained_at.isoformat(),
        "account": grant.account,
        "ends_at": grant.ends_at.isoformat() if grant.ends_at else None,
        "given_to": kept.given_to,
        "renewed_at": kept.renewed_at.isoformat(),
        "refused": kept.refused,
        "refused_at": kept.refused_at.isoformat() if kept.refused_at else None,
    }


def loaded(found: Any, source: object) -> Kept:
    """What `dumped` gave. Raises ConfigError that names `source` where it is something else."""
    try:
        return Kept(
            grant=Grant(
                access_token=_text(found, "access_token"),
                expires_at=_moment(found["expires_at"]),
                refresh_token=_text(found, "refresh_token"),
                scope=_text(found, "scope"),
                obtained_at=_moment(found["obtained_at"]),
                account=_text(found, "account"),
                ends_at=_moment(found["ends_at"]) if found["ends_at"] else None,
            ),
            given_to=_text(found, "given_to"),
            renewed_at=_moment(found["renewed_at"]),
            refused=_text(found, "refused"),
            refused_at=_moment(found["refused_at"]) if found["refused_at"] else None,
        )
    except (KeyError, TypeError, ValueError):
        raise damaged(source) from None


def _text(found: Any, key: str) -> str:
    value = found[key]
    if not isinstance(value, str):
        raise TypeError(key)
    return value


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no time zone")
    return moment


def damaged(source: object) -> ConfigError:
    """The file, or an entry of the key store, is none of ours."""
    return unreadable(
        source,
        "this is not what mailresponder keeps there",
        "put it back from a backup, or remove it and sign in again: mailresponder login MAILBOX",
    )


def unreadable(source: object, why: str, hint: str = "") -> ConfigError:
    """It is there and cannot be read."""
    hint = hint or "it must belong to the user mailresponder runs as"
    problem = ConfigProblem(path="desk.token_file", message=f"{source}: {why}", hint=hint)
    return ConfigError([problem])
