"""The queue's own tables, which procrastinate brings along: made and brought up to date here.

They lie beside ours, in the schema that a new connection finds first, and all begin with
`procrastinate_`: a schema of their own would ask for the right to make one, and for a setting on
every connection that poolers refuse. procrastinate keeps no record of which of its migrations a
database has had, so we do, by the name of the last one.
"""

from collections.abc import Mapping
from pathlib import Path

from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, inspect

from mailresponder.errors import NewerDatabase, PermanentFailure
from mailresponder.store.database import Store, desk_value, set_desk_value, take_turns

_KEY = "procrastinate"
"""Under which the name of the last migration is kept."""


def prepare(store: Store) -> None:
    """Make the tables where they are missing, upgrade them where they are an older version's.

    Workers of an older procrastinate must be stopped first: an upgrade takes away what they call.

    Raises NewerDatabase where the tables are a newer version's, PermanentFailure where they are
    somebody else's.
    """
    migrations = {path.name: path for path in sorted(_folder().glob("*.sql"))}
    while True:
        with store.begin() as conn:
            take_turns(conn, _KEY)
            if not _step(conn, migrations):
                return


def _step(conn: Connection, migrations: Mapping[str, Path]) -> bool:
    """Make the tables, or take them one migration further; False where nothing is left to do.

    One transaction each: a value that is added to a type can be used in the next one only.
    """
    present = desk_value(conn, _KEY)
    if present is None:
        if inspect(conn).has_table("procrastinate_jobs"):
            raise PermanentFailure(
                "the database has tables of procrastinate that mailresponder has not made",
                mend="give mailresponder a database of its own",
            )
        _execute(conn, SchemaManager.get_schema())
        set_desk_value(conn, _KEY, max(migrations))
        return False
    if present not in migrations:
        raise NewerDatabase(
            f"the queue's tables have version {present}, made by a newer procrastinate",
            mend="install on this machine what the other workers have",
        )
    following = min((name for name in migrations if name > present), default=None)
    if following is not None:
        _execute(conn, migrations[following].read_text(encoding="utf-8"))
        set_desk_value(conn, _KEY, following)
    return following is not None


def _folder() -> Path:
    return Path(SchemaManager.get_migrations_path())


def _execute(conn: Connection, script: str) -> None:
    """Run a script of several statements as it is: its `%` are no parameters."""
    driver = conn.connection.driver_connection
    assert driver is not None  # noqa: S101 - the connection is open
    driver.execute(script)
