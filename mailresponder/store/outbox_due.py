"""Which mails in the outbox can be claimed, asked so that an index answers."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, and_, select, union_all

from mailresponder.store.leases import lease_clock
from mailresponder.store.schema import outbox


def first_due(conn: Connection, mailbox: str, now: datetime, limit: int) -> Select[int]:
    """The ids of up to `limit` mails of a mailbox that can be claimed, the longest due first; as a
    query for a statement that claims them."""
    # As CTEs, because PostgreSQL may run a subquery more than once and lock more than `limit`.
    found = [
        select(outbox.c.next_attempt_at, outbox.c.id)
        .where(which)
        .order_by(outbox.c.next_attempt_at, outbox.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte(name)
        for name, which in claimable(conn, mailbox, now).items()
    ]
    both = union_all(*map(select, found)).order_by("next_attempt_at", "id").limit(limit).subquery()
    return select(both.c.id)


def claimable(conn: Connection, mailbox: str, now: datetime) -> dict[str, ColumnElement[bool]]:
    """Those that are due, and those in the hands of somebody whose lease has ended. Each is a
    search of an index; with an OR between them neither would be."""
    ours, over = outbox.c.mailbox == mailbox, lease_clock(conn.dialect.name, now)
    return {
        "due": and_(ours, outbox.c.state == "queued", outbox.c.next_attempt_at <= now),
        "let_go": and_(ours, outbox.c.state == "sending", outbox.c.lease_expires_at <= over),
    }
