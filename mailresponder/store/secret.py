"""The key our Message-IDs are sealed with: a file only we may read, the same for every instance
of one desk."""

import fcntl
import os
import secrets
from pathlib import Path

from sqlalchemy import Connection

from mailresponder.errors import ConfigError, ConfigProblem, MailresponderError
from mailresponder.policy.identifiers import Signer
from mailresponder.store.database import desk_value, set_desk_value

_BYTES = 32
_FINGERPRINT = "secret_fingerprint"


def signer(path: Path, *, create: bool) -> Signer:
    """The desk's signer; with `create`, a missing file is made with mode 0600. Without it a
    missing file gives a signer for this process alone, as a dry run needs it."""
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        key = b""
    except OSError as error:
        raise _unusable(path, error) from error
    if not key:
        # An empty file was left by a process that was killed before it had written its key.
        key = _made(path) if create else secrets.token_bytes(_BYTES)
    return Signer(_checked(key, path))


def of_desk(conn: Connection, path: Path, *, create: bool) -> Signer:
    """The signer of the desk whose database this is; as `signer`, but no key is made for a
    database that was begun with one. Raises ConfigError where that is missing, or another."""
    require_there(conn, path)
    found = signer(path, create=create)
    require_same(conn, found)
    return found


def require_there(conn: Connection, path: Path) -> None:
    """Raise ConfigError where the key that this database was begun with is not there."""
    if desk_value(conn, _FINGERPRINT) is not None and not path.exists():
        problem = ConfigProblem(
            path="desk.secret_file",
            message=f"{path} is missing, the key that the desk's database was begun with",
            hint="put the file back, from a backup or another instance; a new key would not do",
        )
        raise ConfigError([problem])


def require_same(conn: Connection, signer: Signer) -> None:
    """Raise ConfigError where this database was begun with another key: the desk would not know
    its own mail again."""
    known = desk_value(conn, _FINGERPRINT)
    if known is None:
        set_desk_value(conn, _FINGERPRINT, signer.fingerprint())
    elif known != signer.fingerprint():
        problem = ConfigProblem(
            path="desk.secret_file",
            message="this is not the key the desk's database was begun with",
            hint="put the original file back: the instances of one desk share it",
        )
        raise ConfigError([problem])


def _made(path: Path) -> bytes:
    """The key in the file, which gets one where it has none; of several instances one writes it."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if known := file.read():
                return known
            key = secrets.token_bytes(_BYTES)
            file.write(key)
            file.flush()
            os.fsync(descriptor)
    except OSError as error:
        raise _unusable(path, error) from error
    return key


def _checked(key: bytes, path: Path) -> bytes:
    if len(key) < _BYTES:
        problem = ConfigProblem(
            path="desk.secret_file",
            message=f"{path} is not a key of {_BYTES} bytes",
            hint="put the original file back; for a new desk, delete it and it is made anew",
        )
        raise ConfigError([problem])
    return key


def _unusable(path: Path, error: OSError) -> MailresponderError:
    problem = ConfigProblem(
        path="desk.secret_file",
        message=f"{path}: {error.strerror}",
        hint="the file must be readable, and its folder writable at the first run",
    )
    return ConfigError([problem])
