"""How fast `run --once` is, against a bare loop that only fetches, sends and flags.

    python tests/bench/throughput.py --messages 1000

Both work on the same Dovecot and the same kind of SMTP server, which runs in a process of its
own. Prints one JSON object: seconds and messages a second of both, their ratio, and the time of
`--help` in milliseconds (the best of five).
"""

import argparse
import json
import multiprocessing
import os
import smtplib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from multiprocessing.connection import Connection
from pathlib import Path

from imapclient import IMAPClient

sys.path.insert(0, str(Path(__file__).parent.parent))

from desks import CONFIG
from servers.dovecot import Dovecot
from servers.smtp_sink import SmtpSink

BATCH = 200


def letters(count: int) -> list[bytes]:
    """Mails of as many people, in both languages, of an ordinary size."""
    texts = {
        "en": "my order has not arrived and the tracking page shows nothing new since Monday. ",
        "es": "el pedido no ha llegado y la página de seguimiento no muestra nada desde el lunes. ",
    }
    made = []
    for number in range(count):
        language = ("en", "es")[number % 2]
        mail = EmailMessage()
        mail["From"] = f"Customer {number} <customer{number}@customer.test>"
        mail["To"] = "support@example.com"
        mail["Subject"] = f"Order {20000 + number}"
        mail["Message-ID"] = f"<bench-{number}@customer.test>"
        mail.set_content(texts[language] * 6)
        made.append(mail.as_bytes())
    return made


def bare_loop(imap_port: int, smtp_port: int, user: str, password: str) -> None:
    """Fetch all, send one mail for each on one connection, flag all."""
    client = IMAPClient("127.0.0.1", port=imap_port, ssl=False)
    client.login(user, password)
    client.select_folder("INBOX")
    uids = client.search("ALL")
    with smtplib.SMTP("127.0.0.1", smtp_port, local_hostname="localhost") as smtp:
        for start in range(0, len(uids), BATCH):
            some = uids[start : start + BATCH]
            for data in client.fetch(some, ["BODY.PEEK[]"]).values():
                smtp.sendmail("support@example.com", ["customer@customer.test"], data[b"BODY[]"])
            client.add_flags(some, ["\\Flagged"], silent=True)
    client.logout()


def measure(count: int, *, save_copy: bool, database: str | None) -> dict[str, object]:
    """One run of each, on fresh mailboxes."""
    with tempfile.TemporaryDirectory() as folder, Dovecot() as dovecot, _sink() as smtp_port:
        content = letters(count)
        users = [dovecot.add_user(f"bench{number}@example.test") for number in (1, 2)]
        for user in users:
            dovecot.fill(user.name, content, received_at=time.time())

        begun = time.perf_counter()
        bare_loop(dovecot.imap_port, smtp_port, users[0].name, users[0].password)
        bare = time.perf_counter() - begun

        config = Path(folder) / "config.toml"
        config.write_text(
            CONFIG.format(
                imap_port=dovecot.imap_port,
                smtp_port=smtp_port,
                ca_file=dovecot.ca_file,
                user=users[1].name,
                answer_within="8h",
                desk=f'database = "{database}"' if database else "",
                mailbox="",
                imap="",
                smtp=f"save_copy = {str(save_copy).lower()}",
                ladder="",
                acknowledge="",
            ).replace('security = "starttls"', 'security = "none"')
        )
        environ = os.environ | {"SUPPORT_PASSWORD": users[1].password}
        command = [sys.executable, "-m", "mailresponder", "--config", str(config), "run", "--once"]
        begun = time.perf_counter()
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
        ours = time.perf_counter() - begun
        if done.returncode != 0 or f"sent {count}" not in done.stdout:
            raise SystemExit(f"the run failed: {done.stdout}{done.stderr}")
    return {
        "messages": count,
        "save_copy": save_copy,
        "database": "postgresql" if database else "sqlite",
        "seconds": round(ours, 2),
        "per_second": round(count / ours, 1),
        "bare_seconds": round(bare, 2),
        "bare_per_second": round(count / bare, 1),
        "ratio": round(bare / ours, 3),
        "help_ms": round(_help_seconds() * 1000),
    }


def _help_seconds() -> float:
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        command = [sys.executable, "-m", "mailresponder", "--help"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - begun)
    return min(times)


@contextmanager
def _sink() -> Iterator[int]:
    """An SMTP server in another process; yields its port."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs,))
    process.start()
    try:
        yield ours.recv()
    finally:
        ours.send(None)
        process.join()


def _serve(pipe: "Connection[object, object]") -> None:
    with SmtpSink() as sink:
        pipe.send(sink.port)
        pipe.recv()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--save-copy", action="store_true", help="file copies in Sent too")
    parser.add_argument("--database", help="a postgresql:// URL; else SQLite")
    options = parser.parse_args()
    figures = measure(options.messages, save_copy=options.save_copy, database=options.database)
    print(json.dumps(figures))
