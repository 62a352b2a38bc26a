"""A desk on one database after the other."""

from collections.abc import Iterator
from itertools import count

import pytest
from offices import Office
from servers.postgres import Postgres

_numbers = count(1)


@pytest.fixture(params=["sqlite", "postgresql"])
def office_on_either(request: pytest.FixtureRequest, office: Office) -> Iterator[Office]:
    """The office, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield office
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = f"office{next(_numbers)}"
    url = server.create(name, template="model").replace("+psycopg", "")
    office.configure(desk=f'database = "{url}"')
    yield office
    office._close_apps()
    server.drop(name)
