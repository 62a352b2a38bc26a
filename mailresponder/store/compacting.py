"""Gives the space of what was deleted back to the disk.

SQLite keeps freed pages for itself until told otherwise; new databases are made so that they can be
given back a few at a time (auto_vacuum = INCREMENTAL, https://sqlite.org/pragma.html#pragma_auto_vacuum).
PostgreSQL looks after itself (autovacuum): what was freed is used again.
"""

from sqlalchemy import Connection

from mailresponder.store.database import Store

PAGES = 2_000
"""Pages given back at once, 8 MB: some hundredths of a second."""


def give_back(store: Store, *, pages: int = PAGES) -> None:
    """Give up to so many free pages back. Does nothing on PostgreSQL, and on an SQLite database
    that an older version has made, until it is compacted as a whole."""
    if store.dialect == "sqlite":
        with store.alone() as conn:
            # Each step of the statement frees one page, and only a script is run to its end.
            conn.connection.cursor().executescript(f"PRAGMA incremental_vacuum({int(pages)})")


def compact(store: Store) -> bool:
    """Write the database anew without gaps (SQLite), or mark what is free and count what is there
    (PostgreSQL). False where somebody still reads old pages, which therefore lie in the journal.

    SQLite needs as much room again twice while it lasts, beside the database and where temporary
    files lie (SQLITE_TMPDIR, TMPDIR, /var/tmp), and nobody can write meanwhile.
    Raises TemporaryFailure where there is no room, or another process does not let go.
    """
    with store.alone() as conn:
        if conn.dialect.name == "sqlite":
            conn.exec_driver_sql("VACUUM")
            checkpoint = conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
            return not checkpoint[0]
        conn.exec_driver_sql("VACUUM (ANALYZE)")
        return True


def size(conn: Connection) -> int:
    """Bytes of the database, what is free in it included."""
    if conn.dialect.name == "sqlite":
        pages = conn.exec_driver_sql("PRAGMA page_count").scalar_one()
        return int(pages) * int(conn.exec_driver_sql("PRAGMA page_size").scalar_one())
    found = conn.exec_driver_sql("SELECT pg_database_size(current_database())")
    return int(found.scalar_one())
