"""What is done in the mailbox: flags, moves, copies in Sent."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import letters
import pytest
from desks import parsed, text_of
from offices import EMMA, MONDAY, OPS, Office, answer, complaint
from servers.smtp_sink import SmtpSink

from mailresponder.errors import MailboxInHand, TemporaryFailure
from mailresponder.jobs import filing
from mailresponder.store import leases
from mailresponder.transport.imap import ImapMailbox


def test_angry_mail_is_flagged_and_no_other(office: Office) -> None:
    """Of three mails in one pass the angry ones get both flags, in one command for the group."""
    office.receive(letters.angry_english(), complaint(), letters.angry_spanish())
    office.run_well()

    assert office.flags() == [{"\\Flagged", "$Angry"}, set(), {"\\Flagged", "$Angry"}]


def test_an_escalated_ticket_s_mails_are_marked(office: Office) -> None:
    """Every mail of an escalated ticket gets $Escalated, beside what it has."""
    office.receive(letters.angry_english(), complaint())
    office.run_well()
    office.clock.advance(hours=2)
    office.run_well()

    assert office.flags() == [{"\\Flagged", "$Angry", "$Escalated"}, set()]


def test_flagging_can_be_turned_off(office: Office) -> None:
    """With `flag = false` an angry mail is left as it is."""
    office.receive(letters.angry_english())
    office.open(anger="flag = false")
    office.run_well()

    assert office.flags() == [set()]
    assert office.ticket.angry


def test_angry_mail_is_moved_with_its_flags(office: Office) -> None:
    """`move_to` moves the angry mail once it is flagged, and the others stay."""
    office.imap().create_folder("Hot")
    office.open(anger='move_to = "Hot"')
    office.receive(letters.angry_english(), complaint())
    office.run_well()

    assert office.flags("Hot") == [{"\\Flagged", "$Angry"}]
    assert office.flags() == [set()]


def test_a_folder_that_is_not_there_moves_nothing_and_stops_nothing(office: Office) -> None:
    """Where `move_to` is missing the mail stays, all else is done, and it is tried again."""
    office.open(anger='move_to = "Hot"')
    office.receive(letters.angry_english())
    report = office.run()
    assert report.filing.postponed == 1
    assert office.flags() == [{"\\Flagged", "$Angry"}]
    assert office.flags("Sent") == [{"\\Seen"}]

    office.imap().create_folder("Hot")
    office.clock.advance(minutes=1)
    office.run_well()
    assert office.flags("Hot") == [{"\\Flagged", "$Angry"}]


def test_what_was_sent_is_filed_once_and_seen(office: Office) -> None:
    """The copy in Sent is the mail that went out, and no further pass adds another."""
    office.receive(complaint())
    office.run_well()
    office.run_well()

    assert office.flags("Sent") == [{"\\Seen"}]
    client = office.imap()
    client.select_folder("Sent", readonly=True)
    [data] = client.fetch(client.search("ALL"), ["BODY.PEEK[]"]).values()
    assert data[b"BODY[]"].rstrip() == office.sink.received[0].content.rstrip()


def test_no_copy_is_filed_where_the_provider_does_it(office: Office) -> None:
    """With `save_copy = false` nothing is put into Sent."""
    office.open(save_copy="false")
    office.receive(complaint())
    office.run_well()

    assert office.flags("Sent") == []
    assert len(office.sent_to(EMMA)) == 1


def test_a_mailbox_that_goes_away_before_filing_is_filed_in_the_next_pass(
    office: Office, smtp_sink: SmtpSink
) -> None:
    """Where the connection breaks between reading and filing, flags and copy follow later."""
    office.open()
    office.receive(letters.angry_english())
    runner = office.app.mailboxes["support"]
    smtp_sink.deliver = lambda _: runner._imap._client.shutdown()

    report = office.run()
    assert report.exit_status == 75
    assert office.flags() == [set()]

    smtp_sink.deliver = None
    office.run_well()
    assert office.flags() == [{"\\Flagged", "$Angry"}]
    assert office.flags("Sent") == [{"\\Seen"}]


def test_flags_for_a_folder_made_anew_hit_no_other_mail(office: Office) -> None:
    """A flag that waited while UIDVALIDITY changed is not put on whatever has that UID now."""
    office.imap().create_folder("Support")
    office.open(imap='folder = "Support"')
    office.receive(letters.angry_english(), folder="Support")

    def renew(_: object) -> None:
        office.renew_folder("Support")
        office.receive(complaint(), folder="Support")

    office.sink.deliver = renew
    office.run()

    office.sink.deliver = None
    office.reconnect()
    assert office.flags("Support") == [set()]


def test_admins_hear_once_of_a_folder_that_is_gone_and_the_move_is_made_up_for(
    office: Office,
) -> None:
    """While `move_to` names a folder that is not there, angry mail stays and is acknowledged; made,
    it gets the mail that waited."""
    office.open(anger='move_to = "Hot"', save_copy="false")
    office.receive(letters.angry_english())
    for _ in range(3):
        office.run_well()
        office.clock.advance(minutes=5)
    [told] = [mail for mail in office.sent_to(OPS) if "could not be done" in mail["Subject"]]
    assert "move: " in text_of(told)
    assert len(office.sink.received) == 2
    assert office.flags() == [{"\\Flagged", "$Angry"}]

    office.imap().create_folder("Hot")
    office.run_well()
    assert office.flags() == []
    assert len(office.flags("Hot")) == 1


def test_escalated_mail_is_flagged_where_it_was_moved_to(office: Office) -> None:
    """An angry mail that was moved gets the flag of its escalation in its new folder."""
    office.imap().create_folder("Hot")
    office.open(anger='move_to = "Hot"')
    office.receive(letters.angry_english())
    office.clock.advance(minutes=1)
    office.run_well()
    office.clock.advance(hours=9)
    office.run_well()

    assert office.flags("Hot") == [{"\\Flagged", "$Angry", "$Escalated"}]


def test_escalated_mail_is_flagged_where_it_was_moved_back_to(office: Office) -> None:
    """Somebody put it into INBOX again, where it was read again."""
    office.imap().create_folder("Hot")
    office.open(anger='move_to = "Hot"')
    office.receive(letters.angry_english())
    office.clock.advance(minutes=1)
    office.run_well()
    client = office.imap()
    client.select_folder("Hot")
    client.move(client.search("ALL"), "INBOX")
    office.clock.advance(hours=9)
    office.run_well()

    assert "$Escalated" in office.flags()[0]


def test_escalated_mail_is_flagged_in_a_folder_made_anew(office: Office) -> None:
    """Read again under another UIDVALIDITY it has a smaller UID, and is flagged there."""
    office.imap().create_folder("Support")
    office.open(imap='folder = "Support"')
    office.receive(complaint("noah@customer.test", subject="A lamp"), folder="Support")
    office.receive(complaint(), folder="Support")
    office.run_well()
    office.renew_folder("Support")
    office.receive(complaint(), folder="Support", at=MONDAY)
    office.clock.advance(hours=9)
    office.run_well()

    office.reconnect()
    assert office.flags("Support") == [{"$Escalated"}]


def test_moved_mails_that_share_a_message_id_are_told_apart(office: Office) -> None:
    """The flag of an escalation goes to the mail of the customer nobody answered."""
    office.imap().create_folder("Hot")
    office.open(anger='move_to = "Hot"')
    first, second = (
        letters.angry_english().replace(b"oliver@", name).replace(b"<oliver-1@", b"<same@")
        for name in (b"rage1@", b"rage2@")
    )
    office.receive(first, second.replace(b"outrageous", b"a disgrace"))
    office.clock.advance(minutes=1)
    office.run_well()
    office.receive(
        answer("rage2@customer.test", in_reply_to="<none@x.test>", subject=_named(office, "rage2")),
        folder="Sent",
    )
    office.clock.advance(hours=9)
    office.run_well()

    assert office.flags("Hot") == [{"\\Flagged", "$Angry", "$Escalated"}, {"\\Flagged", "$Angry"}]


def _named(office: Office, customer: str) -> str:
    [reference] = [t.reference for t in office.tickets() if t.customer.email.startswith(customer)]
    return f"Re: yours [{reference}]"


def test_a_copy_that_the_server_refuses_holds_up_no_other(office: Office) -> None:
    """Of three mails sent in one pass, one is not taken into Sent: the other two are there, once,
    and the third follows when the server takes it."""
    refused = {"noah@customer.test"}

    class Picky(ImapMailbox):
        def append_all(self, folder: str, mails: Sequence[tuple[bytes, datetime]]) -> None:
            for content, _ in mails:
                if parsed(content)["To"] in refused:
                    raise TemporaryFailure("too large")
            super().append_all(folder, mails)

    runner = office.open().mailboxes["support"]
    runner._imap = Picky(runner.connect()._client, runner.work.settings.imap)
    office.receive(*(complaint(f"{name}@customer.test") for name in ("emma", "noah", "mia")))
    report = office.run()
    assert (report.filing.done, report.filing.postponed) == (2, 1)
    assert office.flags("Sent") == [{"\\Seen"}] * 2

    refused.clear()
    office.clock.advance(minutes=5)
    office.run_well()
    assert office.flags("Sent") == [{"\\Seen"}] * 3


def test_a_mailbox_stays_ours_while_much_is_filed(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where copies take longer than the mailbox's lease, another process that comes meanwhile finds
    it in hand, and each copy is filed once."""
    monkeypatch.setattr(filing, "_BYTES", 1)
    reports = []

    class Slow(ImapMailbox):
        def append_all(self, folder: str, mails: Sequence[tuple[bytes, datetime]]) -> None:
            office.clock.advance(seconds=90)
            reports.append(office.run())
            super().append_all(folder, mails)

    runner = office.open().mailboxes["support"]
    runner._imap = Slow(runner.connect()._client, runner.work.settings.imap)
    office.receive(*(complaint(f"{name}@customer.test") for name in ("emma", "noah", "mia")))
    office.open()
    assert runner.run_pass().filing.done == 3

    assert [type(report.errors[0]) for report in reports] == [MailboxInHand] * 3
    assert office.flags("Sent") == [{"\\Seen"}] * 3


def test_who_has_lost_the_mailbox_files_nothing_more(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who was frozen while a mail was copied leaves the others to whoever took the mailbox over."""
    monkeypatch.setattr(filing, "_BYTES", 1)

    class Frozen(ImapMailbox):
        def append_all(self, folder: str, mails: Sequence[tuple[bytes, datetime]]) -> None:
            super().append_all(folder, mails)
            office.clock.advance(minutes=3)
            with office.app.store.begin() as conn:
                lease = timedelta(hours=1)
                assert leases.acquire(conn, "mailbox:support", "another", lease, office.clock.now)

    runner = office.open().mailboxes["support"]
    runner._imap = Frozen(runner.connect()._client, runner.work.settings.imap)
    office.receive(*(complaint(f"{name}@customer.test") for name in ("emma", "noah", "mia")))
    assert runner.run_pass().filing.done == 1
    assert len(office.flags("Sent")) == 1
