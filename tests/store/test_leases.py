import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from mailresponder.errors import TemporaryFailure
from mailresponder.store import leases, schema
from mailresponder.store.database import Store
from mailresponder.store.leases import InstanceLock

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
OVER = timedelta(0)
"""A lease that has ended when it begins: on PostgreSQL the database's clock counts, not `now`."""


def test_a_lease_has_one_owner(store: Store) -> None:
    """Nobody gets what another holds; its owner may renew it."""
    with store.begin() as conn:
        assert leases.acquire(conn, "support", "a", HOUR, NOW)
        assert not leases.acquire(conn, "support", "b", HOUR, NOW)
        assert leases.acquire(conn, "support", "a", HOUR, NOW)
        assert leases.acquire(conn, "billing", "b", HOUR, NOW)
        assert leases.owner_of(conn, "support", NOW) == "a"


def test_a_lease_that_has_ended_is_free(store: Store) -> None:
    """After its end it belongs to nobody, and another may take it."""
    with store.begin() as conn:
        assert leases.acquire(conn, "support", "a", OVER, NOW)
        assert leases.owner_of(conn, "support", NOW) is None
        assert leases.acquire(conn, "support", "b", HOUR, NOW)
        assert not leases.acquire(conn, "support", "a", HOUR, NOW)


def test_only_the_owner_gives_a_lease_back(store: Store) -> None:
    """A late owner cannot take the lease from the next one."""
    with store.begin() as conn:
        leases.acquire(conn, "support", "a", HOUR, NOW)
        leases.release(conn, "support", "b")
        assert leases.owner_of(conn, "support", NOW) == "a"
        leases.release(conn, "support", "a")
        assert leases.acquire(conn, "support", "b", HOUR, NOW)


def test_what_has_ended_is_not_renewed(store: Store) -> None:
    """Only a lease that still holds, and is ours, is held for longer."""
    with store.begin() as conn:
        leases.acquire(conn, "support", "a", HOUR, NOW)
        leases.acquire(conn, "billing", "a", OVER, NOW)
        assert leases.renew(conn, "support", "a", HOUR, NOW)
        assert not leases.renew(conn, "support", "b", HOUR, NOW)
        assert not leases.renew(conn, "billing", "a", HOUR, NOW)
        assert not leases.renew(conn, "sales", "a", HOUR, NOW)


def test_all_of_an_owner_is_renewed_and_given_back_at_once(store: Store) -> None:
    """An owner's leases live and end together, and nobody else's with them."""
    with store.begin() as conn:
        for name in ("support", "billing"):
            leases.acquire(conn, name, "a", HOUR, NOW)
        leases.acquire(conn, "old", "a", OVER, NOW)
        leases.acquire(conn, "sales", "b", HOUR, NOW)
        assert leases.renew_all(conn, "a", HOUR, NOW) == {"support", "billing"}
        leases.release_all(conn, "a")
        assert leases.owner_of(conn, "support", NOW) is None
        assert leases.owner_of(conn, "sales", NOW) == "b"


def test_who_holds_what(store: Store) -> None:
    """Mailboxes are listed with those who hold them; of the instances, those that work all the
    time and live are counted, and the dead forgotten."""
    with store.begin() as conn:
        for owner, ttl in (("a", HOUR), ("b", HOUR), ("dead", OVER)):
            leases.acquire(conn, leases.of_instance(owner), owner, ttl, NOW)
            leases.acquire(conn, leases.of_mailbox(f"of-{owner}"), owner, ttl, NOW)
        for owner, ttl in (("a", HOUR), ("dead", OVER)):
            leases.acquire(conn, leases.of_service(owner), owner, ttl, NOW)
        assert leases.holders(conn, NOW) == ({"of-a": "a", "of-b": "b"}, 1)
        known = conn.execute(select(schema.leases.c.name)).scalars().all()
    assert not [name for name in known if "dead" in name and not name.startswith("mailbox:")]


def test_the_dead_hold_nothing(store: Store) -> None:
    """Every lease but our own is dropped."""
    with store.begin() as conn:
        leases.acquire(conn, "support", "dead", HOUR, NOW)
        leases.acquire(conn, "billing", "alive", HOUR, NOW)
        assert leases.release_dead(conn, "alive") == 1
        assert leases.owner_of(conn, "support", NOW) is None
        assert leases.owner_of(conn, "billing", NOW) == "alive"


def test_postgresql_measures_by_its_own_clock(store: Store) -> None:
    """An instance whose clock is wrong cannot take a lease that runs; SQLite has one clock."""
    with store.begin() as conn:
        leases.acquire(conn, "support", "a", HOUR, NOW)
        far_ahead = NOW + timedelta(days=10_000)
        taken = leases.acquire(conn, "support", "b", HOUR, far_ahead)
    assert taken is (store.dialect == "sqlite")


def test_nobody_is_alone_while_another_lives(tmp_path: Path) -> None:
    """Two instances share the lock; who remains has it alone, again and again."""
    first, second = InstanceLock(tmp_path / "a.lock"), InstanceLock(tmp_path / "a.lock")
    for lock in (first, second):
        with lock.alone() as alone:
            assert not alone
    first.release()
    for _ in range(2):
        with second.alone() as alone:
            assert alone
    second.release()


def test_a_killed_process_lets_go_of_the_lock(tmp_path: Path) -> None:
    """Whatever ends the process frees the lock at once."""
    code = (
        "import sys; from pathlib import Path; from mailresponder.store.leases import InstanceLock;"
        "lock = InstanceLock(Path(sys.argv[1]));"
        "print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "a.lock")]
    lock = InstanceLock(tmp_path / "a.lock")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with lock.alone() as alone:
            assert not alone
        os.kill(process.pid, signal.SIGKILL)
    with lock.alone() as alone:
        assert alone
    lock.release()


def test_a_lock_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    """A missing folder is an error in words."""
    with pytest.raises(TemporaryFailure, match="cannot be opened"):
        InstanceLock(tmp_path / "nowhere" / "a.lock")


def test_asking_lets_nobody_slip_in_between(tmp_path: Path) -> None:
    """Two processes that keep asking whether they are alone never hear yes while both live."""
    code = (
        "import sys; from pathlib import Path\n"
        "from mailresponder.store.leases import InstanceLock\n"
        "lock = InstanceLock(Path(sys.argv[1])); print('held', flush=True); yes = 0\n"
        "for _ in range(3000):\n"
        "    with lock.alone() as alone: yes += alone\n"
        "print(yes, flush=True); sys.stdin.read()"
    )
    lock = InstanceLock(tmp_path / "a.lock")
    command = [sys.executable, "-c", code, str(tmp_path / "a.lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        answers = set()
        for _ in range(3000):
            with lock.alone() as alone:
                answers.add(alone)
        assert process.stdout.readline() == b"0\n"
        assert answers == {False}
        assert process.stdin is not None
        process.stdin.close()
    lock.release()
