import sqlite3

import psycopg
import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from mailresponder.errors import (
    MailresponderError,
    PermanentFailure,
    SignInRefused,
    TemporaryFailure,
)
from mailresponder.store.failures import translate

FILE = make_url("sqlite:////var/lib/desk.db")
SERVER = make_url("postgresql+psycopg://desk:secret@db.example.com/desk")


@pytest.mark.parametrize(
    ("words", "kind", "meaning"),
    [
        ("database is locked", TemporaryFailure, "is locked by another program"),
        ("database table is locked: desk", TemporaryFailure, "is locked by another program"),
        ("attempt to write a readonly database", TemporaryFailure, "is read-only"),
        ("database or disk is full", TemporaryFailure, "the disk is full"),
        ("unable to open database file", TemporaryFailure, "cannot be opened"),
        ("disk I/O error", TemporaryFailure, "the disk reports an error"),
        ("file is not a database", PermanentFailure, "is no SQLite database"),
        ("database disk image is malformed", PermanentFailure, "is damaged"),
    ],
)
def test_what_sqlite_says_is_put_in_words(
    words: str, kind: type[MailresponderError], meaning: str
) -> None:
    """Raised by SQLite itself or through SQLAlchemy, the sentence names the file and the mend."""
    original = sqlite3.OperationalError(words)
    for error in (original, OperationalError("SELECT 1", {}, original)):
        known = translate(error, FILE)
        assert type(known) is kind
        assert known.message.startswith("the database /var/lib/desk.db ")
        assert meaning in known.message
        assert known.mend


@pytest.mark.parametrize(
    ("sqlstate", "kind"),
    [
        ("08006", TemporaryFailure),
        ("25006", TemporaryFailure),
        ("28P01", SignInRefused),
        ("3D000", PermanentFailure),
        ("40001", TemporaryFailure),
        ("40P01", TemporaryFailure),
        ("42501", PermanentFailure),
        ("53100", TemporaryFailure),
        ("53200", TemporaryFailure),
        ("53300", TemporaryFailure),
        ("55P03", TemporaryFailure),
        ("57P01", TemporaryFailure),
    ],
)
def test_what_postgresql_says_is_put_in_words(
    sqlstate: str, kind: type[MailresponderError]
) -> None:
    """Each SQLSTATE a user or the machine can cause becomes a sentence without the password."""
    error = OperationalError("SELECT 1", {}, psycopg.errors.lookup(sqlstate)("customer's words"))
    known = translate(error, SERVER)
    assert type(known) is kind
    assert known.message.startswith("the database server db.example.com ")
    assert known.mend
    assert "secret" not in str(known)
    assert "customer's words" not in str(known)


@pytest.mark.parametrize(
    "error",
    [
        sqlite3.OperationalError("no such table: desk"),
        sqlite3.IntegrityError("UNIQUE constraint failed: desk.key"),
        OperationalError("SELECT 1", {}, psycopg.errors.lookup("42P01")("no such table")),
        ArgumentError("what is this"),
    ],
)
def test_what_only_we_can_cause_is_not_translated(error: sqlite3.Error) -> None:
    """A mistake of ours keeps its own error."""
    assert translate(error, SERVER) is None


def test_a_busy_pool_is_a_temporary_failure() -> None:
    """Too many threads for the connections there are: it passes."""
    assert type(translate(PoolTimeout(), SERVER)) is TemporaryFailure
