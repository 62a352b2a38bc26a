"""Roundup on the same mails: `roundup-mailgw` reads INBOX over IMAP, opens an issue for each mail
and writes to its author; its classic tracker on SQLite. Its hashing of passwords, of which every
author gets one, is set to next to nothing: it is not what is compared."""

import re
import subprocess
from pathlib import Path

import running
from running import MailUser

PACKAGE = "roundup"

# roundup-mailgw knows no other port than 143.
MAILGW = """
import imaplib, sys
imaplib.IMAP4.__init__.__defaults__ = ("", {imap_port}, None)
from roundup.scripts.roundup_mailgw import run
sys.argv[0] = "roundup-mailgw"
run()
"""


def prepare(python: Path, folder: Path, user: MailUser, imap_port: int, smtp_port: int) -> None:
    """A tracker that takes mail from everybody and says so to them."""
    home = folder / "tracker"
    _admin(python, "-i", home, "install", "classic", "sqlite")
    config = home / "config.ini"
    text = config.read_text(encoding="utf-8")
    for name, value in (
        ("domain", "example.com"),
        ("host", "127.0.0.1"),
        ("port", str(smtp_port)),
        ("web", "http://127.0.0.1/support/"),
        ("email", "support"),
        ("messages_to_author", "yes"),
        ("new_email_user_roles", "User"),
        ("password_pbkdf2_default_rounds", "1000"),
    ):
        text = re.sub(rf"(?m)^#?\s*{name} = ?.*$", f"{name} = {value}", text)
    config.write_text(text, encoding="utf-8")
    schema = home / "schema.py"
    text = schema.read_text(encoding="utf-8")
    anonymous = "db.security.addPermissionToRole('Anonymous', 'Email Access')"
    text = text.replace(f"#{anonymous}", anonymous)
    schema.write_text(text, encoding="utf-8")
    _admin(python, "-i", home, "initialise", "admin-of-a-benchmark")


def command(python: Path, folder: Path, user: MailUser, imap_port: int) -> list[str]:
    """Works through the mailbox once."""
    login = f"{user.name}:{user.password}@127.0.0.1"
    code = MAILGW.format(imap_port=imap_port)
    return [str(python), "-c", code, str(folder / "tracker"), "imap", login]


def environ(folder: Path) -> dict[str, str]:
    """What the command needs."""
    return running.environ() | {"PYTHONPATH": ""}


def tickets(python: Path, folder: Path) -> int:
    """How many there are."""
    return len(_admin(python, "-i", folder / "tracker", "list", "issue").splitlines())


def _admin(python: Path, *arguments: object) -> str:
    done = subprocess.run(
        [python.with_name("roundup-admin"), *map(str, arguments)],
        env=environ(Path()),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(f"roundup-admin {arguments[2]} failed: {done.stdout}{done.stderr}")
    return done.stdout
