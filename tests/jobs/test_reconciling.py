"""The mailbox held against the ledger: what is missing is found and taken, and somebody hears."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from desks import text_of
from letters import letter
from offices import EMMA, LEAD, MONDAY, OPS, PROVEN, Office, answer, complaint
from structlog.testing import capture_logs

from mailresponder.jobs import defects, folders, ordering, reading, reconciling
from mailresponder.jobs.acts import Hand
from mailresponder.mail.message import RawMessage
from mailresponder.policy.ticket import TicketState
from mailresponder.store import mailboxes
from mailresponder.store.mailboxes import Cursor
from mailresponder.transport import imap_search
from mailresponder.transport.imap import ImapMailbox

NOAH = "noah@customer.test"


@pytest.fixture(autouse=True)
def _looks_at_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_LOOK_BACK", 0)


def overlook(office: Office, folder: str = "INBOX") -> None:
    """Intake believes to have read all that is there."""
    there = office.imap().folder_status(folder, ["UIDNEXT"])[b"UIDNEXT"]
    with office.app.store.begin() as conn:
        known = mailboxes.cursor(conn, "support", folder)
        assert known is not None
        mailboxes.save_cursor(conn, "support", folder, replace(known, last_uid=there - 1))


def cursor(office: Office, folder: str = "INBOX") -> Cursor:
    with office.app.store.read() as conn:
        known = mailboxes.cursor(conn, "support", folder)
    assert known is not None
    return known


def reconciled_at(office: Office) -> datetime | None:
    with office.app.store.read() as conn:
        state = mailboxes.state(conn, "support")
    assert state is not None
    return state.reconciled_at


def test_mail_under_uids_that_others_had_is_taken_within_a_day(office: Office) -> None:
    """A server that was restored from a snapshot while nobody read has given the UIDs it forgot to
    other mail, up to more than was read: that mail is taken, and what was read is known."""
    office.receive(complaint("a@customer.test"))
    office.open(save_copy="false")
    office.run_well()
    snapshot = office.snapshot()
    office.receive(*(complaint(f"{who}@customer.test") for who in "bc"))
    office.run_well()
    office.restore(snapshot)
    office.receive(*(complaint(f"{who}@customer.test") for who in "dbefg"))
    office.run_well()
    assert [t.customer.email[0] for t in office.tickets()] == [*"abcefg"]

    office.clock.advance(days=1)
    office.run_well()
    office.run_well()

    assert sorted(t.customer.email[0] for t in office.tickets()) == [*"abcdefg"]
    assert [len(office.sent_to(f"{who}@customer.test")) for who in "abcdefg"] == [1] * 7


def test_a_mail_is_the_same_whatever_it_was_taken_for(office: Office) -> None:
    """A forward is taken as the mail of whoever wrote it, under that one's Message-ID: it is no
    other mail for that, and nothing is read again."""
    forward = letter(
        sender="Jane <jane@example.com>",
        subject="Fwd: Where is my order?",
        text=f"@fwd\n---------- Forwarded message ---------\nFrom: Emma <{EMMA}>\n"
        "Date: Mon, 10 Mar 2025 at 09:12\nSubject: Where is my order?\n\nWhere is it?\n",
        message_id="<forward-1@example.com>",
        In_Reply_To="<emma-1@customer.test>",
        Authentication_Results=PROVEN,
    )
    office.receive(forward)
    office.run_well()
    assert office.messages()[0].message_id == "<emma-1@customer.test>"
    before = cursor(office)

    office.clock.advance(days=1)
    with capture_logs() as told:
        office.run_well()
    assert "uids_set_back" not in [one["event"] for one in told]
    assert cursor(office) == replace(before, compared_uid=cursor(office).compared_uid)
    assert len(office.tickets()) == 1


def test_overlooked_mail_is_taken_within_a_day_and_the_admins_hear_of_it_once(
    office: Office,
) -> None:
    """It is acknowledged and waits since it came; what people have deleted meanwhile is no fault,
    and on the next day there is nothing to tell."""
    office.receive(complaint("gone@customer.test"))
    office.open(save_copy="false")
    office.run_well()
    client = office.imap()
    client.select_folder("INBOX")
    client.delete_messages([1])
    client.expunge()
    office.receive(complaint(), complaint(NOAH), at=MONDAY + timedelta(hours=1))
    overlook(office)
    office.clock.advance(hours=23)
    office.run_well()
    assert len(office.tickets()) == 1

    office.clock.advance(hours=1)
    office.run_well()
    missed = office.tickets()[1:]
    assert [(t.customer.email, t.opened_at) for t in missed] == [
        (address, MONDAY + timedelta(hours=1)) for address in (EMMA, NOAH)
    ]
    assert len(office.sent_to(EMMA)) == 1
    [told] = office.sent_to(OPS)
    assert told["Subject"] == "Acme Support: a mail was overlooked"
    assert "2 taken only now: folder INBOX, UID 2; folder INBOX, UID 3" in text_of(told)
    assert reconciled_at(office) == office.clock.now

    office.clock.advance(days=1)
    office.run_well()
    assert reconciled_at(office) == office.clock.now
    assert len(office.sent_to(OPS)) == 1


def test_overlooked_mail_is_told_of_a_known_problem_as_any_other(office: Office) -> None:
    """What is looked up once for all mail of a pass is there for it too."""
    office.open(save_copy="false")
    office.run_well()
    known = {"en": "We know that the app crashes."}
    with office.app.store.begin() as conn:
        hand = Hand(conn=conn, now=office.clock.now, by="ana@example.com")
        defects.know(hand, defects.add(hand, "Crash", words={"en": ("app crash",)}), known)
    office.receive(complaint(text="Hello,\n\nthe app crashes whenever I log in.\n"))
    overlook(office)
    office.clock.advance(days=1)
    office.run_well()
    [mail] = office.sent_to(EMMA)
    assert known["en"] in text_of(mail)


def test_an_overlooked_answer_finds_its_overlooked_question(office: Office) -> None:
    """Both are taken in the order in which they came, and nobody is called."""
    office.open(save_copy="false")
    office.run_well()
    office.receive(complaint())
    office.receive(answer(), folder="Sent", at=MONDAY + timedelta(hours=1))
    for folder in ("INBOX", "Sent"):
        overlook(office, folder)
    office.clock.advance(days=1)
    office.run_well()

    assert office.ticket.state is TicketState.ANSWERED
    assert office.sent_to(EMMA) == office.sent_to(LEAD) == []


def test_what_lay_there_before_the_start_is_not_missing(office: Office) -> None:
    """With "now" nothing of before is looked at; old mail that was moved in and overlooked is left
    alone, and is nothing to tell anybody."""
    office.receive(complaint("lay@customer.test"))
    office.open(start_from='"now"')
    office.clock.advance(minutes=1)
    office.run_well()
    office.receive(complaint(NOAH), at=MONDAY - timedelta(days=90))
    overlook(office)
    office.clock.advance(days=1)
    office.run_well()

    assert reconciled_at(office) == office.clock.now
    assert office.tickets() == []
    assert office.sent_to(OPS) == []


def test_a_long_comparison_goes_on_where_the_last_pass_stopped(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pass looks at a bounded number of messages and takes a bounded number; all are found in
    the end, and only then is the mailbox compared."""
    monkeypatch.setattr(imap_search, "SEARCH_LIMIT", 5)
    monkeypatch.setattr(folders, "SEARCH_LIMIT", 5)
    monkeypatch.setattr(reconciling, "LISTS", 1)
    monkeypatch.setattr(reconciling, "MOST", 3)
    for module in (reading, ordering, reconciling):
        monkeypatch.setattr(module, "BATCH", 2)
    office.open(save_copy="false", acknowledge="enabled = false")
    office.run_well()
    office.receive(*(complaint(f"c{n}@customer.test", number=n) for n in range(12)))
    overlook(office)
    office.clock.advance(days=1)

    taken, came_to = [], []
    for _ in range(7):
        office.run_well()
        taken.append(len(office.tickets()))
        came_to.append(cursor(office).compared_uid)
    assert taken[-1] == 12
    assert max(after - before for before, after in zip([0, *taken], taken, strict=False)) <= 4
    assert came_to[:4] == [0, 5, 5, 10]
    assert came_to[-1] == 0
    assert reconciled_at(office) == office.clock.now


def test_a_message_that_the_server_lists_and_does_not_give_is_told_of_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody is to look at it in the mailbox; it is not looked for every day."""
    fetch = ImapMailbox.fetch

    def without_first(mailbox: ImapMailbox, uids: Sequence[int]) -> Iterator[RawMessage]:
        return fetch(mailbox, [uid for uid in uids if (mailbox.selected, uid) != ("INBOX", 1)])

    monkeypatch.setattr(ImapMailbox, "fetch", without_first)
    office.receive(complaint(), complaint(NOAH))
    office.open(save_copy="false", acknowledge="enabled = false")
    office.run_well()
    for _ in range(2):
        office.clock.advance(days=1)
        office.run_well()

    told = [mail for mail in office.sent_to(OPS) if "overlooked" in mail["Subject"]]
    assert len(told) == 1
    assert "1 listed by the server and not to be had: folder INBOX, UID 1" in text_of(told[0])


def test_a_folder_read_by_an_earlier_version_is_compared_from_then_on(office: Office) -> None:
    """What it had read is not looked at again, what comes is."""
    office.receive(complaint())
    office.open(save_copy="false")
    office.run_well()
    with office.app.store.begin() as conn:
        for folder in ("INBOX", "Sent"):
            known = replace(cursor(office, folder), first_uid=None)
            mailboxes.save_cursor(conn, "support", folder, known)
    office.run_well()
    assert cursor(office).first_uid == 2
    office.receive(complaint(NOAH))
    overlook(office)
    office.clock.advance(days=1)
    office.run_well()

    assert [t.customer.email for t in office.tickets()] == [EMMA, NOAH]


def test_the_mailbox_is_compared_a_day_after_it_was_first_read() -> None:
    """And a day after each comparison; never before anything was read."""
    state = mailboxes.MailboxState(name="support", started_at=MONDAY)
    day = timedelta(days=1)
    second = timedelta(seconds=1)

    assert not reconciling.is_due(None, MONDAY)
    assert not reconciling.is_due(state, MONDAY + day - second)
    assert reconciling.is_due(state, MONDAY + day)
    again = replace(state, reconciled_at=MONDAY + day)
    assert not reconciling.is_due(again, MONDAY + 2 * day - second)
    assert reconciling.is_due(again, MONDAY + 2 * day)


def test_a_clock_that_was_ahead_ends_no_comparing() -> None:
    """A comparison that seems to lie ahead was written down by a wrong clock, and another is due;
    so is the first one where it was wrong when the mailbox was first read."""
    ahead = MONDAY + timedelta(days=400)
    state = mailboxes.MailboxState(name="support", started_at=MONDAY)

    assert reconciling.is_due(replace(state, reconciled_at=ahead), MONDAY + timedelta(days=2))
    assert reconciling.is_due(replace(state, started_at=ahead), MONDAY)
