"""A desk on real servers: a mailbox on Dovecot, an SMTP server, and the installed program."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from imapclient import IMAPClient
from program import Program
from servers.dovecot import Dovecot, MailUser
from servers.smtp_sink import SmtpSink

CONFIG = """\
[desk]
name = "Acme Support"
timezone = "Europe/Madrid"
{desk}
[[mailbox]]
name = "support"
address = "support@example.com"
start_from = "all"
poll_every = "1s"
{mailbox}
[mailbox.imap]
host = "localhost"
port = {imap_port}
security = "starttls"
ca_file = "{ca_file}"
username = "{user}"
password_env = "SUPPORT_PASSWORD"
{imap}
[mailbox.smtp]
host = "127.0.0.1"
port = {smtp_port}
security = "none"
username = ""
{smtp}
[staff]
addresses = ["*@example.com"]
trusted_authserv_id = "mx.example.com"
[deadlines]
answer_within = "{answer_within}"
angry_answer_within = "{answer_within}"
[[escalation]]
after = "0m"
to = ["lead@example.com"]
{ladder}
[acknowledge]
max_per_mailbox_per_minute = 100000
{acknowledge}
"""


@dataclass(kw_only=True)
class LiveDesk:
    """A configured desk and everything around it."""

    program: Program
    dovecot: Dovecot
    user: MailUser
    sink: SmtpSink

    def configure(
        self,
        *,
        answer_within: str = "8h",
        desk: str = "",
        mailbox: str = "",
        imap: str = "",
        smtp: str = "",
        ladder: str = "",
        acknowledge: str = "",
    ) -> None:
        """Write config.toml; the arguments are further lines of their sections."""
        text = CONFIG.format(
            imap_port=self.dovecot.imap_port,
            smtp_port=self.sink.port,
            ca_file=self.dovecot.ca_file,
            user=self.user.name,
            answer_within=answer_within,
            desk=desk,
            mailbox=mailbox,
            imap=imap,
            smtp=smtp,
            ladder=ladder,
            acknowledge=acknowledge,
        )
        (self.program.folder / "config.toml").write_text(text, encoding="utf-8")

    @property
    def environ(self) -> dict[str, str]:
        """What the program needs in its environment."""
        return {"SUPPORT_PASSWORD": self.user.password}

    def once(self, *arguments: str, status: int = 0) -> str:
        """`run --once`, which must end with this status; gives its standard output."""
        done = self.program.run("run", "--once", *arguments, environ=self.environ)
        assert done.returncode == status, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout

    def tickets(self) -> list[dict[str, Any]]:
        """`tickets --json`."""
        done = self.program.run("tickets", "--json", environ=self.environ)
        assert done.returncode == 0, done.stderr
        found: list[dict[str, Any]] = json.loads(done.stdout)
        return found

    def ticket_of(self, customer: str) -> dict[str, Any]:
        """The only ticket of a customer, as `ticket --json` shows it."""
        [reference] = [t["reference"] for t in self.tickets() if t["customer"] == customer]
        done = self.program.run("ticket", reference, "--json", environ=self.environ)
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def deliver(self, *contents: bytes) -> None:
        """Deliver mails into INBOX, as the mail server does."""
        self.dovecot.deliver(self.user.name, *contents)

    def append_to_sent(self, content: bytes) -> None:
        """File a mail in Sent, as a mail client does."""
        with self.imap() as client:
            client.append("Sent", content, flags=("\\Seen",))

    def imap(self) -> IMAPClient:
        """A signed-in connection of a mail client."""
        client = IMAPClient("127.0.0.1", port=self.dovecot.imap_port, ssl=False)
        client.login(self.user.name, self.user.password)
        return client

    def flags(self, folder: str = "INBOX") -> dict[str, set[str]]:
        """The flags of every message in a folder, by the sender's address."""
        with self.imap() as client:
            client.select_folder(folder, readonly=True)
            uids = client.search("ALL")
            fetched = client.fetch(uids, ["FLAGS", "ENVELOPE"]) if uids else {}
        found = {}
        for data in fetched.values():
            sender = data[b"ENVELOPE"].from_[0]
            address = f"{sender.mailbox.decode()}@{sender.host.decode()}"
            found[address] = {flag.decode() for flag in data[b"FLAGS"]} - {"\\Recent"}
        return found

    def sent_to(self, address: str) -> list[EmailMessage]:
        """What went out to an address, parsed, oldest first."""
        return [
            parsed(mail.content) for mail in list(self.sink.received) if mail.recipient == address
        ]


def parsed(content: bytes) -> EmailMessage:
    """A mail as its reader's program sees it."""
    mail = message_from_bytes(content, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def text_of(mail: EmailMessage) -> str:
    """The text part of a mail."""
    body = mail.get_body(("plain",))
    assert body is not None
    text: str = body.get_content()
    return text


def eventually(happened: Callable[[], object], *, within: float = 20.0) -> None:
    """Wait until something outside this process has happened."""
    ends = time.monotonic() + within
    while not happened():
        assert time.monotonic() < ends, "it did not happen in time"
        time.sleep(0.05)
