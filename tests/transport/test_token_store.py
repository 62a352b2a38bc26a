"""Grants on disk and in a key store: whole, private, and in one hand at a time."""

import multiprocessing
import os
import stat
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailresponder.errors import ConfigError, TemporaryFailure
from mailresponder.transport.grants import Grant
from mailresponder.transport.kept_grants import Kept
from mailresponder.transport.token_store import TokenStore, store_for

NOW = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)


def grant(number: int = 1) -> Grant:
    return Grant(
        access_token=f"access-{number}",
        expires_at=NOW + timedelta(hours=number),
        refresh_token=f"refresh-{number}",
        scope="mail",
        obtained_at=NOW,
        account="ana@example.com",
    )


def kept(number: int = 1) -> Kept:
    return Kept(grant=grant(number), given_to="other person desk", renewed_at=NOW)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mailresponder.tokens"


@pytest.fixture
def store(path: Path) -> TokenStore:
    return store_for(path, kind="file", wait=0.2)


def test_what_is_kept_comes_back(path: Path, store: TokenStore) -> None:
    """Another process reads what one saved, each mailbox's own."""
    first = kept(1)
    second = replace(kept(2), refused="revoked", refused_at=NOW)
    store.save("support", first)
    store.save("sales", second)
    other = store_for(path, kind="file")
    assert (other.read("support"), other.read("sales")) == (first, second)
    assert other.read("orders") is None


def test_nobody_else_may_read_it(path: Path, store: TokenStore) -> None:
    """The file is the user's alone, whatever its mode was before and whatever the umask says."""
    before = os.umask(0)
    try:
        store.save("support", kept())
        path.chmod(0o644)
        store.save("support", kept(2))
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir() if "tmp" in p.name] == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes files for others")
def test_what_root_saves_is_the_services(path: Path, store: TokenStore) -> None:
    """After a login as root the service can still read the file and take its lock."""
    os.chown(path.parent, 65534, 65534)
    for number in (1, 2):
        with store.alone("support"):
            store.save("support", kept(number))
        assert {file.stat().st_uid for file in path.parent.iterdir()} == {65534}


def test_what_is_forgotten_is_gone(path: Path, store: TokenStore) -> None:
    """A sign-in that is given up leaves no token in the file, and the others' alone."""
    store.save("support", kept(1))
    store.save("sales", kept(2))
    assert store.forget("support")
    assert not store.forget("support")
    assert "access-1" not in path.read_text()
    assert store.read("sales") is not None


def test_a_file_that_cannot_be_replaced_stays_as_it_was(path: Path, store: TokenStore) -> None:
    """Where there is no room or no right to write, it is told, and what was kept is still whole."""
    store.save("support", kept(1))
    folder = path.parent
    blocked = store_for(folder / "missing" / path.name, kind="file")
    with pytest.raises(TemporaryFailure, match="cannot be written"):
        blocked.save("support", kept(2))
    assert store.read("support") == kept(1)


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"mailboxes": 1}', '{"mailboxes": {"support": {}}}', "[" * 100_000],
)
def test_a_damaged_file_is_told(path: Path, store: TokenStore, content: str) -> None:
    """What is not ours is never taken for a grant, nor overwritten."""
    path.write_text(content)
    with pytest.raises(ConfigError, match="not what mailresponder keeps"):
        store.read("support")
    if "support" not in content:
        with pytest.raises(ConfigError):
            store.save("support", kept())
    assert path.read_text() == content


def test_no_token_in_a_representation() -> None:
    """What ends up in a traceback holds no token."""
    shown = repr(kept(7))
    assert "access-7" not in shown
    assert "refresh-7" not in shown


def test_one_at_a_time_among_threads(store: TokenStore) -> None:
    """Who comes second to the same mailbox waits, and is told when that takes too long; another
    mailbox is not held up."""
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with store.alone("support"):
            entered.set()
            leave.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    assert entered.wait(10)
    with store.alone("sales"):
        pass
    with pytest.raises(TemporaryFailure, match="in hand"), store.alone("support"):
        pytest.fail("two at a time")
    leave.set()
    thread.join()
    with store.alone("support"):
        pass


def _add(path: Path, names: list[str]) -> None:
    store = store_for(path, kind="file")
    for name in names:
        with store.alone(name):
            store.save(name, kept())


def test_processes_lose_nothing_of_one_another(path: Path) -> None:
    """What two processes save at once is all there."""
    lists = [[f"{letter}{number}" for number in range(10)] for letter in "ab"]
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_add, args=(path, names)) for names in lists]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]
    store = store_for(path, kind="file")
    assert all(store.read(name) for names in lists for name in names)


def test_a_link_in_the_place_of_the_lock_is_not_followed(path: Path, store: TokenStore) -> None:
    """Whoever may write in the folder must not have root give them a file of root's."""
    target = path.with_name("target")
    path.with_name(f"{path.name}.lock").symlink_to(target)
    with pytest.raises(TemporaryFailure, match="cannot be written"), store.alone("support"):
        pass
    assert not target.exists()
