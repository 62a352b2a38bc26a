"""The benchmark of workers still runs, and what can be counted holds."""

import json
import subprocess
import sys
from pathlib import Path

from servers.dovecot import Dovecot
from servers.postgres import Postgres


def test_a_crowd_of_mailboxes_is_measured(dovecot: Dovecot, postgres: Postgres) -> None:
    """Ten mailboxes are visited and every customer is acknowledged, over fewer connections than
    mailboxes; nothing is left in the queue but the next look."""
    script = Path(__file__).with_name("mailboxes.py")
    few = ("--mailboxes", "10", "--workers", "1", "--concurrency", "4", "--mails", "2")

    done = subprocess.run(
        [sys.executable, script, *few, "--idle", "0"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    visit, end = map(json.loads, done.stdout.splitlines())
    assert visit["acknowledged"] == visit["messages"] == 20
    assert 0 < visit["imap_connections"] < 10
    assert visit["worker_cpu"] > 0
    assert visit["postgres_cpu"] > 0
    assert end["exits"] == [0]
    assert end["jobs_left"] <= 1
