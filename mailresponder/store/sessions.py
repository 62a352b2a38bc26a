"""Sessions of the page that were ended before their time; the others live in their cookies."""

from datetime import datetime

from sqlalchemy import Connection, delete, select

from mailresponder.store.inserting import insert_missing
from mailresponder.store.schema import ended_sessions as rows


def end(conn: Connection, session: str, *, until: datetime, now: datetime) -> None:
    """From now on the session is over; it is remembered until its cookie would be anyway."""
    conn.execute(delete(rows).where(rows.c.until < now))
    insert_missing(conn, rows, [{"session": session, "until": until}])


def has_ended(conn: Connection, session: str) -> bool:
    """Was it ended?"""
    found = conn.execute(select(rows.c.session).where(rows.c.session == session)).first()
    return found is not None
