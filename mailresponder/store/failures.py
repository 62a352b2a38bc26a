"""What the database's errors mean to a person, and whether they pass.

Only what a user or the machine can cause is translated; anything else is a mistake of ours and
keeps its traceback. No sentence here holds a statement, a parameter or a password.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from mailresponder.errors import (
    MailresponderError,
    PermanentFailure,
    SignInRefused,
    TemporaryFailure,
)

_FREE_SPACE = "free some space; nothing is lost, the next run carries on"
_MAY_WRITE = "the file and its folder must be writable for the user mailresponder runs as"

# What SQLite says, and what that means; the first that fits counts.
_SQLITE: tuple[tuple[str, type[MailresponderError], str, str], ...] = (
    (
        "locked",
        TemporaryFailure,
        "is locked by another program",
        "find the program that keeps it open for writing, or wait until it is done",
    ),
    ("readonly", TemporaryFailure, "is read-only", _MAY_WRITE),
    ("is full", TemporaryFailure, "cannot grow: the disk is full", _FREE_SPACE),
    (
        "unable to open",
        TemporaryFailure,
        "cannot be opened",
        f"does its folder exist? {_MAY_WRITE}",
    ),
    (
        "disk i/o",
        TemporaryFailure,
        "cannot be read or written: the disk reports an error",
        "is the disk full? if not, check it and its file system",
    ),
    (
        "not a database",
        PermanentFailure,
        "is no SQLite database",
        "check `database` in the configuration",
    ),
    (
        "malformed",
        PermanentFailure,
        "is damaged",
        "restore it from a backup, or save what can be saved with `sqlite3 FILE .recover`",
    ),
)

# The beginning of an SQLSTATE (PostgreSQL, appendix A), and what it means.
_POSTGRESQL: tuple[tuple[str, type[MailresponderError], str, str], ...] = (
    ("08", TemporaryFailure, "broke the connection", "nothing is lost, the next run carries on"),
    ("25006", TemporaryFailure, "is read-only", "is this a standby? name the primary server"),
    ("25P03", TemporaryFailure, "took this process for frozen", "the next run carries on"),
    ("28", SignInRefused, "refuses this user or password", "check `database`"),
    ("3D000", PermanentFailure, "has no such database", "create it with `createdb`"),
    ("40", TemporaryFailure, "was busy with a conflicting change", "the next run carries on"),
    ("42501", PermanentFailure, "does not let this user do that", "make it the database's owner"),
    ("53100", TemporaryFailure, "has no disk space left", _FREE_SPACE),
    ("53300", TemporaryFailure, "takes no more connections", "raise max_connections"),
    ("53", TemporaryFailure, "is out of resources", "look into its log"),
    ("55P03", TemporaryFailure, "is locked by another program", "wait until it is done"),
    ("57P", TemporaryFailure, "is shutting down or starting", "the next run carries on"),
)

# Before a connection stands there is no SQLSTATE to be had, only words.
_CONNECTING: tuple[tuple[str, str], ...] = (
    ("authentication failed", "28"),
    ("no password supplied", "28"),
    ("pg_hba.conf", "28"),
    ("does not exist", "3D000"),
    ("too many clients", "53300"),
    ("starting up", "57P"),
    ("shutting down", "57P"),
)


@contextmanager
def translated(url: URL) -> Iterator[None]:
    """Raise what a user can cause as a MailresponderError that names the database."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        known = translate(error, url)
        if known is None:
            raise
        raise known from error


def translate(error: SQLAlchemyError | sqlite3.Error, url: URL) -> MailresponderError | None:
    """The error in words, or None where it is nothing a user can cause."""
    if isinstance(error, PoolTimeout):
        return TemporaryFailure(f"{_name(url)} is busy: no connection came free in time")
    original = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(original, sqlite3.Error):
        words = str(original).lower()
        found = next((row for row in _SQLITE if row[0] in words), None)
    else:
        found = _postgresql(error, original)
    if found is None:
        return None
    _, kind, what, mend = found
    return kind(f"{_name(url)} {what}", mend=mend)


def is_of_store(error: BaseException) -> bool:
    """Is it the database that failed, and not a mail server?"""
    return isinstance(error, MailresponderError) and isinstance(
        error.__cause__, SQLAlchemyError | sqlite3.Error
    )


def _postgresql(
    error: Exception, original: BaseException | None
) -> tuple[str, type[MailresponderError], str, str] | None:
    state = getattr(original, "sqlstate", None)
    if state is None and type(original).__name__ == "OperationalError":
        words = str(original).lower()
        state = next((code for fragment, code in _CONNECTING if fragment in words), None)
        if state is None:
            return (
                "",
                TemporaryFailure,
                "cannot be reached",
                "is the server running, and are host and port right?",
            )
    if state is None and isinstance(error, DBAPIError) and error.connection_invalidated:
        state = "08"
    return next((row for row in _POSTGRESQL if (state or "?").startswith(row[0])), None)


def _name(url: URL) -> str:
    if url.get_backend_name() == "sqlite":
        return f"the database {url.database}"
    return f"the database server {url.host or 'on this machine'}"
