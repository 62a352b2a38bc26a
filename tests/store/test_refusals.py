"""Configurations that were refused."""

from datetime import UTC, datetime, timedelta

from mailresponder.store import refusals
from mailresponder.store.database import Store
from mailresponder.store.refusals import Refusal

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


def test_the_last_refusal_of_each_process_is_known_until_it_is_settled(store: Store) -> None:
    """One a process, the latest; one of another process stays, and old ones are past."""
    first = Refusal(process="run at here", why="a", at=NOW)
    second = Refusal(process="run at here", why="b: é", at=NOW + timedelta(hours=1))
    other = Refusal(process="web at there", why="c", at=NOW)
    with store.begin() as conn:
        for one in (first, second, other):
            refusals.note(conn, one)
        assert refusals.noted(conn, now=NOW) == [second, other]
        assert refusals.noted(conn, now=NOW + refusals.LASTS + timedelta(minutes=1)) == [second]
        refusals.settle(conn, "run at here")
        assert refusals.noted(conn, now=NOW) == [other]
