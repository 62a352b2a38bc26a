"""Sign-ins that end unless somebody does something, one row a mailbox. No token is in it."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from mailresponder.store.database import desk_value, set_desk_value
from mailresponder.store.schema import desk

_KEY = "sign_in_ending:"


@dataclass(frozen=True, kw_only=True, slots=True)
class SignInEnding:
    """A mailbox that can still be read and send, and will not be able to."""

    since: datetime
    until: datetime
    why: str
    """With what to do."""


def ending(conn: Connection, mailbox: str) -> SignInEnding | None:
    """What is known of a mailbox; None: nothing."""
    value = desk_value(conn, _KEY + mailbox)
    return _read(value) if value else None


def endings(conn: Connection) -> dict[str, SignInEnding]:
    """Likewise of all mailboxes, by their names."""
    query = select(desk.c.key, desk.c.value).where(desk.c.key.startswith(_KEY, autoescape=True))
    return {row.key.removeprefix(_KEY): _read(row.value) for row in conn.execute(query)}


def save_ending(conn: Connection, mailbox: str, found: SignInEnding | None) -> None:
    """Remember it, or that all is well again."""
    if found is None:
        conn.execute(delete(desk).where(desk.c.key == _KEY + mailbox))
        return
    fields = {"since": found.since.isoformat(), "until": found.until.isoformat(), "why": found.why}
    set_desk_value(conn, _KEY + mailbox, json.dumps(fields))


def _read(value: str) -> SignInEnding:
    fields = json.loads(value)
    return SignInEnding(
        since=datetime.fromisoformat(fields["since"]),
        until=datetime.fromisoformat(fields["until"]),
        why=fields["why"],
    )
