"""The queue's tables: made once, brought up to date, never somebody else's."""

from pathlib import Path

import pytest
from procrastinate.schema import SchemaManager
from servers.postgres import Postgres
from sqlalchemy import text

from mailresponder.cluster import tables
from mailresponder.errors import PermanentFailure
from mailresponder.store.database import Store, desk_value, set_desk_value

OLD = "02.14.01_01_add_indexes_for_fetch_job.sql"
"""The last migration of procrastinate 2."""
CATALOGUE = {
    "columns": "SELECT table_name, column_name, data_type FROM information_schema.columns"
    " WHERE table_name LIKE 'procrastinate%'",
    "indexes": "SELECT indexdef FROM pg_indexes WHERE tablename LIKE 'procrastinate%'",
    "functions": "SELECT proname FROM pg_proc WHERE proname LIKE 'procrastinate%'",
    "triggers": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
}


def catalogue(store: Store) -> dict[str, set[tuple[object, ...]]]:
    """What there is of the queue in a database."""
    with store.read() as conn:
        return {
            name: {tuple(row) for row in conn.execute(text(query))}
            for name, query in CATALOGUE.items()
        }


def test_tables_are_made_once(store: Store) -> None:
    """The second worker finds what the first has made, and knows its version."""
    tables.prepare(store)
    made = catalogue(store)
    tables.prepare(store)

    assert ("procrastinate_fetch_job_v2",) in made["functions"]
    assert catalogue(store) == made
    with store.read() as conn:
        assert (
            desk_value(conn, "procrastinate")
            >= "03.04.00_50_post_add_retry_failed_job_procedure.sql"
        )


def test_tables_of_an_older_version_are_upgraded(store: Store, postgres: Postgres) -> None:
    """What procrastinate 2 has made becomes what this version makes."""
    migrations = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    for path in migrations:
        if path.name <= OLD:
            # Each by itself, as its own release brought it.
            with store.begin() as conn:
                driver = conn.connection.driver_connection
                assert driver is not None
                driver.execute(path.read_text(encoding="utf-8"))
                set_desk_value(conn, "procrastinate", path.name)
    tables.prepare(store)

    fresh = Store.open(postgres.create("fresh", template="model"))
    try:
        tables.prepare(fresh)
        assert catalogue(store) == catalogue(fresh)
    finally:
        fresh.close()
        postgres.drop("fresh")


def test_tables_of_a_newer_version_are_refused(store: Store) -> None:
    """An old worker does not touch what a newer one has upgraded."""
    tables.prepare(store)
    with store.begin() as conn:
        set_desk_value(conn, "procrastinate", "99.00.00_01_pre_unheard_of.sql")

    with pytest.raises(PermanentFailure, match=r"99\.00\.00_01"):
        tables.prepare(store)


def test_tables_of_somebody_else_are_refused(store: Store) -> None:
    """Where another program keeps its queue, nothing is written into it."""
    with store.begin() as conn:
        conn.execute(text("CREATE TABLE procrastinate_jobs (id bigint)"))

    with pytest.raises(PermanentFailure, match="has not made"):
        tables.prepare(store)
