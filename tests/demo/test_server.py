"""The embedded mail server: what the demo relies on."""

import smtplib
import subprocess
import sys
from datetime import UTC, datetime

from imapclient import IMAPClient

from mailresponder.demo.server import EmbeddedServers

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
USERS = {"support@example.test": "one", "lead@example.test": "two"}


def inbox(servers: EmbeddedServers, user: str) -> list[bytes]:
    with IMAPClient(servers.host, servers.imap_port, ssl=False, timeout=10) as client:
        client.login(user, USERS[user])
        client.select_folder("INBOX")
        return [data[b"BODY[]"] for data in client.fetch(client.search(), ["BODY[]"]).values()]


def test_smtp_delivers_to_its_own_users() -> None:
    """Mail to a user lies in that INBOX with its return path; all mail is remembered."""
    content = b"Subject: hello\r\n\r\nhi\r\n"
    with EmbeddedServers(USERS, clock=lambda: NOW) as servers:
        with smtplib.SMTP(servers.host, servers.smtp_port, "localhost", timeout=10) as smtp:
            smtp.sendmail("ana@example.com", ["lead@example.test", "eva@example.com"], content)
            smtp.sendmail("", ["support@example.test"], content)
        assert [(mail.sender, mail.recipient) for mail in servers.sent] == [
            ("ana@example.com", "lead@example.test"),
            ("ana@example.com", "eva@example.com"),
            ("", "support@example.test"),
        ]
        (delivered,) = inbox(servers, "lead@example.test")
        assert delivered.startswith(b"Return-Path: <ana@example.com>\r\n")
        assert delivered.endswith(content)
        assert len(inbox(servers, "support@example.test")) == 1


def test_time_is_the_clocks() -> None:
    """Mail is dated by the clock it was given, unless told otherwise."""
    then = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    with EmbeddedServers(USERS, clock=lambda: NOW) as servers:
        servers.deliver("support@example.test", b"A: b\r\n\r\n")
        servers.deliver("support@example.test", b"C: d\r\n\r\n", at=then)
        with IMAPClient(servers.host, servers.imap_port, ssl=False, timeout=10) as client:
            client.normalise_times = False
            client.login("support@example.test", "one")
            client.append("INBOX", b"E: f\r\n\r\n")
            client.select_folder("INBOX")
            dates = client.fetch(client.search(), ["INTERNALDATE"]).values()
    assert [data[b"INTERNALDATE"] for data in dates] == [NOW, then, NOW]


def test_missing_extra() -> None:
    """Where the extra is not installed, the error says how to install it."""
    code = """
import sys
sys.modules["pymap"] = None
from mailresponder.demo.server import EmbeddedServers
from mailresponder.errors import ConfigError
try:
    EmbeddedServers({}, clock=lambda: None).__enter__()
except ConfigError as error:
    assert "pip install '.[demo]'" in str(error)
    print("told")
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "told\n"
