"""The errors that cross floors.

Callers ask "is it temporary?", never "which library raised it?": every edge translates what its
library raises into one of these. An error's text is shown to a person and written to the log, so
it holds no secret and nothing a customer wrote.
"""

import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from pathlib import Path

_PACKAGE = Path(__file__).parent


class ExitStatus(IntEnum):
    """What the command tells its caller (sysexits.h where a meaning fits)."""

    OK = 0
    NOT_WELL = 1
    """A check failed, or what was asked about is not there."""
    USAGE = 2
    TEMPORARY = 75
    SIGN_IN_REFUSED = 77
    CONFIGURATION = 78


class MailresponderError(Exception):
    """Something a user can understand and mend."""

    exit_status = ExitStatus.NOT_WELL

    def __init__(self, message: str, *, mend: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend
        """What to do about it; empty where the message says it all."""

    def __str__(self) -> str:
        return f"{self.message} ({self.mend})" if self.mend else self.message


class TemporaryFailure(MailresponderError):  # noqa: N818 - the field's standard term
    """It may work later, unchanged: a lost connection, a 4xx reply, a locked database."""

    exit_status = ExitStatus.TEMPORARY

    def __init__(
        self, message: str, *, mend: str = "", retry_after: timedelta | None = None
    ) -> None:
        super().__init__(message, mend=mend)
        self.retry_after = retry_after
        """Not before so much time has passed, as the server asks; None where it does not say."""


class ServerUnavailable(TemporaryFailure):
    """A server cannot be reached or spoken to at all: nothing that was to be done was tried."""


class MailboxFull(TemporaryFailure):
    """The server keeps nothing more of ours until somebody makes room."""


class Throttled(ServerUnavailable):
    """The server has had enough of our account for now: whatever we ask of it next fares the same,
    whichever mail it is about."""


class TooManyConnections(Throttled):
    """So many connections of ours are open that the server takes no more: fewer will do."""


class MailboxInHand(TemporaryFailure):
    """Another process is working on the mailbox: nothing is amiss and nothing is to be done."""


class PermanentFailure(MailresponderError):  # noqa: N818 - the field's standard term
    """Trying again unchanged will fail again: a 5xx reply, a folder that is not there."""


class NewerDatabase(PermanentFailure):
    """A newer program has worked on the database: this one would not understand it."""

    exit_status = ExitStatus.CONFIGURATION


class SignInRefused(PermanentFailure):
    """The server does not accept the user name, the password or the token."""

    exit_status = ExitStatus.SIGN_IN_REFUSED


class ProgramFault(MailresponderError):  # noqa: N818 - as the others
    """Something went wrong that nobody foresaw: a mistake in mailresponder. It is told by its kind
    and its place in the program; its own words may hold a customer's."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ConfigProblem:
    """One mistake in the configuration."""

    path: str
    """Where it is, as `mailbox[0].imap.port`."""
    message: str
    hint: str = ""


class ConfigError(MailresponderError):
    """Every mistake found in the configuration, reported at once."""

    exit_status = ExitStatus.CONFIGURATION

    def __init__(self, problems: Sequence[ConfigProblem], *, source: str = "") -> None:
        self.problems = tuple(problems)
        self.source = source
        lines = [
            f"{p.path}: {p.message}" + (f" ({p.hint})" if p.hint else "") for p in self.problems
        ]
        super().__init__("\n".join([f"{source}:", *lines] if source else lines))


def place_of(error: BaseException) -> str:
    """Where in our own code it happened, as `web/site.py:40`."""
    ours = [
        f"{Path(frame.filename).relative_to(_PACKAGE)}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(_PACKAGE)
    ]
    return ours[-1] if ours else ""
