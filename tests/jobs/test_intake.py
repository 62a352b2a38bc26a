"""Reading: what is new, once, whatever happens to folders and to single mails."""

from typing import Any

import letters
import pytest
from offices import EMMA, MONDAY, OPS, Office, answer, complaint, subjects

from mailresponder.listening import anger
from mailresponder.mail.message import InboundMessage
from mailresponder.policy.ticket import Ticket, TicketState


def renew(office: Office, folder: str) -> None:
    """Delete a folder and make it again with the same mails: UIDVALIDITY changes."""
    client = office.imap()
    before = client.select_folder(folder, readonly=True)[b"UIDVALIDITY"]
    kept = client.fetch(client.search("ALL"), ["BODY.PEEK[]", "INTERNALDATE"])
    client.unselect_folder()
    client.delete_folder(folder)
    client.create_folder(folder)
    for uid in sorted(kept):
        client.append(folder, kept[uid][b"BODY[]"], msg_time=kept[uid][b"INTERNALDATE"])
    assert client.select_folder(folder, readonly=True)[b"UIDVALIDITY"] != before
    client.unselect_folder()


@pytest.fixture
def in_archive(office: Office) -> Office:
    """A desk that reads a folder which can be deleted; INBOX cannot."""
    office.imap().create_folder("Support")
    return office


@pytest.mark.parametrize("start_from", ['"all"', '"now"', '"2025-03-10"'])
def test_a_folder_made_anew_is_read_again_and_nothing_is_acknowledged_twice(
    in_archive: Office, start_from: str
) -> None:
    """After UIDVALIDITY has changed, old mail is known again and new mail is taken."""
    office = in_archive
    office.open(start_from=start_from, imap='folder = "Support"')
    office.run_well()
    office.receive(complaint(), folder="Support")
    office.run_well()

    office.clock.advance(minutes=5)
    renew(office, "Support")
    office.receive(complaint("noah@customer.test"), folder="Support")
    report = office.run_well()

    assert dict(report.intake.outcomes) == {"duplicate": 1, "opened": 1, "own": 1}
    assert len(office.sent_to(EMMA)) == 1
    assert len(office.sent_to("noah@customer.test")) == 1
    assert len(office.tickets()) == 2


def test_a_sent_folder_made_anew_answers_nothing_twice(office: Office) -> None:
    """Answers that are read again are known, and our own copies too."""
    office.receive(complaint())
    office.run_well()
    office.clock.advance(minutes=5)
    office.receive(answer(), folder="Sent")
    office.run_well()

    renew(office, "Sent")
    office.run_well()

    assert office.ticket.state is TicketState.ANSWERED
    assert office.events().count("answered") == 1


def test_now_takes_no_mail_of_before_even_after_a_folder_is_made_anew(in_archive: Office) -> None:
    """With start_from "now", mail from before the first connection is never taken."""
    office = in_archive
    office.open(start_from='"now"', imap='folder = "Support"')
    office.receive(complaint(), folder="Support", at=MONDAY.replace(day=7))
    office.run_well()
    renew(office, "Support")
    office.run_well()

    assert office.tickets() == []


def test_a_date_to_start_from_is_inclusive_and_in_the_desk_s_zone(office: Office) -> None:
    """Mail received from midnight on, by the desk's clock, is taken; the second before is not."""
    office.open(start_from='"2025-03-07"')
    midnight = MONDAY.replace(day=6, hour=23)
    office.receive(complaint("early@customer.test"), at=midnight.replace(hour=22, minute=59))
    office.receive(complaint(), at=midnight)

    office.run_well()

    assert office.ticket.customer.email == EMMA


def test_mail_that_comes_later_is_taken_in_the_next_pass(office: Office) -> None:
    """The cursor moves on, and nothing is read twice."""
    office.receive(complaint())
    assert office.run_well().intake.read == 1
    office.receive(complaint("noah@customer.test"))
    # The copy of the acknowledgement lies in Sent.
    assert dict(office.run_well().intake.outcomes) == {"opened": 1, "own": 1}
    office.run_well()
    assert office.run_well().intake.read == 0


def test_more_mail_than_one_batch_is_all_taken(office: Office) -> None:
    """Each of 120 mails becomes a ticket in one pass, and the breaker is no part of intake."""
    office.receive(*(complaint(f"c{n}@customer.test", number=n) for n in range(120)))
    office.open(acknowledge="enabled = false")

    assert office.run_well().intake.read == 120
    assert len(office.tickets()) == 120


def test_seen_is_never_touched(office: Office) -> None:
    """Reading leaves a mail as unread as it was."""
    office.receive(complaint())
    office.run_well()

    assert office.flags() == [set()]


def test_a_mail_that_breaks_a_template_does_not_block_the_next(office: Office) -> None:
    """An admin's template that fails on one mail alone is replaced by the shipped one for it."""
    folder = office.path.parent / "templates" / "en"
    folder.mkdir(parents=True)
    (folder / "acknowledgement.md.j2").write_text(
        "Subject: {% if 'boom' not in subject %}Our own words{% endif %}\n\nHello.\n",
        encoding="utf-8",
    )
    office.receive(complaint("first@customer.test", subject="boom"), complaint())

    office.run_well()

    assert len(office.tickets()) == 2
    assert "Our own words" in subjects(office.sent_to(EMMA))[0]
    [mail] = office.sent_to("first@customer.test")
    assert "Our own words" not in mail["Subject"]


def test_a_mail_that_breaks_the_code_does_not_block_the_next(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake of ours on one mail gives a bare ticket that says so; the next one is taken.

    No mail is known that does this, so listening is made to fail on one.
    """
    hear = anger.hear

    def fails_on_one(text: str, *rest: object, **more: object) -> object:
        if "kettle" in text:
            raise RecursionError
        return hear(text, *rest, **more)

    monkeypatch.setattr(anger, "hear", fails_on_one)
    office.receive(letters.happy(), complaint())

    office.run_well()

    broken, well = office.tickets()
    assert (broken.customer.email, broken.subject) == ("sofia@customer.test", "")
    assert "noted" in office.events(broken)
    assert well.customer.email == EMMA
    assert len(office.sent_to(EMMA)) == 1


def test_one_mail_at_two_mailboxes_of_the_desk_is_one_ticket(
    office: Office, new_dovecot_user
) -> None:
    """Who writes to two of our addresses at once gets one ticket and one acknowledgement."""
    office.add_mailbox(new_dovecot_user(), name="sales", address="sales@example.com")
    mail = complaint(Cc="sales@example.com")
    office.receive(mail)
    office.receive(mail, mailbox="sales", at=MONDAY.replace(minute=1))
    office.clock.advance(minutes=1)

    office.run_well("support")
    office.run_well("sales")

    assert office.ticket.mailbox == "support"
    assert len(office.sent_to(EMMA)) == 1


def test_a_mailbox_without_a_sent_folder_is_read_all_the_same(office: Office) -> None:
    """INBOX is read, and what would be filed in Sent waits."""
    office.open(imap='sent_folder = "Nowhere"')
    office.receive(complaint())

    report = office.run()

    assert report.intake is None
    assert report.escalation is None


@pytest.mark.parametrize("sender", ["Bob <bob@exa%mple.com>", "<@foo/bar>", "x@foo!bar"])
def test_an_address_nobody_can_write_to_does_not_block_the_next(
    office: Office, sender: str
) -> None:
    """A sender no server would take gets a ticket and no mail; the next customer gets both."""
    broken = complaint().replace(b"From: emma@customer.test", b"From: " + sender.encode())
    office.receive(broken.replace(b"<emma-1@", b"<bob-1@"), complaint())

    office.run_well()

    assert len(office.sent_to(EMMA)) == 1
    odd = [t for t in office.tickets() if t.customer.email != EMMA]
    assert len(odd) == 1
    assert odd[0].suppressed_by


def test_what_can_be_written_down_in_no_way_is_in_the_ledger_and_the_admins_hear_of_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake of ours that even the bare ticket meets stops nothing but this one mail."""
    from mailresponder.policy import lifecycle

    opened = lifecycle.opened

    def fails_on_one(message: InboundMessage, **more: Any) -> Ticket:
        if message.author is not None and message.author.email != EMMA:
            raise RecursionError
        return opened(message, **more)

    monkeypatch.setattr(lifecycle, "opened", fails_on_one)
    office.receive(complaint("bob@customer.test"), complaint())

    office.run_well()

    assert [t.customer.email for t in office.tickets()] == [EMMA]
    assert len(office.sent_to(OPS)) == 1
    office.run_well()
    assert len(office.sent_to(OPS)) == 1
