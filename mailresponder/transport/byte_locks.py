"""Locks that threads and processes of this machine keep one another out with."""

import errno
import fcntl
import os
import struct
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mailresponder.errors import TemporaryFailure

WAIT = 45.0
"""Seconds to wait for whoever holds a lock: longer than an authorization server may take."""

_STEP = 0.05


class ByteLocks:
    """Locks on bytes of one file, held by an open file (fcntl(2), F_OFD_SETLK): the kernel lets go
    of them when a process ends, however it ends. Threads keep one another out too."""

    def __init__(self, path: Path, wait: float = WAIT) -> None:
        self._path = path
        self._wait = wait

    @contextmanager
    def byte(self, number: int, what: str) -> Iterator[None]:
        """Hold that byte. Raises TemporaryFailure where it is not to be had in time."""
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise unwritable(self._path, error) from error
        try:
            flock = struct.pack("@hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, number, 1, 0)
            ends = time.monotonic() + self._wait
            while not _taken(descriptor, flock):
                if time.monotonic() >= ends:
                    raise TemporaryFailure(
                        f"another process has {what} in hand for too long",
                        mend="is a mailresponder process stopped or hanging? end it",
                    )
                time.sleep(_STEP)
            yield
        finally:
            os.close(descriptor)


def _taken(descriptor: int, flock: bytes) -> bool:
    try:
        fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, flock)
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.EACCES):
            return False
        raise
    return True


def number_of(name: str) -> int:
    """The byte that stands for a name, never byte 0. That two share one does no harm."""
    return 1 + zlib.crc32(name.encode("utf-8"))


def unwritable(path: Path, error: OSError) -> TemporaryFailure:
    """A file of ours cannot be made, changed or replaced now."""
    return TemporaryFailure(
        f"{path} cannot be written: {error.strerror}",
        mend="its folder must be writable for the user mailresponder runs as, and have room",
    )
