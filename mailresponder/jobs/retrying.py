"""Sends again what waits or was given up, because somebody says so: at the command line, or on the
page."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from mailresponder.store import outbox, outbox_view


class Retried(StrEnum):
    """What came of it."""

    DUE = "due"
    """The next pass sends it."""
    SENT = "sent"
    """It was sent meanwhile, or may have been: nothing is sent twice."""
    SENDING = "sending"
    """It is being sent at this moment."""
    UNKNOWN = "unknown"
    """There is no such mail, it was taken back, or its bytes are kept no longer."""


def retry(conn: Connection, outbox_id: int, *, now: datetime) -> Retried:
    """Make one mail of the outbox due now; one that was given up starts counting attempts anew."""
    if outbox.retry_now(conn, outbox_id, now):
        return Retried.DUE
    row = outbox_view.row(conn, outbox_id)
    if row is None or row.state == "failed":
        return Retried.UNKNOWN
    return Retried.SENDING if row.state == "sending" else Retried.SENT
