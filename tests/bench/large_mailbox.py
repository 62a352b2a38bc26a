"""What a mailbox with years of mail costs: the first pass, an idle one, the daily comparison, and
`check`.

    python tests/bench/large_mailbox.py --messages 20000 --simulated 1000000

First on a real Dovecot, for several `start_from`, behind a proxy that counts; then with generated
UIDs and a ledger that knows each of them. Prints one JSON object a line: CPU seconds of this
process (never wall-clock) or, with --memory, the peak of what Python held; bytes from the server,
and round trips.
"""

import argparse
import json
import resource
import sys
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import structlog
from offices import MONDAY, Office, complaint
from servers.dovecot import Dovecot
from servers.proxy import Proxy
from servers.smtp_sink import SmtpSink
from sqlalchemy import insert

from mailresponder import config
from mailresponder.app import App
from mailresponder.jobs import folders
from mailresponder.jobs.ledger_check import compared
from mailresponder.store import ledger
from mailresponder.store.database import Store
from mailresponder.store.mailboxes import Cursor
from mailresponder.store.schema import sightings
from mailresponder.transport.imap_search import uids_after


class Meter:
    """Measures one piece of work after the other."""

    def __init__(self, *, memory: bool, **about: object) -> None:
        """`memory`: how much is held, instead of the CPU's time, which counting that distorts."""
        self._memory = memory
        self._about = about

    def measure(self, what: str, work: Callable[[], object], proxy: Proxy | None = None) -> None:
        """Do it and print what it cost."""
        if proxy is not None:
            proxy.reset()
        found = {**self._about, "what": what}
        if self._memory:
            tracemalloc.start()
        before = _cpu()
        work()
        if self._memory:
            found["peak_megabytes"] = round(tracemalloc.get_traced_memory()[1] / 1e6, 1)
            tracemalloc.stop()
        else:
            found["cpu_seconds"] = round(_cpu() - before, 3)
        if proxy is not None:
            found["bytes"] = proxy.traffic.to_client
            found["round_trips"] = proxy.traffic.round_trips
        print(json.dumps(found), flush=True)


def on_dovecot(messages: int, start_from: str, *, memory: bool) -> None:
    """A mailbox of so many mails, received over two years up to a month ago."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Dovecot() as dovecot,
        SmtpSink() as sink,
        Proxy(dovecot.imap_port) as proxy,
    ):
        office = Office(Path(folder), dovecot, sink)
        user = dovecot.add_user("large@example.test")
        office.add_mailbox(user)
        for month in range(24):
            content = [
                complaint(f"c{month}-{number}@customer.test") for number in range(messages // 24)
            ]
            at = MONDAY - timedelta(days=30 * (24 - month))
            dovecot.fill(user.name, content, received_at=at.timestamp())
        office.imap_port = proxy.port
        app = office.open(start_from=start_from, acknowledge="enabled = false", save_copy="false")
        meter = Meter(memory=memory, messages=messages, start_from=start_from)
        # Dovecot builds its index of a folder once.
        office.imap().select_folder("INBOX", readonly=True)
        office.imap().unselect_folder()
        meter.measure("first pass", office.run_well, proxy)
        office.clock.advance(minutes=1)
        meter.measure("idle pass", office.run_well, proxy)
        office.clock.advance(days=1)
        meter.measure("daily comparison", office.run_well, proxy)
        meter.measure("check", lambda: _count(app, office), proxy)
        office.close()


def _count(app: App, office: Office) -> None:
    loaded = config.load(office.path)
    with app.mailboxes["support"].connect() as imap:
        compared(loaded, loaded.mailboxes[0], imap, app.store, office.clock)


class Simulated:
    """A folder of generated UIDs, as an IMAP server would list it."""

    def __init__(self, messages: int) -> None:
        self._messages = messages
        self.searches = 0

    def uids_after(self, uid: int, *, since: date | None = None) -> list[int]:
        return uids_after(self._search, uid, uidnext=self._messages + 1, since=since)

    def _search(self, criteria: str) -> Sequence[int]:
        self.searches += 1
        first, _, end = criteria.removeprefix("UID ").partition(":")
        last = self._messages if end == "*" else min(int(end), self._messages)
        return range(min(int(first), self._messages), last + 1)


def simulated(messages: int, *, memory: bool) -> None:
    """Compare so many UIDs with a ledger that knows all but the last."""
    meter = Meter(memory=memory, messages=messages, simulated=True)
    with tempfile.TemporaryDirectory() as home:
        store = Store.open(f"sqlite:///{home}/ledger.db")
        with store.begin() as conn:
            for rows in _entries(messages - 1):
                conn.execute(insert(sightings), rows)
        folder = Simulated(messages)
        cursor = Cursor(uidvalidity=5, last_uid=messages, first_uid=1)
        missing: list[int] = []

        def compare() -> None:
            for uids in folders.uids_of(folder, cursor, after=0):
                with store.read() as conn:
                    missing.extend(ledger.unknown(conn, "support", "INBOX", 5, uids))

        meter.measure("compare all", compare)
        assert missing == [messages]
        print(json.dumps({"messages": messages, "simulated": True, "searches": folder.searches}))
        store.close()


def _entries(messages: int) -> Iterator[list[dict[str, object]]]:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    for start in range(1, messages + 1, 10_000):
        yield [
            {
                "mailbox": "support",
                "folder": "INBOX",
                "uidvalidity": 5,
                "uid": uid,
                "message_row": None,
                "outcome": "recorded",
                "at": at,
            }
            for uid in range(start, min(start + 10_000, messages + 1))
        ]


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Measure what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--messages", type=int, default=20_000, help="on Dovecot")
    parser.add_argument("--simulated", type=int, default=1_000_000)
    parser.add_argument("--all", action="store_true", help='also start_from = "all": minutes')
    parser.add_argument("--memory", action="store_true", help="memory instead of CPU time")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    for start_from in ('"now"', '"2025-01-20"', *(['"all"'] if given.all else [])):
        on_dovecot(given.messages, start_from, memory=given.memory)
    simulated(given.simulated, memory=given.memory)


if __name__ == "__main__":
    main()
