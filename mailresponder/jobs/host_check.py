"""Is the machine fit for the desk? The database's soundness, room on the disk, and who else can
read or change the files that hold secrets."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mailresponder.config import Config
from mailresponder.errors import PermanentFailure, TemporaryFailure
from mailresponder.jobs.results import Concern, Found
from mailresponder.printable import how_much
from mailresponder.store import integrity
from mailresponder.store.database import Store

ROOM_GONE = 100_000_000
"""Free bytes below which the check fails: a day's mail, the journal and a log may need them."""
ROOM_CONCERN = 1_000_000_000
"""Free bytes, or as many as the database has: to compact it, or to keep a copy, takes so much."""
_INODES = 1_000
"""Files that can still be made."""


def database(store: Store) -> Found:
    """Whether the database is sound. Raises PermanentFailure where it is damaged."""
    found = integrity.look(store)
    said = f"{found.version}, {how_much(found.size)}"
    if found.fault:
        raise PermanentFailure(
            f"{said}, damaged: {found.fault}",
            mend="stop the service and restore the newest backup; `sqlite3 FILE .recover` saves "
            "what can be saved, and check the disk",
        )
    if store.dialect != "sqlite":
        return said, ""
    if not found.complete:
        return (
            f"{said}, no fault found in {integrity.PATIENCE:g} s, and not read to its end",
            "now and again, and on a copy: sqlite3 FILE 'PRAGMA integrity_check'",
        )
    return f"{said}, read through without a fault", ""


def disk(config: Config) -> Found | Concern:
    """Room where the desk writes. Raises TemporaryFailure where there is next to none."""
    database = config.database_path()
    folders = {config.path.parent: "the configuration"}
    if database is not None:
        folders = {database.parent: "the database", **folders}
    told: list[str] = []
    scarce: list[str] = []
    gone: list[str] = []
    devices: set[int] = set()
    for folder, what in folders.items():
        try:
            device, found = folder.stat().st_dev, os.statvfs(folder)
        except OSError:
            continue  # That the database's folder is missing is told where it is opened.
        if device in devices:
            continue
        devices.add(device)
        free = found.f_bavail * found.f_frsize
        said = f"{how_much(free)} free for {what} ({folder})"
        need = ROOM_CONCERN
        if database is not None and folder == database.parent and database.exists():
            need = max(need, database.stat().st_size)
        if found.f_flag & os.ST_RDONLY:
            gone.append(f"{folder} is on a file system that can only be read")
        elif free < ROOM_GONE:
            gone.append(said)
        elif found.f_files and found.f_favail < _INODES:
            gone.append(f"{folder}: no more than {found.f_favail} files can be made there")
        elif free < need:
            scarce.append(said)
        told.append(said)
    mend = "free some space, or move the database to a larger disk"
    if gone:
        raise TemporaryFailure("; ".join(gone), mend=f"{mend}: on a full one no mail is taken")
    return Concern(detail="; ".join(told), mend=mend) if scarce else ("; ".join(told), "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Guarded:
    """A file that not everybody should see."""

    path: Path
    what: str
    secret: bool
    """False: to be read is no harm, to be changed is."""


def guarded(config: Config) -> Iterator[Guarded]:
    """The files of a desk, each once, whether they are there or not. That the configuration, or a
    file it takes a password from, can be read by others is among its own warnings."""
    yield Guarded(path=config.path, what="the configuration", secret=False)
    yield Guarded(path=config.secret_path, what="the desk's key", secret=True)
    yield Guarded(path=config.tokens_path, what="the tokens", secret=True)
    if (database := config.database_path()) is not None:
        for ending in ("", "-wal", "-shm"):
            path = database.with_name(database.name + ending)
            yield Guarded(path=path, what="customers' mail", secret=True)
    yield Guarded(path=config.templates_folder, what="the templates", secret=False)
    yield Guarded(path=config.themes_path, what="the themes", secret=False)
    for path in dict.fromkeys(_secret_files(config)):
        yield Guarded(path=path, what="a password or key", secret=False)


def permissions(config: Config) -> Found | Concern:
    """Who else can read or change the desk's files. Raises PermanentFailure where everybody on the
    machine can change one: what it says is then anybody's word."""
    open_to: list[Guarded] = []
    readable: list[Guarded] = []
    strange: list[Path] = []
    number = 0
    for one in guarded(config):
        try:
            found = one.path.stat()
        except OSError:
            continue  # That it is missing is for whoever needs it to say.
        number += 1
        if found.st_mode & stat.S_IWOTH:
            open_to.append(one)
        elif one.secret and found.st_mode & stat.S_IROTH:
            readable.append(one)
        if os.geteuid() == 0 and found.st_uid != 0:
            strange.append(one.path)
    folder = config.path.parent
    if (mode := folder.stat().st_mode) & stat.S_IWOTH and not mode & stat.S_ISVTX:
        raise PermanentFailure(
            f"everybody on this machine can put other files in place of those in {folder}",
            mend=f"chmod o-w {folder}",
        )
    if open_to:
        raise PermanentFailure(
            f"everybody on this machine can change {_named(open_to)}",
            mend=_chmod("o-w", open_to),
        )
    if readable:
        return Concern(
            detail=f"everybody on this machine can read {_named(readable)}",
            mend=_chmod("o-rwx", readable),
        )
    said = f"{number} files and folders, none with secrets or mail open to others"
    if strange:
        return (
            f"{said}; this is root's look at files of another user",
            "run mailresponder as the user the service runs as: what root makes is closed to it",
        )
    return said, ""


def _named(files: list[Guarded]) -> str:
    return ", ".join(f"{one.path} ({one.what})" for one in files)


def _chmod(mode: str, files: list[Guarded]) -> str:
    return f"chmod {mode} {' '.join(str(one.path) for one in files)}"


def _secret_files(config: Config) -> Iterator[Path]:
    for mailbox in config.mailboxes:
        named: list[str | None] = [mailbox.imap.password_file, mailbox.smtp.password_file]
        if mailbox.oauth2 is not None:
            named += [mailbox.oauth2.client_secret_file, mailbox.oauth2.service_account_file]
        yield from (Path(name) for name in named if name)
