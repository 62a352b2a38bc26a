from datetime import timedelta

from cases import NOON
from sqlalchemy import func, select

from mailresponder.store import sessions
from mailresponder.store.database import Store
from mailresponder.store.schema import ended_sessions


def test_an_ended_session_stays_ended(store: Store) -> None:
    """It is over from then on, however often it is ended, and no other is."""
    with store.begin() as conn:
        for _ in range(2):
            sessions.end(conn, "one", until=NOON + timedelta(hours=12), now=NOON)
    with store.read() as conn:
        assert sessions.has_ended(conn, "one")
        assert not sessions.has_ended(conn, "two")


def test_what_has_run_out_is_forgotten(store: Store) -> None:
    """The list holds no session whose cookie has expired."""
    with store.begin() as conn:
        sessions.end(conn, "one", until=NOON, now=NOON)
        sessions.end(conn, "two", until=NOON + timedelta(days=2), now=NOON + timedelta(days=1))
        assert conn.execute(select(func.count()).select_from(ended_sessions)).scalar_one() == 1
