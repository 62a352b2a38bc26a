"""What the old databases in this folder were made with, and how to have one."""

import gzip
import sqlite3
from pathlib import Path

FOLDER = Path(__file__).parent
REVISIONS = sorted({path.name[1:5] for path in FOLDER.glob("r*.sql.gz")})

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


def kept(revision: str, kind: str, folder: Path = FOLDER) -> Path:
    """Where a database is kept, as SQL; `kind`: `sqlite` or `postgresql`."""
    return folder / f"r{revision}.{kind}.sql.gz"


def dump(revision: str, kind: str) -> str:
    """The SQL that makes it."""
    return gzip.decompress(kept(revision, kind).read_bytes()).decode()


def restore(path: Path, revision: str) -> None:
    """The SQLite database of a revision, as its program left it."""
    with sqlite3.connect(path) as conn:
        conn.executescript(dump(revision, "sqlite"))
    conn.close()
