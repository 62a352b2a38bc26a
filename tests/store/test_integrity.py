from contextlib import closing
from pathlib import Path

from servers.postgres import Postgres

from mailresponder.store import integrity
from mailresponder.store.database import Store


def test_a_sound_file_is_read_through(tmp_path: Path) -> None:
    """Its size and SQLite's version are told."""
    with closing(Store.open(f"sqlite:///{tmp_path}/desk.db")) as store:
        found = integrity.look(store)

    assert found.version.startswith("SQLite 3.")
    assert found.size > 50_000
    assert (found.complete, found.fault) == (True, "")


def test_a_damaged_file_is_found_out(tmp_path: Path) -> None:
    """Where no statement of the desk's own comes by the place."""
    path = tmp_path / "desk.db"
    with closing(Store.open(f"sqlite:///{path}")) as store, store.alone() as conn:
        conn.exec_driver_sql("CREATE TABLE big (x)")
        conn.exec_driver_sql("INSERT INTO big VALUES (zeroblob(40000))")
        conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all()
        page = conn.exec_driver_sql(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'big'"
        ).scalar_one()
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\x55" * 200)

    with closing(Store.open(f"sqlite:///{path}")) as store:
        found = integrity.look(store)

    assert found.complete
    assert found.fault


def test_a_large_file_is_not_waited_for(tmp_path: Path) -> None:
    """What could not be read in the time is no fault; the connection can be used afterwards."""
    with closing(Store.open(f"sqlite:///{tmp_path}/desk.db")) as store:
        with store.begin() as conn:
            conn.exec_driver_sql("CREATE TABLE many (x)")
            conn.exec_driver_sql(
                "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 20000)"
                " INSERT INTO many SELECT x FROM n"
            )
        found = integrity.look(store, patience=-1.0)
        with store.read() as conn:
            assert conn.exec_driver_sql("SELECT count(*) FROM many").scalar_one() == 20_000

    assert (found.complete, found.fault) == (False, "")


def test_a_server_is_asked_for_its_version(postgres: Postgres) -> None:
    """It checks its pages itself."""
    url = postgres.create("integrity", template="model")
    with closing(Store.open(url)) as store:
        found = integrity.look(store)
    postgres.drop("integrity")

    assert found.version.startswith("PostgreSQL 1")
    assert found.size > 1_000_000
    assert found.complete
