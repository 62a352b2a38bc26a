"""A PostgreSQL server for the tests: Debian's binaries, in a temporary folder, without root.

It listens on a socket in its own folder only, so it needs no port, and it never syncs unless told
to: what is tested is what we say to a server, not its disk.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

_SETTINGS = {"listen_addresses": "", "max_connections": "60"}
_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Postgres:
    """A running server."""

    folder: Path
    """Where its socket lies."""

    def url(self, database: str, *, user: str = "mailresponder", password: str = "") -> str:
        """The SQLAlchemy URL of a database of this server."""
        return f"postgresql+psycopg://{user}:{password}@/{database}?host={self.folder}"

    def create(self, database: str, *, template: str = "template0") -> str:
        """Create a database and return its URL."""
        self.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        return self.url(database)

    def drop(self, database: str) -> None:
        """Drop a database, whoever is connected to it."""
        self.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def execute(self, statement: str, *, database: str = "postgres") -> None:
        """Run one statement as the superuser, outside any transaction."""
        with psycopg.connect(
            host=str(self.folder), user="mailresponder", dbname=database, autocommit=True
        ) as connection:
            connection.execute(statement)


def find_binaries() -> Path | None:
    """The folder with `initdb` and `pg_ctl`: the newest of Debian's, else the one on the PATH."""
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: int(path.parts[-3]) if path.parts[-3].isdigit() else 0,
    )
    if versions:
        return versions[-1].parent
    found = shutil.which("initdb")
    return Path(found).parent if found else None


def binaries_or_skip() -> Path:
    """As `find_binaries`; where there is none the test is skipped, or fails if servers are
    required (MAILRESPONDER_REQUIRE_SERVERS=1)."""
    found = find_binaries()
    if found is not None:
        return found
    reason = "PostgreSQL is not installed: apt-get install postgresql"
    if os.environ.get("MAILRESPONDER_REQUIRE_SERVERS") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def running(binaries: Path, *, durable: bool = False) -> Iterator[Postgres]:
    """A server that lives as long as the block. Its superuser is `mailresponder`, without a
    password; the role `stranger` is asked for one. `durable`: it syncs as in production."""
    folder = Path(
        tempfile.mkdtemp(prefix="mrpg", dir="/tmp")
    )  # a socket's path is at most 107 long
    account = _account()
    settings = _SETTINGS if durable else _SETTINGS | _FORGETFUL
    try:
        if account is not None:
            os.chown(folder, account.pw_uid, account.pw_gid)
        data = folder / "data"
        _run(
            account,
            binaries / "initdb",
            "-D",
            data,
            "-U",
            "mailresponder",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        )
        hba = data / "pg_hba.conf"
        hba.write_text("local all stranger scram-sha-256\n" + hba.read_text())
        options = [f"-c {name}={value or repr('')}" for name, value in settings.items()]
        _run(
            account,
            binaries / "pg_ctl",
            "-D",
            data,
            "-w",
            "-l",
            folder / "log",
            "-o",
            " ".join([f"-k {folder}", *options]),
            "start",
        )
        try:
            yield Postgres(folder=folder)
        finally:
            _run(account, binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _account() -> pwd.struct_passwd | None:
    """Whom to run as: PostgreSQL refuses to be root. None: as who runs the tests."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _run(account: pwd.struct_passwd | None, *command: object) -> None:
    subprocess.run(
        [str(word) for word in command],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        cwd="/",
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
    )
