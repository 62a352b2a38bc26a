from datetime import UTC, datetime, timedelta

from mailresponder.store import mailboxes
from mailresponder.store.database import Store
from mailresponder.store.mailboxes import Cursor, MailboxState

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def test_a_cursor_is_kept_per_folder(store: Store) -> None:
    """Each folder of each mailbox has its own cursor; the largest numbers of IMAP fit."""
    first = Cursor(uidvalidity=2**32 - 1, last_uid=2**32 - 1, floor=NOW)
    second = Cursor(uidvalidity=1, last_uid=0)
    with store.begin() as conn:
        assert mailboxes.cursor(conn, "support", "INBOX") is None
        mailboxes.save_cursor(conn, "support", "INBOX", second)
        mailboxes.save_cursor(conn, "support", "Sent", second)
        mailboxes.save_cursor(conn, "support", "INBOX", first)
    with store.read() as conn:
        assert mailboxes.cursor(conn, "support", "INBOX") == first
        assert mailboxes.cursor(conn, "support", "Sent") == second
        assert mailboxes.cursor(conn, "billing", "INBOX") is None


def test_a_mailbox_starts_once(store: Store) -> None:
    """The first connection counts, whatever comes later."""
    with store.begin() as conn:
        assert mailboxes.state(conn, "support") is None
        assert mailboxes.started(conn, "support", NOW) == NOW
        assert mailboxes.started(conn, "support", LATER) == NOW


def test_a_failure_lasts_until_a_pass_goes_well(store: Store) -> None:
    """`failing_since` stays at the first failure; the pass that goes well says what was before."""
    with store.begin() as conn:
        mailboxes.failed(conn, "support", NOW, "no route")
        state = mailboxes.failed(conn, "support", LATER, "wrong password")
        assert state == MailboxState(
            name="support", last_pass_at=LATER, failing_since=NOW, error="wrong password"
        )
        assert mailboxes.state(conn, "support") == state
        mailboxes.told(conn, "support", LATER)
        before = mailboxes.well(conn, "support", LATER)
        assert before is not None
        assert (before.failing_since, before.told_at) == (NOW, LATER)
        assert mailboxes.state(conn, "support") == MailboxState(
            name="support", last_pass_at=LATER, last_ok_at=LATER
        )


def test_a_first_pass_that_goes_well_has_no_before(store: Store) -> None:
    """Nothing is said to be well again that never failed."""
    with store.begin() as conn:
        assert mailboxes.well(conn, "support", NOW) is None
