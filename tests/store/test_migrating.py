import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from pathlib import Path
from typing import Any

import old_database
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from servers.postgres import Postgres
from sqlalchemy import Connection, create_engine, inspect, text

from mailresponder.errors import PermanentFailure, TemporaryFailure
from mailresponder.store import tickets
from mailresponder.store.database import Store, desk_value, set_desk_value
from mailresponder.store.migrating import revision
from mailresponder.store.schema import REVISION, metadata


def set_revision(store: Store, value: str) -> None:
    with store.begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = :value"), {"value": value})


def shape(conn: Connection) -> dict[str, Any]:
    """Everything a database says of its tables, columns in their order."""
    found = inspect(conn)
    return {
        table: {
            "columns": [
                column | {"type": str(column["type"])} for column in found.get_columns(table)
            ],
            "key": found.get_pk_constraint(table),
            "others": [
                sorted(map(said, others(table)))
                for others in (
                    found.get_foreign_keys,
                    found.get_indexes,
                    found.get_unique_constraints,
                    found.get_check_constraints,
                )
            ],
        }
        for table, columns in ((t, found.get_columns(t)) for t in found.get_table_names())
    }


def said(found: object) -> str:
    """What a database says of one thing, with conditions in its own words."""
    if isinstance(found, dict):
        return str({key: said(value) for key, value in found.items()})
    return str(found)


def test_the_migrations_build_the_schema(tmp_path: Path, postgres: Postgres) -> None:
    """A database that was migrated from the first version on has the tables, columns, types and
    indexes that the code names, and is the same as one that was made anew."""
    for url, new in (
        (f"sqlite:///{tmp_path}/migrated.db", f"sqlite:///{tmp_path}/new.db"),
        (postgres.create("migrated"), postgres.url("shared")),
    ):
        engine = create_engine(url)
        with engine.begin() as conn:
            old_database.upgrade(conn, "head")
            context = MigrationContext.configure(
                conn, opts={"compare_type": True, "target_metadata": metadata}
            )
            assert compare_metadata(context, metadata) == []
            migrated = shape(conn)
        engine.dispose()
        store = Store.open(new)
        with store.read() as conn:
            assert shape(conn) == migrated
        store.close()
    postgres.drop("migrated")


def test_the_revision_is_the_last_migration() -> None:
    """The schema's REVISION is what the migrations lead to."""
    config = Config()
    config.set_main_option("script_location", "mailresponder.store:migrations")
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_current_head() == REVISION


def test_the_migrations_are_part_of_the_package() -> None:
    """They lie where an installed wheel has them."""
    folder = resources.files("mailresponder.store") / "migrations"
    assert (folder / "env.py").is_file()


def test_what_an_earlier_version_kept_is_kept(tmp_path: Path, postgres: Postgres) -> None:
    """Tickets of the first version are there after the upgrade, and can be read."""
    for url in (f"sqlite:///{tmp_path}/old.db", postgres.create("old")):
        old_database.make(url)
        assert Store.open_existing(url) is None
        store = Store.open(url)
        with store.read() as conn:
            [ticket] = tickets.load(conn)
        store.close()
        assert (ticket.reference, ticket.linked_to, ticket.unreachable_at) == (
            "MR-22222",
            None,
            None,
        )
        assert not ticket.anger_rising
    postgres.drop("old")


def test_a_newer_database_is_refused(url: str, store: Store) -> None:
    """Tables of a later version are left alone and the person is told which program to use."""
    set_revision(store, "9999")
    with pytest.raises(PermanentFailure, match="version 9999, made by a newer mailresponder"):
        Store.open(url)
    with store.read() as conn:
        assert revision(conn) == "9999"


def test_an_outdated_server_is_not_copied(postgres: Postgres) -> None:
    """A dry run does not guess at tables it does not know."""
    url = postgres.create("outdated", template="model")
    store = Store.open(url)
    set_revision(store, "0000")
    store.close()
    with pytest.raises(TemporaryFailure, match="has version 0000"):
        Store.open_copy(url)
    postgres.drop("outdated")


def test_opening_again_keeps_what_is_there(url: str, store: Store) -> None:
    """A second opening migrates nothing and loses nothing."""
    with store.begin() as conn:
        set_desk_value(conn, "colour", "red")
    again = Store.open(url)
    with again.read() as conn:
        assert desk_value(conn, "colour") == "red"
    again.close()


def test_several_may_open_a_new_database_at_once(tmp_path: Path, postgres: Postgres) -> None:
    """Instances that start together make the tables once."""
    for url in (f"sqlite:///{tmp_path}/new.db", postgres.create("together")):
        with ThreadPoolExecutor(4) as pool:
            stores = list(pool.map(Store.open, [url] * 4))
        for store in stores:
            with store.begin() as conn:
                assert revision(conn) == REVISION
            store.close()
    postgres.drop("together")


def test_a_database_that_is_up_to_date_costs_no_alembic(url: str) -> None:
    """Alembic is imported only where there is something to migrate."""
    code = (
        "import sys; from mailresponder.store.database import Store; "
        f"Store.open({url!r}).close(); assert 'alembic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
