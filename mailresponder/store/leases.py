"""Which instance works on what: a lease is a row that one owner holds until it ends.

On PostgreSQL leases go by the database's clock, because the clocks of several instances differ. On
SQLite all instances are on one machine, and `InstanceLock` tells at once that no other lives.
"""

import fcntl
import os
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
from mailresponder.store.inserting import insert_or
from mailresponder.store.schema import UtcDateTime, leases


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
    """A lock on a file beside the SQLite database, held for as long as this process lives.

    The kernel lets go of it when the process ends, however it ends: whoever gets it knows that
    every lease and every `sending` row of another owner belongs to a dead process.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def try_acquire(self) -> bool:
        """Take the lock, without waiting; True also where it is held by this object already.

        Raises:
            TemporaryFailure: The file cannot be made or opened.
        """
        if self._descriptor is not None:
            return True
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise TemporaryFailure(
                f"the lock file {self._path} cannot be opened: {error.strerror}",
                mend="its folder must be writable for the user mailresponder runs as",
            ) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Let go of the lock. The file stays: removing it would let two processes hold one each."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
