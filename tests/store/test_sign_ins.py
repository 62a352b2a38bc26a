"""Sign-ins that are about to end, on both databases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from mailresponder.store import sign_ins
from mailresponder.store.database import Store
from mailresponder.store.sign_ins import SignInEnding

NOW = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
ENDING = SignInEnding(since=NOW, until=NOW + timedelta(hours=1), why="revoked: sign in again")


def test_each_mailbox_has_one(store: Store) -> None:
    """It is kept, replaced and forgotten by the mailbox's name, whatever letters that has."""
    later = replace(ENDING, until=NOW + timedelta(hours=2))
    with store.begin() as conn:
        sign_ins.save_ending(conn, "support", ENDING)
        sign_ins.save_ending(conn, "soporte ñ_%", ENDING)
        sign_ins.save_ending(conn, "support", later)
    with store.read() as conn:
        assert sign_ins.endings(conn) == {"support": later, "soporte ñ_%": ENDING}
        assert sign_ins.ending(conn, "support") == later
        assert sign_ins.ending(conn, "sales") is None
    with store.begin() as conn:
        sign_ins.save_ending(conn, "support", None)
        sign_ins.save_ending(conn, "support", None)
    with store.read() as conn:
        assert sign_ins.endings(conn) == {"soporte ñ_%": ENDING}
