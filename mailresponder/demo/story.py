"""A morning at a support desk, told on an embedded mail server with deadlines of seconds.

Everything runs through the scheduler that `mailresponder run` runs: the story only plays the
people outside, who write mail and read it.
"""

import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Self

from imapclient import IMAPClient

from mailresponder import config, scheduler
from mailresponder.app import App
from mailresponder.clock import utc_now
from mailresponder.demo import letters
from mailresponder.demo.letters import Letter
from mailresponder.demo.server import EmbeddedServers, SentMail
from mailresponder.errors import TemporaryFailure
from mailresponder.policy.ticket import Ticket, TicketState
from mailresponder.store.tickets import list_tickets

_PASSWORD = "demo"  # noqa: S105 - of a server that lives for a minute on the loopback
_PATIENCE = 30.0
"""Seconds that each turn of the story may take before the demo gives up."""

_CONFIG = """\
[desk]
name = "Example Shop"
timezone = "Europe/Madrid"
languages = ["en", "es"]

[[mailbox]]
name = "support"
address = "{address}"
start_from = "all"
poll_every = "1s"
[mailbox.imap]
host = "127.0.0.1"
port = {imap_port}
security = "none"
username = "{address}"
password = "{password}"
[mailbox.smtp]
host = "127.0.0.1"
port = {smtp_port}
security = "none"
username = ""

[staff]
addresses = ["{staff}", "{lead}"]

[deadlines]
answer_within = "2h"
angry_answer_within = "5s"

[[escalation]]
after = "0s"
to = ["{lead}"]
"""


class Story:
    """The demo while it is entered: servers up, the job running, people waiting to write."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with self._stack:
            folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="demo-")))
            users = {letters.SUPPORT: _PASSWORD, letters.LEAD: _PASSWORD}
            self.servers = self._stack.enter_context(EmbeddedServers(users, clock=utc_now))
            self.config_path = folder / "config.toml"
            self.config_path.touch(mode=0o600)
            self.config_path.write_text(
                _CONFIG.format(
                    address=letters.SUPPORT,
                    password=_PASSWORD,
                    staff=letters.STAFF,
                    lead=letters.LEAD,
                    imap_port=self.servers.imap_port,
                    smtp_port=self.servers.smtp_port,
                )
            )
            self.app = self._stack.enter_context(App.open(config.load(self.config_path)))
            worker = threading.Thread(target=scheduler.run, args=(self.app,), name="demo")
            worker.start()
            self._stack.callback(worker.join)
            self._stack.callback(self.app.stopping.set)
            # All went well: what was entered stays entered until __exit__.
            self._stack = self._stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def play(self) -> Iterator[str]:
        """The turns of the story, each a line for the reader once it has happened.

        Raises TemporaryFailure where a turn does not come to pass in half a minute.
        """
        yield "A mail server and the job are up. Somebody is at work at Example Shop."
        for letter in (letters.EMMA, letters.LUCIA, letters.OUT_OF_OFFICE, letters.NEWSLETTER):
            self._receive(letter)
            yield f'{letter.who} wrote: "{letter.subject}"'
        for letter in (letters.EMMA, letters.LUCIA):
            self._until(partial(self.to, letter.address), "an acknowledgement")
            subject = _parsed(self.to(letter.address)[0])["Subject"]
            yield f'{letter.who} was acknowledged: "{subject}"'
        yield "The machine and the newsletter got nothing."
        self._receive(letters.JAVIER)
        yield f'{letters.JAVIER.who} wrote: "{letters.JAVIER.subject}"'
        self._until(partial(self.to, letters.JAVIER.address), "his acknowledgement")
        yield "Javier was acknowledged with other words: he is angry."
        self._until(lambda: self._flagged(letters.JAVIER), "the flag on an angry mail")
        yield "His mail is flagged in the mailbox, and his deadline is shorter: 5 seconds here."
        self._answer(letters.EMMA, "Dear Emma,\n\nit arrives on Thursday.\n\nAna\n")
        yield "Ana answered Emma from her mail client; the copy lies in Sent."
        self._until(lambda: self._state(letters.EMMA) is TicketState.ANSWERED, "Emma's answer seen")
        yield "The job saw it: Emma's clock has stopped."
        self._until(partial(self.to, letters.LEAD), "an escalation")
        yield "Nobody answered Javier in time: the lead was told."
        notice = _parsed(self.to(letters.LEAD)[0])
        answer = "Hola, Javier:\n\nle hemos devuelto el dinero.\n\nMarta\n"
        said = f"#note Cobrado dos veces; devuelto hoy.\n\n{answer}"
        reply = letters.reply(notice, said, at=utc_now())
        self.servers.deliver(letters.SUPPORT, reply)
        yield "The lead replied to that notice: a note for colleagues, and the answer below it."
        self._until(lambda: len(self.to(letters.JAVIER.address)) > 1, "the answer")
        yield "The answer went to Javier from the support address; the note did not."

    def to(self, address: str) -> list[SentMail]:
        """What was sent to an address, oldest first."""
        return [mail for mail in list(self.servers.sent) if mail.recipient == address]

    def text_of(self, mail: SentMail) -> str:
        """A sent mail as its reader sees it: subject and text part."""
        parsed = _parsed(mail)
        body = parsed.get_body(("plain",))
        text = body.get_content() if body is not None else ""
        return f"From: {parsed['From']}\nTo: {parsed['To']}\nSubject: {parsed['Subject']}\n\n{text}"

    def _receive(self, letter: Letter) -> None:
        self.servers.deliver(letters.SUPPORT, letter.written(utc_now()))

    def _answer(self, letter: Letter, text: str) -> None:
        with self._client() as client:
            client.append("Sent", letters.answer(letter, text, at=utc_now()), flags=("\\Seen",))

    def _flagged(self, letter: Letter) -> bool:
        with self._client() as client:
            client.select_folder("INBOX", readonly=True)
            flagged = client.fetch(client.search("FLAGGED"), ["ENVELOPE"])
            wanted = letter.message_id.encode()
            return any(data[b"ENVELOPE"].message_id == wanted for data in flagged.values())

    def _client(self) -> IMAPClient:
        client = IMAPClient("127.0.0.1", port=self.servers.imap_port, ssl=False, timeout=10)
        client.login(letters.SUPPORT, _PASSWORD)
        return client

    def _state(self, letter: Letter) -> TicketState | None:
        found = [t for t in self.tickets() if t.customer.email == letter.address]
        return found[0].state if found else None

    def tickets(self) -> list[Ticket]:
        """All tickets, the most pressing first."""
        with self.app.store.read() as conn:
            return [row.ticket for row in list_tickets(conn)]

    def _until(self, happened: Callable[[], object], what: str) -> None:
        ends = monotonic() + _PATIENCE
        while not happened():
            if self._stop.wait(0.1):
                raise KeyboardInterrupt
            if monotonic() > ends:
                raise TemporaryFailure(
                    f"the demo waited {_PATIENCE:.0f} s in vain for {what}",
                    mend="try `mailresponder -v demo` and look at the log",
                )


def _parsed(mail: SentMail) -> EmailMessage:
    parsed = message_from_bytes(mail.content, policy=policy.default)
    assert isinstance(parsed, EmailMessage)  # noqa: S101 - policy.default makes nothing else
    return parsed
