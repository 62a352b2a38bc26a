"""Drafts of answers: what is put into the Drafts folder, and what is taken away again."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from email.message import EmailMessage

import letters
import pytest
from desks import parsed
from imapclient import IMAPClient
from letters import SUPPORT, letter
from offices import EMMA, Office, answer, complaint
from own_templates import put

from mailresponder.mail.message import RawMessage
from mailresponder.policy.identifiers import Signer
from mailresponder.policy.ticket import TicketState
from mailresponder.transport.imap import ImapMailbox

ALL = 'drafts = "all"'
ANGRY = 'drafts = "angry"'


@pytest.fixture
def office(office: Office) -> Office:
    """An office whose mailbox has a Drafts folder."""
    office.imap().create_folder("Drafts")
    return office


def drafts(office: Office, folder: str = "Drafts") -> dict[int, bytes]:
    """What lies in the folder, by UID."""
    client = office.imap()
    client.select_folder(folder, readonly=True)
    uids = client.search("ALL")
    found = client.fetch(uids, ["BODY.PEEK[]"]) if uids else {}
    return {uid: found[uid][b"BODY[]"] for uid in sorted(found)}


def draft(office: Office) -> EmailMessage:
    """The only draft."""
    [content] = drafts(office).values()
    return parsed(content)


def body(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def edited(client: IMAPClient, change: Callable[[bytes], bytes], folder: str = "Drafts") -> bytes:
    """A mail client saves a changed draft: it appends another and deletes the one there was."""
    client.select_folder(folder)
    [uid] = client.search("ALL")
    content = change(client.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"])
    client.append(folder, content, flags=("\\Draft", "\\Seen"))
    client.delete_messages([uid])
    client.expunge()
    return content


def filled(content: bytes) -> bytes:
    return content.replace(b"what you found out", b"it lay in our warehouse")


def test_a_new_ticket_gets_a_draft_that_staff_only_finish(office: Office) -> None:
    """It is flagged as a draft, addressed and threaded, quotes the customer, and bears nothing
    that marks a mail of ours."""
    office.open(mailbox=ALL)
    office.receive(complaint("Emma Clarke <emma@customer.test>", References="<before@shop.test>"))
    office.run_well()

    mail = draft(office)
    assert office.flags("Drafts") == [{"\\Draft", "\\Seen"}]
    assert mail["To"] == "Emma Clarke <emma@customer.test>"
    assert mail["From"] == f"Acme Support <{SUPPORT}>"
    [first] = [m for m in office.messages() if m.direction == "in"]
    assert mail["In-Reply-To"] == first.message_id
    assert str(mail["References"]).split() == ["<before@shop.test>", first.message_id]
    assert mail["Subject"] == f"Re: Where is my order 20417? [{office.ticket.reference}]"
    assert "> my order has not arrived yet. When will it?" in body(mail)
    assert "<blockquote" in body(mail, "html")
    for name in ("Auto-Submitted", "X-Auto-Response-Suppress", "X-Mailresponder-ID"):
        assert mail[name] is None
    secret = (office.path.parent / "mailresponder.secret").read_bytes()
    assert not Signer(secret).verify(mail["Message-ID"])
    assert "drafted" in office.events()


def test_a_draft_is_put_there_once(office: Office) -> None:
    """Further passes and further mails of the customer add none."""
    office.open(mailbox=ALL)
    office.receive(complaint())
    office.run_well()
    office.receive(complaint(number=2))
    office.run_well()
    office.run_well()

    assert len(drafts(office)) == 1
    assert len(office.sent_to(EMMA)) == 1


def test_a_draft_speaks_the_customer_s_language(office: Office) -> None:
    """A Spanish customer is answered in Spanish, and their name is not lost."""
    office.open(mailbox=ALL)
    office.receive(letters.spanish())
    office.run_well()

    text = body(draft(office))
    assert "Hola, Lucía:" in text
    assert "Lucía Fernández escribió:" in text


def test_a_draft_has_the_reference_whatever_its_template_says(office: Office) -> None:
    """In a client that breaks threads, the answer and what follows are known by it."""
    put(
        office.path.parent / "templates",
        "en/reply_draft.md.j2",
        "Subject: Re: {{ subject }}\n\nHello\n",
    )
    office.receive(complaint())
    office.open(mailbox=ALL)
    office.run_well()

    assert str(draft(office)["Subject"]).endswith(f"20417? [{office.ticket.reference}]")


@pytest.mark.parametrize(("key", "expected"), [("", 0), (ANGRY, 1), (ALL, 2)])
def test_the_configuration_says_for_which_tickets(office: Office, key: str, expected: int) -> None:
    """None by default, the angry ones, or all."""
    office.open(mailbox=key)
    office.receive(complaint(), letters.angry_english())
    office.run_well()

    assert len(drafts(office)) == expected


def test_who_turns_angry_later_gets_a_draft_then(office: Office) -> None:
    """A calm ticket has none; the customer's fury in the same matter brings one."""
    office.open(mailbox=ANGRY)
    office.receive(complaint())
    office.run_well()
    assert drafts(office) == {}

    fury = "Absolutely unacceptable! You are liars and thieves!!! I want my money back NOW!"
    office.receive(complaint(number=2, text=fury))
    office.run_well()
    assert office.ticket.angry
    assert len(drafts(office)) == 1


def test_machines_and_answered_customers_get_no_draft(office: Office) -> None:
    """An out-of-office makes no ticket; who was answered in the same pass needs no draft."""
    office.open(mailbox=ALL)
    office.receive(
        letter(
            sender="noah@customer.test",
            subject="Automatic reply: your offer",
            text="I am out of the office.",
            message_id="<ooo@customer.test>",
            Auto_Submitted="auto-replied",
        ),
        complaint(),
    )
    office.receive(answer(), folder="Sent")
    office.run_well()

    assert drafts(office) == {}


def test_old_tickets_get_no_draft_when_drafts_are_turned_on(office: Office) -> None:
    """A ticket of two weeks ago stays without one, a new one gets one."""
    office.receive(complaint())
    office.run_well()
    office.clock.advance(days=14)
    office.reopen(mailbox=ALL)
    office.receive(complaint("noah@customer.test", subject="A lamp"))
    office.run_well()

    assert draft(office)["To"] == "noah@customer.test"


def test_a_draft_that_nobody_used_goes_when_the_ticket_is_answered(office: Office) -> None:
    """Staff answered without it: it is taken away, and said so."""
    office.open(mailbox=ALL)
    office.receive(complaint(), complaint("noah@customer.test", subject="A lamp"))
    office.run_well()
    office.receive(answer(), folder="Sent")
    office.run_well()

    assert draft(office)["To"] == "noah@customer.test"
    [emma] = [ticket for ticket in office.tickets() if ticket.customer.email == EMMA]
    assert "draft_removed" in office.events(emma)


@pytest.mark.parametrize("key", [ALL, 'drafts = "none"'])
def test_drafts_are_taken_away_also_once_they_are_turned_off(office: Office, key: str) -> None:
    """What we put there we take away, whatever the configuration says by then."""
    office.open(mailbox=ALL)
    office.receive(complaint())
    office.run_well()
    office.reopen(mailbox=key)
    office.receive(answer(), folder="Sent")
    office.run_well()

    assert drafts(office) == {}


@pytest.mark.parametrize(
    "keeps_its_id", [True, False], ids=["same Message-ID", "another Message-ID"]
)
def test_a_draft_that_staff_edited_is_theirs(office: Office, keeps_its_id: bool) -> None:
    """Saved by a mail client it is another mail, which stays though the ticket is answered."""
    office.open(mailbox=ALL)
    office.receive(complaint())
    office.run_well()
    ours = str(draft(office)["Message-ID"]).encode()

    def change(content: bytes) -> bytes:
        content = filled(content)
        return content if keeps_its_id else content.replace(ours, b"<new@example.com>")

    theirs = edited(office.imap(), change)
    office.receive(answer(), folder="Sent")
    office.run_well()

    assert [content.split() for content in drafts(office).values()] == [theirs.split()]
    assert "draft_removed" not in office.events()


def test_a_draft_that_is_edited_and_sent_is_an_answer_of_staff(office: Office) -> None:
    """With every header the draft had, the sent mail stops the clock, and the customer's reply to
    it finds the ticket."""
    office.open(mailbox=ALL)
    office.receive(complaint())
    office.run_well()
    sent = edited(office.imap(), filled)
    client = office.imap()
    client.select_folder("Drafts")
    client.delete_messages(client.search("ALL"))
    client.expunge()
    office.receive(sent, folder="Sent")
    office.clock.advance(hours=1)
    office.run_well()
    assert office.ticket.state is TicketState.ANSWERED
    assert office.events()[-1] == "answered"

    reply = letter(
        sender=EMMA,
        subject="Re: Where is my order 20417?",
        text="It has still not arrived.\n",
        message_id="<emma-2@customer.test>",
        In_Reply_To=str(parsed(sent)["Message-ID"]),
    )
    office.receive(reply)
    office.run_well()
    assert office.ticket.state is TicketState.OPEN
    assert drafts(office) == {}


def test_a_draft_cut_off_before_it_was_noted_is_not_put_there_twice(office: Office) -> None:
    """The server had it and the connection broke: the next pass finds it, and takes it away when
    the ticket is answered."""
    office.open(mailbox=ALL)
    office.receive(complaint())
    runner = office.app.mailboxes["support"]
    office.sink.deliver = lambda _: cut_after_append(runner._imap)

    assert office.run().exit_status == 75
    assert len(drafts(office)) == 1

    office.sink.deliver = None
    office.clock.advance(minutes=1)
    office.run_well()
    assert len(drafts(office)) == 1
    office.receive(answer(), folder="Sent")
    office.run_well()
    assert drafts(office) == {}


def cut_after_append(mailbox: object) -> None:
    """The connection breaks as soon as a mail was appended to Drafts."""
    append = mailbox.append  # type: ignore[attr-defined]

    def cut(folder: str, content: bytes, **how: object) -> None:
        append(folder, content, **how)
        if folder == "Drafts":
            mailbox._client.shutdown()  # type: ignore[attr-defined]

    mailbox.append = cut  # type: ignore[attr-defined]


def test_a_folder_made_anew_loses_no_draft_of_anybody(office: Office) -> None:
    """After a change of UIDVALIDITY our draft is known by its content, and the mail that has its
    UID now stays."""
    office.open(mailbox=ALL)
    office.receive(complaint())
    office.run_well()
    [ours] = drafts(office).values()
    # Dovecot takes no folder away from under a connection that has it open.
    office.reopen()
    client = office.imap()
    client.select_folder("INBOX")
    client.delete_folder("Drafts")
    client.create_folder("Drafts")
    somebodys = letter(sender=SUPPORT, subject="Lunch", text="One o'clock?\n")
    client.append("Drafts", somebodys)
    client.append("Drafts", ours)
    office.receive(answer(), folder="Sent")
    office.run_well()

    assert draft(office)["Subject"] == "Lunch"


def test_without_a_drafts_folder_all_else_is_done(office: Office) -> None:
    """It is tried again later, and put there once there is a folder."""
    office.imap().delete_folder("Drafts")
    office.open(mailbox=ALL)
    office.receive(complaint())
    assert office.run().filing.postponed == 1
    assert len(office.sent_to(EMMA)) == 1

    office.imap().create_folder("Borradores")
    office.clock.advance(minutes=5)
    office.run_well()
    assert len(drafts(office, "Borradores")) == 1


def test_a_folder_that_is_configured_is_taken(office: Office) -> None:
    """`drafts_folder` wins over the one with the usual name."""
    office.imap().create_folder("Answers")
    office.open(mailbox=ALL, imap='drafts_folder = "Answers"')
    office.receive(complaint())
    office.run_well()

    assert len(drafts(office, "Answers")) == 1
    assert drafts(office) == {}


def test_a_draft_is_taken_away_from_a_folder_that_was_renamed(office: Office) -> None:
    """Somebody gave the folder a name of their own language."""
    office.open(mailbox=ALL)
    office.receive(complaint())
    office.run_well()
    office.imap().select_folder("INBOX")
    office.imap().rename_folder("Drafts", "Borradores")
    office.receive(answer(), folder="Sent")
    office.run_well()

    assert drafts(office, "Borradores") == {}
    assert "draft_removed" in office.events()


class Changing:
    """A server that changes mails: when they are put there, and, at one UID, for whoever edits."""

    def __init__(self, mailbox: ImapMailbox) -> None:
        self._mailbox = mailbox
        self.edited = b""

    def __getattr__(self, name: str) -> object:
        return getattr(self._mailbox, name)

    def fetch(self, uids: Sequence[int]) -> Iterator[RawMessage]:
        for raw in self._mailbox.fetch(uids):
            yield replace(raw, content=b"X-Server: its own\r\n" + raw.content + self.edited)


@pytest.mark.parametrize(("edited", "left"), [(b"", 0), (b"It lay in our warehouse.", 1)])
def test_words_of_staff_are_never_taken_away(office: Office, edited: bytes, left: int) -> None:
    """Also where a server changes what it is handed, or lets a mail be edited under its UID."""
    runner = office.open(mailbox=ALL).mailboxes["support"]
    server = Changing(runner.connect())
    runner._imap = server  # type: ignore[assignment]
    office.receive(complaint())
    office.run_well()
    assert len(drafts(office)) == 1
    server.edited = edited
    office.receive(answer(), folder="Sent")
    office.run_well()

    assert len(drafts(office)) == left
