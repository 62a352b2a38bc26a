from datetime import UTC, datetime, timedelta

import cases
import pytest

from mailresponder.store import outbox, outbox_view, withdrawn
from mailresponder.store.database import Store
from mailresponder.store.outbox import Claimed

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def queued(store: Store) -> None:
    """A mail of staff's about no ticket waits to be sent."""
    given = cases.draft(
        "one",
        kind="answers_unseen",
        recipient="jane@example.com",
        message_id="<one@example.test>",
        content=b"Subject: x\r\n\r\n",
    )
    with store.begin() as conn:
        outbox.enqueue(conn, given, NOW)


def claim(store: Store, now: datetime) -> list[Claimed]:
    lease = timedelta(minutes=10)
    with store.begin() as conn:
        return outbox.claim(conn, "support", owner="a", now=now, lease=lease, limit=9)


def test_a_mail_that_is_held_is_due_later(store: Store) -> None:
    """Nobody gets it before."""
    with store.begin() as conn:
        withdrawn.hold(conn, "one", until=LATER)

    assert claim(store, NOW) == []
    assert [mail.message_id for mail in claim(store, LATER)] == ["<one@example.test>"]


@pytest.mark.parametrize("is_claimed", [False, True])
def test_what_is_being_sent_is_left_alone(store: Store, is_claimed: bool) -> None:
    """Only what still waits is taken back."""
    if is_claimed:
        claim(store, NOW)
    with store.begin() as conn:
        withdrawn.hold(conn, "one", until=LATER)
        withdrawn.with_keys(conn, ["one", "another"])
        states = [row.state for row in outbox_view.rows(conn)]

    assert states == (["sending"] if is_claimed else [])
