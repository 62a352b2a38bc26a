"""What it costs to wait: an idle poll of a large mailbox against a small one, and a quiet daemon.

    python tests/bench/idle.py [--messages 1000 100000] [--polls 20] [--seconds 60]

Prints one JSON object a line. First, for each size of the mailbox, one pass in which nothing is
new (the mean of all): bytes and round trips over IMAP, CPU milliseconds and SQL statements. Then
`run` with IDLE on one mailbox while nothing happens: CPU time as a share of the time that passed.
"""

import argparse
import os
import time

import running
from measured import Statements
from running import Dovecot, Elsewhere, MailUser, Proxy

from mailresponder import config as configuration
from mailresponder.app import App

BODY = b"From: a@customer.test\r\nTo: support@example.com\r\nSubject: Old\r\n\r\nLong answered.\r\n"
SETTLING = 10.0
"""Seconds that a daemon has for its start: imports, first pass, IDLE."""


def polls(
    dovecot: Dovecot, imap: Elsewhere[Proxy], smtp_port: int, messages: int, count: int
) -> None:
    """Passes in which nothing is new."""
    user = _filled(dovecot, messages)
    os.environ[running.PASSWORD] = user.password
    with running.folder() as folder:
        path = running.configure(
            folder, user, imap_port=imap.port, smtp_port=smtp_port, start_from="now"
        )
        with Statements() as statements, App.open(configuration.load(path)) as app:
            [runner] = app.mailboxes.values()
            for _ in range(2):
                # The first one meets the mailbox, and the server indexes it.
                _require_well(runner.run_pass())
            imap.ask(running.traffic)
            before, begun = statements.count, time.process_time()
            for _ in range(count):
                _require_well(runner.run_pass())
            cpu = time.process_time() - begun
            traffic = imap.ask(running.traffic)
            running.tell(
                what="idle poll",
                mailbox=messages,
                bytes_read=traffic.to_client / count,
                bytes_sent=traffic.to_server / count,
                round_trips=traffic.round_trips / count,
                cpu_ms=1000 * cpu / count,
                statements=(statements.count - before) / count,
            )


def daemon(dovecot: Dovecot, imap: Elsewhere[Proxy], smtp_port: int, seconds: float) -> None:
    """`run` while nothing happens, polling as often as the example configuration does."""
    user = _filled(dovecot, 100)
    with running.folder() as folder:
        path = running.configure(
            folder,
            user,
            imap_port=imap.port,
            smtp_port=smtp_port,
            start_from="now",
            poll_every="60s",
        )
        command = ("mailresponder", "--config", path, "run")
        with running.started(*command, core=-1, password=user.password) as child:
            time.sleep(min(SETTLING, seconds))
            imap.ask(running.traffic)
            used, begun = running.cpu_seconds(child.process), time.monotonic()
            time.sleep(seconds)
            used = running.cpu_seconds(child.process) - used
            passed = time.monotonic() - begun
            traffic = imap.ask(running.traffic)
            if child.process.poll() is not None:
                raise SystemExit("the daemon ended")
    running.tell(
        what="quiet daemon",
        seconds=passed,
        cpu_ms=1000 * used,
        cpu_percent=100 * used / passed,
        round_trips=traffic.round_trips,
    )


def _filled(dovecot: Dovecot, messages: int) -> MailUser:
    user = dovecot.add_user(f"idle{messages}@example.test")
    dovecot.fill(user.name, [BODY] * messages, received_at=time.time() - 86400)
    return user


def _require_well(report: object) -> None:
    if errors := getattr(report, "errors", None):
        raise SystemExit(f"the pass failed: {errors}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--messages", type=int, nargs="+", default=[1000, 100_000])
    parser.add_argument("--polls", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    running.share_cores()
    with (
        running.mail_server() as server,
        running.sink() as sink,
        running.proxy(server.imap_port) as proxy,
    ):
        for size in options.messages:
            polls(server, proxy, sink.port, size, options.polls)
        daemon(server, proxy, sink.port, options.seconds)
