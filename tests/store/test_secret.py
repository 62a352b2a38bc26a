"""The desk's key: made once, whoever is killed and however many start together."""

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mailresponder.errors import ConfigError
from mailresponder.store import secret
from mailresponder.store.database import Store

KILLED = """
import os, signal, sys
from pathlib import Path
from mailresponder.store import secret

make = os.open

def opened(*given, **more):
    descriptor = make(*given, **more)
    os.kill(os.getpid(), signal.SIGKILL)

os.open = opened
secret.signer(Path(sys.argv[1]), create=True)
"""


def test_a_start_that_is_killed_while_it_makes_the_key_keeps_nobody_out(tmp_path: Path) -> None:
    """The file is there and empty: the next start writes the key, and the one after knows it."""
    path = tmp_path / "secret"
    ended = subprocess.run([sys.executable, "-c", KILLED, path], check=False)
    assert ended.returncode == -signal.SIGKILL

    made = secret.signer(path, create=True)
    assert secret.signer(path, create=True).fingerprint() == made.fingerprint()
    assert path.stat().st_mode & 0o777 == 0o600


def test_instances_that_start_together_have_one_key(tmp_path: Path) -> None:
    """One of them makes it, and all read that."""
    path = tmp_path / "secret"
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: secret.signer(path, create=True), range(8)))
    assert len({one.fingerprint() for one in made}) == 1


def test_a_dry_run_makes_none(tmp_path: Path) -> None:
    """It has a key for itself and leaves no file."""
    secret.signer(tmp_path / "secret", create=False)
    assert not (tmp_path / "secret").exists()


def test_half_a_key_is_refused(tmp_path: Path) -> None:
    """Somebody has damaged it, and is told what to do."""
    (tmp_path / "secret").write_bytes(b"half")
    with pytest.raises(ConfigError, match="not a key of 32 bytes"):
        secret.signer(tmp_path / "secret", create=True)


def test_no_key_is_made_for_a_database_that_has_one(store: Store, tmp_path: Path) -> None:
    """Whoever restores a database without its key is told so, and gets no new one."""
    path = tmp_path / "secret"
    with store.begin() as conn:
        made = secret.of_desk(conn, path, create=True)
        assert secret.of_desk(conn, path, create=True).fingerprint() == made.fingerprint()
        path.unlink()
        with pytest.raises(ConfigError, match="is missing"):
            secret.of_desk(conn, path, create=True)

    assert not path.exists()
