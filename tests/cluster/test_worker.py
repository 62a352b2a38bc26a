"""Workers as they are started: they share the mailboxes, and one that dies is replaced."""

import signal
import threading
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from crowds import Crowd
from desks import eventually, parsed
from program import Program
from servers.dovecot import Dovecot
from servers.postgres import Postgres
from servers.smtp_sink import SmtpSink
from sqlalchemy import text

from mailresponder import config
from mailresponder.app import App
from mailresponder.clock import utc_now
from mailresponder.cluster import worker
from mailresponder.demo.server import SentMail
from mailresponder.store import visits
from mailresponder.store.database import Store

LEASES = text("SELECT owner, name FROM leases WHERE name LIKE 'mailbox:%'")
A_MINUTE_LATER = """
UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute' WHERE id =
    (SELECT worker_id FROM procrastinate_jobs WHERE status = 'doing' AND queueing_lock = '{name}');
UPDATE leases SET expires_at = now() WHERE owner = '{owner}';
UPDATE outbox SET lease_expires_at = now() WHERE owner = '{owner}';
"""


def in_hand(store: Store) -> dict[int, tuple[str, str]]:
    """Which worker (by its process) holds which lease, as which owner."""
    with store.read() as conn:
        return {int(row.owner.split(":")[1]): tuple(row) for row in conn.execute(LEASES)}


def waiting_for(event: threading.Event) -> Callable[[SentMail], None]:
    """What an SMTP server does with a mail that answers nobody until the event is set."""

    def wait(_: SentMail) -> None:
        event.wait(60)

    return wait


def test_workers_share_the_mailboxes_and_one_is_killed(
    program: Program,
    dovecot: Dovecot,
    smtp_sink: SmtpSink,
    postgres: Postgres,
    database: str,
    store: Store,
) -> None:
    """Two workers each have a mailbox in hand when one is killed: the other goes on with all of
    them, nobody is forgotten, and at most the mail on its way is repeated, as the same mail."""
    crowd = Crowd.gather(dovecot, 4, prefix="shared")
    people = {name: [f"{n}.{name}@customer.test" for n in (1, 2)] for name in crowd.names}
    for name, some in people.items():
        crowd.receive(name, some)
    crowd.configure(program.folder, database=postgres.url(database), smtp_port=smtp_sink.port)
    go_on = threading.Event()
    smtp_sink.deliver = waiting_for(go_on)

    first, second = (program.start("worker", "--concurrency", "1") for _ in range(2))
    try:
        eventually(lambda: in_hand(store).keys() == {first.pid, second.pid}, within=60)
        owner, name = in_hand(store)[first.pid]
        first.kill()
        go_on.set()
        postgres.execute(A_MINUTE_LATER.format(owner=owner, name=name), database=database)
        wanted = {person for some in people.values() for person in some}
        eventually(lambda: {mail.recipient for mail in smtp_sink.received} == wanted, within=60)
        eventually(lambda: not in_hand(store), within=60)
    finally:
        second.send_signal(signal.SIGTERM)
        _, said = second.communicate(timeout=60)
        first.kill()
        first.communicate()

    assert second.returncode == 0, said
    assert "Traceback" not in said
    mails = defaultdict(list)
    for mail in smtp_sink.received:
        mails[mail.recipient].append(parsed(mail.content)["Message-ID"])
    assert sum(len(ids) - 1 for ids in mails.values()) <= 1
    assert all(len(set(ids)) == 1 for ids in mails.values())


def test_a_clock_that_is_put_back_stops_nobody(
    tmp_path: Path,
    dovecot: Dovecot,
    postgres: Postgres,
    database: str,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A worker whose clock is put back by an hour makes its next visit, not in an hour."""
    put_back = [timedelta(0)]

    def clock() -> datetime:
        return utc_now() - put_back[0]

    ticks = SimpleNamespace(time=lambda: clock().timestamp())
    monkeypatch.setattr("procrastinate.periodic.time", ticks)
    monkeypatch.setattr(worker, "CLOCK_EVERY", 0.1)
    crowd = Crowd.gather(dovecot, 1, prefix="clock")
    crowd.configure(tmp_path, database=postgres.url(database), smtp_port=1, poll_every="1s")

    def last_pass() -> datetime | None:
        with store.read() as conn:
            visit = visits.last(conn).get(crowd.names[0])
        return visit.last_pass_at if visit else None

    with App.open(config.load(tmp_path / "config.toml"), clock=clock) as app:
        at_work = threading.Thread(target=worker.run, args=(app,), kwargs={"concurrency": 1})
        at_work.start()
        try:
            eventually(last_pass)
            put_back[0] = timedelta(hours=1)
            eventually(lambda: (last_pass() or utc_now()) <= clock())
        finally:
            app.stopping.set()
            at_work.join(30)
    assert not at_work.is_alive()
