import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from servers.postgres import Postgres
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import Pool

from mailresponder.errors import ConfigError, PermanentFailure, SignInRefused, TemporaryFailure
from mailresponder.store import leases
from mailresponder.store.database import Store, desk_value, set_desk_value, take_turns

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@contextmanager
def opened(url: str) -> Iterator[Store]:
    store = Store.open(url)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def opened_copy(url: str) -> Iterator[Store]:
    store = Store.open_copy(url)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def listening(target: object, name: str, hear: Callable[..., None]) -> Iterator[None]:
    event.listen(target, name, hear)
    try:
        yield
    finally:
        event.remove(target, name, hear)


def listing(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}


def test_a_copy_that_fails_leaves_no_connection_open(tmp_path: Path) -> None:
    """A dry run of what is no database lets go of everything it opened."""
    path = tmp_path / "desk.db"
    path.write_bytes(b"this is no database, but it is long enough to be taken for one " * 20)
    open_now: set[int] = set()

    def opens(connection: object, _record: object) -> None:
        open_now.add(id(connection))

    def closes(connection: object, _record: object) -> None:
        open_now.discard(id(connection))

    with (
        listening(Pool, "connect", opens),
        listening(Pool, "close", closes),
        pytest.raises(PermanentFailure),
    ):
        Store.open_copy(f"sqlite:///{path}")

    assert open_now == set()


def test_a_database_is_looked_into_without_a_trace(url: str, store: Store) -> None:
    """What exists is opened as it is."""
    with store.begin() as conn:
        set_desk_value(conn, "colour", "red")
    looking = Store.open_existing(url)
    assert looking is not None
    with looking.read() as conn:
        assert desk_value(conn, "colour") == "red"
    looking.close()


def test_looking_leaves_nothing_behind(tmp_path: Path) -> None:
    """A database at rest is the same file, alone in its folder, after somebody looked."""
    path = tmp_path / "desk.db"
    Store.open(f"sqlite:///{path}").close()
    before = listing(tmp_path)
    looking = Store.open_existing(f"sqlite:///{path}")
    assert looking is not None
    looking.close()
    assert listing(tmp_path) == before


def test_what_is_not_there_is_not_made(tmp_path: Path) -> None:
    """Looking for a database that is missing creates none."""
    assert Store.open_existing(f"sqlite:///{tmp_path}/none.db") is None
    assert list(tmp_path.iterdir()) == []


def test_a_block_that_ends_is_committed(store: Store) -> None:
    """What a `begin` block wrote is there for the next connection."""
    with store.begin() as conn:
        set_desk_value(conn, "colour", "red")
    with store.begin() as conn:
        set_desk_value(conn, "colour", "blue")
    with store.read() as conn:
        assert desk_value(conn, "colour") == "blue"
        assert desk_value(conn, "size") is None


def test_a_block_that_raises_leaves_nothing(store: Store) -> None:
    """An exception rolls the whole block back."""

    def fail() -> None:
        with store.begin() as conn:
            set_desk_value(conn, "colour", "red")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with store.read() as conn:
        assert desk_value(conn, "colour") is None


def test_a_savepoint_rolls_back_alone(store: Store) -> None:
    """What failed inside a nested block does not take the outer one with it."""

    def fail(conn: Connection) -> None:
        with conn.begin_nested():
            set_desk_value(conn, "colour", "blue")
            raise ZeroDivisionError

    with store.begin() as conn:
        set_desk_value(conn, "colour", "red")
        with pytest.raises(ZeroDivisionError):
            fail(conn)
    with store.read() as conn:
        assert desk_value(conn, "colour") == "red"


def test_a_reader_sees_one_moment(store: Store) -> None:
    """A `read` block does not see what is committed while it runs."""
    with store.read() as reading:
        assert desk_value(reading, "colour") is None
        with store.begin() as conn:
            set_desk_value(conn, "colour", "red")
        assert desk_value(reading, "colour") is None


def test_a_question_asked_alone_sees_the_latest(store: Store) -> None:
    """Outside of a transaction each statement sees what was committed just before it, and the
    connection serves transactions again."""
    with store.alone() as conn:
        assert desk_value(conn, "colour") is None
        with store.begin() as other:
            set_desk_value(other, "colour", "red")
        assert desk_value(conn, "colour") == "red"
    with suppress(ZeroDivisionError), store.begin() as conn:
        set_desk_value(conn, "colour", "blue")
        raise ZeroDivisionError
    with store.alone() as conn:
        assert desk_value(conn, "colour") == "red"


def test_nobody_who_only_reads_waits_for_a_writer(store: Store) -> None:
    """Neither on a connection that is there nor on a new one."""
    with store.begin() as conn, store.read() as first, store.read() as second:
        set_desk_value(conn, "language", "es")
        with store.read() as third:
            found = [desk_value(reading, "language") for reading in (first, second, third)]

    assert found == [None, None, None]


def test_our_mistakes_keep_their_own_error(store: Store) -> None:
    """A violated constraint is no user's fault and is not dressed up as one."""
    twice = text("INSERT INTO desk (key, value) VALUES ('a', 'b'), ('a', 'c')")
    with pytest.raises(IntegrityError), store.begin() as conn:
        conn.execute(twice)


def test_parameters_stay_out_of_error_texts(store: Store) -> None:
    """SQLAlchemy's message names no value that stood in the statement."""
    statement = text("INSERT INTO nowhere (word) VALUES (:word)")
    with pytest.raises(Exception, match="nowhere") as caught, store.begin() as conn:
        conn.execute(statement, {"word": "customer's words"})
    assert "customer's words" not in str(caught.value)


def test_foreign_keys_hold(store: Store) -> None:
    """A row that refers to a ticket that is not there is refused."""
    event = text(
        "INSERT INTO events (ticket_id, at, what, why, by)"
        " VALUES (7, '2026-11-23 09:00:00.000000', 'x', '', '')"
    )
    with pytest.raises(IntegrityError), store.begin() as conn:
        conn.execute(event)


def test_writers_take_turns(store: Store) -> None:
    """Two threads that read, add one and write lose no addition."""

    def add() -> None:
        for _ in range(20):
            with store.begin() as conn:
                conn.execute(text("UPDATE desk SET value = CAST(value AS INTEGER) + 1"))

    with store.begin() as conn:
        set_desk_value(conn, "number", "0")
    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as conn:
        assert desk_value(conn, "number") == "80"


def test_turns_keep_what_was_read_true(store: Store) -> None:
    """Who takes a turn, reads and then writes what follows from it is overtaken by nobody."""

    def add() -> None:
        for _ in range(10):
            with store.begin() as conn:
                take_turns(conn, "counting")
                before = int(desk_value(conn, "number") or 0)
                set_desk_value(conn, "number", str(before + 1))

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as conn:
        assert desk_value(conn, "number") == "40"


def test_the_file_is_its_owners(tmp_path: Path) -> None:
    """A new database file can be read by its owner only, and so can its companions."""
    with opened(f"sqlite:///{tmp_path}/new.db"):
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes == {"new.db": 0o600, "new.db-shm": 0o600, "new.db-wal": 0o600}


def test_a_locked_file_is_a_temporary_failure(tmp_path: Path) -> None:
    """Where another program keeps the write lock, the error says so and that it may pass."""
    with (
        opened(f"sqlite:///{tmp_path}/a.db?timeout=0.05") as store,
        closing(sqlite3.connect(tmp_path / "a.db", isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(TemporaryFailure, match=r"a\.db is locked by another"), store.begin():
            pass
        other.execute("ROLLBACK")
        with store.begin() as conn:
            set_desk_value(conn, "colour", "red")


def test_a_read_only_file_is_a_temporary_failure(tmp_path: Path) -> None:
    """A database that may not be written is reported with what must be writable."""
    with opened(f"sqlite:///{tmp_path}/a.db"):
        pass
    with (
        opened(f"sqlite:///file:{tmp_path}/a.db?mode=ro&uri=true") as store,
        pytest.raises(TemporaryFailure, match=r"read-only \(the file and its folder must be"),
        store.begin() as conn,
    ):
        set_desk_value(conn, "colour", "red")


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    """Where the file cannot grow the block fails as a whole, and the next one works."""

    def fill(store: Store) -> None:
        with store.begin() as conn:
            set_desk_value(conn, "colour", "red")
            conn.exec_driver_sql("PRAGMA max_page_count = 1")
            set_desk_value(conn, "essay", "x" * 1_000_000)

    with opened(f"sqlite:///{tmp_path}/a.db") as store:
        with pytest.raises(TemporaryFailure, match="the disk is full"):
            fill(store)
        with store.begin() as conn:
            assert desk_value(conn, "colour") is None
            conn.exec_driver_sql("PRAGMA max_page_count = 1000000")
            set_desk_value(conn, "colour", "blue")


def test_a_file_that_is_something_else_is_a_permanent_failure(tmp_path: Path) -> None:
    """A file that holds no database is refused and left as it was."""
    path = tmp_path / "letter.txt"
    path.write_text("Dear all, " * 1000)
    with pytest.raises(PermanentFailure, match="no SQLite database"):
        Store.open(f"sqlite:///{path}")
    assert path.read_text() == "Dear all, " * 1000


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """No folder is made; the error names the file that cannot be opened."""
    with pytest.raises(TemporaryFailure, match=r"nowhere/a\.db cannot be opened"):
        Store.open(f"sqlite:///{tmp_path}/nowhere/a.db")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["", "mail.db", "mysql://localhost/mail", "sqlite+other:///a.db"])
def test_what_is_no_database_url_is_a_config_error(url: str) -> None:
    """An unknown kind of database is a mistake in the configuration."""
    with pytest.raises(ConfigError, match=r"desk\.database"):
        Store.open(url)


def test_an_unreachable_server_is_a_temporary_failure(tmp_path: Path) -> None:
    """Where no PostgreSQL listens, the error says so and that it may pass."""
    with pytest.raises(TemporaryFailure, match="cannot be reached"):
        Store.open(f"postgresql+psycopg://nobody@/mail?host={tmp_path}")


def test_a_missing_database_is_named(postgres: Postgres) -> None:
    """A server without the database gets its own sentence."""
    with pytest.raises(PermanentFailure, match="has no such database"):
        Store.open(postgres.url("nowhere"))


def test_a_wrong_password_is_a_refused_sign_in(postgres: Postgres) -> None:
    """The password is refused as one, and is not in the error."""
    postgres.execute("CREATE ROLE stranger LOGIN PASSWORD 'right'")
    with pytest.raises(SignInRefused) as caught:
        Store.open(postgres.url("model", user="stranger", password="wrong-one"))
    postgres.execute("DROP ROLE stranger")
    assert "wrong-one" not in str(caught.value)


def test_a_killed_connection_is_a_temporary_failure(postgres: Postgres) -> None:
    """When the server drops us in a block, the block fails as temporary and the next one works."""

    def write(store: Store) -> None:
        with store.begin() as conn:
            set_desk_value(conn, "colour", "red")
            postgres.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'killed'"
            )
            set_desk_value(conn, "colour", "blue")

    with opened(postgres.create("killed", template="model")) as store:
        with pytest.raises(TemporaryFailure):
            write(store)
        with store.begin() as conn:
            assert desk_value(conn, "colour") is None
    postgres.drop("killed")


def test_changes_to_a_copy_stay_there(url: str, store: Store) -> None:
    """A copy holds what the original holds, without its leases, and gives nothing back."""
    with store.begin() as conn:
        set_desk_value(conn, "colour", "red")
        assert leases.acquire(conn, "support", "running", timedelta(hours=1), NOW)
    with opened_copy(url) as copy:
        with copy.begin() as conn:
            assert desk_value(conn, "colour") == "red"
            assert leases.owner_of(conn, "support", NOW) is None
            set_desk_value(conn, "colour", "blue")
        with copy.read() as conn:
            assert desk_value(conn, "colour") == "blue"
    with store.read() as conn:
        assert desk_value(conn, "colour") == "red"
        assert leases.owner_of(conn, "support", NOW) == "running"


def test_a_copy_is_made_while_somebody_writes(url: str, store: Store) -> None:
    """Copying waits for no writer and takes only what is committed."""
    with store.begin() as conn:
        set_desk_value(conn, "colour", "red")
        with opened_copy(url) as copy, copy.read() as copied:
            assert desk_value(copied, "colour") is None


def test_a_copy_leaves_no_trace_beside_the_file(tmp_path: Path) -> None:
    """Copying a database at rest makes and touches no file."""
    with opened(f"sqlite:///{tmp_path}/a.db") as store, store.begin() as conn:
        set_desk_value(conn, "colour", "red")
    before = listing(tmp_path)
    assert list(before) == ["a.db"]
    with opened_copy(f"sqlite:///{tmp_path}/a.db") as copy, copy.begin() as conn:
        assert desk_value(conn, "colour") == "red"
        assert listing(tmp_path) == before
    assert listing(tmp_path) == before


def test_a_copy_of_nothing_is_empty(tmp_path: Path) -> None:
    """A database that is not there yet is copied as an empty one and not made."""
    with opened_copy(f"sqlite:///{tmp_path}/a.db") as copy, copy.begin() as conn:
        assert desk_value(conn, "colour") is None
        set_desk_value(conn, "colour", "red")
    assert list(tmp_path.iterdir()) == []


def test_a_copy_of_an_empty_server_is_empty(postgres: Postgres) -> None:
    """A PostgreSQL database without our tables is copied as an empty one and stays so."""
    url = postgres.create("bare")
    with opened_copy(url) as copy, copy.begin() as conn:
        set_desk_value(conn, "colour", "red")
    with opened_copy(url) as copy, copy.read() as conn:
        assert desk_value(conn, "colour") is None
    postgres.drop("bare")


def test_threads_share_a_copy(tmp_path: Path) -> None:
    """A copy has one connection, so its users wait for one another."""

    def write(number: int) -> None:
        with copy.begin() as conn:
            set_desk_value(conn, f"thread {number}", "was here")

    with opened_copy(f"sqlite:///{tmp_path}/a.db") as copy:
        threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with copy.read() as conn:
            assert [desk_value(conn, f"thread {n}") for n in range(8)] == ["was here"] * 8
