"""What a crowd of mailboxes costs the workers that share it.

    python tests/bench/mailboxes.py --mailboxes 1000 --workers 2

So many accounts on one Dovecot (IMAP over TLS, as providers want it), one SMTP server, one
PostgreSQL, and as many `mailresponder worker` processes. Prints two JSON objects. "first visit":
each mailbox holds some mails when the workers start; how long until all were visited and every
customer was acknowledged. "idle": nothing comes; what each pass over a mailbox without news
costs. CPU time (user and system) is in seconds, of all workers together, of all of PostgreSQL's
and all of Dovecot's processes; connections are the most seen at once, ten times a second.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from running import accepted, environ, folder, mail_server, sink, tell

from crowds import Crowd  # isort: skip - `running` makes it importable
from servers.dovecot import Dovecot  # isort: skip
from servers.postgres import Postgres, find_binaries, running  # isort: skip

DATABASE = "crowd"
PATIENCE = 1800
_TICKS = os.sysconf("SC_CLK_TCK")
_ESTABLISHED = "01"


def measure(count: int, workers: int, concurrency: int, mails: int, idle: int, every: int) -> None:
    """Both phases."""
    binaries = find_binaries()
    if binaries is None:
        raise SystemExit("PostgreSQL is not installed: apt-get install postgresql")
    with mail_server() as dovecot, running(binaries) as postgres, sink() as smtp, folder() as home:
        crowd = Crowd.gather(dovecot, count)
        for name in crowd.names:
            crowd.receive(name, [f"{name}-{n}@customer.test" for n in range(mails)])
        crowd.configure(
            home,
            database=postgres.create(DATABASE),
            smtp_port=smtp.port,
            poll_every=f"{every}s",
        )
        scene = Scene(postgres=postgres, dovecot=dovecot, home=home)
        try:
            scene.start(workers, concurrency)
            first = scene.watch(
                lambda: scene.ask(VISITED) == count and scene.ask(UNSENT) == 0, PATIENCE
            )
            taken = len(smtp.ask(accepted))
            tell(
                phase="first visit",
                mailboxes=count,
                workers=workers,
                concurrency=concurrency,
                messages=count * mails,
                acknowledged=taken,
                messages_a_second=count * mails / first["seconds"],
                mailboxes_a_second=count / first["seconds"],
                **first,
            )
            if idle:
                # The next visit finds the copies in Sent.
                scene.watch(lambda: False, every + TICK)
                before = scene.ask(JOBS)
                found = scene.watch(lambda: False, idle)
                passes = scene.ask(JOBS) - before - found["seconds"] / TICK
                tell(
                    phase="idle",
                    poll_every=every,
                    passes=passes,
                    passes_a_second=passes / found["seconds"],
                    worker_ms_a_pass=1000 * found["worker_cpu"] / passes,
                    postgres_ms_a_pass=1000 * found["postgres_cpu"] / passes,
                    **found,
                )
        finally:
            scene.stop()
        tell(
            phase="end",
            exits=[worker.returncode for worker in scene.workers],
            jobs_left=scene.ask("SELECT count(*) FROM procrastinate_jobs"),
            rows=scene.ask("SELECT sum(n_live_tup)::bigint FROM pg_stat_user_tables"),
        )


VISITED = "SELECT count(*) FROM mailboxes WHERE last_pass_at IS NOT NULL"
UNSENT = "SELECT count(*) FROM outbox WHERE state <> 'sent'"
JOBS = "SELECT last_value FROM procrastinate_jobs_id_seq"
"""How many jobs there ever were."""
TICK = 2
"""Seconds between the jobs that plan the others."""


@dataclass(kw_only=True)
class Scene:
    """The workers, and what is seen of them from outside."""

    postgres: Postgres
    dovecot: Dovecot
    home: Path
    workers: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def start(self, workers: int, concurrency: int) -> None:
        """Start so many."""
        command = [
            *(sys.executable, "-m", "mailresponder", "--config", str(self.home / "config.toml")),
            *("worker", "--concurrency", str(concurrency)),
        ]
        log = (self.home / "log").open("wb")
        self.workers += [
            subprocess.Popen(command, env=environ(), stderr=log) for _ in range(workers)
        ]

    def stop(self) -> None:
        """Tell them to end, and wait."""
        for worker in self.workers:
            worker.send_signal(signal.SIGTERM)
        for worker in self.workers:
            worker.wait(60)

    def ask(self, query: str) -> Any:
        """The only value of a query's only row; 0 while its tables are not there yet."""
        with psycopg.connect(
            host=str(self.postgres.folder), user="mailresponder", dbname=DATABASE
        ) as connection:
            try:
                [[value]] = connection.execute(query).fetchall()  # type: ignore[arg-type]
            except psycopg.errors.UndefinedTable:
                return 0
        return value

    def watch(self, done: Callable[[], bool], seconds: float) -> dict[str, Any]:
        """Look on until something is done, or for so long; what it took."""
        watched = ("worker", "postgres", "dovecot")
        begun, before = time.monotonic(), {name: self._cpu(name) for name in watched}
        imap = database = looked = 0
        while time.monotonic() - begun < seconds:
            if any(worker.poll() is not None for worker in self.workers):
                raise SystemExit(f"a worker ended:\n{(self.home / 'log').read_text()[-2000:]}")
            imap = max(imap, _connections_to(self.dovecot.imaps_port))
            database = max(database, len(self._of("postgres")))
            looked += 1
            if looked % 10 == 0 and done():
                break
            time.sleep(0.1)
        return {
            "seconds": time.monotonic() - begun,
            **{f"{name}_cpu": self._cpu(name) - before[name] for name in watched},
            "imap_connections": imap,
            "postgres_processes": database,
            "worker_peak_megabytes": max(_peak(worker.pid) for worker in self.workers),
        }

    def _of(self, what: str) -> list[Path]:
        """The processes of a server that are there now."""
        if what == "worker":
            return [Path(f"/proc/{worker.pid}") for worker in self.workers]
        home = self.postgres.folder if what == "postgres" else self.dovecot.home
        return [Path(f"/proc/{pid}") for pid in _family(_first_with(f"{home}/"))]

    def _cpu(self, what: str) -> float:
        """CPU time of a server's processes, those that have ended included."""
        return sum(map(_seconds, self._of(what)))


def _seconds(process: Path) -> float:
    """utime, stime, and those of the children it has waited for (proc_pid_stat(5))."""
    try:
        fields = (process / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / _TICKS


def _peak(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def _first_with(word: str) -> int:
    """The oldest process with this in its command line."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if word.encode() in path.read_bytes() and path.parent.name != str(os.getpid()):
                found.append(int(path.parent.name))
        except OSError:
            continue
    return min(found)


def _family(parent: int) -> list[int]:
    """A process and everything below it."""
    family = [parent]
    for pid in family:
        try:
            below = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8")
        except OSError:
            continue
        family += map(int, below.split())
    return family


def _connections_to(port: int) -> int:
    """Established connections whose near end is this port of the loopback (proc_net(5))."""
    lines = Path("/proc/net/tcp").read_text(encoding="utf-8").splitlines()[1:]
    near = f"0100007F:{port:04X}"
    return sum(line.split()[1] == near and line.split()[3] == _ESTABLISHED for line in lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mailboxes", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--concurrency", type=int, default=8)
    parser.add_argument("--mails", type=int, default=2, help="in each mailbox at the start")
    parser.add_argument("--idle", type=int, default=60, help="seconds to look on while idle")
    parser.add_argument("--poll-every", type=int, default=60, help="seconds")
    given = parser.parse_args()
    measure(
        given.mailboxes, given.workers, given.concurrency, given.mails, given.idle, given.poll_every
    )
