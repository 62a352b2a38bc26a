"""When each mailbox was last worked on, and which are being worked on: what workers are sent by."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from mailresponder.store.leases import lease_clock, of_mailbox
from mailresponder.store.schema import leases, mailboxes


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """The last pass over a mailbox."""

    last_pass_at: datetime | None
    retry_at: datetime | None
    """Until then it is not read, for it failed."""


def last(conn: Connection) -> dict[str, Visit]:
    """By the mailbox's name; one that was never tried is not among them."""
    query = select(mailboxes.c.name, mailboxes.c.last_pass_at, mailboxes.c.retry_at)
    return {
        row.name: Visit(last_pass_at=row.last_pass_at, retry_at=row.retry_at)
        for row in conn.execute(query)
    }


def in_hand(conn: Connection, now: datetime) -> frozenset[str]:
    """The names of the mailboxes that somebody holds a lease on."""
    prefix = of_mailbox("")
    query = select(leases.c.name).where(
        leases.c.name.startswith(prefix, autoescape=True),
        leases.c.expires_at > lease_clock(conn.dialect.name, now),
    )
    return frozenset(name.removeprefix(prefix) for name in conn.execute(query).scalars())
