"""An upgrade that ends in the middle, as by a power cut."""

import signal
import subprocess
import sys
from pathlib import Path

import old_database
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


def tables(url: str) -> list[str]:
    """The database's tables."""
    engine = create_engine(url)
    try:
        return inspect(engine).get_table_names()
    finally:
        engine.dispose()


@pytest.mark.parametrize("old", [False, True], ids=["new", "old"])
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_migration_that_is_killed_has_changed_nothing(
    database: str, old: bool, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """It is one transaction: no table is left behind, and the next start makes them all."""
    url = f"sqlite:///{tmp_path}/new.db"
    server: Postgres | None = None
    if database == "postgresql":
        server = request.getfixturevalue("postgres")
        url = server.create("killed")
    if old:
        old_database.make(url)
    before = tables(url)

    ended = subprocess.run([sys.executable, "-c", KILLED, url], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert tables(url) == before

    store = Store.open(url)
    with store.read() as conn:
        assert len(tickets.load(conn)) == old
        assert set(inspect(conn).get_table_names()) >= set(metadata.tables)
    store.close()
    if server is not None:
        server.drop("killed")
