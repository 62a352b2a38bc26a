"""Where a secret comes from: the configuration, the environment, a file or a command.

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


class ClientSecretSource(Protocol):
    """Likewise, of what the authorization server knows the desk by."""

    @property
    def client_secret(self) -> str | None: ...
    @property
    def client_secret_env(self) -> str | None: ...
    @property
    def client_secret_file(self) -> str | None: ...
    @property
    def client_secret_command(self) -> str | None: ...


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
    return _secret("password", settings, environ, command_timeout)


def client_secret(
    settings: ClientSecretSource,
    *,
    environ: Mapping[str, str],
    command_timeout: float = COMMAND_TIMEOUT,
) -> str:
    """As `password`, from the keys of `[mailbox.oauth2]`."""
    return _secret("client_secret", settings, environ, command_timeout)


def _secret(kind: str, settings: object, environ: Mapping[str, str], timeout: float) -> str:
    """What the keys that begin with `kind` name."""

    def given(key: str) -> str | None:
        found: str | None = getattr(settings, key)
        return found

    if (written := given(kind)) is not None:
        return _checked(kind, kind, written)
    if (name := given(f"{kind}_env")) is not None:
        return _checked(kind, f"{kind}_env", _from_environment(f"{kind}_env", name, environ))
    if (path := given(f"{kind}_file")) is not None:
        return _checked(kind, f"{kind}_file", _from_file(f"{kind}_file", Path(path)))
    if (command := given(f"{kind}_command")) is not None:
        printed = _from_command(f"{kind}_command", command, environ, timeout)
        return _checked(kind, f"{kind}_command", printed)
    raise _problem(kind, f"no {_NAMES[kind]} is configured")


_NAMES = {"password": "password", "client_secret": "client secret"}


def _from_environment(key: str, name: str, environ: Mapping[str, str]) -> str:
    if name not in environ:
        hint = f"set {name} where mailresponder is started, as by: export {name}=..."
        raise _problem(key, f"the environment variable {name} is not set", hint)
    return environ[name]


def _from_file(key: str, path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        reason = error.strerror or "cannot be read"
        raise _problem(key, f"{path}: {reason}") from error
    except UnicodeDecodeError:
        raise _problem(key, f"{path} does not hold UTF-8 text") from None


def _from_command(key: str, command: str, environ: Mapping[str, str], timeout: float) -> str:
    try:
        words = shlex.split(command)
    except ValueError:
        raise _problem(key, "a quotation mark is not closed") from None
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
            f"{_the_command(key)} took longer than {timeout:g} seconds",
            mend=f"run {key} by hand: it must not ask for anything",
        ) from None
    except (OSError, IndexError) as error:
        reason = getattr(error, "strerror", None) or "it is empty"
        raise _problem(key, f"cannot be started: {reason}") from None
    if done.returncode:
        raise TemporaryFailure(
            f"{_the_command(key)} failed with exit status {done.returncode}",
            mend=f"run {key} by hand to see why",
        )
    try:
        return done.stdout.decode("utf-8")
    except UnicodeDecodeError:
        raise _problem(key, "does not print UTF-8 text") from None


def _the_command(key: str) -> str:
    return f"the {_NAMES[key.removesuffix('_command')]} command"


def _checked(kind: str, source: str, secret: str) -> str:
    """The secret without one line end. More than a line would end the command it is sent in."""
    secret = secret.removesuffix("\n").removesuffix("\r")
    if not secret:
        raise _problem(source, f"the {_NAMES[kind]} is empty")
    if any(character in secret for character in "\r\n\0"):
        raise _problem(source, f"the {_NAMES[kind]} is more than one line")
    return secret


def _problem(key: str, message: str, hint: str = "") -> ConfigError:
    return ConfigError([ConfigProblem(path=key, message=message, hint=hint)])
