"""Where grants are kept: a file only we may read, or, where that is asked for, the system's key
store. It asks no server.

A refresh token that was rotated is worth all the mail of a mailbox until it is written down: the
file is replaced as a whole, and of several processes one at a time has a mailbox's grant in hand.
"""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

from mailresponder.transport.byte_locks import (
    WAIT,
    ByteLocks,
    give_to_service,
    number_of,
    unwritable,
)
from mailresponder.transport.kept_grants import Kept, damaged, dumped, loaded, unreadable

_LONGEST = 64 * 1024 * 1024
"""Bytes of a file that can be one of ours."""


class TokenStore(Protocol):
    """Keeps what is held by the mailbox's name. Threads and processes may share what it names."""

    def read(self, mailbox: str) -> Kept | None:
        """What is kept, None where nothing is. Raises ConfigError where it cannot be read, and
        TemporaryFailure where a key store is locked."""

    def save(self, mailbox: str, kept: Kept) -> None:
        """Keep it in place of what was kept, wholly or not at all. Raises TemporaryFailure."""

    def forget(self, mailbox: str) -> bool:
        """Keep nothing any more: was there something? Raises as `save`."""

    def alone(self, mailbox: str) -> AbstractContextManager[None]:
        """While it lasts nobody else, of whichever process, is in `alone` for this mailbox. Raises
        TemporaryFailure where somebody is for too long."""


def store_for(path: Path, *, kind: str, wait: float = WAIT) -> TokenStore:
    """The store the configuration names: `file` or `keyring`. `path` is the token file, beside
    which the lock lies in either case; whoever has a grant in hand is waited for so many seconds.

    Raises ConfigError where the system has no key store fit for it.
    """
    locks = ByteLocks(path.with_name(f"{path.name}.lock"), wait)
    if kind == "keyring":
        from mailresponder.transport.token_keyring import KeyringStore, system_keyring

        return KeyringStore(str(path), locks, system_keyring())
    return FileStore(path, locks)


class FileStore:
    """A JSON file of mode 0600 with all mailboxes' grants."""

    def __init__(self, path: Path, locks: ByteLocks) -> None:
        self._path = path
        self._locks = locks
        self._read: tuple[tuple[int, int, int], dict[str, Any]] | None = None
        """What was last read, and of which file."""

    def read(self, mailbox: str) -> Kept | None:
        kept = self._all().get(mailbox)
        return None if kept is None else loaded(kept, self._path)

    def save(self, mailbox: str, kept: Kept) -> None:
        with self._locks.byte(0, str(self._path)):
            self._replace(self._all() | {mailbox: dumped(kept)})

    def forget(self, mailbox: str) -> bool:
        with self._locks.byte(0, str(self._path)):
            left = self._all()
            found = left.pop(mailbox, None) is not None
            if found:
                self._replace(left)
        return found

    @contextmanager
    def alone(self, mailbox: str) -> Iterator[None]:
        with self._locks.byte(number_of(mailbox), f"the sign-in of mailbox {mailbox}"):
            yield

    def _all(self) -> dict[str, Any]:
        try:
            with self._path.open("rb") as file:
                of_file = os.fstat(file.fileno())
                # It is replaced whenever it changes, so it is another file then.
                known = (of_file.st_ino, of_file.st_mtime_ns, of_file.st_size)
                read = self._read
                if read is None or read[0] != known:
                    self._read = read = known, _parsed(file.read(_LONGEST), self._path)
                return dict(read[1])
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise unreadable(self._path, error.strerror or "cannot be read") from error

    def _replace(self, mailboxes: dict[str, Any]) -> None:
        content = json.dumps({"version": 1, "mailboxes": mailboxes}, indent=1, sort_keys=True)
        folder = self._path.parent
        temporary: Path | None = None
        try:
            descriptor, name = tempfile.mkstemp(prefix=f".{self._path.name}.", dir=folder)
            temporary = Path(name)
            with os.fdopen(descriptor, "wb") as file:
                give_to_service(descriptor, self._path)
                file.write(content.encode("utf-8"))
                file.flush()
                os.fsync(descriptor)
            temporary.replace(self._path)
            temporary = None
            _sync(folder)
        except OSError as error:
            raise unwritable(self._path, error) from error
        finally:
            if temporary is not None:
                temporary.unlink(missing_ok=True)


def _parsed(content: bytes, path: Path) -> dict[str, Any]:
    try:
        found = json.loads(content)["mailboxes"]
    except (ValueError, KeyError, TypeError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise damaged(path)
    return found


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
