"""Giving the space of what was deleted back to the disk."""

import sqlite3
from pathlib import Path

import pytest
from cases import NOON
from sqlalchemy import delete, insert

from mailresponder.errors import TemporaryFailure
from mailresponder.store import compacting
from mailresponder.store.database import Store
from mailresponder.store.schema import audit

MEGABYTE = 1_000_000


def leave_a_gap(store: Store) -> None:
    """Four megabytes are written and deleted again."""
    row = {"at": NOON, "by": "ana", "what": "x", "about": "y" * 2_000}
    with store.begin() as conn:
        conn.execute(insert(audit), [row] * 2_000)
    with store.begin() as conn:
        conn.execute(delete(audit))


def size(store: Store) -> int:
    with store.read() as conn:
        return compacting.size(conn)


def test_compacting_leaves_no_gap(store: Store) -> None:
    """The space of deleted rows is given back at once, or (PostgreSQL) used by what is written
    next."""
    leave_a_gap(store)
    grown = size(store)

    compacting.compact(store)
    if store.dialect == "sqlite":
        assert size(store) < MEGABYTE
    leave_a_gap(store)

    assert size(store) < grown + MEGABYTE


def test_free_pages_are_given_back_a_few_at_a_time(tmp_path: Path) -> None:
    """A new SQLite database shrinks by so many pages at most, until none is free."""
    store = Store.open(f"sqlite:///{tmp_path / 'new.db'}")
    leave_a_gap(store)
    sizes = [size(store)]
    for pages in (100, 10_000):
        compacting.give_back(store, pages=pages)
        sizes.append(size(store))
    store.close()

    assert sizes[0] - sizes[1] == 100 * 4096
    assert sizes[2] < MEGABYTE


def test_giving_back_is_harmless_where_nothing_can_be(store: Store) -> None:
    """On PostgreSQL it does nothing, and nothing is lost."""
    with store.begin() as conn:
        conn.execute(insert(audit), {"at": NOON, "by": "ana", "what": "x", "about": ""})
    compacting.give_back(store)
    with store.read() as conn:
        assert len(conn.execute(audit.select()).all()) == 1


def test_an_older_database_learns_to_give_back(tmp_path: Path) -> None:
    """One that an earlier version has made gives pages back once it was compacted."""
    path = tmp_path / "old.db"
    with sqlite3.connect(path) as old:
        old.execute("CREATE TABLE t (x)")
    old.close()
    store = Store.open(f"sqlite:///{path}")
    compacting.compact(store)
    leave_a_gap(store)
    grown = size(store)
    compacting.give_back(store, pages=10_000)

    assert size(store) < grown - MEGABYTE
    store.close()


def test_somebody_at_work_keeps_it_from_being_compacted(tmp_path: Path) -> None:
    """Where another process writes, compacting ends in a sentence, after the usual patience."""
    path = tmp_path / "busy.db"
    store = Store.open(f"sqlite:///{path}?timeout=0.1")
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(TemporaryFailure):
            compacting.compact(store)
    other.close()
    store.close()
