"""The database: opened, migrated, and handed out as connections in transactions.

It knows no table's meaning. What a user can cause (a lock, a full disk, a lost server) leaves here
as a sentence with what to do about it; a mistake of ours leaves as SQLAlchemy's own error.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from threading import RLock
from typing import TypeVar
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import StaticPool

from mailresponder.errors import ConfigError, ConfigProblem
from mailresponder.store import copying, failures, pinging
from mailresponder.store.gathering import WRITES, written_out
from mailresponder.store.inserting import insert_or
from mailresponder.store.migrating import migrate, revision
from mailresponder.store.schema import REVISION, desk
from mailresponder.store.together import Together

T = TypeVar("T")

PATIENCE = 10.0
"""Seconds to wait for somebody else's lock, or for the server."""

FROZEN = 20.0
"""Seconds after which PostgreSQL ends a transaction of ours in which nothing happens: the locks of
a process that was frozen, or whose machine is gone, must not keep others from what it held."""

_INCREMENTAL = 2
"""The number that SQLite has for auto_vacuum = INCREMENTAL."""


class Store:
    """One open database. Threads may share it; a connection belongs to one thread."""

    def __init__(self, engine: Engine, *, shared: bool = True) -> None:
        """Wrap an engine whose tables exist. `shared`: False where all use one connection."""
        self._engine = engine
        self._turns = None if shared else RLock()
        self._together = Together(self.begin)

    @classmethod
    def open(cls, url: str) -> "Store":
        """Open a database, made where it is missing, and bring its tables up to date.

        Args:
            url: `sqlite:///path` or `postgresql+psycopg://…`. A `timeout` in the query of an SQLite
                URL says how many seconds to wait for a lock.

        Raises:
            ConfigError: It is no URL of a database we can use.
            TemporaryFailure: It is locked, full, read-only or cannot be reached.
            PermanentFailure: It is no database of ours, or a newer program's.
        """
        parsed = _parsed(url)
        with failures.translated(parsed):
            if parsed.get_backend_name() == "sqlite":
                _make_private(parsed)
            store = cls(_engine(parsed))
            try:
                with store.begin() as conn:
                    migrate(conn)
            except BaseException:
                store.close()
                raise
        return store

    @classmethod
    def open_copy(cls, url: str) -> "Store":
        """Open a copy in memory of what the database holds now, for a dry run.

        Nothing is created, changed or locked in the original; a missing SQLite file is an empty
        database. Leases are not copied: nobody else works on the copy.

        Raises:
            TemporaryFailure: As `open`; also where the tables of a PostgreSQL database are not up
                to date.
            ConfigError, PermanentFailure: As `open`.
        """
        parsed = _parsed(url)
        copy = cls(_memory_engine(), shared=False)
        try:
            with failures.translated(parsed):
                if parsed.get_backend_name() == "sqlite":
                    copy._fill_from_file(Path(parsed.database or ""))
                else:
                    copy._fill_from_server(cls(_engine(parsed)))
                with copy.begin() as conn:
                    migrate(conn)
                    copying.forget_leases(conn)
        except BaseException:
            copy.close()
            raise
        return copy

    @classmethod
    def open_existing(cls, url: str) -> "Store | None":
        """Open a database to look something up; None where it is missing or of another version.

        Nothing is created, migrated or written. Raises as `open`.
        """
        parsed = _parsed(url)
        if parsed.get_backend_name() == "sqlite":
            path = Path(parsed.database or "")
            if not path.is_file():
                return None
            store = cls(_reading_engine(parsed, path))
        else:
            store = cls(_engine(parsed))
        try:
            with store.read() as conn:
                known = revision(conn) == REVISION
        except BaseException:
            store.close()
            raise
        if known:
            return store
        store.close()
        return None

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._engine.dialect.name

    @contextmanager
    def begin(self, *, snapshot: bool = False) -> Iterator[Connection]:
        """A connection in a write transaction: committed at the end, rolled back on an error.

        On SQLite there is one writer at a time, from the first statement on. `snapshot`: it sees
        the database as it is at the first query; where it would change what another has changed
        since, it raises TemporaryFailure.
        """
        with self._connected() as conn:
            conn.execution_options(**{WRITES: True})
            with conn.begin():
                _begin(conn, writes=True, snapshot=snapshot)
                yield conn
                written_out(conn)

    def write(self, write: Callable[[Connection], T]) -> T:
        """Have something small written in a transaction, and committed, by several threads at once:
        on SQLite they share one, and one wait for the disk. `write` may be called twice, but what
        it did the first time was rolled back. Raises what it raises, and as `begin`."""
        if self.dialect == "sqlite":
            return self._together.write(write)
        # Here each waits for nobody else, and the server itself joins what is committed at once.
        with self.begin() as conn:
            return write(conn)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees the database as it is at the first query; changes nothing."""
        with self._connected() as conn, conn.begin() as transaction:
            _begin(conn, writes=False)
            yield conn
            transaction.rollback()

    @contextmanager
    def alone(self) -> Iterator[Connection]:
        """A connection outside of any transaction, for what can be done in none, and for a single
        question: on a server `read` takes twice as many round trips for it."""
        with self._connected() as conn:
            yield conn

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()

    def _fill_from_file(self, path: Path) -> None:
        with self._engine.connect() as conn:
            memory = conn.connection.driver_connection
            assert isinstance(memory, sqlite3.Connection)  # noqa: S101 - it is `_memory_engine`'s
            copying.copy_file(path, memory, patience=PATIENCE)

    def _fill_from_server(self, original: "Store") -> None:
        try:
            with self.begin() as target, original.read() as source:
                copying.copy_tables(source, target)
        finally:
            original.close()

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        with (
            self._turns or nullcontext(),
            failures.translated(self._engine.url),
            self._engine.connect() as conn,
        ):
            yield conn


def is_writing(conn: Connection) -> bool:
    """Does this connection come from `Store.begin()`?"""
    return bool(conn.get_execution_options().get(WRITES))


def desk_value(conn: Connection, key: str) -> str | None:
    """What is kept under a key for the whole desk, or None."""
    return conn.execute(select(desk.c.value).where(desk.c.key == key)).scalar_one_or_none()


def set_desk_value(conn: Connection, key: str, value: str) -> None:
    """Keep a value for the whole desk, over an earlier one."""
    statement = insert_or(conn, desk).values(key=key, value=value)
    conn.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": value}))


def take_turns(conn: Connection, key: str) -> None:
    """Wait until nobody else is at what goes by this name; the turn lasts as long as the
    transaction. Ask before anything is read that must not change meanwhile.

    A row that is written is locked (PostgreSQL); on SQLite there is one writer anyway.
    """
    set_desk_value(conn, f"turn:{key}", "")


def _parsed(url: str) -> URL:
    with suppress(ArgumentError):
        parsed = make_url(url)
        if parsed.drivername in {"sqlite", "postgresql", "postgresql+psycopg"}:
            return parsed
    problem = ConfigProblem(
        path="desk.database",
        message="this names no database mailresponder can use",
        hint="write sqlite:///FILE or postgresql://USER@HOST/NAME",
    )
    raise ConfigError([problem])


def _make_private(url: URL) -> None:
    """Make a missing database file readable by its owner only: customers' words are in it."""
    path = Path(url.database or "")
    # A folder that is missing or not writable is reported by the connection itself.
    if path.parent.is_dir() and not path.exists():
        with suppress(OSError):
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        waiting = {} if "timeout" in url.query else {"timeout": PATIENCE}
        engine = create_engine(url, connect_args=waiting, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite)
        return engine
    waiting = {} if "connect_timeout" in url.query else {"connect_timeout": int(PATIENCE)}
    # The driver begins no transaction by itself: that would be a round trip before `_begin`'s.
    engine = create_engine(
        url, connect_args=waiting, hide_parameters=True, isolation_level="AUTOCOMMIT"
    )
    pinging.listen(engine)
    return engine


def _reading_engine(url: URL, path: Path) -> Engine:
    """SQLite that can only be read, and leaves nothing behind."""
    # Where nobody has it open there is no journal to heed, and none may be made.
    at_rest = not path.with_name(f"{path.name}-wal").exists()
    uri = f"file:{quote(str(path.absolute()))}?mode=ro{'&immutable=1' if at_rest else ''}"
    return create_engine(
        url,
        creator=lambda: sqlite3.connect(uri, uri=True, timeout=PATIENCE, isolation_level=None),
        hide_parameters=True,
    )


def _memory_engine() -> Engine:
    """SQLite in memory, one connection for all threads."""
    engine = create_engine(
        "sqlite://",
        connect_args={"check_same_thread": False},
        poolclass=StaticPool,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    # Python's own BEGIN comes late and is never IMMEDIATE: `_begin` says it instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA auto_vacuum")
    if cursor.fetchone() != (_INCREMENTAL,):
        # It only counts for a file that is still empty, and when it is written anew (VACUUM). Said
        # once more to one that is so already, it would wait until nobody writes.
        cursor.execute("PRAGMA auto_vacuum = INCREMENTAL")
    # What is deleted is overwritten: whoever gets hold of the file must not find it.
    for pragma in ("journal_mode = WAL", "foreign_keys = ON", "secure_delete = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(conn: Connection, *, writes: bool, snapshot: bool = False) -> None:
    """Begin a transaction as the dialect needs it.

    Said here and not by a listener of SQLAlchemy's `begin`: with one listener on an engine, each
    statement takes a third longer.
    """
    if conn.dialect.name == "sqlite":
        driver = conn.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)  # noqa: S101 - it is SQLite's
        # A transaction that reads first and writes later may fail at once with "database is
        # locked".
        driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
    elif writes:
        # One round trip for all three. The limits are the transaction's: who reads may take long,
        # and a pooler between us and the server may hand the session to another program.
        level = " ISOLATION LEVEL REPEATABLE READ" if snapshot else ""
        conn.exec_driver_sql(
            f"BEGIN{level}; SET LOCAL lock_timeout = {int(PATIENCE * 1000)};"
            f"SET LOCAL idle_in_transaction_session_timeout = {int(FROZEN * 1000)}"
        )
    else:
        conn.exec_driver_sql("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
