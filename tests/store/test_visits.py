"""What workers are sent by."""

from datetime import UTC, datetime, timedelta

from mailresponder.store import leases, mailboxes, visits
from mailresponder.store.database import Store

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_the_last_pass_is_known(store: Store) -> None:
    """Of each mailbox that was ever tried, well or not; of others nothing."""
    with store.begin() as conn:
        mailboxes.well(conn, "support", NOW)
        mailboxes.failed(conn, "billing", NOW - HOUR, "refused")

        found = visits.last(conn)

    assert {name: visit.last_pass_at for name, visit in found.items()} == {
        "support": NOW,
        "billing": NOW - HOUR,
    }


def test_only_leases_on_mailboxes_that_have_not_ended_count(store: Store) -> None:
    """A mailbox is in hand while somebody's lease on it lasts."""
    with store.begin() as conn:
        leases.acquire(conn, leases.of_mailbox("support"), "a", HOUR, NOW)
        leases.acquire(conn, leases.of_mailbox("billing"), "a", timedelta(0), NOW)
        leases.acquire(conn, "mailboxes", "a", HOUR, NOW)

        assert visits.in_hand(conn, NOW) == {"support"}
