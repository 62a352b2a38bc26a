"""A database for each test, on the PostgreSQL that all tests share."""

from collections.abc import Iterator
from itertools import count

import pytest
from servers.postgres import Postgres

from mailresponder.store.database import Store

_numbers = count(1)


@pytest.fixture
def database(postgres: Postgres) -> Iterator[str]:
    """The name of an empty, migrated database."""
    name = f"cluster{next(_numbers)}"
    postgres.create(name, template="model")
    yield name
    postgres.drop(name)


@pytest.fixture
def store(postgres: Postgres, database: str) -> Iterator[Store]:
    """It, open."""
    opened = Store.open(postgres.url(database))
    yield opened
    opened.close()
