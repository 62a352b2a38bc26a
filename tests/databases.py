"""Databases for the tests: made once in a process and copied, and quick to write to."""

import sqlite3
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect

from mailresponder.store.database import Store

_dialects: dict[str, Dialect] = {}
_compiled: dict[Any, Any] = {}


def never_sync() -> None:
    """Have no SQLite database of this process wait for its disk, which nobody unplugs: what is
    tested is what we say to it."""
    event.listen(Engine, "connect", _forgetful)


def _forgetful(connection: DBAPIConnection, _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous = OFF")


def compile_once() -> None:
    """Have statements compiled once for all databases of this process: each engine has its own
    cache, and whoever opens a database for every test compiles everything for every test."""
    event.listen(Engine, "engine_connect", _share)


def _share(connection: Connection) -> None:
    # What was compiled is found by its dialect object, too.
    connection.dialect = _dialects.setdefault(connection.dialect.name, connection.dialect)
    connection.execution_options(compiled_cache=_compiled)


def make_empty(path: Path | None) -> None:
    """Make the SQLite file that the first start would make, where there is none: a copy, as the
    migrations cost more than most tests do. None: the database is no file."""
    if path is not None and not path.exists():
        path.touch(mode=0o600)
        path.write_bytes(_empty())


def open_new(path: Path) -> Store:
    """Open a new database in a file that is not there."""
    make_empty(path)
    return Store.open(f"sqlite:///{path}")


@cache
def _empty() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        Store.open(f"sqlite:///{path}").close()
        return path.read_bytes()
