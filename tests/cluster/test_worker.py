"""Workers as they are started: they share the mailboxes, and one that dies is replaced."""

import signal
import threading
from collections import defaultdict
from collections.abc import Callable

from crowds import Crowd
from desks import eventually, parsed
from program import Program
from servers.dovecot import Dovecot
from servers.postgres import Postgres
from servers.smtp_sink import SmtpSink
from sqlalchemy import text

from mailresponder.demo.server import SentMail
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
