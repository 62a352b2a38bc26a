"""Brings a database's tables up to date, or refuses one that a newer program has made.

The steps themselves are alembic's, in `migrations/versions`. Alembic costs a quarter of a second
to import and to run, so it is only asked where an older program's tables are: a new database gets
those of `schema` at once, and a test holds that this makes the same.
"""

from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    insert,
    inspect,
    select,
    text,
)

from mailresponder.errors import NewerDatabase
from mailresponder.store.schema import REVISION, metadata

_LOCK = 0x6D61696C
"""Names our advisory lock on PostgreSQL: the letters `mail`."""

_version = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""As alembic makes it, in which it finds where it left off."""


def migrate(conn: Connection) -> None:
    """Create or upgrade the tables, inside the connection's write transaction.

    Raises:
        NewerDatabase: The tables are a newer program's.
    """
    if revision(conn) == REVISION:
        return
    if conn.dialect.name == "postgresql":
        conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    present = revision(conn)
    # Another instance may have done it while this one waited for the lock.
    if present is None:
        _create(conn)
    elif present != REVISION:
        _upgrade(conn, present)


def revision(conn: Connection) -> str | None:
    """Which migration a database has; None where it has none of our tables."""
    if not inspect(conn).has_table(_version.name):
        return None
    found = conn.execute(select(_version.c.version_num)).scalar_one_or_none()
    return None if found is None else str(found)


def _create(conn: Connection) -> None:
    _version.create(conn, checkfirst=True)
    # Not asked first which are there: none of them may be.
    metadata.create_all(conn, checkfirst=False)
    conn.execute(insert(_version).values(version_num=REVISION))


def _upgrade(conn: Connection, present: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "mailresponder.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = conn
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if present not in known:
        raise NewerDatabase(
            f"the database has version {present}, made by a newer mailresponder than this one",
            mend="install the newer version again, or restore the backup made before it",
        )
    command.upgrade(config, "head")
