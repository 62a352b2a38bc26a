"""Locks that threads and processes of this machine keep one another out with."""

import os
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mailresponder.errors import TemporaryFailure
from mailresponder.file_locks import lock

WAIT = 45.0
"""Seconds to wait for whoever holds a lock: longer than an authorization server may take."""

_STEP = 0.05


class ByteLocks:
    """Locks by number, all on one file (`file_locks`)."""

    def __init__(self, path: Path, wait: float = WAIT) -> None:
        self._path = path
        self._wait = wait

    @contextmanager
    def byte(self, number: int, what: str) -> Iterator[None]:
        """Hold that byte. Raises TemporaryFailure where it is not to be had in time."""
        descriptor = self._opened()
        try:
            ends = time.monotonic() + self._wait
            while not lock(descriptor, number):
                if time.monotonic() >= ends:
                    raise TemporaryFailure(
                        f"another process has {what} in hand for too long",
                        mend="is a mailresponder process stopped or hanging? end it",
                    )
                time.sleep(_STEP)
            yield
        finally:
            os.close(descriptor)

    def _opened(self) -> int:
        # No link is followed: the folder may be the service's, and root must not give it what the
        # link leads to.
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = -1
        try:
            descriptor = os.open(self._path, flags, 0o600)
            if os.fstat(descriptor).st_nlink == 1:
                give_to_service(descriptor, self._path)
        except OSError as error:
            if descriptor >= 0:
                os.close(descriptor)
            raise unwritable(self._path, error) from error
        return descriptor


def give_to_service(descriptor: int, path: Path) -> None:
    """What an admin makes or replaces as root belongs to whom the file belonged before, else to
    whom its folder belongs: their `login` must not shut the service out."""
    if os.geteuid() != 0:
        return
    owner = path.stat() if path.exists() else None
    if owner is None or owner.st_uid == 0:
        owner = path.parent.stat()
    os.fchown(descriptor, owner.st_uid, owner.st_gid)


def number_of(name: str) -> int:
    """The byte that stands for a name, never byte 0. That two share one does no harm."""
    return 1 + zlib.crc32(name.encode("utf-8"))


def unwritable(path: Path, error: OSError) -> TemporaryFailure:
    """A file of ours cannot be made, changed or replaced now."""
    return TemporaryFailure(
        f"{path} cannot be written: {error.strerror}",
        mend="it must belong to the user mailresponder runs as, who must be able to write in its "
        "folder, where there must be room",
    )
