"""Brings a database's tables up to date, or refuses one that a newer program has made.

The steps themselves are alembic's, in `migrations/versions`. Alembic costs a quarter of a second
to import, so it is only asked where there is something to do.
"""

from sqlalchemy import Connection, inspect, text

from mailresponder.errors import PermanentFailure
from mailresponder.store.schema import REVISION

_LOCK = 0x6D61696C
"""Names our advisory lock on PostgreSQL: the letters `mail`."""


def migrate(conn: Connection) -> None:
    """Create or upgrade the tables, inside the connection's write transaction.

    Raises:
        PermanentFailure: The tables are a newer program's.
    """
    if revision(conn) == REVISION:
        return
    if conn.dialect.name == "postgresql":
        conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    present = revision(conn)
    # Another instance may have done it while this one waited for the lock.
    if present != REVISION:
        _upgrade(conn, present)


def revision(conn: Connection) -> str | None:
    """Which migration a database has; None where it has none of our tables."""
    if not inspect(conn).has_table("alembic_version"):
        return None
    found = conn.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return None if found is None else str(found)


def _upgrade(conn: Connection, present: str | None) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "mailresponder.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = conn
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if present is not None and present not in known:
        raise PermanentFailure(
            f"the database has version {present}, made by a newer mailresponder than this one",
            mend="install the newer version again, or restore the backup made before it",
        )
    command.upgrade(config, "head")
