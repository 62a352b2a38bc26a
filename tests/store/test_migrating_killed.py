"""An upgrade that ends in the middle, as by a power cut."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from servers.postgres import Postgres
from sqlalchemy import create_engine, inspect

from mailresponder.store import tickets
from mailresponder.store.database import Store
from mailresponder.store.schema import metadata

KILLED = """
import os, signal, sys
from itertools import count
from sqlalchemy import Engine, event
from mailresponder.store.database import Store

changes = count(1)

@event.listens_for(Engine, "after_cursor_execute")
def executed(conn, cursor, statement, *_):
    if statement.lstrip().startswith(("CREATE", "ALTER")) and next(changes) == 12:
        os.kill(os.getpid(), signal.SIGKILL)

Store.open(sys.argv[1])
"""


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_migration_that_is_killed_has_changed_nothing(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """It is one transaction: no table is left behind, and the next start makes them all."""
    url = f"sqlite:///{tmp_path}/new.db"
    server: Postgres | None = None
    if database == "postgresql":
        server = request.getfixturevalue("postgres")
        url = server.create("killed")

    ended = subprocess.run([sys.executable, "-c", KILLED, url], check=False)
    assert ended.returncode == -signal.SIGKILL
    engine = create_engine(url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()

    store = Store.open(url)
    with store.read() as conn:
        assert tickets.load(conn) == []
        assert set(inspect(conn).get_table_names()) >= set(metadata.tables)
    store.close()
    if server is not None:
        server.drop("killed")
