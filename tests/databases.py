"""Databases for the tests: made once in a process and copied, and quick to write to."""

import sqlite3
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection

from mailresponder.store.database import Store


def never_sync() -> None:
    """Have no SQLite database of this process wait for its disk, which nobody unplugs: what is
    tested is what we say to it."""
    event.listen(Engine, "connect", _forgetful)


def _forgetful(connection: DBAPIConnection, _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous = OFF")


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
