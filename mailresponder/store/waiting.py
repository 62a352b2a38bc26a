"""What waits for a moment that was named by a clock that was wrong."""

from datetime import datetime

from sqlalchemy import Connection, update

from mailresponder.store.schema import mailbox_tasks, outbox


def bring_forward(conn: Connection, mailbox: str, *, beyond: datetime, now: datetime) -> int:
    """Make due at once what waits in this mailbox until after `beyond`, to be sent or to be done;
    how much there was."""
    mails = (
        update(outbox)
        .where(
            outbox.c.mailbox == mailbox,
            outbox.c.state == "queued",
            outbox.c.next_attempt_at > beyond,
        )
        .values(next_attempt_at=now)
    )
    tasks = (
        update(mailbox_tasks)
        .where(
            mailbox_tasks.c.mailbox == mailbox,
            mailbox_tasks.c.state == "pending",
            mailbox_tasks.c.next_attempt_at > beyond,
        )
        .values(next_attempt_at=now)
    )
    return conn.execute(mails).rowcount + conn.execute(tasks).rowcount
