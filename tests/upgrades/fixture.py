"""What the old databases in this folder were made with, and how to have one."""

import sqlite3
from pathlib import Path

FOLDER = Path(__file__).parent
REVISIONS = sorted({path.name[1:5] for path in FOLDER.glob("r*.sql")})

SECRET = bytes(range(32))
"""The desk's key: its own mail is known by it."""
CONFIG = """\
[desk]
name = "Acme Support"
timezone = "Europe/Madrid"
database = "{url}"
[admin]
addresses = ["ops@example.com"]
[[mailbox]]
name = "support"
address = "support@example.com"
start_from = "all"
[mailbox.imap]
host = "127.0.0.1"
port = {imap_port}
security = "none"
username = "{user}"
password = "{password}"
[mailbox.smtp]
host = "127.0.0.1"
port = {smtp_port}
security = "none"
username = ""
[staff]
addresses = ["*@example.com"]
[deadlines]
answer_within = "8h"
angry_answer_within = "1s"
[[escalation]]
after = "0m"
to = ["lead@example.com"]
"""


def restore(path: Path, revision: str) -> None:
    """The SQLite database of a revision, as its program left it."""
    with sqlite3.connect(path) as conn:
        conn.executescript((FOLDER / f"r{revision}.sqlite.sql").read_text(encoding="utf-8"))
    conn.close()
