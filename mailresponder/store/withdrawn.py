"""Mails of the outbox that still wait: taken back, made to wait longer, or to be written anew.

What is being sent at this moment, or may have been sent already, is left alone.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, or_, update

from mailresponder.store.outbox import WAITS, Kind
from mailresponder.store.schema import outbox


def of_ticket(conn: Connection, ticket_id: int, kinds: Collection[Kind]) -> dict[str, Kind]:
    """Take back a ticket's mails of these kinds: Message-ID to kind."""
    statement = (
        delete(outbox)
        .where(outbox.c.ticket_id == ticket_id, outbox.c.kind.in_(kinds), WAITS)
        .returning(outbox.c.message_id, outbox.c.kind)
    )
    return {row.message_id: row.kind for row in conn.execute(statement)}


def with_keys(conn: Connection, dedup_keys: Collection[str]) -> None:
    """Take back the mails with these keys, which may then be written again."""
    conn.execute(delete(outbox).where(outbox.c.dedup_key.in_(dedup_keys), WAITS))


def late(conn: Connection, kind: Kind, *, now: datetime) -> None:
    """Take back the mails of a kind that are not true any more, of all mailboxes."""
    conn.execute(delete(outbox).where(outbox.c.kind == kind, outbox.c.promise_until <= now, WAITS))


def hold(conn: Connection, dedup_key: str, *, until: datetime) -> None:
    """Make the mail with this key wait: it is due at that time."""
    statement = update(outbox).where(outbox.c.dedup_key == dedup_key, WAITS)
    conn.execute(statement.values(next_attempt_at=until))


def outdate(conn: Connection, kind: Kind, *, now: datetime) -> None:
    """What the mails of a kind say may not be true any more: each is written anew when it is to be
    sent."""
    statement = update(outbox).where(
        outbox.c.kind == kind,
        outbox.c.state == "queued",
        or_(outbox.c.promise_until.is_(None), outbox.c.promise_until > now),
    )
    conn.execute(statement.values(promise_until=now))
