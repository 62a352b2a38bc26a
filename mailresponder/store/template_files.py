"""Template files as files: read in bounds, replaced in one step, locked among processes."""

import fcntl
import hashlib
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mailresponder.errors import MailresponderError
from mailresponder.templating.sandbox import MAX_SOURCE

_MOST_BYTES = 4 * MAX_SOURCE
_LATEST = datetime(9998, 12, 31, tzinfo=UTC).timestamp()
_TURNS = 200
_BETWEEN_TURNS = 0.05
"""Seconds; with `_TURNS`, ten seconds are waited for somebody else's lock."""

Stamp = tuple[int, int, int, int]
"""Modification and change time in nanoseconds, size, inode: a file that was written anew has
another one, but for a second write of the same length within the file system's tick."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Content:
    """What a file held when it was read."""

    stamp: Stamp
    data: bytes
    """Cut where it is longer than any template may be."""

    @property
    def digest(self) -> str:
        """SHA-256, in hexadecimal digits."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def too_long(self) -> bool:
        """Longer than any template may be, whatever it holds."""
        return len(self.data) > _MOST_BYTES

    @property
    def changed_at(self) -> datetime:
        """The modification time, which may be set to what no calendar shows: then the nearest."""
        return datetime.fromtimestamp(min(max(self.stamp[0] / 1e9, 0.0), _LATEST), UTC)

    def shown(self) -> str:
        """The text as an editor shows it, whatever it is saved as; `\\n` line ends."""
        data = self.data[:_MOST_BYTES]
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            # What else editors save as: Windows' "Unicode", and every byte is some Latin letter.
            wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
            text = data.decode("utf-16" if wide else "latin-1", errors="replace")
        return with_plain_line_ends(text.removeprefix("\ufeff"))


def with_plain_line_ends(text: str) -> str:
    """With `\\n` at the end of each line."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def stamp_of(path: Path | str) -> Stamp | None:
    """The stamp of a file; None where there is none. Raises OSError."""
    try:
        status = os.stat(path)  # noqa: PTH116 - asked for each mail, and quicker
    except (FileNotFoundError, NotADirectoryError):
        return None
    return _stamp(status)


def read(path: Path) -> Content:
    """Read a file. Raises OSError, also for what is no file: a pipe would never end."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(0, "it is a folder")
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "it is no file")
        parts: list[bytes] = []
        room = _MOST_BYTES + 1
        while room > 0 and (part := os.read(descriptor, room)):
            parts.append(part)
            room -= len(part)
        return Content(stamp=_stamp(status), data=b"".join(parts))
    finally:
        os.close(descriptor)


def replace_file(path: Path, text: str) -> None:
    """Put a text in the place of a file, wholly or not at all; also after a loss of power.

    The caller holds the folder's lock: two who write at once would share the temporary file.
    Raises OSError.
    """
    make_folder(path.parent)
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(temporary, flags, 0o666), "wb") as file:
            if path.exists():
                # Who may edit the file by hand still may.
                os.fchmod(file.fileno(), stat.S_IMODE(path.stat().st_mode))
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def create_file(path: Path, text: str) -> None:
    """Put a text where no file is, wholly or not at all. Raises FileExistsError and OSError."""
    make_folder(path.parent)
    with path.open("x", encoding="utf-8") as file:
        try:
            file.write(text)
            file.flush()
        except BaseException:
            path.unlink(missing_ok=True)
            raise


def remove_file(path: Path) -> None:
    """Remove a file for good; it may be gone already. Raises OSError."""
    path.unlink(missing_ok=True)
    sync_folder(path.parent)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, for good. Raises OSError."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """What was made, renamed or removed in a folder survives a loss of power from here on."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def is_inside(path: Path, folder: Path) -> bool:
    """Does the file lie in the folder, whatever links lead to it?"""
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):
        return False


def require_inside(path: Path, folder: Path) -> None:
    """Raise MailresponderError where writing to `path` would write, over a link, elsewhere."""
    if path.is_symlink():
        raise MailresponderError(
            f"{path} is a link to another file", mend="change that file, or remove the link"
        )
    if not is_inside(path.parent, folder):
        raise MailresponderError(
            f"{path.parent} is a link that leads out of {folder}",
            mend="change the file where it lies, or remove the link",
        )


@contextmanager
def lock(path: Path, *, patient: bool) -> Iterator[bool]:
    """Hold a lock file alone among threads and processes; yields whether it could be had.

    `patient`: wait ten seconds for it, else not at all. The kernel lets go of it when a process
    ends, however it ends. Raises OSError where the file cannot be made.
    """
    make_folder(path.parent)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        yield _locked(descriptor, turns=_TURNS if patient else 1)
    finally:
        os.close(descriptor)


def _locked(descriptor: int, *, turns: int) -> bool:
    for turn in range(turns):
        if turn:
            time.sleep(_BETWEEN_TURNS)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        return True
    return False


def _stamp(status: os.stat_result) -> Stamp:
    return (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)
