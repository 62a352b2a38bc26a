"""A desk in this process: the program's own passes on a real Dovecot and an SMTP server, with a
clock that a test sets."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import databases
from desks import parsed
from imapclient import IMAPClient
from letters import SUPPORT, letter
from servers.dovecot import Dovecot, MailUser
from servers.smtp_sink import SmtpSink

from mailresponder import config
from mailresponder.app import App, PassReport
from mailresponder.jobs import previewing
from mailresponder.jobs.previewing import Preview
from mailresponder.policy.ticket import Ticket
from mailresponder.store import outbox_view, tickets
from mailresponder.store.messages import MessageRecord, of_ticket
from mailresponder.store.outbox_view import OutboxRow

MONDAY = datetime(2025, 3, 10, 9, 0, tzinfo=UTC)
"""Ten o'clock in Madrid. Long past: Dovecot takes no INTERNALDATE that lies ahead."""
EMMA = "emma@customer.test"
LEAD, BOSS, OPS = "lead@example.com", "boss@example.com", "ops@example.com"
PROVEN = "mx.example.com; dmarc=pass header.from=example.com"
"""Authentication-Results of our own border."""

CONFIG = """\
[desk]
name = "Acme Support"
timezone = "Europe/Madrid"
{desk}
[admin]
addresses = [{admins}]
{mailboxes}
[staff]
addresses = ["*@example.com"]
trusted_authserv_id = "mx.example.com"
{staff}
[deadlines]
answer_within = "8h"
angry_answer_within = "2h"
{deadlines}
{ladder}
[anger]
{anger}
[acknowledge]
{acknowledge}
"""
MAILBOX = """
[[mailbox]]
name = "{name}"
address = "{address}"
start_from = {start_from}
poll_every = "{poll_every}"
{mailbox}
[mailbox.imap]
host = "127.0.0.1"
port = {imap_port}
security = "none"
username = "{user}"
password = "{password}"
{imap}
[mailbox.smtp]
host = "127.0.0.1"
port = {smtp_port}
security = "none"
username = ""
connections = 1
save_copy = {save_copy}
{smtp}
"""
LADDER = f'[[escalation]]\nafter = "0m"\nto = ["{LEAD}"]\n'


class Clock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = MONDAY

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        """Move on, as by `hours=2`."""
        self.now += timedelta(**by)


class Office:
    """One desk. `open` starts the program, as a new process would; `run` makes a pass."""

    def __init__(self, folder: Path, dovecot: Dovecot, sink: SmtpSink) -> None:
        self.path = folder / "config.toml"
        self.clock = Clock()
        self.sink = sink
        self.smtp_port = sink.port
        self.imap_port = dovecot.imap_port
        self._dovecot = dovecot
        self._users: dict[str, tuple[MailUser, str, str]] = {}
        self._clients: dict[str, IMAPClient] = {}
        self._apps: list[App] = []
        self._given: dict[str, str] = {}

    def add_mailbox(
        self, user: MailUser, *, name: str = "support", address: str = SUPPORT, own: str = ""
    ) -> None:
        """Give the desk a mailbox; `own` are further sections of it, as `[mailbox.deadlines]`."""
        self._users[name] = (user, address, own)

    def configure(self, **sections: str) -> None:
        """Write config.toml; the arguments are lines of their sections. What was said before
        holds until it is said anew."""
        self._given |= sections
        given = {
            "start_from": '"all"',
            "poll_every": "1h",
            "save_copy": "true",
            "admins": f'"{OPS}"',
            "ladder": LADDER,
            **dict.fromkeys(
                ("staff", "mailbox", "desk", "imap", "smtp", "deadlines", "anger", "acknowledge"),
                "",
            ),
            **self._given,
        }
        mailboxes = [
            MAILBOX.format(
                name=name,
                address=address,
                imap_port=self.imap_port,
                smtp_port=self.smtp_port,
                user=user.name,
                password=given.get("password", user.password),
                imap=given["imap"],
                mailbox=given["mailbox"],
                smtp=given["smtp"],
                start_from=given["start_from"],
                poll_every=given["poll_every"],
                save_copy=given["save_copy"],
            )
            + own
            for name, (user, address, own) in self._users.items()
        ]
        text = CONFIG.format(**given, mailboxes="".join(mailboxes))
        self.path.write_text(text, encoding="utf-8")
        self.path.chmod(0o600)

    def open(self, **sections: str) -> App:
        """Write the configuration and open the desk beside whatever is open already."""
        self.configure(**sections)
        loaded = config.load(self.path)
        databases.make_empty(loaded.database_path())
        self._apps.append(App.open(loaded, clock=self.clock))
        return self._apps[-1]

    def reopen(self, **sections: str) -> App:
        """End the program and start it again."""
        self._close_apps()
        return self.open(**sections)

    @property
    def app(self) -> App:
        """The program, started when first asked for."""
        return self._apps[-1] if self._apps else self.open()

    def run(self, mailbox: str = "support") -> PassReport:
        """One pass."""
        return self.app.mailboxes[mailbox].run_pass()

    def run_well(self, mailbox: str = "support") -> PassReport:
        """One pass, in which nothing fails and nothing is left over."""
        report = self.run(mailbox)
        assert report.exit_status == 0, report
        return report

    def close(self) -> None:
        """End the program and every connection of ours."""
        self._close_apps()
        for client in self._clients.values():
            client.logout()

    def _close_apps(self) -> None:
        for app in self._apps:
            app.close()
        self._apps.clear()

    # --- the mailbox, as the mail server and mail clients see it

    def imap(self, mailbox: str = "support") -> IMAPClient:
        """A signed-in mail client."""
        if mailbox not in self._clients:
            self._clients[mailbox] = self.new_client(mailbox)
        return self._clients[mailbox]

    def new_client(self, mailbox: str = "support") -> IMAPClient:
        """Another one, for a thread of its own; whoever asks for it logs it out."""
        user, _, _ = self._users[mailbox]
        client = IMAPClient("127.0.0.1", port=self._dovecot.imap_port, ssl=False)
        client.login(user.name, user.password)
        return client

    def renew_folder(self, folder: str) -> None:
        """Delete a folder and make it again, empty: UIDVALIDITY changes."""
        client = self.imap()
        client.delete_folder(folder)
        client.create_folder(folder)

    def snapshot(self) -> Path:
        """What the mail server has by now."""
        user, _, _ = self._users["support"]
        return self._dovecot.snapshot(user.name)

    def restore(self, snapshot: Path) -> None:
        """The mail server goes back to that; the program is started anew."""
        self._close_apps()
        self.reconnect()
        user, _, _ = self._users["support"]
        self._dovecot.restore(user.name, snapshot)
        self.open()

    def reconnect(self, mailbox: str = "support") -> None:
        """The mail client starts anew: where another one had a folder open that was made anew,
        Dovecot may fail whoever had written to it before."""
        self._clients.pop(mailbox).logout()

    def receive(
        self,
        *contents: bytes,
        folder: str = "INBOX",
        mailbox: str = "support",
        at: datetime | None = None,
    ) -> None:
        """Mails arrive at this moment of the clock, or `at` another."""
        for content in contents:
            self.imap(mailbox).append(folder, content, msg_time=at or self.clock.now)

    def mark(self, number: int, *flags: str, folder: str = "INBOX") -> None:
        """A mail client marks the message that arrived there as this one, counted from 1."""
        client = self.imap()
        client.select_folder(folder)
        client.add_flags([client.search("ALL")[number - 1]], list(flags))

    def flags(self, folder: str = "INBOX") -> list[set[str]]:
        """The flags of each message in a folder, oldest first."""
        client = self.imap()
        client.select_folder(folder, readonly=True)
        uids = client.search("ALL")
        found = client.fetch(uids, ["FLAGS"]) if uids else {}
        return [
            {flag.decode() for flag in found[uid][b"FLAGS"]} - {"\\Recent"} for uid in sorted(found)
        ]

    # --- what the desk made of it

    def sent_to(self, address: str) -> list[EmailMessage]:
        """What the SMTP server took for an address, oldest first."""
        return [
            parsed(mail.content) for mail in list(self.sink.received) if mail.recipient == address
        ]

    def tickets(self) -> list[Ticket]:
        """Every ticket, oldest first."""
        with self.app.store.read() as conn:
            return tickets.load(conn)

    @property
    def ticket(self) -> Ticket:
        """The only ticket."""
        [ticket] = self.tickets()
        return ticket

    def messages(self, ticket: Ticket | None = None) -> list[MessageRecord]:
        """The messages of a ticket, or of the only one."""
        with self.app.store.read() as conn:
            return of_ticket(conn, (ticket or self.ticket).id)

    def events(self, ticket: Ticket | None = None) -> list[str]:
        """What was done to a ticket, or to the only one."""
        with self.app.store.read() as conn:
            return [event.what for event in tickets.events(conn, (ticket or self.ticket).id)]

    def preview(self, name: str, *, language: str | None = None) -> Preview:
        """What a notice about the only ticket says at this moment of the clock."""
        app = self.app
        with app.store.read() as conn:
            return previewing.preview_ticket(
                conn,
                app.config,
                app.templates.of,
                name,
                self.ticket.reference,
                now=self.clock.now,
                language=language,
            )

    def outbox(self, kind: str | None = None) -> list[OutboxRow]:
        """What waits, was sent or failed, oldest first."""
        with self.app.store.read() as conn:
            return [row for row in outbox_view.rows(conn) if kind in (None, row.kind)]


def complaint(
    sender: str = EMMA,
    *,
    subject: str = "Where is my order 20417?",
    text: str = "Hello,\n\nmy order has not arrived yet. When will it?\n\nEmma\n",
    number: int = 1,
    **headers: str,
) -> bytes:
    """A calm mail of a customer; `number` tells one mail from another."""
    local = sender.partition("@")[0]
    return letter(
        sender=sender,
        subject=subject,
        text=text,
        message_id=f"<{local}-{number}@customer.test>",
        **headers,
    )


def answer(
    to: str = EMMA,
    *,
    subject: str = "Re: Where is my order 20417?",
    in_reply_to: str = "<emma-1@customer.test>",
    sender: str = f"Ana <{SUPPORT}>",
    number: int = 1,
    **headers: str,
) -> bytes:
    """An answer of staff, as a mail client writes it."""
    return letter(
        sender=sender,
        subject=subject,
        text="It is on its way.\n\nAna\n",
        to=to,
        message_id=f"<answer-{number}@example.com>",
        In_Reply_To=in_reply_to,
        References=in_reply_to,
        **headers,
    )


def subjects(mails: Sequence[Any]) -> list[str]:
    """The subjects of some mails."""
    return [str(mail["Subject"]) for mail in mails]
