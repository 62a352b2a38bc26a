"""Mail that a dead instance was sending, on PostgreSQL.

On SQLite a lock on a file tells who is dead: `outbox.release_dead`.
"""

from sqlalchemy import Connection, not_, update

from mailresponder.store.leases import lives
from mailresponder.store.schema import outbox


def free(conn: Connection, mailbox: str, owner: str) -> int:
    """Queue again what others were sending of a mailbox who show no sign of life any more
    (`leases.of_instance`). Returns how many.

    They are claimed again as a `repeat`: a dead process may have sent them. A living one keeps what
    it has claimed, however long its server lets it wait.
    """
    statement = (
        update(outbox)
        .where(
            outbox.c.mailbox == mailbox,
            outbox.c.state == "sending",
            outbox.c.owner != owner,
            not_(lives(outbox.c.owner, conn.dialect.name)),
        )
        .values(state="queued", lease_expires_at=None, maybe_sent=True)
    )
    return conn.execute(statement).rowcount
