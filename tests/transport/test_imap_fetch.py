"""Large mail on the embedded server and on Dovecot: its texts come, its attachments do not."""

from base64 import encodebytes
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.message import EmailMessage, Message
from email.mime.base import MIMEBase
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from typing import Any

import pytest
from imapclient import IMAPClient
from servers.accounts import ImapAccount
from servers.dovecot import Dovecot, MailUser

from mailresponder.demo.server import EmbeddedServers
from mailresponder.mail.message import InboundMessage, RawMessage, ReportKind
from mailresponder.mail.parse import parse
from mailresponder.transport.imap import ImapMailbox
from mailresponder.transport.imap_structure import WHOLE_LIMIT

RECEIVED = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
COMPLAINT = "¡Esto es inaceptable! La lámpara no enciende."

Deliver = Callable[[Message], None]


@pytest.fixture(params=["embedded", "dovecot"])
def server(request: pytest.FixtureRequest) -> Iterator[tuple[ImapMailbox, Deliver]]:
    """A mailbox, and how mail gets into its INBOX."""
    if request.param == "dovecot":
        user = request.getfixturevalue("dovecot_user")
        dovecot = request.getfixturevalue("dovecot")
        settings = ImapAccount(port=dovecot.imap_port, username=user.name)
        with ImapMailbox.connect(settings, user.password, timeout=15) as mailbox:
            yield mailbox, lambda message: dovecot.deliver(user.name, wire(message))
        return
    name = "support@example.test"
    with EmbeddedServers({name: "secret"}, clock=lambda: RECEIVED) as servers:
        settings = ImapAccount(port=servers.imap_port, username=name)
        with ImapMailbox.connect(settings, "secret", timeout=15) as mailbox:
            yield mailbox, lambda message: servers.deliver(name, wire(message))


def wire(message: Message) -> bytes:
    return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def photo(size: int = 5_000_000, name: str = "lámpara rota.jpg") -> MIMEBase:
    part = MIMEBase("image", "jpeg")
    part.set_payload("QUJD" * 18 + "\n" + ("QUJD" * 18 + "\n") * (size // 73))
    part.add_header("Content-Transfer-Encoding", "base64")
    part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", name))
    return part


def letter(*parts: Message, subtype: str = "mixed", sender: str = "ana@example.com") -> Message:
    message = MIMEMultipart(subtype)
    message["From"], message["To"] = sender, "support@example.test"
    message["Subject"] = "La =?utf-8?q?l=C3=A1mpara?="
    message["Message-ID"] = "<large@example.com>"
    for part in parts:
        message.attach(part)
    return message


def fetched(mailbox: ImapMailbox) -> list[RawMessage]:
    """Everything in INBOX."""
    mailbox.select("INBOX", readonly=True)
    return list(mailbox.fetch(mailbox.uids_after(0)))


def received(mailbox: ImapMailbox) -> list[InboundMessage]:
    """The same as the desk reads it; equal each time it is read."""
    messages = [parse(message) for message in fetched(mailbox)]
    assert messages == [parse(message) for message in fetched(mailbox)]
    return messages


def bytes_read(mailbox: ImapMailbox) -> list[int]:
    """Counts from now on what comes from the server."""
    connection = mailbox._client._imap
    counts: list[int] = []

    def counting(read: Callable[..., bytes]) -> Callable[..., bytes]:
        def counted(*args: int) -> bytes:
            data = read(*args)
            counts.append(len(data))
            return data

        return counted

    connection.read = counting(connection.read)
    connection.readline = counting(connection.readline)
    return counts


def test_text_after_the_photo(server: tuple[ImapMailbox, Deliver]) -> None:
    """The words below a photo of 5 MB are heard, the photo is listed, and not downloaded."""
    mailbox, deliver = server
    deliver(letter(photo(), MIMEText(COMPLAINT)))
    counts = bytes_read(mailbox)
    (raw,) = fetched(mailbox)
    assert sum(counts) < 10_000
    assert raw.truncated
    message = parse(raw)
    assert message.new_text == COMPLAINT
    assert message.message_id == "<large@example.com>"
    assert message.subject == "La lámpara"
    assert [(a.filename, a.content_type) for a in message.attachments] == [
        ("lámpara rota.jpg", "image/jpeg")
    ]
    assert any("attachments were not downloaded" in note for note in message.notes)


def test_fifty_megabytes(server: tuple[ImapMailbox, Deliver]) -> None:
    """A photo of 50 MB costs what none costs, and the words beside it are heard."""
    mailbox, deliver = server
    deliver(letter(MIMEText(COMPLAINT), photo(50_000_000)))
    counts = bytes_read(mailbox)
    (raw,) = fetched(mailbox)
    assert sum(counts) < 10_000
    assert parse(raw).new_text == COMPLAINT


def test_text_wrapped_in_a_file(server: tuple[ImapMailbox, Deliver]) -> None:
    """The text at the beginning of a large winmail.dat or S/MIME signature is read, no more.

    It may be a part of the mail or all of it.
    """
    mailbox, deliver = server
    for kind, content in (("ms-tnef", winmail()), ("pkcs7-mime", signature())):
        part = MIMEBase("application", kind, name="file")
        part.set_payload(encodebytes(content + b"\0" * 3_000_000).decode())
        part.add_header("Content-Transfer-Encoding", "base64")
        deliver(letter(part))
        part["From"] = "ana@example.com"
        deliver(part)
    counts = bytes_read(mailbox)
    texts = [parse(raw).new_text for raw in fetched(mailbox)]
    assert sum(counts) < 400_000
    assert texts == ["Please cancel."] * 4


def winmail() -> bytes:
    """A winmail.dat that holds a text and will go on."""
    text = b"Please cancel.\0"
    body = b"\x01" + (0x0002800C).to_bytes(4, "little") + len(text).to_bytes(4, "little") + text
    return b"\x78\x9f\x3e\x22\0\0" + body + b"\0\0"


def signature() -> bytes:
    """An opaque signature, of which the lengths are not given (X.690 §8.1.3.6)."""
    entity = b"Content-Type: text/plain\r\n\r\nPlease cancel."
    oid = bytes.fromhex("06092a864886f70d0107")
    signed_data = b"\x30\x80" + oid + b"\x02\xa0\x80\x30\x80\x02\x01\x01\x31\x00"
    return signed_data + b"\x30\x80" + oid + b"\x01\xa0\x80\x04" + bytes([len(entity)]) + entity


def test_nested_alternative(server: tuple[ImapMailbox, Deliver]) -> None:
    """Plain text deep in a mail is found among its siblings, and they are told apart."""
    mailbox, deliver = server
    related = MIMEMultipart("related")
    related.attach(MIMEText(f"<p>{COMPLAINT}</p>", "html"))
    related.attach(photo(300_000, "logo.jpg"))
    alternative = MIMEMultipart("alternative")
    alternative.attach(MIMEText(COMPLAINT))
    alternative.attach(related)
    log = MIMEText("not said by the customer")
    log.add_header("Content-Disposition", "attachment", filename="log.txt")
    deliver(letter(photo(300_000), log, alternative))
    (message,) = received(mailbox)
    assert message.new_text == COMPLAINT
    names = sorted(attachment.filename for attachment in message.attachments)
    assert names == ["log.txt", "logo.jpg", "lámpara rota.jpg"]


def test_html_only(server: tuple[ImapMailbox, Deliver]) -> None:
    """Where there is only HTML, that is read."""
    mailbox, deliver = server
    deliver(letter(photo(300_000), MIMEText(f"<div>{COMPLAINT}</div>", "html")))
    (message,) = received(mailbox)
    assert message.new_text == COMPLAINT


def test_large_and_small_together(server: tuple[ImapMailbox, Deliver]) -> None:
    """Several large mails and a small one come in order, each with its own text."""
    mailbox, deliver = server
    for number in range(3):
        deliver(letter(photo(300_000), MIMEText(f"Number {number}")))
        deliver(letter(MIMEText(f"Small {number}")))
    texts = [message.text for message in received(mailbox)]
    assert texts == ["Number 0", "Small 0", "Number 1", "Small 1", "Number 2", "Small 2"]


def test_endless_text(server: tuple[ImapMailbox, Deliver]) -> None:
    """Of an endless text the beginning is read, and the text after it is not lost."""
    mailbox, deliver = server
    deliver(letter(MIMEText("again and again\n" * 60_000), MIMEText(COMPLAINT)))
    (raw,) = fetched(mailbox)
    assert raw.content.count(b"again and again") > 5_000
    assert len(raw.content) < WHOLE_LIMIT + 5_000
    assert parse(raw).text.startswith("again and again")


def test_forwarded_message(server: tuple[ImapMailbox, Deliver]) -> None:
    """An attached message beside a photo is listed; it speaks where the sender says nothing."""
    mailbox, deliver = server
    inner = EmailMessage()
    inner["From"], inner["Subject"] = "shop@example.net", "Your order"
    inner["Message-ID"] = "<inner@example.net>"
    inner.set_content("It is on its way.")
    deliver(letter(photo(300_000), MIMEMessage(inner), MIMEText(COMPLAINT)))
    deliver(letter(photo(300_000), MIMEMessage(inner)))
    said, silent = received(mailbox)
    assert said.new_text == COMPLAINT
    kinds = [attachment.content_type for attachment in said.attachments]
    assert kinds == ["image/jpeg", "message/rfc822"]
    assert "It is on its way." in silent.text


def test_large_report(server: tuple[ImapMailbox, Deliver]) -> None:
    """A bounce that returns a large mail still says who was not reached, and with what."""
    mailbox, deliver = server
    # As a message it is a list of field groups (RFC 3464 §2.1).
    status = MIMEBase("message", "delivery-status")
    fields = Message()
    fields["Final-Recipient"] = "rfc822; eva@example.org"
    fields["Action"], fields["Status"] = "failed", "5.1.1"
    reporter = Message()
    reporter["Reporting-MTA"] = "dns; mx.example.org"
    status.set_payload([reporter, fields])
    returned = letter(MIMEText("We have it."), photo())
    returned.replace_header("Message-ID", "<returned@example.test>")
    bounce = letter(
        MIMEText("Not delivered."),
        status,
        MIMEMessage(returned),
        subtype="report",
        sender="mailer-daemon@example.org",
    )
    bounce.set_param("report-type", "delivery-status")
    deliver(bounce)
    (raw,) = fetched(mailbox)
    report = parse(raw).report
    assert report is not None
    assert report.kind is ReportKind.FAILED
    assert report.original_ids == ("<returned@example.test>",)
    assert report.recipients == ("eva@example.org",)
    assert report.status == "5.1.1"
    assert len(raw.content) < 100_000


def test_nothing_but_a_large_file(server: tuple[ImapMailbox, Deliver]) -> None:
    """A mail that is one large file is known by its header."""
    mailbox, deliver = server
    message = photo()
    message["From"], message["Message-ID"] = "scanner@example.test", "<scan@example.test>"
    deliver(message)
    (found,) = received(mailbox)
    assert found.message_id == "<scan@example.test>"
    assert [attachment.filename for attachment in found.attachments] == ["lámpara rota.jpg"]
    assert found.text == ""


def test_a_mail_is_fetched_whole_where_it_is_asked_for(
    server: tuple[ImapMailbox, Deliver],
) -> None:
    """Byte for byte up to a limit; nothing of one that is larger, or gone."""
    mailbox, deliver = server
    message = letter(MIMEText("See the photo."), photo(600_000))
    deliver(message)
    state = mailbox.select("INBOX", readonly=True)
    uid = state.uidnext - 1
    # Delivery may have put headers of its own above.
    limit = len(wire(message)) + 2_000

    whole = mailbox.fetch_whole(uid, limit=limit)

    assert whole is not None
    assert wire(message).strip() in whole
    assert mailbox.fetch_whole(uid, limit=limit // 2) is None
    assert mailbox.fetch_whole(uid + 5, limit=limit) is None
    assert not mailbox.flags([uid])[uid] & {"\\Seen"}


@pytest.mark.parametrize("when", [1, 2, 3, 4])
def test_expunged_while_it_is_fetched(
    dovecot: Dovecot, dovecot_user: MailUser, when: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before any of the commands that fetch a small and a large message, both go: Dovecot then
    answers NIL for what it had just described, and an empty message is nobody's mail."""
    long = "x" * 70 + "\r\n"
    sizes = (1, WHOLE_LIMIT // 70, 1, WHOLE_LIMIT // 70)
    for number, lines in enumerate(sizes):
        content = f"From: ana@example.com\r\nSubject: {number}\r\n\r\n" + long * lines
        dovecot.deliver(dovecot_user.name, content.encode())
    other = IMAPClient(dovecot.host, port=dovecot.imap_port, ssl=False)
    other.login(dovecot_user.name, dovecot_user.password)
    other.select_folder("INBOX")
    settings = ImapAccount(port=dovecot.imap_port, username=dovecot_user.name)
    with ImapMailbox.connect(settings, dovecot_user.password, timeout=15) as mailbox:
        mailbox.select("INBOX", readonly=True)
        one, two, three, four = mailbox.uids_after(0)
        ask, asked = mailbox._client.fetch, 0

        def expunging(*given: Any) -> Any:
            nonlocal asked
            asked += 1
            if asked == when:
                other.delete_messages([two, three])
                other.expunge()
            return ask(*given)

        monkeypatch.setattr(mailbox._client, "fetch", expunging)
        found = {message.uid: message.content for message in mailbox.fetch([one, two, three, four])}
    other.logout()

    assert asked >= when
    assert {one, four} <= found.keys()
    assert all(found.values())
    # What was there when it was asked for came whole.
    assert (three in found) == (when > 2)
