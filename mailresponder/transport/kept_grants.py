"""What is kept of a mailbox's sign-in, and how it is written down."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mailresponder.errors import ConfigError, ConfigProblem
from mailresponder.transport.grants import Grant


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """What is held of one mailbox's sign-in."""

    grant: Grant
    client_id: str = ""
    """Whose grant it is: it is worth nothing to another client."""
    refused: str = ""
    """Why the authorization server gave no next token when it was last asked; empty: it did."""
    refused_at: datetime | None = None
    """When it first said so."""
    asked_at: datetime | None = None
    """When it last did."""


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
        "client_id": kept.client_id,
        "refused": kept.refused,
        "refused_at": kept.refused_at.isoformat() if kept.refused_at else None,
        "asked_at": kept.asked_at.isoformat() if kept.asked_at else None,
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
            client_id=_text(found, "client_id"),
            refused=_text(found, "refused"),
            refused_at=_moment(found["refused_at"]) if found["refused_at"] else None,
            asked_at=_moment(found["asked_at"]) if found["asked_at"] else None,
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
    return ConfigError(
        [ConfigProblem(path="desk.token_file", message=f"{source}: {why}", hint=hint)]
    )
