"""Which instance works on what: a lease is a row that one owner holds until it ends.

On PostgreSQL leases go by the database's clock, because the clocks of several instances differ. On
SQLite all instances are on one machine, and `InstanceLock` tells at once that no other lives.
"""

import errno
import fcntl
import os
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import (
    ColumnElement,
    Connection,
    Interval,
    bindparam,
    delete,
    func,
    literal,
    or_,
    select,
)

from mailresponder.errors import TemporaryFailure
from mailresponder.store.column_types import UtcDateTime
from mailresponder.store.inserting import insert_or
from mailresponder.store.schema import leases


def lease_clock(dialect: str, now: datetime | None = None) -> ColumnElement[datetime]:
    """The moment leases are measured by: the database's on PostgreSQL, else `now`.

    Without `now` it is the parameter `now` of a statement that is built once.
    """
    if dialect == "postgresql":
        return func.clock_timestamp(type_=UtcDateTime())
    return bindparam("now", now, UtcDateTime(), unique=now is not None, required=now is None)


def lease_end(dialect: str, now: datetime, ttl: timedelta) -> ColumnElement[datetime]:
    """The moment a lease taken now ends, on the clock leases are measured by."""
    if dialect == "postgresql":
        return lease_clock(dialect) + literal(ttl, Interval())
    return literal(now + ttl, UtcDateTime())


def of_mailbox(name: str) -> str:
    """The name of the lease on a mailbox."""
    return f"mailbox:{name}"


def acquire(conn: Connection, name: str, owner: str, ttl: timedelta, now: datetime) -> bool:
    """Take or renew a lease for `ttl`; False where another owner's has not ended yet."""
    end = lease_end(conn.dialect.name, now, ttl)
    statement = insert_or(conn, leases).values(name=name, owner=owner, expires_at=end)
    ours_or_over = or_(
        leases.c.owner == owner, leases.c.expires_at <= lease_clock(conn.dialect.name, now)
    )
    taken = statement.on_conflict_do_update(
        index_elements=["name"], set_={"owner": owner, "expires_at": end}, where=ours_or_over
    )
    return conn.execute(taken.returning(leases.c.name)).first() is not None


def release(conn: Connection, name: str, owner: str) -> None:
    """Give a lease back; does nothing where it is not this owner's."""
    conn.execute(delete(leases).where(leases.c.name == name, leases.c.owner == owner))


def owner_of(conn: Connection, name: str, now: datetime) -> str | None:
    """Who holds a lease that has not ended, or None."""
    query = select(leases.c.owner).where(
        leases.c.name == name, leases.c.expires_at > lease_clock(conn.dialect.name, now)
    )
    return conn.execute(query).scalar_one_or_none()


def release_dead(conn: Connection, owner: str) -> int:
    """Drop every other owner's leases, who must be known to be dead. Returns how many."""
    return conn.execute(delete(leases).where(leases.c.owner != owner)).rowcount


class InstanceLock:
    """A lock on a file beside the SQLite database, shared by all processes that work on it.

    The kernel lets go of it when a process ends, however it ends: who can have it alone knows that
    every lease and every `sending` row of another owner belongs to a dead process.
    """

    def __init__(self, path: Path) -> None:
        """Share the lock; waits for the moment that another process has it alone.

        Raises:
            TemporaryFailure: The file cannot be made or opened.
        """
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise TemporaryFailure(
                f"the lock file {path} cannot be opened: {error.strerror}",
                mend="its folder must be writable for the user mailresponder runs as",
            ) from error
        self._set(fcntl.F_RDLCK, wait=True)
        # The threads of this process share one lock, which one must not take from another.
        self._turn = threading.Lock()

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether no other process works here; none begins to while this lasts."""
        with self._turn:
            # Unlike flock(2), this keeps the shared lock until it has the other one.
            alone = self._set(fcntl.F_WRLCK, wait=False)
            try:
                yield alone
            finally:
                if alone:
                    self._set(fcntl.F_RDLCK, wait=False)

    def release(self) -> None:
        """Let go. The file stays: who removed it would let two processes hold one each."""
        os.close(self._descriptor)

    def _set(self, kind: int, *, wait: bool) -> bool:
        """Lock the file's first byte for this open file (fcntl(2), F_OFD_SETLK); False where
        another process is in the way."""
        flock = struct.pack("@hhqqi4x", kind, os.SEEK_SET, 0, 1, 0)
        try:
            fcntl.fcntl(self._descriptor, fcntl.F_OFD_SETLKW if wait else fcntl.F_OFD_SETLK, flock)
        except OSError as error:
            if error.errno in (errno.EAGAIN, errno.EACCES):
                return False
            raise
        return True
