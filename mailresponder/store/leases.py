"""Which instance works on what: a lease is a row that one owner holds until it ends.

On PostgreSQL leases go by the database's clock, because the clocks of several instances differ. On
SQLite all instances are on one machine, and `InstanceLock` tells at once that no other lives.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import (
    ColumnElement,
    Connection,
    Exists,
    Interval,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    update,
)

from mailresponder.errors import TemporaryFailure
from mailresponder.file_locks import lock
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


def given_lease_end(dialect: str) -> ColumnElement[datetime]:
    """As `lease_end`, for a statement that is built once and given `lease_given`."""
    if dialect == "postgresql":
        return lease_clock(dialect) + bindparam("lease", type_=Interval())
    return bindparam("lease", type_=UtcDateTime())


def lease_given(dialect: str, now: datetime, ttl: timedelta) -> dict[str, datetime | timedelta]:
    """The parameter of `given_lease_end`: how long the lease lasts, or when it ends."""
    return {"lease": ttl if dialect == "postgresql" else now + ttl}


_MAILBOX, _INSTANCE, _SERVICE = "mailbox:", "instance:", "service:"


def of_mailbox(name: str) -> str:
    """The name of the lease on a mailbox."""
    return f"{_MAILBOX}{name}"


def of_instance(owner: str) -> str:
    """The name of the lease by which an owner is known to live (PostgreSQL only). Once it has
    ended it is never renewed: who was taken for dead goes on under another name."""
    return f"{_INSTANCE}{owner}"


def of_service(owner: str) -> str:
    """The name of the lease by which a living owner says that it works all the time, and is to
    have a share of the mailboxes."""
    return f"{_SERVICE}{owner}"


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


def renew(conn: Connection, name: str, owner: str, ttl: timedelta, now: datetime) -> bool:
    """Hold a lease for another `ttl`; False where it has ended or is another owner's."""
    return name in _renewed(conn, leases.c.name == name, owner, ttl, now)


def renew_all(conn: Connection, owner: str, ttl: timedelta, now: datetime) -> frozenset[str]:
    """Hold all that an owner holds for another `ttl`. Returns the names; what has ended is not
    among them."""
    return _renewed(conn, true(), owner, ttl, now)


def _renewed(
    conn: Connection, which: ColumnElement[bool], owner: str, ttl: timedelta, now: datetime
) -> frozenset[str]:
    dialect = conn.dialect.name
    held = and_(which, leases.c.owner == owner, leases.c.expires_at > lease_clock(dialect, now))
    statement = update(leases).where(held).values(expires_at=lease_end(dialect, now, ttl))
    return frozenset(conn.execute(statement.returning(leases.c.name)).scalars())


def release_all(conn: Connection, owner: str) -> None:
    """Give back all that an owner holds, its sign of life too."""
    conn.execute(delete(leases).where(leases.c.owner == owner))


def lives(owner: str | ColumnElement[str], dialect: str) -> Exists:
    """Has an owner shown a sign of life (`of_instance`) that still holds? For a statement whose
    parameter `now` says when, but on PostgreSQL, where owners show it."""
    signs = leases.alias("signs")
    name = literal(_INSTANCE) + owner
    return exists().where(signs.c.name == name, signs.c.expires_at > lease_clock(dialect))


def is_alive(conn: Connection, owner: str) -> bool:
    """Does this owner's last sign of life still hold (PostgreSQL)?"""
    return bool(conn.execute(select(lives(owner, conn.dialect.name))).scalar_one())


def holders(conn: Connection, now: datetime) -> tuple[dict[str, str], int]:
    """Who holds which mailbox, and how many owners work all the time. Forgets the signs of life
    that have ended, so it is to be asked in a write transaction."""
    holds = leases.c.expires_at > lease_clock(conn.dialect.name, now)
    rows = conn.execute(select(leases.c.name, leases.c.owner, holds.label("holds"))).all()
    over = [
        row.name for row in rows if not row.holds and row.name.startswith((_INSTANCE, _SERVICE))
    ]
    if over:
        # Ended for good: nobody renews them.
        conn.execute(delete(leases).where(leases.c.name.in_(over)))
    found = {row.name: row.owner for row in rows if row.holds}
    of_mailboxes = {
        name.removeprefix(_MAILBOX): owner
        for name, owner in found.items()
        if name.startswith(_MAILBOX)
    }
    return of_mailboxes, sum(name.startswith(_SERVICE) for name in found)


def of_mailboxes(conn: Connection, now: datetime) -> dict[str, str]:
    """Who holds which mailbox, in a transaction that only reads."""
    query = select(leases.c.name, leases.c.owner).where(
        leases.c.name.startswith(_MAILBOX, autoescape=True),
        leases.c.expires_at > lease_clock(conn.dialect.name, now),
    )
    return {row.name.removeprefix(_MAILBOX): row.owner for row in conn.execute(query)}


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
        lock(self._descriptor, 0, shared=True, wait=True)
        # The threads of this process share one lock, which one must not take from another.
        self._turn = threading.Lock()

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether no other process works here; none begins to while this lasts."""
        with self._turn:
            alone = lock(self._descriptor, 0)
            try:
                yield alone
            finally:
                if alone:
                    lock(self._descriptor, 0, shared=True)

    def release(self) -> None:
        """Let go. The file stays: who removed it would let two processes hold one each."""
        os.close(self._descriptor)
