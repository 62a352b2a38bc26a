"""A desk with a crowd of mailboxes on Dovecot and one PostgreSQL, for workers to share."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from letters import letter
from servers.dovecot import Dovecot

CONFIG = """\
[desk]
name = "Acme Support"
timezone = "Europe/Madrid"
database = "{database}"
[staff]
addresses = ["*@example.com"]
[deadlines]
answer_within = "8h"
angry_answer_within = "2h"
[[escalation]]
after = "0m"
to = ["lead@example.com"]
[acknowledge]
max_per_mailbox_per_minute = 100000
"""
MAILBOX = """
[[mailbox]]
name = "{name}"
address = "{name}@example.com"
start_from = "all"
poll_every = "{poll_every}"
[mailbox.imap]
host = "localhost"
port = {imap_port}
security = "tls"
ca_file = "{ca_file}"
username = "{user}"
password_file = "password"
[mailbox.smtp]
host = "127.0.0.1"
port = {smtp_port}
security = "none"
username = ""
connections = 1
"""
PASSWORD = "correct horse"


@dataclass(frozen=True, kw_only=True, slots=True)
class Crowd:
    """The mailboxes, as the desk calls them; each is an account on Dovecot."""

    dovecot: Dovecot
    names: tuple[str, ...]

    @classmethod
    def gather(cls, dovecot: Dovecot, count: int, *, prefix: str = "box") -> "Crowd":
        """Make so many accounts."""
        crowd = cls(dovecot=dovecot, names=tuple(f"{prefix}{n}" for n in range(count)))
        for name in crowd.names:
            dovecot.add_user(crowd.user(name), PASSWORD)
        return crowd

    def user(self, name: str) -> str:
        """The account of a mailbox."""
        return f"{name}@crowd.test"

    def configure(
        self, folder: Path, *, database: str, smtp_port: int, poll_every: str = "1h"
    ) -> None:
        """Write config.toml and the file with the password of them all."""
        boxes = [
            MAILBOX.format(
                name=name,
                user=self.user(name),
                poll_every=poll_every,
                imap_port=self.dovecot.imaps_port,
                ca_file=self.dovecot.ca_file,
                smtp_port=smtp_port,
            )
            for name in self.names
        ]
        text = CONFIG.format(database=database.replace("postgresql+psycopg", "postgresql"))
        (folder / "config.toml").write_text(text + "".join(boxes), encoding="utf-8")
        secret = folder / "password"
        secret.write_text(f"{PASSWORD}\n", encoding="utf-8")
        secret.chmod(0o600)

    def receive(self, name: str, senders: Iterable[str]) -> None:
        """A complaint of each of these customers arrives in a mailbox."""
        mails = [
            letter(
                sender=sender,
                to=f"{name}@example.com",
                subject=f"Where is the order of {sender}?",
                text=f"Hello,\n\nmy order has not arrived yet. When will it?\n\n{sender}\n",
                message_id=f"<{sender}.{name}>",
            )
            for sender in senders
        ]
        self.dovecot.fill(self.user(name), mails, received_at=time.time())
