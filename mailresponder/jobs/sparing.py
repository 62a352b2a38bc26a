"""How much mail that nobody waits for may be written now."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from mailresponder.jobs.work import Work
from mailresponder.store import outbox_view

_SHARE = 4
"""It takes up at most one in so many of the mails that may leave in a minute."""


def room(conn: Connection, work: Work, now: datetime) -> int:
    """How many such mails may join what leaves in this minute: there may be hundreds to write, on
    the first day or after an outage, and none is worth a receipt that leaves late."""
    share = max(1, work.config.acknowledge.max_per_mailbox_per_minute // _SHARE)
    sent = outbox_view.sent_since(conn, work.desk.mailbox, now - timedelta(minutes=1))
    return max(0, share - sent - outbox_view.due_count(conn, work.desk.mailbox, now))
