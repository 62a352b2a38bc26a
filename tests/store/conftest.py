"""Every test of the store runs on SQLite and on PostgreSQL: they ask for `store` or `url`."""

from collections.abc import Iterator
from pathlib import Path

import databases
import pytest
from servers.postgres import Postgres

from mailresponder.store.database import Store
from mailresponder.store.schema import REVISION, metadata

# Faster than TRUNCATE, which makes every table and index anew.
_EMPTY = "; ".join(
    [
        "SET lock_timeout = '10s'",
        *(f"DELETE FROM {table}" for table in reversed(metadata.sorted_tables)),
        f"UPDATE alembic_version SET version_num = '{REVISION}'",
    ]
)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty, migrated database."""
    if request.param == "sqlite":
        copy = tmp_path / "mailresponder.db"
        databases.make_empty(copy)
        yield f"sqlite:///{copy}"
    else:
        server: Postgres = request.getfixturevalue("postgres")
        yield server.url("shared")
        server.execute(_EMPTY, database="shared")


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """An empty store."""
    opened = Store.open(url)
    yield opened
    opened.close()
