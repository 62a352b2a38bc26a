"""The command as a user drives it, in this process, on a desk of its own in a temporary folder."""

import io
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import databases
import pytest
import structlog
from own_templates import put

from mailresponder import logs
from mailresponder.cli import main
from mailresponder.store.database import Store

CONFIG = """\
[desk]
name = "Acme Support"
timezone = "Europe/Madrid"

[[mailbox]]
name = "support"
address = "support@example.com"
aliases = ["help@example.com"]

[mailbox.imap]
host = "127.0.0.1"
port = 1
security = "none"
username = "support@example.com"
password = "correct horse"

[mailbox.smtp]
host = "127.0.0.1"
port = 1
security = "none"
username = ""

[staff]
addresses = ["*@example.com"]
"""

BILLING = """
[[mailbox]]
name = "billing"
address = "billing@example.com"
[mailbox.imap]
host = "127.0.0.1"
port = 1
security = "none"
username = "billing@example.com"
password = "correct horse"
[mailbox.smtp]
host = "127.0.0.1"
port = 1
security = "none"
username = ""
"""
"""Another mailbox."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """What a command left behind."""

    status: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs a command: `run("ticket", "MR-23456", stdin=b"...")`."""
    monkeypatch.delenv("MAILRESPONDER_CONFIG", raising=False)
    # As JSON, the log takes what nobody caught as well: in the tests that is pytest's.
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)

    def run_command(*arguments: str, stdin: bytes = b"") -> Done:
        monkeypatch.setattr(sys, "argv", ["mailresponder", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capfd.readouterr()
        return Done(status=int(ended.value.code or 0), out=out, err=err)

    yield run_command
    # A command sets up the log of its process, which is the tests' as well.
    structlog.reset_defaults()
    logs.use_format("text")
    logging.captureWarnings(False)


@pytest.fixture
def desk_file(tmp_path: Path) -> Path:
    """A configuration whose servers nobody runs; mode 0600, as it holds a password."""
    path = tmp_path / "config.toml"
    path.write_text(CONFIG, encoding="utf-8")
    path.chmod(0o600)
    return path


@pytest.fixture
def store(desk_file: Path) -> Iterator[Store]:
    """The desk's own database."""
    opened = databases.open_new(desk_file.with_name("mailresponder.db"))
    yield opened
    opened.close()


@pytest.fixture
def templates(run: Run, desk_file: Path) -> Run:
    """Runs `templates …` at a desk with two mailboxes."""
    desk_file.write_text(desk_file.read_text(encoding="utf-8") + BILLING, encoding="utf-8")
    return lambda *arguments: run("--config", str(desk_file), "templates", *arguments)


@pytest.fixture
def broken(desk_file: Path) -> Path:
    """An admin's acknowledgement that asks for a variable there is none of, on line 3."""
    text = "Subject: We heard you\n\nHello {{ custmer_name }}\n"
    return put(desk_file.parent / "templates", "en/acknowledgement.md.j2", text)
