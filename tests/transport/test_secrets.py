"""Passwords from every source, and failures that do not give them away."""

import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from mailresponder.errors import ConfigError, MailresponderError, TemporaryFailure
from mailresponder.transport.secrets import password

SECRET = "correct horse ñ"


@dataclass(frozen=True, kw_only=True)
class Source:
    password: str | None = None
    password_env: str | None = None
    password_file: str | None = None
    password_command: str | None = None


def python(code: str) -> Source:
    return Source(password_command=shlex.join([sys.executable, "-c", code]))


def test_a_password_in_the_configuration() -> None:
    """It is used as it stands."""
    assert password(Source(password=SECRET), environ={}) == SECRET


def test_a_password_in_the_environment() -> None:
    """The variable of that name holds it."""
    assert password(Source(password_env="PW"), environ={"PW": SECRET}) == SECRET


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_password_in_a_file(tmp_path: Path, end: str) -> None:
    """The line end an editor leaves is no part of it."""
    file = tmp_path / "password"
    file.write_bytes((SECRET + end).encode())
    assert password(Source(password_file=str(file)), environ={}) == SECRET


def test_only_one_line_end_is_dropped(tmp_path: Path) -> None:
    """Spaces may belong to a password; a second line cannot."""
    file = tmp_path / "password"
    file.write_text(" padded \n")
    assert password(Source(password_file=str(file)), environ={}) == " padded "
    file.write_text("one\n\n")
    with pytest.raises(ConfigError, match="more than one line"):
        password(Source(password_file=str(file)), environ={})


def test_a_password_from_a_command() -> None:
    """What the command prints is the password."""
    assert password(python("print('s3cret')"), environ={}) == "s3cret"


def test_a_command_sees_the_environment() -> None:
    """A key store finds its settings."""
    source = python("import os; print(os.environ['STORE'])")
    assert password(source, environ={"STORE": "s3cret"}) == "s3cret"


def test_no_shell_reads_the_command(tmp_path: Path) -> None:
    """Metacharacters are arguments like any others."""
    target = tmp_path / "made-by-a-shell"
    code = shlex.join([sys.executable, "-c", "import sys; print(sys.argv[1])"])
    source = Source(password_command=f"{code} x;touch {target}")
    assert password(source, environ={}) == "x;touch"
    assert not target.exists()


@pytest.mark.parametrize(
    "code",
    [
        "print('s3cret'); raise SystemExit(3)",
        "import sys; print('s3cret', file=sys.stderr); raise SystemExit(3)",
    ],
)
def test_a_failing_command_may_work_later(code: str) -> None:
    """A locked key store is temporary, and its output is in no message."""
    with pytest.raises(TemporaryFailure, match="exit status 3") as caught:
        password(python(code), environ={})
    assert "s3cret" not in repr(caught.value) + str(caught.value)


def test_a_command_that_waits_is_ended() -> None:
    """A command that asks a question nobody answers does not hold everything up."""
    source = python("import time; print('s3cret', flush=True); time.sleep(60)")
    with pytest.raises(TemporaryFailure, match="longer than") as caught:
        password(source, environ={}, command_timeout=0.5)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("source", "environ", "says"),
    [
        (Source(), {}, "no password"),
        (Source(password_env="PW"), {}, "PW is not set"),
        (Source(password_env="PW"), {"PW": ""}, "empty"),
        (Source(password_env="PW"), {"PW": "s3cret\nA1 DELETE INBOX"}, "more than one line"),
        (Source(password="s3\0cret"), {}, "more than one line"),
        (Source(password_file="/nonexistent/s"), {}, "No such file"),
        (Source(password_file="/"), {}, "directory"),
        (Source(password_command="/nonexistent/command s3cret"), {}, "No such file"),
        (Source(password_command="pass 's3cret"), {}, "quotation mark"),
        (Source(password_command=" "), {}, "empty"),
        (python("print('s3cret', end='\\n\\n')"), {}, "more than one line"),
        (python("import sys; sys.stdout.buffer.write(b's3cret\\xff')"), {}, "UTF-8"),
        (python("pass"), {}, "empty"),
    ],
)
def test_what_cannot_be_a_password(source: Source, environ: dict[str, str], says: str) -> None:
    """Each mistake is a configuration error that says what is wrong, without the secret."""
    with pytest.raises(ConfigError, match=says) as caught:
        password(source, environ=environ)
    assert "s3cret" not in repr(caught.value) + str(caught.value)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    """A binary key file is refused by name."""
    file = tmp_path / "key"
    file.write_bytes(b"s3cret\xff\xfe")
    with pytest.raises(MailresponderError, match="UTF-8") as caught:
        password(Source(password_file=str(file)), environ={})
    assert "s3cret" not in str(caught.value)
