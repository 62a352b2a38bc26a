from dataclasses import replace
from datetime import UTC, datetime, timedelta

from mailresponder.store import mailboxes
from mailresponder.store.database import Store
from mailresponder.store.mailboxes import Cursor, Fault, MailboxState, Way

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LATER = NOW + HOUR


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
    """`since` stays at the first failure; the pass that goes well says what was before."""
    with store.begin() as conn:
        mailboxes.failed(conn, "support", NOW, "no route")
        fault = mailboxes.failed(conn, "support", LATER, "wrong password")
        assert fault == Fault(since=NOW, why="wrong password", failures=2)
        assert mailboxes.state(conn, "support") == MailboxState(
            name="support", last_pass_at=LATER, reading=fault
        )
        mailboxes.told(conn, "support", LATER)
        assert mailboxes.well(conn, "support", LATER) == replace(fault, told_at=LATER)
        assert mailboxes.state(conn, "support") == MailboxState(
            name="support", last_pass_at=LATER, last_ok_at=LATER
        )


def test_reading_and_sending_fail_apart(store: Store) -> None:
    """What is written down of one leaves the other as it is, and no pass of it."""
    with store.begin() as conn:
        reading = mailboxes.failed(conn, "support", NOW, "no route")
        sending = mailboxes.failed(conn, "support", LATER, "no more today", Way.SENDING)
        mailboxes.rest(conn, "support", LATER + HOUR, Way.SENDING)
        mailboxes.told(conn, "support", LATER, Way.SENDING)
        sending = replace(sending, retry_at=LATER + HOUR, told_at=LATER)
        assert mailboxes.state(conn, "support") == MailboxState(
            name="support", last_pass_at=NOW, reading=reading, sending=sending
        )
        assert mailboxes.well(conn, "support", LATER, Way.SENDING) == sending
        assert mailboxes.state(conn, "support") == MailboxState(
            name="support", last_pass_at=NOW, reading=reading
        )


def test_a_fault_is_as_old_as_the_clock_says(store: Store) -> None:
    """After the clock was put back no fault began in what is the future now."""
    with store.begin() as conn:
        mailboxes.failed(conn, "support", LATER, "no route")
        assert mailboxes.failed(conn, "support", NOW, "no route").since == NOW


def test_a_first_pass_that_goes_well_has_no_before(store: Store) -> None:
    """Nothing is said to be well again that never failed."""
    with store.begin() as conn:
        assert mailboxes.well(conn, "support", NOW) is None
