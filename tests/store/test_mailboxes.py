from datetime import UTC, datetime, timedelta

from mailresponder.store import mailboxes
from mailresponder.store.database import Store
from mailresponder.store.mailboxes import Cursor, MailboxState

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def test_a_cursor_is_kept_per_folder(store: Store) -> None:
    """Each folder of each mailbox has its own cursor; the largest numbers of IMAP fit."""
    first = Cursor(
        uidvalidity=2**32 - 1,
        last_uid=2**32 - 1,
        first_uid=2**32 - 1,
        floor=NOW,
        compared_uid=2**32 - 1,
    )
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


def test_a_start_that_was_moved_is_noticed_once(store: Store) -> None:
    """Not where nothing was remembered, as by an earlier version."""
    with store.begin() as conn:
        mailboxes.started(conn, "support", NOW)
        assert not mailboxes.start_moved(conn, "support", "now")
        assert not mailboxes.start_moved(conn, "support", "now")
        assert mailboxes.start_moved(conn, "support", "2026-11-01")
        assert not mailboxes.start_moved(conn, "support", "2026-11-01")


def test_a_comparison_ends_for_every_folder(store: Store) -> None:
    """The next one begins with the first message again."""
    with store.begin() as conn:
        mailboxes.started(conn, "support", NOW)
        for folder in ("INBOX", "Sent"):
            halfway = Cursor(uidvalidity=1, last_uid=9, first_uid=1, compared_uid=4)
            mailboxes.save_cursor(conn, "support", folder, halfway)
        mailboxes.reconciled(conn, "support", LATER)
    with store.read() as conn:
        state = mailboxes.state(conn, "support")
        assert state is not None
        assert state.reconciled_at == LATER
        for folder in ("INBOX", "Sent"):
            known = mailboxes.cursor(conn, "support", folder)
            assert known == Cursor(uidvalidity=1, last_uid=9, first_uid=1)


def test_forgotten_cursors_are_those_of_one_mailbox(store: Store) -> None:
    """Its folders are read anew; another mailbox goes on."""
    at = Cursor(uidvalidity=1, last_uid=9)
    with store.begin() as conn:
        for name in ("support", "sales"):
            mailboxes.save_cursor(conn, name, "INBOX", at)
        mailboxes.forget_cursors(conn, "support")
    with store.read() as conn:
        assert mailboxes.cursor(conn, "support", "INBOX") is None
        assert mailboxes.cursor(conn, "sales", "INBOX") == at


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
