"""What a dead instance on PostgreSQL was sending."""

from datetime import UTC, datetime, timedelta

import cases
import pytest
from servers.postgres import Postgres

from mailresponder.errors import TemporaryFailure
from mailresponder.store import database, leases, outbox, outbox_view, taking_over
from mailresponder.store.database import Store

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
OVER = timedelta(0)
"""A lease that has ended when it begins."""


def claimed(store: Store, owner: str, mailbox: str) -> int:
    """The id of a mail that this owner is sending."""
    key = f"{owner}-{mailbox}"
    with store.begin() as conn:
        outbox.enqueue(conn, cases.draft(key, mailbox=mailbox), NOW)
        [row] = outbox.claim(conn, mailbox, owner=owner, now=NOW, lease=HOUR, limit=1)
    return row.id


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_only_the_dead_lose_what_they_are_sending(store: Store, postgres: Postgres) -> None:
    """Of one mailbox, the mail of those who show no sign of life is queued again, to be sent as a
    repeat; the living keep theirs, and so do we."""
    lives = {"we": HOUR, "alive": HOUR, "ended": OVER}
    with store.begin() as conn:
        for owner, ttl in lives.items():
            leases.acquire(conn, leases.of_instance(owner), owner, ttl, NOW)
    rows = {owner: claimed(store, owner, "support") for owner in (*lives, "unheard")}
    elsewhere = claimed(store, "unheard", "sales")

    with store.begin() as conn:
        assert taking_over.free(conn, "support", "we") == 2

    with store.read() as conn:
        states = {owner: outbox_view.row(conn, row) for owner, row in rows.items()}
        other = outbox_view.row(conn, elsewhere)
    assert {owner: row.state for owner, row in states.items() if row} == {
        "we": "sending",
        "alive": "sending",
        "ended": "queued",
        "unheard": "queued",
    }
    assert other is not None
    assert other.state == "sending"
    with store.begin() as conn:
        again = outbox.claim(conn, "support", owner="we", now=NOW, lease=HOUR, limit=9)
    assert [row.repeat for row in again] == [True, True]


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_the_locks_of_the_frozen_end(
    store: Store, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is frozen in the middle of a transaction keeps nobody waiting: PostgreSQL ends it."""
    monkeypatch.setattr(database, "FROZEN", 0.1)

    def freeze() -> None:
        with store.begin() as frozen:
            leases.acquire(frozen, "support", "frozen", HOUR, NOW)
            with store.begin() as conn:
                assert leases.acquire(conn, "support", "other", HOUR, NOW)
            leases.owner_of(frozen, "support", NOW)

    with pytest.raises(TemporaryFailure, match="frozen"):
        freeze()
    with store.read() as conn:
        assert leases.owner_of(conn, "support", NOW) == "other"
