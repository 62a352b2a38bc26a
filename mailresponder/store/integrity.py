"""Is the database sound, as far as can be told in a few seconds while others work on it?"""

import sqlite3
import time
from dataclasses import dataclass

from mailresponder.store import compacting
from mailresponder.store.database import Store

PATIENCE = 5.0
"""Seconds that a look at an SQLite file may take."""

_STEPS = 10_000
"""Of SQLite's machine between two looks at the clock: about a millisecond."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Integrity:
    """What a look at the whole database has found."""

    size: int
    """Bytes."""
    version: str
    """Of the program that keeps it, as `SQLite 3.46.1`."""
    complete: bool
    """False: it is larger than could be read in the time."""
    fault: str = ""
    """The first fault, in SQLite's words; no row's content is in them."""


def look(store: Store, *, patience: float = PATIENCE) -> Integrity:
    """Read an SQLite database through; a server checks its own. Raises as the store does."""
    with store.read() as conn:
        size = compacting.size(conn)
        if store.dialect != "sqlite":
            version = str(conn.exec_driver_sql("SHOW server_version").scalar_one())
            return Integrity(size=size, version=f"PostgreSQL {version.split()[0]}", complete=True)
        driver = conn.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)  # noqa: S101 - it is SQLite's
        ends = time.monotonic() + patience
        driver.set_progress_handler(lambda: time.monotonic() > ends, _STEPS)
        complete, fault = True, ""
        try:
            said = str(driver.execute("PRAGMA quick_check(1)").fetchone()[0])
            fault = "" if said == "ok" else said
        except sqlite3.OperationalError:
            if time.monotonic() <= ends:
                raise
            complete = False
        finally:
            driver.set_progress_handler(None, 0)
    version = f"SQLite {sqlite3.sqlite_version}"
    return Integrity(size=size, version=version, complete=complete, fault=fault)
