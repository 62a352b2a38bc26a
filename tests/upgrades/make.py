"""Makes the databases in this folder: what the program of each schema revision left behind.

    python tests/upgrades/make.py FOLDER

For each revision the last commit that had it is checked out; its program reads a mailbox with a
few invented letters on a real Dovecot, answers, escalates and is interrupted, on SQLite and on
PostgreSQL. What it wrote is dumped as SQL. Run again only when a revision is added, with its last
commit; those that are here stay as they are.
"""

import getpass
import gzip
import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory

TESTS = Path(__file__).parent.parent
sys.path[:0] = [str(TESTS), str(TESTS.parent)]

from letters import letter  # noqa: E402 - not before its folder is known
from servers.dovecot import Dovecot, MailUser  # noqa: E402
from servers.postgres import Postgres, binaries_or_skip, running  # noqa: E402
from servers.smtp_sink import SmtpSink  # noqa: E402
from upgrades.fixture import CONFIG, SECRET, kept  # noqa: E402

COMMITS = {
    "0001": "88c1d86",
    "0002": "51cf85b",
    "0003": "5dacc68",
    "0004": "e839284",
    "0005": "3578789",
    "0006": "dfbf267",
    "0007": "54092c3",
    "0008": "5d469dc",
    "0009": "3747bd6",
    "0010": "437b3dc",
    "0011": "08dbfc3",
}
"""The last commit of each revision."""

EMMA = letter(
    sender="Emma Lake <emma@customer.test>",
    subject="Where is my order?",
    text="Hello,\n\nmy order 4711 has not arrived yet. When will it come?\n\nEmma\n",
    message_id="<1@customer.test>",
)
JAVIER = letter(
    sender="Javier Ruiz <javier@customer.test>",
    subject="Esto es una verguenza",
    text="¡Estoy harto! Es la tercera vez que llega roto. Sois unos inútiles. ¡Quiero mi dinero!\n",
    message_id="<2@customer.test>",
)
NEWS = letter(
    sender="news@shop.test",
    subject="Our offers",
    text="Cheap things.\n",
    message_id="<3@shop.test>",
    List_Id="<news.shop.test>",
    Precedence="bulk",
)
ANSWER = letter(
    sender="support@example.com",
    to="emma@customer.test",
    subject="Re: Where is my order?",
    text="Hello Emma,\n\nit comes on Friday.\n\nAna\n",
    message_id="<4@example.com>",
    In_Reply_To="<1@customer.test>",
    References="<1@customer.test>",
)
NOAH = letter(
    sender="Noah Hill <noah@customer.test>",
    subject="Wrong size",
    text="Hi,\n\nthe jacket is too small. How can I send it back?\n\nNoah Hill\n",
    message_id="<5@customer.test>",
)
LATER = (
    ("0003", ["angry", "{noah}"]),
    ("0007", ["note", "{noah}", "Sent him the label."]),
    ("0011", ["defect", "add", "Glasses break", "--words-es", "llega roto"]),
)
"""Commands, and the revision with which they came."""


class Old:
    """The program of a commit, and a desk for it."""

    def __init__(self, source: Path, folder: Path, user: MailUser) -> None:
        self.source, self.folder, self.user = source, folder, user

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "mailresponder", "--config", "config.toml", *arguments],
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": str(self.source)},
            capture_output=True,
            text=True,
            check=False,
        )

    def fill(self, revision: str, dovecot: Dovecot, sink: SmtpSink) -> None:
        """Live through a morning."""
        dovecot.deliver(self.user.name, EMMA, JAVIER, NEWS)
        self._pass(0)
        _append(dovecot, self.user, ANSWER)
        dovecot.deliver(self.user.name, NOAH)
        sink.answer("DATA", "451 4.3.0 later", times=99)
        self._pass(75)
        sink.answer_as_usual("DATA")
        tickets = json.loads(self.run("tickets", "--json").stdout)
        noah = next(one["reference"] for one in tickets if one["customer"] == "noah@customer.test")
        for since, command in LATER:
            if revision >= since:
                done = self.run(*(word.format(noah=noah) for word in command))
                assert done.returncode == 0, done.stderr

    def _pass(self, status: int) -> None:
        done = self.run("run", "--once")
        assert done.returncode == status, done.stdout + done.stderr


def _append(dovecot: Dovecot, user: MailUser, content: bytes) -> None:
    from imapclient import IMAPClient

    with IMAPClient("127.0.0.1", port=dovecot.imap_port, ssl=False) as client:
        client.login(user.name, user.password)
        client.append("Sent", content)


def shortened(content: bytes) -> bytes:
    """A mail of ours with what the program looks at later, and few other words."""
    from email import message_from_bytes, policy

    mail = message_from_bytes(content, policy=policy.SMTP)
    short = EmailMessage(policy=policy.SMTP)
    for name in ("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "Auto-Submitted"):
        if mail[name]:
            short[name] = str(mail[name])
    short.set_content("We have got your message.\n")
    return short.as_bytes()


def dump_sqlite(path: Path) -> str:
    """A database as SQL that makes it again."""
    with sqlite3.connect(path) as conn:
        rows = conn.execute("SELECT id, content FROM outbox WHERE content IS NOT NULL").fetchall()
        conn.executemany(
            "UPDATE outbox SET content = ? WHERE id = ?",
            [(shortened(content), number) for number, content in rows],
        )
        conn.commit()
        text = "\n".join(conn.iterdump())
    return re.sub(r"\n\t*\s*(?=[A-Z\"a-z)])(?<!;\n)", " ", text) + "\n"


def dump_postgres(postgres: Postgres, database: str) -> str:
    """As `dump_sqlite`; pg_dump's words about owners and settings are left out."""
    import psycopg

    with psycopg.connect(postgres.url(database).replace("+psycopg", "")) as conn:
        query = "SELECT id, content FROM outbox WHERE content IS NOT NULL"
        for number, content in conn.execute(query).fetchall():
            conn.execute(
                "UPDATE outbox SET content = %s WHERE id = %s", (shortened(content), number)
            )
    done = subprocess.run(
        [
            *(postgres.binaries / "pg_dump", "--no-owner", "--no-privileges", "--inserts"),
            *("--rows-per-insert=100", "-h", postgres.folder, "-U", "mailresponder", database),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    text = re.sub(
        r"^(--.*|SET .*|SELECT pg_catalog\.set_config.*|\\.*)\n", "", done.stdout, flags=re.M
    )
    text = text.replace("public.", "").replace("timestamp without time zone", "timestamp")
    text = re.sub(r"\n +", " ", text)
    return re.sub(r"\n{2,}", "\n", text).strip() + "\n"


def unnamed(text: str) -> str:
    """Without the name of this machine and of whoever is at it."""
    text = text.replace(f"'{socket.gethostname()}:", "'desk1:")
    return text.replace(f"'{getpass.getuser()} (command line)'", "'ana (command line)'")


def main(target: Path) -> None:
    root = TESTS.parent
    with TemporaryDirectory() as place, Dovecot() as dovecot, running(binaries_or_skip()) as server:
        for revision, commit in COMMITS.items():
            if kept(revision, "postgresql", target).exists():
                continue
            source = Path(place) / commit
            git = ("git", "-C", str(root), "worktree")
            subprocess.run([*git, "add", "--detach", source, commit], check=True)
            try:
                for kind in ("sqlite", "postgresql"):
                    folder = Path(place) / f"{revision}-{kind}"
                    folder.mkdir()
                    (folder / "mailresponder.secret").write_bytes(SECRET)
                    (folder / "mailresponder.secret").chmod(0o600)
                    user = dovecot.add_user(f"{kind}{revision}@example.test")
                    name = f"r{revision}"
                    url = "sqlite:///mailresponder.db"
                    if kind == "postgresql":
                        url = server.create(name).replace("+psycopg", "")
                    with SmtpSink() as sink:
                        (folder / "config.toml").write_text(
                            CONFIG.format(
                                url=url,
                                imap_port=dovecot.imap_port,
                                user=user.name,
                                password=user.password,
                                smtp_port=sink.port,
                            )
                        )
                        Old(source, folder, user).fill(revision, dovecot, sink)
                    text = (
                        dump_sqlite(folder / "mailresponder.db")
                        if kind == "sqlite"
                        else dump_postgres(server, name)
                    )
                    packed = gzip.compress(unnamed(text).encode(), mtime=0)
                    kept(revision, kind, target).write_bytes(packed)
                    print(revision, kind, len(text))
            finally:
                subprocess.run([*git, "remove", "--force", source], check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
