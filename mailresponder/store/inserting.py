"""Inserts that know what to do where the row is there already, in the connection's dialect.

Statements are built once: building one costs several times what SQLite takes to run it.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Executable, Table
from sqlalchemy.dialects import sqlite

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql


def insert_or(conn: Connection, table: Table) -> "sqlite.Insert | postgresql.Insert":
    """An INSERT that may be told what to do on a conflict."""
    return _insert(conn.dialect.name, table)


def insert_new(
    conn: Connection, table: Table, values: Mapping[str, object], *, key: str
) -> int | None:
    """Insert a row and return its `id`; None where another row has the same `key`."""
    new = conn.execute(_new(conn.dialect.name, table, key), values).scalar_one_or_none()
    return None if new is None else int(new)


def insert_over(conn: Connection, table: Table, values: Mapping[str, object], *, key: str) -> int:
    """Insert a row, over another one that has the same `key`, and return its `id`. Columns that
    are not among the `values` stay as they are."""
    statement = _over(conn.dialect.name, table, key, tuple(values))
    return int(conn.execute(statement, values).scalar_one())


def insert_missing(conn: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert those rows that are not there yet."""
    if rows:
        conn.execute(_missing(conn.dialect.name, table), rows)


@cache
def _new(dialect: str, table: Table, key: str) -> Executable:
    statement = _insert(dialect, table).on_conflict_do_nothing(index_elements=[key])
    return statement.returning(table.c.id)


@cache
def _over(dialect: str, table: Table, key: str, columns: tuple[str, ...]) -> Executable:
    statement = _insert(dialect, table)
    changes = {name: statement.excluded[name] for name in columns}
    over = statement.on_conflict_do_update(index_elements=[key], set_=changes)
    return over.returning(table.c.id)


@cache
def _missing(dialect: str, table: Table) -> Executable:
    return _insert(dialect, table).on_conflict_do_nothing()


def _insert(dialect: str, table: Table) -> "sqlite.Insert | postgresql.Insert":
    if dialect == "postgresql":
        # Imported where it is used: all its drivers' parts come with it.
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    return sqlite.insert(table)
