"""Are all the passwords to be had? Asked once at the start, where a person may still be looking on.

No server is asked whether they are right: `jobs.checking` and every sign-in do that.
"""

from collections.abc import Mapping
from dataclasses import replace

from mailresponder.config import PASSWORD_KEYS, Config, ImapSettings, SmtpSettings
from mailresponder.errors import ConfigError, ConfigProblem, TemporaryFailure
from mailresponder.transport.secrets import password


def require(config: Config, *, environ: Mapping[str, str], commands: bool = True) -> None:
    """Look every password up once, before anything is begun.

    Raises ConfigError with all that cannot be had, each with its key path. A command that fails
    may work later: it is left to whoever signs in. With `commands` False none is run.
    """
    problems: dict[tuple[str | None, ...], list[ConfigProblem]] = {}
    for number, mailbox in enumerate(config.mailboxes):
        for section in ("imap", "smtp"):
            settings: ImapSettings | SmtpSettings = getattr(mailbox, section)
            # The SMTP section has its password from the IMAP one where it names none.
            source = tuple(getattr(settings, key) for key in PASSWORD_KEYS)
            unasked = settings.password_command is not None and not commands
            if source in problems or not settings.username or unasked:
                continue
            problems[source] = []
            try:
                password(settings, environ=environ)
            except ConfigError as error:
                path = f"mailbox[{number}].{section}"
                problems[source] += [replace(p, path=f"{path}.{p.path}") for p in error.problems]
            except TemporaryFailure:
                continue
    found = [problem for some in problems.values() for problem in some]
    if found:
        raise ConfigError(found, source=str(config.path))
