"""Reading: what is new, once, whatever happens to folders and to single mails."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import letters
import pytest
from desks import text_of
from offices import EMMA, LEAD, MONDAY, OPS, Office, answer, complaint, subjects

from mailresponder.jobs import batches, intake, ordering, reading
from mailresponder.listening import anger
from mailresponder.mail.message import InboundMessage
from mailresponder.policy.ticket import Ticket, TicketState
from mailresponder.store import mailbox_tasks
from mailresponder.store.mailbox_tasks import Task
from mailresponder.transport import imap
from mailresponder.transport.special_folders import Folder, find_sent_folder


def renew(office: Office, folder: str) -> None:
    """Delete a folder and make it again with the same mails: UIDVALIDITY changes."""
    client = office.imap()
    before = client.select_folder(folder, readonly=True)[b"UIDVALIDITY"]
    kept = client.fetch(client.search("ALL"), ["BODY.PEEK[]", "INTERNALDATE"])
    client.unselect_folder()
    office.renew_folder(folder)
    office.reconnect()
    client = office.imap()
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
def test_a_server_that_gives_uids_anew_loses_no_mail(office: Office, start_from: str) -> None:
    """One that is restored from a snapshot has forgotten which UIDs it gave, and gives them to
    other mail: that is taken at once, what is delivered again is known, nothing is missing, and
    what was still to be done to the lost is done to nobody else's."""
    office.open(start_from=start_from, save_copy="false")
    office.run_well()
    office.receive(complaint())
    office.run_well()
    snapshot = office.snapshot()
    office.receive(*(complaint(f"c{n}@customer.test", number=n) for n in range(3)))
    office.run_well()
    assert len(office.tickets()) == 4
    uidvalidity = int(office.imap().folder_status("INBOX", ["UIDVALIDITY"])[b"UIDVALIDITY"])
    with office.app.store.begin() as conn:
        for uid, flag in ((1, "$Kept"), (2, "$Lost")):
            task = Task(
                mailbox="support",
                kind="flag",
                folder="INBOX",
                uidvalidity=uidvalidity,
                uid=uid,
                argument=(flag,),
                dedup_key=flag,
            )
            mailbox_tasks.add(conn, task, office.clock.now)

    office.clock.advance(minutes=5)
    office.restore(snapshot)
    office.run_well()
    office.receive(complaint("noah@customer.test"), complaint("c0@customer.test", number=0))
    report = office.run_well()
    assert report.intake is not None
    assert dict(report.intake.outcomes) == {"duplicate": 1, "opened": 1}
    office.clock.advance(days=1)
    office.run_well()

    assert [len(office.sent_to(f"{who}@customer.test")) for who in ("noah", "emma", "c0")] == [
        1,
        1,
        1,
    ]
    assert office.sent_to(OPS) == []
    assert [flags & {"$Kept", "$Lost"} for flags in office.flags()] == [{"$Kept"}, set(), set()]


@pytest.mark.parametrize("start_from", ['"now"', '"2025-03-10"'])
def test_a_folder_copied_without_its_dates_opens_nothing_that_is_older_than_the_start(
    in_archive: Office, start_from: str
) -> None:
    """A server restored from files gives years of mail the date of today: nobody is acknowledged
    for it, now, a day later or while the copying goes on, and no old answer answers today's
    question."""
    office = in_archive
    stamp = "from mx.customer.test by mx.example.com; Mon, 6 Mar 2023 10:00:00 +0100"
    old = [complaint(f"c{n}@customer.test", number=n, Received=stamp) for n in range(3)]
    office.receive(*old, folder="Support", at=MONDAY - timedelta(days=700))
    office.open(start_from=start_from, imap='folder = "Support"', save_copy="false")
    office.clock.advance(minutes=1)
    office.run_well()
    office.receive(complaint(Received=stamp.replace("6 Mar 2023", "10 Mar 2025")), folder="Support")
    office.run_well()
    assert [ticket.customer.email for ticket in office.tickets()] == [EMMA]

    office.clock.advance(hours=1)
    office.renew_folder("Support")
    office.reconnect()
    office.receive(*old[:2], folder="Support")
    office.run_well()
    office.reconnect()
    office.receive(*old[2:], folder="Support")
    long_ago = answer(in_reply_to="<lost@customer.test>", Date="Mon, 6 Mar 2023 11:00:00 +0100")
    office.receive(long_ago, folder="Sent")
    office.run_well()
    office.clock.advance(days=1)
    office.run_well()

    assert [ticket.customer.email for ticket in office.tickets()] == [EMMA]
    assert office.ticket.state is TicketState.OPEN
    assert [len(office.sent_to(f"c{n}@customer.test")) for n in range(3)] == [0, 0, 0]


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


def test_a_sent_folder_that_is_not_there_is_told_once_each_time(office: Office) -> None:
    """Not in every pass; but once more where it was there, and was read, since."""
    mailbox = office.open().mailboxes["support"]._connected()
    found = mailbox.sent_folder

    def passes_without() -> int:
        mailbox.sent_folder = lambda: None
        office.run()
        office.run()
        mailbox.sent_folder = found
        return sum("sent_folder" in text_of(mail) for mail in office.sent_to(OPS))

    assert passes_without() == 1
    office.receive(answer(), folder="Sent")
    office.run()
    assert passes_without() == 2


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


def late_answer_and_new_matter(office: Office, *, filed: timedelta) -> None:
    """While we were away staff answered, and the customer wrote about another matter in reply;
    `filed` says how long after the first mail the copy in Sent claims to be from."""
    office.receive(complaint())
    office.run_well()
    office.clock.advance(hours=3)
    office.receive(answer(), folder="Sent", at=MONDAY + filed)
    office.receive(
        complaint(
            subject="Please change my delivery address",
            number=2,
            In_Reply_To="<answer-1@example.com>",
            References="<emma-1@customer.test> <answer-1@example.com>",
        ),
        at=MONDAY + timedelta(hours=2),
    )


@pytest.mark.parametrize("hours", [1, 2.5], ids=["clocks agree", "the client's is ahead"])
def test_a_new_matter_in_reply_to_an_answer_we_had_not_read_is_a_ticket_of_its_own(
    office: Office, hours: float
) -> None:
    """The answer is read before the reply to it, though they lie in two folders."""
    late_answer_and_new_matter(office, filed=timedelta(hours=hours))
    office.run_well()

    first, second = office.tickets()
    assert first.state is TicketState.ANSWERED
    assert second.subject == "Please change my delivery address"
    assert second.linked_to == first.reference


def test_an_answer_to_a_mail_we_had_not_read_finds_its_question(office: Office) -> None:
    """The question is read before the answer: nobody is told to wait, and nobody is called."""
    office.receive(complaint())
    office.receive(answer(), folder="Sent", at=MONDAY + timedelta(hours=1))
    office.clock.advance(hours=10)
    office.run_well()

    assert office.ticket.state is TicketState.ANSWERED
    assert office.sent_to(EMMA) == office.sent_to(LEAD) == []


def test_of_question_and_answer_in_one_second_the_question_comes_first(office: Office) -> None:
    """INTERNALDATE has whole seconds, and machines answer fast."""
    office.receive(complaint())
    office.receive(answer(), folder="Sent")
    office.run_well()

    assert office.ticket.state is TicketState.ANSWERED


def test_two_long_folders_are_read_as_one_story(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More mail than fits into one batch on both sides: each answer finds its question."""
    monkeypatch.setattr(reading, "BATCH", 4)
    monkeypatch.setattr(ordering, "BATCH", 4)
    for number in range(10):
        at = MONDAY + timedelta(minutes=number)
        customer, question = f"c{number}@customer.test", f"<c{number}-1@customer.test>"
        office.receive(complaint(customer, subject=f"Matter number {number}"), at=at)
        if number % 3:
            said = answer(
                customer, subject=f"Re: Matter number {number}", in_reply_to=question, number=number
            )
            office.receive(said, folder="Sent", at=at + timedelta(seconds=30))
    office.clock.advance(hours=1)
    office.run_well()

    states = [ticket.state is TicketState.ANSWERED for ticket in office.tickets()]
    assert states == [bool(number % 3) for number in range(10)]
    assert len(office.sent_to("c3@customer.test")) == 1
    assert office.sent_to("c4@customer.test") == []


def test_a_pass_that_ends_early_is_not_complete(office: Office) -> None:
    """Who is to stop, or has lost the lease, takes nothing more and says that answers may have gone
    unseen; what is left comes next time."""
    office.receive(complaint())
    runner = office.app.mailboxes["support"]
    with runner.connect() as mailbox:
        report = intake.run(runner.work, mailbox, go_on=lambda: False)
        assert (report.read, report.complete) == (0, False)

    assert office.run_well().intake.read == 1


def test_without_sent_customers_are_heard_and_nobody_is_accused(office: Office) -> None:
    """Where the configured Sent folder is missing, INBOX is read and acknowledged, the pass counts
    as failed, and nothing is escalated; made, it is read from then on."""
    office.open(imap='sent_folder = "Outgoing"', save_copy="false")
    office.receive(complaint())
    office.run()
    office.clock.advance(hours=10)
    report = office.run()

    assert [str(error) for error in report.errors if "Outgoing" in str(error)]
    assert report.escalation is None
    assert len(office.sent_to(EMMA)) == 1
    assert office.sent_to(LEAD) == []

    office.imap().create_folder("Outgoing")
    office.receive(answer(), folder="Outgoing")
    office.run_well()
    assert office.ticket.state is TicketState.ANSWERED


def test_a_sent_folder_that_is_renamed_is_found_again_in_the_same_pass(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its old name is known to the connection; the answer in it counts all the same, and what had
    been read under the old name is known."""

    def by_name(found: Sequence[Folder]) -> str | None:
        # Dovecot makes the folder that it marks as Sent anew, as soon as it is gone.
        return find_sent_folder([folder for folder in found if folder.name != "Sent"])

    monkeypatch.setattr(imap, "find_sent_folder", by_name)
    client = office.imap()
    client.create_folder("Sent Items")
    office.receive(complaint())
    office.run_well()
    client.rename_folder("Sent Items", "Enviados")
    office.receive(answer(), folder="Enviados")
    report = office.run_well()

    assert report.intake.sent_folder == "Enviados"
    assert office.ticket.state is TicketState.ANSWERED
    # The copy of the acknowledgement, seen for the first time.
    assert dict(report.intake.outcomes) == {"answered": 1, "own": 1}


def test_an_inbox_of_another_name_that_is_deleted_fails_and_is_read_again_once_it_is_back(
    in_archive: Office,
) -> None:
    """The error names the folder; what is in it when it is back is taken, with nothing twice."""
    office = in_archive
    office.open(imap='folder = "Support"')
    office.receive(complaint(), folder="Support")
    office.run_well()
    client = office.imap()
    client.delete_folder("Support")
    report = office.run()
    assert report.exit_status != 0
    assert "Support" in str(report.errors[0])

    client.create_folder("Support")
    office.receive(complaint(), complaint("noah@customer.test"), folder="Support")
    office.run_well()
    assert len(office.tickets()) == 2
    assert len(office.sent_to(EMMA)) == 1


def test_another_folder_in_the_configuration_is_read_since_the_start(in_archive: Office) -> None:
    """Whoever changes `folder` later has in it what came since the first connection, not what lay
    there before."""
    office = in_archive
    office.open(start_from='"now"')
    office.run_well()
    office.receive(complaint("old@customer.test"), folder="Support", at=MONDAY - timedelta(days=9))
    office.clock.advance(hours=1)
    office.receive(complaint(), folder="Support")
    office.reopen(imap='folder = "Support"')
    office.run_well()

    assert office.ticket.customer.email == EMMA


def test_a_folder_made_anew_while_it_is_read_ends_the_pass_and_the_next_one_reads_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two looks at Sent its UIDs became those of other messages: none is mistaken for
    another, nobody is called, and the next pass sees the answers."""
    monkeypatch.setattr(reading, "BATCH", 1)
    monkeypatch.setattr(ordering, "BATCH", 1)
    take = batches.take

    def renewing(*given: Any) -> list[str]:
        outcomes = take(*given)
        monkeypatch.setattr(batches, "take", take)
        renew(office, "Sent")
        return outcomes

    for number, customer in enumerate((EMMA, "noah@customer.test")):
        name = customer.partition("@")[0]
        at = MONDAY + timedelta(minutes=number)
        office.receive(complaint(customer), at=at)
        said = answer(customer, in_reply_to=f"<{name}-1@customer.test>", number=number)
        office.receive(said, folder="Sent", at=at + timedelta(seconds=30))
    office.clock.advance(hours=10)
    office.open(save_copy="false")
    monkeypatch.setattr(batches, "take", renewing)
    report = office.run()

    assert not report.intake.complete
    assert report.escalation is None
    office.run_well()
    assert [t.state for t in office.tickets()] == [TicketState.ANSWERED] * 2
    assert office.sent_to(LEAD) == []


def test_an_earlier_start_takes_what_it_reaches_back_to(office: Office) -> None:
    """`start_from` may be changed: moved back, what was left alone is taken; moved on, nothing is
    undone, and neither takes a mail twice."""
    office.open(start_from='"now"')
    old = MONDAY - timedelta(days=20)
    office.receive(complaint("lay@customer.test"), at=old)
    office.run_well()
    office.receive(complaint(), complaint("moved@customer.test"), at=old)
    office.receive(complaint("fresh@customer.test"))
    assert dict(office.run_well().intake.outcomes) == {"before_start": 2, "opened": 1}

    office.reopen(start_from='"2025-02-01"')
    assert dict(office.run_well().intake.outcomes) == {"duplicate": 1, "opened": 3, "own": 1}
    office.reopen(start_from='"2025-03-10"')
    office.run_well()
    assert len(office.tickets()) == 4
    assert len(office.sent_to("fresh@customer.test")) == 1
