"""How the database grows, and what of that is given back.

    python tests/bench/growth.py [--tickets 2000] [--database postgresql://…]

So many people write an ordinary mail, are acknowledged and answered, and their tickets are closed;
then what `[retention]` need not keep is let go of. The program's own jobs do it all, on a mailbox
and a mail server in memory. Prints one JSON object a line: kilobytes a ticket and megabytes for
100,000, in all and by table (with its indexes), while the tickets are young and two years later.
"""

# ruff: noqa: ARG002 - the jobs' protocols fix the signatures

import argparse
import json
import logging
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import structlog
from sqlalchemy import text

sys.path.insert(0, str(Path(__file__).parent.parent))

from mails import mails
from offices import CONFIG, MAILBOX

from mailresponder import config
from mailresponder.app import App
from mailresponder.clock import spent
from mailresponder.jobs import actions, delivery, intake, trimming
from mailresponder.jobs.work import Work
from mailresponder.mail.message import RawMessage
from mailresponder.store import compacting, mailbox_tasks, tickets
from mailresponder.store.database import Store
from mailresponder.transport.imap import FolderState

START = datetime(2025, 3, 10, 9, 0, tzinfo=UTC)
SIZES = {
    "sqlite": "SELECT tbl_name, sum(pgsize) FROM dbstat JOIN sqlite_schema USING (name) GROUP BY 1",
    "postgresql": "SELECT relname, pg_total_relation_size(relid) FROM pg_statio_user_tables",
}
MENTIONED = 6
"""Tables that are told of, the largest."""


@dataclass
class Memory:
    """A mailbox and a mail server at once: what is filed can be read, what is sent is taken."""

    now: datetime = START
    folders: dict[str, list[RawMessage]] = field(default_factory=lambda: {"INBOX": [], "Sent": []})
    sent: list[bytes] = field(default_factory=list)
    selected: str = "INBOX"

    def file(self, folder: str, content: bytes) -> None:
        held = self.folders[folder]
        held.append(RawMessage(uid=len(held) + 1, received_at=self.now, content=content))

    def select(self, folder: str, *, readonly: bool) -> FolderState:
        self.selected = folder
        held = len(self.folders[folder])
        return FolderState(uidvalidity=1, uidnext=held + 1, exists=held, keywords=True)

    def uids_after(self, uid: int, *, since: date | None = None) -> list[int]:
        return list(range(uid + 1, len(self.folders[self.selected]) + 1))

    def fetch(self, uids: Sequence[int]) -> Iterator[RawMessage]:
        return (self.folders[self.selected][uid - 1] for uid in uids)

    def fetch_whole(self, uid: int, *, limit: int) -> bytes | None:
        return self.folders[self.selected][uid - 1].content

    def sent_folder(self) -> str | None:
        return "Sent"

    def send(
        self,
        *,
        envelope_sender: str,
        recipient: str,
        content: bytes,
        before_data: Callable[[], bool] | None = None,
    ) -> None:
        self.sent.append(content)


KEPT = '[retention]\ntext = "3650d"\ntickets = "3650d"'
"""What people wrote stays, to be compared."""


def desk(folder: Path, database: str) -> config.Config:
    """A desk that works around the clock, whose servers are never asked."""
    path = folder / "config.toml"
    server = {"imap_port": 1, "smtp_port": 1, "user": "support", "password": "invented"}
    words = dict.fromkeys(("mailbox", "imap", "smtp"), "")
    mailbox = MAILBOX.format(
        name="support",
        address="support@example.com",
        start_from='"all"',
        poll_every="1h",
        save_copy="true",
        **server,
        **words,
    )
    empty = dict.fromkeys(("admins", "staff", "deadlines", "ladder", "anger"), "")
    path.write_text(
        CONFIG.format(
            desk=f'database = "{database}"' if database else "",
            mailboxes=mailbox,
            acknowledge=f"max_per_mailbox_per_minute = 100000\n{KEPT}",
            **empty,
        )
    )
    path.chmod(0o600)
    return config.load(path)


def live(work: Work, memory: Memory, count: int) -> None:
    """The life of so many tickets, a hundred at a time."""
    letters = [mail for mail in mails(count, at=START.timestamp()) if not mail.machine]
    for start in range(0, len(letters), 100):
        for mail in letters[start : start + 100]:
            memory.file("INBOX", mail.content)
        intake.run(work, memory, go_on=lambda: True)
        memory.sent.clear()
        delivery.run(work, [memory], spent=spent)
        for copy in memory.sent:
            memory.file("Sent", copy)
        with work.store.begin() as conn:
            mailbox_tasks.done(conn, [task.id for task in mailbox_tasks.pending(conn)])
        memory.now += timedelta(hours=3)
        with work.store.read() as conn:
            waiting = [t for t in tickets.load(conn) if t.waiting_since is not None]
        for ticket in waiting:
            memory.file("Sent", answer(ticket.customer.email, ticket.subject, ticket.reference))
        intake.run(work, memory, go_on=lambda: True)
        for ticket in waiting:
            actions.close(work.store, ticket.reference, now=memory.now, by="ana@example.com")


def answer(to: str, subject: str, reference: str) -> bytes:
    """What staff write."""
    mail = EmailMessage()
    mail["From"], mail["To"] = "Ana <support@example.com>", to
    mail["Subject"] = f"Re: {subject} [{reference}]"
    mail["Message-ID"] = f"<{reference}@mail.example.com>"
    mail.set_content("Hello,\n\nwe are sorry. It is with the carrier and comes on Thursday.\n" * 2)
    return mail.as_bytes()


def told(store: Store, when: str, count: int) -> None:
    """Print how large the database is."""
    with store.read() as conn:
        size = compacting.size(conn)
        tables = conn.execute(text(SIZES[store.dialect])).all()
    largest = sorted(tables, key=lambda row: -row[1])[:MENTIONED]
    figures = {
        "database": store.dialect,
        "when": when,
        "tickets": count,
        "kilobytes_a_ticket": round(size / count / 1000, 2),
        "megabytes_for_100000": round(size / count / 10),
        "by_table": {name: round(bytes_ / count / 1000, 2) for name, bytes_ in largest},
    }
    sys.stdout.write(json.dumps(figures) + "\n")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tickets", type=int, default=2000)
    parser.add_argument("--database", default="", help="a postgresql:// URL, empty; else SQLite")
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    memory = Memory()
    with tempfile.TemporaryDirectory() as folder:
        loaded = desk(Path(folder), options.database)
        with App.open(loaded, clock=lambda: memory.now) as app:
            work = app.mailboxes["support"].work
            live(work, memory, options.tickets)
            with app.store.read() as conn:
                count = len(tickets.load(conn))
            compacting.compact(app.store)
            told(app.store, "young", count)
            later = memory.now + loaded.retention.events + timedelta(days=1)
            trimming.trim(app.store, loaded, app.signer, now=later)
            compacting.compact(app.store)
            told(app.store, "two years later", count)


if __name__ == "__main__":
    main()
