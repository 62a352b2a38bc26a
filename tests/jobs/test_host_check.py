import os
from collections import namedtuple
from pathlib import Path

import pytest

from mailresponder import config
from mailresponder.config import Config
from mailresponder.errors import PermanentFailure, TemporaryFailure
from mailresponder.jobs import host_check
from mailresponder.jobs.results import Concern

CONFIG = """\
[desk]
name = "Acme Support"
{desk}
[[mailbox]]
name = "support"
address = "support@example.com"
[mailbox.imap]
host = "127.0.0.1"
security = "none"
username = "support"
{password}
[mailbox.smtp]
host = "127.0.0.1"
security = "none"
"""
FileSystem = namedtuple("FileSystem", "f_bavail f_frsize f_files f_favail f_flag")


def desk(folder: Path, *, password: str = 'password_env = "X"', desk: str = "") -> Config:
    """A configuration in the folder, with the desk's key beside it."""
    path = folder / "config.toml"
    path.write_text(CONFIG.format(password=password, desk=desk), encoding="utf-8")
    path.chmod(0o644)
    secret = folder / "mailresponder.secret"
    secret.write_bytes(b"x" * 32)
    secret.chmod(0o600)
    return config.load(path)


def test_files_closed_to_others_are_well(tmp_path: Path) -> None:
    """A configuration without a secret may be read by everybody."""
    found = host_check.permissions(desk(tmp_path))

    assert found == ("2 files and folders, none with secrets or mail open to others", "")


@pytest.mark.parametrize(
    "name", ["mailresponder.secret", "mailresponder.tokens", "mailresponder.db-wal"]
)
def test_a_secret_that_others_can_read_is_a_concern(tmp_path: Path, name: str) -> None:
    """Each kind of file, with the command that closes it."""
    path = tmp_path / name
    found = desk(tmp_path)
    path.write_bytes(b"x" * 32)
    path.chmod(0o644)

    result = host_check.permissions(found)

    assert isinstance(result, Concern)
    assert str(path) in result.detail
    assert result.mend == f"chmod o-rwx {path}"
    path.chmod(0o640)
    assert not isinstance(host_check.permissions(found), Concern)


def test_what_the_configuration_warns_of_is_not_told_twice(tmp_path: Path) -> None:
    """That it holds a password and can be read."""
    found = desk(tmp_path, password='password = "correct horse"')

    assert "config.toml holds a password" in found.warnings[0]
    assert not isinstance(host_check.permissions(found), Concern)


def test_what_everybody_can_change_fails(tmp_path: Path) -> None:
    """A file, also one with a password, the templates, or the folder they lie in."""
    found = desk(tmp_path, password=f'password_file = "{tmp_path}/word"')
    (tmp_path / "templates").mkdir()
    (tmp_path / "word").write_text("x")
    for name, mode in (("config.toml", 0o646), ("templates", 0o777), ("word", 0o602)):
        path = tmp_path / name
        before = path.stat().st_mode
        path.chmod(mode)
        with pytest.raises(PermanentFailure, match="can change") as caught:
            host_check.permissions(found)
        assert caught.value.mend == f"chmod o-w {path}"
        path.chmod(before)
    tmp_path.chmod(0o777)
    with pytest.raises(PermanentFailure, match="put other files in place"):
        host_check.permissions(found)


def test_root_is_told_whose_files_they_are(tmp_path: Path) -> None:
    """What root makes beside them the service cannot open."""
    if os.geteuid() != 0:
        pytest.skip("only root sees this")
    found = desk(tmp_path)
    os.chown(tmp_path / "config.toml", 12345, 12345)

    assert "as the user the service runs as" in host_check.permissions(found)[1]  # type: ignore[index]


def test_room_is_told(tmp_path: Path) -> None:
    """Once, where the database and the configuration share a file system."""
    found = host_check.disk(desk(tmp_path))

    said = found.detail if isinstance(found, Concern) else found[0]
    assert said.count("free for") == 1
    assert str(tmp_path) in said


@pytest.mark.parametrize(
    ("free", "inodes", "flag", "expected"),
    [
        (2_000_000_000, 0, 0, "well"),
        (900_000_000, 5_000, 0, "concern"),
        (90_000_000, 5_000, 0, "90.0 MB free"),
        (2_000_000_000, 500, 0, "no more than 500 files"),
        (2_000_000_000, 5_000, os.ST_RDONLY, "can only be read"),
    ],
)
def test_a_full_disk_fails_before_it_is_full(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    free: int,
    inodes: int,
    flag: int,
    expected: str,
) -> None:
    """Under a gigabyte is a concern; a hundred megabytes, no more files, or read-only a failure."""
    told = FileSystem(free // 1_000, 1_000, inodes and 100_000, inodes, flag)
    monkeypatch.setattr(os, "statvfs", lambda _: told)
    found = desk(tmp_path)
    if expected in ("well", "concern"):
        assert isinstance(host_check.disk(found), Concern) is (expected == "concern")
        return
    with pytest.raises(TemporaryFailure, match=expected):
        host_check.disk(found)


def test_a_folder_that_is_not_there_is_told_elsewhere(tmp_path: Path) -> None:
    """Where the database is opened; the room beside the configuration is told all the same."""
    found = host_check.disk(desk(tmp_path, desk='database = "sqlite:///away/desk.db"'))

    said = found.detail if isinstance(found, Concern) else found[0]
    assert "free for the configuration" in said
