"""What a folder does to its messages while nobody looks, and what becomes of them."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from offices import EMMA, LEAD, MONDAY, Office, answer, complaint
from servers.scripted import IMAP_GREETING, Reply, ScriptedServer, imap_rules

from mailresponder.policy.ticket import TicketState
from mailresponder.store import mailboxes
from mailresponder.store.schema import sightings
from mailresponder.transport.imap import ImapMailbox

NOAH = "noah@customer.test"
LONG_AGO = MONDAY - timedelta(days=400)


def outcomes(office: Office) -> dict[str, int]:
    """What one pass, in which nothing fails, made of what it read."""
    report = office.run_well()
    assert report.intake is not None
    return dict(report.intake.outcomes)


def ledger(office: Office) -> list[tuple[str, int, str]]:
    """Folder, UID and outcome of each entry."""
    with office.app.store.read() as conn:
        rows = conn.execute(sightings.select().order_by(sightings.c.folder, sightings.c.uid))
        return [(row.folder, row.uid, row.outcome) for row in rows]


@pytest.mark.parametrize("start_from", ['"now"', '"2025-03-09"'])
def test_old_mail_that_staff_tidy_into_inbox_is_left_alone(office: Office, start_from: str) -> None:
    """What was received before the start opens no ticket and is not answered, nor does an old
    answer in Sent answer anything; both are in the ledger, and a later copy is known."""
    office.open(start_from=start_from, save_copy="false")
    office.imap().create_folder("Archive")
    office.run_well()
    office.receive(complaint())
    office.run_well()
    office.clock.advance(hours=1)
    office.receive(complaint(NOAH), folder="Archive", at=LONG_AGO)
    client = office.imap()
    client.select_folder("Archive")
    client.move([1], "INBOX")
    old = answer(in_reply_to="<something-else@customer.test>")
    office.receive(old, folder="Sent", at=LONG_AGO)
    assert outcomes(office) == {"before_start": 2}

    assert office.ticket.customer.email == EMMA
    assert office.ticket.state is TicketState.OPEN
    assert office.sent_to(NOAH) == []
    assert ledger(office)[-2:] == [("INBOX", 2, "before_start"), ("Sent", 1, "before_start")]
    office.receive(complaint(NOAH))
    assert outcomes(office) == {"duplicate": 1}


def test_fresh_mail_of_a_server_whose_clock_is_behind_is_taken(office: Office) -> None:
    """INTERNALDATE may lie hours before the start that our clock wrote down."""
    office.open(start_from='"now"')
    office.run_well()
    office.receive(complaint(), at=MONDAY - timedelta(hours=11))
    assert outcomes(office) == {"opened": 1}


def test_with_all_what_is_moved_in_is_taken_however_old(office: Office) -> None:
    """ "all" means all: a mail of years ago that somebody moves into INBOX is a ticket that was
    opened then, and its customer is answered."""
    office.run_well()
    office.receive(complaint(), at=LONG_AGO)
    assert outcomes(office) == {"opened": 1}
    assert office.ticket.opened_at == LONG_AGO
    assert len(office.sent_to(EMMA)) == 1


def test_mail_moved_away_and_back_is_one_ticket(office: Office) -> None:
    """Moved away before we read it, it is not seen; moved back it is taken as of when it came;
    moved once more it is known."""
    client = office.imap()
    client.create_folder("Later")
    office.receive(complaint())
    client.select_folder("INBOX")
    client.move([1], "Later")
    office.run_well()
    assert office.tickets() == []

    for again in (False, True):
        office.clock.advance(hours=2)
        client.select_folder("Later")
        client.move(client.search("ALL"), "INBOX")
        taken = outcomes(office)
        assert taken.get("duplicate", 0) == again
        assert office.ticket.opened_at == MONDAY
        client.select_folder("INBOX")
        client.move(client.search("ALL"), "Later")
    assert len(office.sent_to(EMMA)) == 1


def test_mail_marked_as_deleted_is_taken_while_it_is_there(office: Office) -> None:
    r"""\Deleted can be taken back, and some servers move by it: its customer has written all the
    same."""
    office.receive(complaint())
    office.mark(1, "\\Deleted")
    assert outcomes(office) == {"opened": 1}
    assert "\\Deleted" in office.flags()[0]


def test_mail_expunged_while_it_is_fetched_is_no_ticket(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between SEARCH and FETCH, or after its size was told, a message goes: no empty ticket is
    opened in its place, the others are taken, and nothing is looked for again."""
    fetch = ImapMailbox.fetch
    office.receive(*(complaint(f"c{n}@customer.test", number=n) for n in range(5)))
    client = office.imap()

    def expunging(mailbox: ImapMailbox, uids: list[int]) -> Iterator[object]:
        if mailbox.selected == "INBOX":
            monkeypatch.setattr(ImapMailbox, "fetch", fetch)
            ask, asked = mailbox._client.fetch, 0

            def expunge_then_ask(*given: object) -> object:
                nonlocal asked
                asked += 1
                if asked <= 2:
                    client.select_folder("INBOX")
                    client.delete_messages([2 * asked])
                    client.expunge()
                return ask(*given)

            monkeypatch.setattr(mailbox._client, "fetch", expunge_then_ask)
        return fetch(mailbox, uids)

    monkeypatch.setattr(ImapMailbox, "fetch", expunging)
    assert outcomes(office) == {"opened": 3}
    assert [t.customer.email for t in office.tickets()] == [
        f"c{n}@customer.test" for n in (0, 2, 4)
    ]
    with office.app.store.read() as conn:
        cursor = mailboxes.cursor(conn, "support", "INBOX")
    assert cursor is not None
    assert cursor.last_uid == 5


def test_one_mail_in_two_folders_is_one_ticket(office: Office) -> None:
    """Gmail shows one mail in several folders: a customer's that also lies in Sent, because staff
    have labelled it so, opens one ticket and answers nothing."""
    office.receive(complaint())
    office.receive(complaint(), folder="Sent")
    assert outcomes(office) == {"duplicate": 1, "opened": 1}
    assert office.ticket.state is TicketState.OPEN
    assert office.sent_to(LEAD) == []


def shown(uid: int, name: str) -> list[tuple[bytes, Reply]]:
    """What a scripted server says of one message."""
    content = complaint(f"{name}@customer.test")
    about = b'* 1 FETCH (UID %d INTERNALDATE "10-Mar-2025 09:00:00 +0000" ' % uid
    size = b"RFC822.SIZE %d" % len(content)
    body = b"BODY[] {%d}\r\n%s" % (len(content), content)
    done = b")\r\n{tag} OK done\r\n"
    return [
        (b"FETCH %d (RFC822.SIZE" % uid, about + size + done),
        (b"FETCH %d (BODY.PEEK[]" % uid, about + body + done),
    ]


def test_a_message_that_shows_after_a_later_one_is_taken(office: Office) -> None:
    """A server that lists UID 11 before UID 10 loses neither, and neither is taken twice."""
    rules = imap_rules((b"SEARCH", b""), *shown(10, "ten"), *shown(11, "eleven"))

    def outcomes_where(listed: bytes) -> dict[str, int]:
        rules[0] = (b"SEARCH", b"* SEARCH %s\r\n{tag} OK done\r\n" % listed)
        return outcomes(office)

    with ScriptedServer(greeting=IMAP_GREETING, rules=rules) as server:
        office.imap_port = server.port
        office.open(imap='sent_folder = "INBOX"', save_copy="false")
        assert outcomes_where(b"11") == {"opened": 1}
        assert outcomes_where(b"10 11") == {"opened": 1}
        assert outcomes_where(b"10 11") == {}

    assert [row[:2] for row in ledger(office)] == [("INBOX", 10), ("INBOX", 11)]
    assert len(office.sent_to("ten@customer.test")) == 1
