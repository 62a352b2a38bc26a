"""Three processes on three machines, as far as they can tell, that work on one desk."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from desks import eventually
from offices import Office, complaint
from program import ROOT
from servers.dovecot import MailUser
from servers.postgres import Postgres
from servers.proxy import Proxy

from mailresponder.clock import utc_now
from mailresponder.store import leases, outbox_view
from mailresponder.store.database import Store

BOXES = [f"box{number}" for number in range(6)]
LEASE, BEAT = 4, 1
"""Seconds; in production 30 and 10."""
LONG = 60.0
"""Seconds that a busy machine may take for anything."""


class Machines:
    """A desk of six mailboxes, its database, and the processes that work on it."""

    def __init__(self, office: Office, store: Store, url: str, folder: Path) -> None:
        self.office, self.store = office, store
        self._url, self._folder = url, folder
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, smtp_port: int) -> None:
        """One more instance, with its own way to the SMTP server."""
        self.office.smtp_port = smtp_port
        self.office.path = self._folder / f"{name}.toml"
        self.office.configure(desk=f'database = "{self._url}"')
        program = ROOT / "tests" / "hurried.py"
        with (self._folder / f"{name}.log").open("wb") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, program, self.office.path, str(LEASE), str(BEAT)],
                env=os.environ | {"PYTHONPATH": str(ROOT)},
                stderr=log,
            )

    def log(self, name: str) -> str:
        return (self._folder / f"{name}.log").read_text()

    def holders(self) -> dict[str, str]:
        """Who holds which mailbox, by the names the processes have here."""
        names = {str(process.pid): name for name, process in self.processes.items()}
        with self.store.begin() as conn:
            found, _ = leases.holders(conn, utc_now())
        return {box: names[owner.split(":")[1]] for box, owner in found.items()}

    def held(self) -> Counter[str]:
        """How many mailboxes each of them holds."""
        return Counter(self.holders().values())

    def receive(self, customer: str) -> None:
        """A mail in every mailbox."""
        for box in BOXES:
            person, to = f"{customer}.{box}@customer.test", f"{box}@example.com"
            self.office.receive(complaint(person, to=to), mailbox=box, at=utc_now())

    def acknowledged(self) -> Counter[str]:
        """How often each customer was written to."""
        return Counter(mail.recipient for mail in list(self.office.sink.received))

    def in_state(self, state: str) -> int:
        """How many mails are in this state."""
        with self.store.read() as conn:
            return sum(row.state == state for row in outbox_view.rows(conn))

    def end(self) -> None:
        for process in self.processes.values():
            process.send_signal(signal.SIGCONT)
            process.terminate()
        for process in self.processes.values():
            process.wait(LONG)


@pytest.fixture
def machines(
    office: Office,
    postgres: Postgres,
    new_dovecot_user: Callable[[], MailUser],
    tmp_path: Path,
) -> Iterator[Machines]:
    """The desk, without any instance yet."""
    office.add_mailbox(new_dovecot_user(), name="box0", address="box0@example.com")
    office._users.pop("support")
    for box in BOXES[1:]:
        office.add_mailbox(new_dovecot_user(), name=box, address=f"{box}@example.com")
    url = postgres.create("machines", template="model")
    store = Store.open(url)
    made = Machines(office, store, url.replace("+psycopg", ""), tmp_path)
    yield made
    made.end()
    store.close()
    postgres.drop("machines")


def test_one_dies_one_freezes_and_nobody_is_written_to_twice(machines: Machines) -> None:
    """Of three instances in the middle of sending, one is killed and one frozen until it is taken
    for dead: the third one sends what they were about to. The frozen one, continued in the middle
    of a transaction, finds out before DATA, and takes its share again."""
    sink = machines.office.sink
    with ExitStack() as stack:
        to_killed, to_frozen = (stack.enter_context(Proxy(sink.port)) for _ in range(2))
        for name, port in (
            ("killed", to_killed.port),
            ("frozen", to_frozen.port),
            ("third", sink.port),
        ):
            machines.start(name, port)
        eventually(lambda: machines.held() == {"killed": 2, "frozen": 2, "third": 2}, within=LONG)
        machines.receive("ada")
        eventually(lambda: len(machines.acknowledged()) == 6, within=LONG)

        # Both get as far as MAIL FROM and hear no more.
        to_killed.fall_silent()
        to_frozen.fall_silent()
        machines.receive("bea")
        eventually(lambda: machines.in_state("sending") == 4, within=LONG)
        eventually(lambda: len(machines.acknowledged()) == 8, within=LONG)
        machines.processes["killed"].kill()
        machines.processes["frozen"].send_signal(signal.SIGSTOP)
        begun = time.monotonic()
        eventually(lambda: machines.held() == {"third": 6}, within=LONG)
        eventually(lambda: len(machines.acknowledged()) == 12, within=LONG)
        print(f"taken over after {time.monotonic() - begun:.1f} s, lease {LEASE}, beat {BEAT}")

        to_frozen.speak_again()
        machines.processes["frozen"].send_signal(signal.SIGCONT)
        eventually(lambda: machines.log("frozen").count("lease_lost") == 2, within=LONG)
        eventually(lambda: machines.held() == {"frozen": 3, "third": 3}, within=LONG)
        machines.receive("cleo")
        eventually(lambda: len(machines.acknowledged()) == 18, within=LONG)
        eventually(lambda: machines.in_state("sent") == 18, within=LONG)
    assert set(machines.acknowledged().values()) == {1}
    assert "instance_lapsed" in machines.log("frozen")
