"""A database copied into another, so that a dry run can do everything to the copy and nothing to
the original.

Reading takes no lock that a running mailresponder would notice, and makes no file.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, delete, insert, select

from mailresponder.errors import TemporaryFailure
from mailresponder.store.migrating import migrate, revision
from mailresponder.store.schema import REVISION, leases, metadata

_ROWS = 500
"""How many rows are copied at a time."""


def copy_file(path: Path, target: sqlite3.Connection, *, patience: float) -> None:
    """Copy an SQLite file as it is now; a missing one leaves the target empty.

    `patience` is how many seconds to wait for a lock.
    """
    if not path.exists():
        return
    log = path.with_name(f"{path.name}-wal")
    while True:
        # A reader of a WAL database makes its -wal and -shm files where they are missing. They are
        # only where nobody has it open, and then it may be read as if it never changed.
        at_rest = not log.exists()
        uri = f"file:{quote(str(path.absolute()))}?mode=ro{'&immutable=1' if at_rest else ''}"
        with closing(sqlite3.connect(uri, uri=True, timeout=patience)) as source:
            # backup() would wait for a lock for ever; a query gives up after `patience`.
            source.execute("SELECT count(*) FROM sqlite_schema").fetchall()
            source.backup(target)
        if not (at_rest and log.exists()):
            return


def copy_tables(source: Connection, target: Connection) -> None:
    """Copy every row of our tables into an empty database.

    Raises:
        TemporaryFailure: The tables of the source are not up to date.
    """
    present = revision(source)
    if present is None:
        return
    if present != REVISION:
        raise TemporaryFailure(
            f"the database has version {present}, this program needs {REVISION}",
            mend="run `mailresponder run --once` once, which brings it up to date",
        )
    migrate(target)
    for table in metadata.sorted_tables:
        found = source.execute(select(table).execution_options(yield_per=_ROWS))
        for some in found.mappings().partitions():
            target.execute(insert(table), [dict(row) for row in some])


def forget_leases(conn: Connection) -> None:
    """Drop the leases that were copied: their owners do not work on the copy."""
    conn.execute(delete(leases))
