"""Where a password comes from: the configuration, the environment, a file or a command.

It is looked up when it is needed and kept nowhere. Errors name the place, never the secret or
anything a command printed.
"""

import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from mailresponder.errors import ConfigError, ConfigProblem, TemporaryFailure

COMMAND_TIMEOUT = 30.0
"""Seconds a password command may take."""


class PasswordSource(Protocol):
    """The keys of the configuration that say where a password is; one of them is set."""

    @property
    def password(self) -> str | None: ...
    @property
    def password_env(self) -> str | None: ...
    @property
    def password_file(self) -> str | None: ...
    @property
    def password_command(self) -> str | None: ...


def password(
    settings: PasswordSource,
    *,
    environ: Mapping[str, str],
    command_timeout: float = COMMAND_TIMEOUT,
) -> str:
    """The password that the settings name; one line end after it is dropped.

    Raises ConfigError where there is none or it cannot be one, and TemporaryFailure where the
    command fails or takes longer than `command_timeout` seconds: a key store may be locked now
    and open later.
    """
    if settings.password is not None:
        return _checked("password", settings.password)
    if settings.password_env is not None:
        return _checked("password_env", _from_environment(settings.password_env, environ))
    if settings.password_file is not None:
        return _checked("password_file", _from_file(Path(settings.password_file)))
    if settings.password_command is not None:
        printed = _from_command(settings.password_command, environ, command_timeout)
        return _checked("password_command", printed)
    raise _problem("password", "no password is configured")


def _from_environment(name: str, environ: Mapping[str, str]) -> str:
    if name not in environ:
        hint = f"set {name} where mailresponder is started, as by: export {name}=..."
        raise _problem("password_env", f"the environment variable {name} is not set", hint)
    return environ[name]


def _from_file(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        reason = error.strerror or "cannot be read"
        raise _problem("password_file", f"{path}: {reason}") from error
    except UnicodeDecodeError:
        raise _problem("password_file", f"{path} does not hold UTF-8 text") from None


def _from_command(command: str, environ: Mapping[str, str], timeout: float) -> str:
    try:
        words = shlex.split(command)
    except ValueError:
        raise _problem("password_command", "a quotation mark is not closed") from None
    # Its arguments and what it prints may be secret: neither enters a message, nor the chain of
    # causes that a traceback would show.
    try:
        done = subprocess.run(
            words,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TemporaryFailure(
            f"the password command took longer than {timeout:g} seconds",
            mend="run password_command by hand: it must not ask for anything",
        ) from None
    except (OSError, IndexError) as error:
        reason = getattr(error, "strerror", None) or "it is empty"
        raise _problem("password_command", f"cannot be started: {reason}") from None
    if done.returncode:
        raise TemporaryFailure(
            f"the password command failed with exit status {done.returncode}",
            mend="run password_command by hand to see why",
        )
    try:
        return done.stdout.decode("utf-8")
    except UnicodeDecodeError:
        raise _problem("password_command", "does not print UTF-8 text") from None


def _checked(source: str, secret: str) -> str:
    """The secret without one line end. More than a line would end the command it is sent in."""
    secret = secret.removesuffix("\n").removesuffix("\r")
    if not secret:
        raise _problem(source, "the password is empty")
    if any(character in secret for character in "\r\n\0"):
        raise _problem(source, "the password is more than one line")
    return secret


def _problem(key: str, message: str, hint: str = "") -> ConfigError:
    return ConfigError([ConfigProblem(path=key, message=message, hint=hint)])
