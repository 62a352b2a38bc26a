"""Threads that want to write at the same moment."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, closing
from pathlib import Path

import databases
import pytest
from counting import counted
from desks import eventually
from sqlalchemy import Connection

from mailresponder.errors import TemporaryFailure
from mailresponder.store.database import Store, desk_value, set_desk_value


def write_at_once(store: Store, *writes: Callable[[Connection], object]) -> list[Future[object]]:
    """The first is begun, and goes on when all the others stand in line behind it."""
    line = store._together._line

    def first(conn: Connection) -> object:
        eventually(lambda: len(line) == len(writes))
        return writes[0](conn)

    with ThreadPoolExecutor(len(writes)) as pool:
        begun = pool.submit(store.write, first)
        eventually(lambda: line)
        return [begun, *(pool.submit(store.write, write) for write in writes[1:])]


def keep(key: str) -> Callable[[Connection], str]:
    def write(conn: Connection) -> str:
        set_desk_value(conn, key, "kept")
        return key

    return write


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Store]:
    """An empty store on SQLite: elsewhere nobody stands in line."""
    opened = databases.open_new(tmp_path / "together.db")
    yield opened
    opened.close()


def test_what_waits_is_written_together(sqlite: Store) -> None:
    """While one writes, three wait: then one transaction is enough for the three, and each is told
    what its own gave."""
    keys = ["a", "b", "c", "d"]
    with counted() as asked:
        done = write_at_once(sqlite, *(keep(key) for key in keys))
    assert [one.result() for one in done] == keys
    assert asked.transactions == 2
    with sqlite.read() as conn:
        assert [desk_value(conn, key) for key in keys] == ["kept"] * 4


def test_whoever_fails_fails_alone(sqlite: Store) -> None:
    """Of three that are written together one cannot be: the other two are, and only the one who
    waits for it hears of it."""

    def fail(conn: Connection) -> object:
        set_desk_value(conn, "broken", "kept")
        raise RuntimeError("no")

    done = write_at_once(sqlite, keep("a"), keep("b"), fail, keep("c"))
    assert [one.result() for one in (done[0], done[1], done[3])] == ["a", "b", "c"]
    with pytest.raises(RuntimeError, match="no"):
        done[2].result()
    with sqlite.read() as conn:
        found = [desk_value(conn, key) for key in ("a", "b", "c", "broken")]
    assert found == ["kept", "kept", "kept", None]


def test_it_is_committed_when_it_returns(store: Store) -> None:
    """Whoever goes on can rely on it: another connection sees it."""
    assert store.write(keep("a")) == "a"
    with store.read() as conn:
        assert desk_value(conn, "a") == "kept"


def test_who_cannot_begin_waits_once_for_all(tmp_path: Path) -> None:
    """Where another program has locked the database, those that stand in line are told together:
    one after the other, each would wait for the lock as long."""
    databases.make_empty(tmp_path / "together.db")
    store = Store.open(f"sqlite:///{tmp_path}/together.db?timeout=0.01")
    line, begun = store._together, []

    def begin() -> AbstractContextManager[Connection]:
        begun.append(True)
        return store.begin()

    line._begin = begin
    with (
        closing(sqlite3.connect(tmp_path / "together.db", isolation_level=None)) as other,
        ThreadPoolExecutor(3) as pool,
    ):
        other.execute("BEGIN IMMEDIATE")
        with line._turn:
            done = [pool.submit(store.write, keep(key)) for key in ("a", "b", "c")]
            eventually(lambda: len(line._line) == 3)
        for one in done:
            with pytest.raises(TemporaryFailure, match="locked"):
                one.result()
        other.execute("ROLLBACK")
    assert len(begun) == 1
    assert store.write(keep("a")) == "a"
    store.close()
