"""`check` counts the mailbox and the ledger, and takes nothing."""

from datetime import timedelta

import pytest
from offices import MONDAY, Office, complaint

from mailresponder import config
from mailresponder.jobs import reading
from mailresponder.jobs.mailbox_check import MailboxCheck
from mailresponder.jobs.results import CheckResult
from mailresponder.store import mailboxes
from mailresponder.store.templates import TemplateFolder

NOAH = "noah@customer.test"


def checked(office: Office) -> CheckResult:
    """What `check` says of the ledger, beside the program that is open."""
    loaded = config.load(office.path)
    folder = TemplateFolder.of_desk(loaded)
    [mailbox] = loaded.mailboxes
    found = MailboxCheck(loaded, mailbox, {}, folder, office.clock, store=office.app.store).run(
        None
    )
    [result] = [result for result in found if result.name == "support.ledger"]
    return result


def test_mailbox_and_ledger_are_counted(office: Office) -> None:
    """Before the first pass there is nothing to count; then both are alike, what came since is not
    missing, and what was deleted is not counted."""
    office.open()
    assert checked(office).detail == "no mail was read yet"
    office.receive(complaint(), complaint(NOAH), complaint("third@customer.test"))
    office.run_well()
    office.run_well()
    office.mark(3, "\\Deleted")
    office.imap().expunge()
    office.receive(complaint("later@customer.test"))

    result = checked(office)
    assert result.ok
    assert result.detail == (
        "INBOX 2 = ledger 2 (1 new, not read yet), Sent 3 = ledger 3, of all time"
    )
    assert len(office.tickets()) == 3


def test_what_is_missing_is_said_and_the_next_pass_takes_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It fails and names the UIDs; one pass later, long before the day is over, all is well."""
    office.open(start_from='"now"', save_copy="false")
    office.run_well()
    office.receive(complaint(), complaint(NOAH), at=MONDAY + timedelta(minutes=1))
    monkeypatch.setattr(reading, "_LOOK_BACK", 0)
    with office.app.store.begin() as conn:
        mailboxes.save_cursor(
            conn,
            "support",
            "INBOX",
            mailboxes.Cursor(uidvalidity=_uidvalidity(office), last_uid=2, first_uid=1),
        )
    office.clock.advance(hours=1)

    result = checked(office)
    assert not result.ok
    assert result.detail == (
        "INBOX 2 but ledger 0 (missing: UID 1, 2), Sent 0 = ledger 0, since 2025-03-10"
    )
    assert "the next pass takes what is missing" in result.mend
    assert office.tickets() == []
    office.run_well()
    assert len(office.tickets()) == 2
    assert checked(office).ok


def test_what_the_next_pass_reads_again_is_no_fault(office: Office) -> None:
    """A folder made anew, and a start that was moved, are said and not counted."""
    office.open()
    office.run_well()
    with office.app.store.begin() as conn:
        mailboxes.save_cursor(
            conn, "support", "INBOX", mailboxes.Cursor(uidvalidity=1, last_uid=5, first_uid=1)
        )
    made_anew = checked(office)
    office.configure(start_from='"2025-03-01"')
    moved = checked(office)

    assert made_anew.ok
    assert "INBOX was made anew on the server: the next pass reads it again" in made_anew.detail
    assert moved.ok
    assert "start_from is another one than before (all)" in moved.detail


def _uidvalidity(office: Office) -> int:
    with office.app.store.read() as conn:
        known = mailboxes.cursor(conn, "support", "INBOX")
    assert known is not None
    return known.uidvalidity
