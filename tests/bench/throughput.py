"""How fast `run --once` is, against a bare loop that only fetches, sends and flags (bare.py).

    python tests/bench/throughput.py [--messages 1000] [--save-copy] [--postgres] [--matrix]

Both work through the same mails on one core; Dovecot, the SMTP server and PostgreSQL have the
others. Prints one JSON object a line: messages a second of both and their ratio, CPU seconds of
both (user and system, all threads), peak memory of the program, and the time of `--help` in
milliseconds (the best of five). `flagged` are the mails that the program flagged as angry. It ends
with an error unless every person, and no machine, was sent exactly one acknowledgement.

PostgreSQL is the tests' own, durable as in production; SQLite is as the program opens it.
"""

import argparse
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any

import running
from imapclient import IMAPClient
from mails import Mail, mails
from running import Dovecot, MailUser
from servers.postgres import find_binaries
from servers.postgres import running as postgres_running


def measure(count: int, *, save_copy: bool, postgres: bool, core: int) -> dict[str, Any]:
    """One run of each, on fresh mailboxes."""
    with (
        running.folder() as folder,
        running.mail_server() as dovecot,
        running.sink() as sink,
        _database(postgres) as database,
    ):
        now = time.time()
        content = mails(count, at=now)
        users = [dovecot.add_user(f"bench{number}@example.test") for number in (1, 2)]
        for user in users:
            dovecot.fill(user.name, [mail.content for mail in content], received_at=now)
        bare_user, user = users
        copies = ["Sent"] if save_copy else []
        bare = running.run(
            *("bare", dovecot.imap_port, sink.port, bare_user.name, *copies),
            core=core,
            password=bare_user.password,
        )
        sink.ask(running.accepted)
        config = running.configure(
            folder,
            user,
            imap_port=dovecot.imap_port,
            smtp_port=sink.port,
            database=database,
            smtp=f"save_copy = {str(save_copy).lower()}",
        )
        ours = running.run(
            *("mailresponder", "--config", config, "run", "--once"),
            core=core,
            password=user.password,
        )
        _require_all_answered(content, [whom for _, whom in sink.ask(running.accepted)])
        flagged = _flagged(dovecot, user)
    return {
        "messages": count,
        "save_copy": save_copy,
        "database": "postgresql" if postgres else "sqlite",
        "seconds": ours.seconds,
        "per_second": count / ours.seconds,
        "bare_seconds": bare.seconds,
        "bare_per_second": count / bare.seconds,
        "ratio": bare.seconds / ours.seconds,
        "cpu_seconds": ours.cpu_seconds,
        "bare_cpu_seconds": bare.cpu_seconds,
        "cpu_ratio": bare.cpu_seconds / ours.cpu_seconds,
        "peak_megabytes": ours.peak_megabytes,
        "flagged": flagged,
        "help_ms": 1000 * _help_seconds(),
    }


@contextmanager
def _database(postgres: bool) -> Iterator[str | None]:
    """The URL of an empty database; None: SQLite beside the configuration."""
    if not postgres:
        yield None
        return
    binaries = find_binaries()
    if binaries is None:
        raise SystemExit("PostgreSQL is not installed: apt-get install postgresql")
    with postgres_running(binaries, durable=True) as server:
        yield server.create("bench").replace("+psycopg", "")


def _require_all_answered(content: list[Mail], recipients: list[str]) -> None:
    expected = Counter(mail.sender for mail in content if not mail.machine)
    got = Counter(whom for whom in recipients if whom.endswith("@customer.test"))
    if got != expected:
        missing, more = expected - got, got - expected
        raise SystemExit(f"acknowledgements missing: {dict(missing)}; too many: {dict(more)}")


def _flagged(dovecot: Dovecot, user: MailUser) -> int:
    client = IMAPClient("127.0.0.1", port=dovecot.imap_port, ssl=False)
    client.login(user.name, user.password)
    client.select_folder("INBOX", readonly=True)
    found = len(client.search("FLAGGED"))
    client.logout()
    return found


def _help_seconds() -> float:
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        command = [sys.executable, "-m", "mailresponder", "--help"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=running.environ())
        times.append(time.perf_counter() - begun)
    return min(times)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--save-copy", action="store_true", help="file copies in Sent too")
    parser.add_argument("--postgres", action="store_true", help="instead of SQLite")
    parser.add_argument(
        "--matrix", action="store_true", help="1,000 and 10,000 mails, both databases, copies"
    )
    options = parser.parse_args()
    own_core = running.share_cores()
    runs = (
        product((1000, 10_000), (False, True), (False, True))
        if options.matrix
        else [(options.messages, options.postgres, options.save_copy)]
    )
    for number, with_postgres, copies_too in runs:
        running.tell(**measure(number, save_copy=copies_too, postgres=with_postgres, core=own_core))
