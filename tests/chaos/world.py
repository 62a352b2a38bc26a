"""The program and everything around it: started, killed and frozen as real processes are.

What it has written down is read from its database and its mailbox, never from itself.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Self

from chaos.moments import Moments
from chaos.people import Letter
from chaos.server import SmtpServer
from chaos.tap import ImapTap
from desks import CONFIG
from imapclient import IMAPClient
from nursery import Forked, Nursery
from offices import OPS
from program import ROOT
from servers.dovecot import Dovecot, MailUser
from sqlalchemy import Connection, Engine, create_engine, inspect, select, update
from sqlalchemy.pool import NullPool

from mailresponder.store import schema

Mode = Literal["daemon", "once"]
Process = subprocess.Popen[bytes] | Forked
PATIENCE = 60.0
"""Seconds that a pass with nothing in its way may take on a busy machine."""
_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
_TABLES = (
    *(schema.outbox, schema.messages, schema.tickets, schema.sightings, schema.folders),
    *(schema.mailbox_tasks, schema.notice_tickets, schema.events),
)
Rows = list[Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """A mail in a folder."""

    uid: int
    message_id: str
    flags: frozenset[str]


class World:
    """One desk, its servers, and its database; used in a `with` statement."""

    def __init__(
        self,
        folder: Path,
        dovecot: Dovecot,
        user: MailUser,
        *,
        database: str,
        connections: int,
        nursery: Nursery | None = None,
    ) -> None:
        """`database` is an SQLAlchemy URL. `nursery`: who starts the program; None: Python does."""
        self.folder, self.connections = folder, connections
        self._dovecot, self._user, self._database = dovecot, user, database
        self.moments = Moments()
        self.smtp = SmtpServer(self.moments)
        self.imap = ImapTap(dovecot.imap_port, self.moments)
        self.running: Process | None = None
        self._nursery = nursery
        self._log = folder / "stderr.log"

    def __enter__(self) -> Self:
        self.smtp.__enter__()
        self.imap.__enter__()
        self._engine = _engine(self._database)
        self._client = IMAPClient("127.0.0.1", port=self._dovecot.imap_port, ssl=False)
        self._client.login(self._user.name, self._user.password)
        self._configure()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._client.logout()
        self._engine.dispose()
        self.imap.__exit__()
        self.smtp.__exit__()

    @property
    def on_server(self) -> bool:
        """Is the database a server's?"""
        return self._engine.dialect.name != "sqlite"

    @property
    def said(self) -> str:
        """Everything the program has logged."""
        return self._log.read_text(encoding="utf-8")

    def _configure(self) -> None:
        text = CONFIG.format(
            imap_port=self.imap.port,
            smtp_port=self.smtp.port,
            ca_file=self._dovecot.ca_file,
            user=self._user.name,
            answer_within="8h",
            desk=f'database = "{self._database.replace("+psycopg", "")}"',
            mailbox="",
            imap="",
            smtp=f"connections = {self.connections}",
            ladder="",
            acknowledge="max_per_recipient_per_hour = 100000\nmax_per_recipient_per_day = 100000\n"
            f'[admin]\naddresses = ["{OPS}"]',
        )
        text = text.replace('security = "starttls"', 'security = "none"')
        (self.folder / "config.toml").write_text(text, encoding="utf-8")

    # --- the program

    def start(self, mode: Mode) -> Process:
        """Start the program; what it logs is kept."""
        arguments = ["--config", "config.toml", "run", *(["--once"] if mode == "once" else [])]
        environ = {"PYTHONPATH": str(ROOT), "SUPPORT_PASSWORD": self._user.password}
        if self._nursery is not None:
            self.running = self._nursery.start(
                arguments, cwd=self.folder, environ=environ, log=self._log
            )
            return self.running
        with self._log.open("ab") as log:
            self.running = subprocess.Popen(
                [sys.executable, "-m", "mailresponder", *arguments],
                cwd=self.folder,
                env=os.environ | environ,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
        return self.running

    def once(self) -> int:
        """One pass to its end, beside whatever else runs; gives its exit status."""
        before = self.running
        try:
            return self.start("once").wait(PATIENCE)
        finally:
            self.kill()
            self.running = before

    def send(self, number: int) -> None:
        """Send the running program a signal; from any thread."""
        if self.running is not None and self.running.poll() is None:
            os.kill(self.running.pid, number)

    def freeze(self) -> None:
        """Stop the running program where it is; returns when all its threads stand still."""
        self.send(signal.SIGSTOP)
        if self.running is not None:
            with suppress(ChildProcessError):
                os.waitid(os.P_PID, self.running.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)

    def kill(self) -> None:
        """End the program as a power cut does, if it runs."""
        self.send(signal.SIGKILL)
        if self.running is not None:
            self.running.wait()
            self.running = None

    def stop(self) -> None:
        """Ask the program to end, and wait until it has."""
        self.send(signal.SIGTERM)
        if self.running is not None:
            self.running.wait(PATIENCE)
            self.running = None

    # --- the mailbox

    def deliver(self, letters: Iterable[Letter]) -> None:
        """Put mails where they belong, as the mail server and staff do."""
        for letter in letters:
            letter.delivered_at = self.moments.now
            flags = ("\\Seen",) if letter.seen else ()
            self._client.append(letter.folder, letter.content, flags, letter.received_at)

    def mailbox(self, folder: str) -> list[Mail]:
        """What lies in a folder, as any mail client sees it."""
        self._client.select_folder(folder, readonly=True)
        uids = self._client.search("ALL")
        found = self._client.fetch(uids, ["FLAGS", "ENVELOPE"]) if uids else {}
        return [
            Mail(
                uid=uid,
                message_id=found[uid][b"ENVELOPE"].message_id.decode(),
                flags=frozenset(flag.decode() for flag in found[uid][b"FLAGS"]) - {"\\Recent"},
            )
            for uid in sorted(found)
        ]

    # --- the database

    def rows(self) -> dict[str, Rows]:
        """Every row of the tables that matter, by table. A file is read from a copy, so that the
        next start finds what the last end has left."""
        engine = self._engine
        if path := engine.url.database if engine.dialect.name == "sqlite" else None:
            engine = _engine(f"sqlite:///{_copied(Path(path), self.folder / 'look')}")
        with engine.connect() as conn:
            ready = inspect(conn).has_table("outbox")
            return {t.name: list(conn.execute(select(t))) if ready else [] for t in _TABLES}

    def end_leases(self) -> None:
        """Let so much time pass that every lease is over. Raises OperationalError where a frozen
        process has locked the database."""
        sending = schema.outbox.c.state == "sending"
        with self._writing() as conn:
            if not inspect(conn).has_table("leases"):
                return  # killed before there were tables
            conn.execute(update(schema.leases).values(expires_at=_LONG_AGO))
            conn.execute(update(schema.outbox).where(sending).values(lease_expires_at=_LONG_AGO))

    def make_due(self) -> None:
        """Let so much time pass that whatever waits for another attempt is due."""
        now = datetime.now(UTC) - timedelta(seconds=1)
        with self._writing() as conn:
            for table, state in ((schema.outbox, "queued"), (schema.mailbox_tasks, "pending")):
                waits = table.c.state == state
                conn.execute(update(table).where(waits).values(next_attempt_at=now))

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._engine.begin() as conn:
            if conn.dialect.name == "postgresql":
                conn.exec_driver_sql("SET LOCAL lock_timeout = 3000")
            yield conn


def _engine(url: str) -> Engine:
    # Nothing may stay open: who opens a database alone finds it as a crash has left it.
    waiting = {"timeout": 3} if url.startswith("sqlite") else {}
    return create_engine(url, connect_args=waiting, poolclass=NullPool)


def _copied(path: Path, into: Path) -> Path:
    """A copy of an SQLite file with its journal, which nobody writes at this moment."""
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir()
    for part in (path, path.with_name(f"{path.name}-wal")):
        if part.exists():
            shutil.copy(part, into)
    return into / path.name
