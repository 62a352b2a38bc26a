"""What waits for a moment that a wrong clock named."""

from datetime import timedelta

import cases
from making import NOON

from mailresponder.store import mailbox_tasks, outbox_view, waiting
from mailresponder.store.database import Store
from mailresponder.store.mailbox_tasks import Task

HOUR = timedelta(hours=1)


def test_only_what_waits_beyond_the_moment_is_brought_forward(store: Store) -> None:
    """Of this mailbox, to be sent and to be done; what is sent stays as it is."""
    with store.begin() as conn:
        near = cases.queue_mail(conn, key="near", next_attempt_at=NOON + HOUR)
        far = cases.queue_mail(conn, key="far", next_attempt_at=NOON + 3 * HOUR)
        other = cases.queue_mail(
            conn, key="other", mailbox="sales", next_attempt_at=NOON + 3 * HOUR
        )
        sent = cases.queue_mail(
            conn, key="sent", state="sent", settled_at=NOON, next_attempt_at=NOON + 3 * HOUR
        )
        mailbox_tasks.add(
            conn, Task(mailbox="support", kind="flag", dedup_key="a"), NOON + 4 * HOUR
        )

        assert waiting.bring_forward(conn, "support", beyond=NOON + 2 * HOUR, now=NOON) == 2

        due = {row.id: row.next_attempt_at for row in outbox_view.rows(conn)}
        assert due == {
            near: NOON + HOUR,
            far: NOON,
            other: NOON + 3 * HOUR,
            sent: NOON + 3 * HOUR,
        }
        assert len(mailbox_tasks.due(conn, "support", NOON, limit=9)) == 1
