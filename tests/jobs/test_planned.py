"""What a pass would do, in words."""

from pathlib import Path

import cases
import databases
import letters
from offices import EMMA, Office, complaint
from servers.dovecot import free_ports

from mailresponder import config
from mailresponder.app import App
from mailresponder.jobs.planned import planned
from mailresponder.store import mailbox_tasks
from mailresponder.store.mailbox_tasks import Task


def test_mail_and_tasks_are_named_mail_first(office: Office) -> None:
    """Each mail with its recipient, each task with its place; no word of the customer's."""
    [office.smtp_port] = free_ports(1)
    office.receive(letters.angry_english(), complaint())
    office.configure()
    with App.open(config.load(office.path), dry=True, clock=office.clock) as dry:
        report = dry.mailboxes["support"].run_pass()
        said = [plan.what for plan in planned(dry.store)]

    assert report.delivery is None
    assert said == [
        "send acknowledgement to oliver@customer.test",
        f"send acknowledgement to {EMMA}",
        "flag message 1 in INBOX of support: \\Flagged $Angry",
    ]


def test_copies_moves_and_drafts_are_told_in_plain_words(tmp_path: Path) -> None:
    """A copy names the mail it is of, a move where to, a draft nobody."""
    store = databases.open_new(tmp_path / "desk.db")
    with store.begin() as conn:
        mail = cases.queue_mail(conn)
        copy = Task(mailbox="support", kind="sent_copy", outbox_id=mail, dedup_key="copy")
        mailbox_tasks.add(conn, copy, cases.NOON)
        move = Task(
            mailbox="support",
            kind="move",
            folder="INBOX",
            uid=7,
            argument=("Hot mail",),
            dedup_key="move",
        )
        mailbox_tasks.add(conn, move, cases.NOON)
        for kind in ("draft", "undraft"):
            one = Task(mailbox="support", kind=kind, argument=("1",), dedup_key=kind)
            mailbox_tasks.add(conn, one, cases.NOON)

    said = [plan.what for plan in planned(store)]

    store.close()
    assert said == [
        "send admin to ops@example.com",
        "file a copy of admin to ops@example.com in Sent of support",
        "move message 7 in INBOX of support to Hot mail",
        "put a draft of an answer into Drafts of support",
        "take a draft that nobody needs out of Drafts of support",
    ]


def test_what_was_done_is_not_planned(office: Office) -> None:
    """After a pass nothing waits; keys stay the same for what does."""
    office.receive(complaint())
    office.sink.answer("RCPT", "451 later")
    office.run()
    [before] = planned(office.app.store)
    office.run()
    assert planned(office.app.store) == [before]

    office.clock.advance(minutes=1)
    office.run_well()
    assert planned(office.app.store) == []


def test_a_dry_run_leaves_the_database_as_it_is(office: Office) -> None:
    """A real pass after a dry one does all the dry one spoke of."""
    office.receive(complaint())
    office.run_well()
    office.receive(complaint("noah@customer.test"))
    with App.open(config.load(office.path), dry=True, clock=office.clock) as dry:
        dry.mailboxes["support"].run_pass()
        assert len(planned(dry.store)) == 1

    assert len(office.tickets()) == 1
    assert planned(office.app.store) == []
    office.run_well()
    assert len(office.sent_to("noah@customer.test")) == 1
