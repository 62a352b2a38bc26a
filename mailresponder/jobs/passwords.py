"""Are all the passwords and client secrets to be had? Asked once at the start, where a person may
still be looking on.

No server is asked whether they are right: `jobs.checking` and every sign-in do that. That nobody
has signed in for a mailbox yet keeps no other from being worked on: its first pass says so.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from mailresponder.config import (
    CLIENT_SECRET_KEYS,
    PASSWORD_KEYS,
    Config,
    ImapSettings,
    SmtpSettings,
)
from mailresponder.errors import ConfigError, ConfigProblem, TemporaryFailure
from mailresponder.transport.secrets import client_secret, password


def require(config: Config, *, environ: Mapping[str, str], commands: bool = True) -> None:
    """Look every password and client secret up once, before anything is begun.

    Raises ConfigError with all that cannot be had, each with its key path. A command that fails
    may work later: it is left to whoever signs in. With `commands` False none is run.
    """
    asked: dict[tuple[object, ...], list[ConfigProblem]] = {}
    for number, mailbox in enumerate(config.mailboxes):
        for section in ("imap", "smtp"):
            settings: ImapSettings | SmtpSettings = getattr(mailbox, section)
            if settings.oauth2 is not None:
                continue
            # The SMTP section has its password from the IMAP one where it names none.
            source = tuple(getattr(settings, key) for key in PASSWORD_KEYS)
            unasked = settings.password_command is not None and not commands
            if source in asked or not settings.username or unasked:
                continue
            look_up = partial(password, settings, environ=environ)
            asked[source] = _missing(look_up, f"mailbox[{number}].{section}")
        client = mailbox.oauth2
        if client is None or not client.has_client_secret:
            continue
        source = tuple(getattr(client, key) for key in CLIENT_SECRET_KEYS)
        if source in asked or (client.client_secret_command is not None and not commands):
            continue
        look_up = partial(client_secret, client, environ=environ)
        asked[source] = _missing(look_up, f"mailbox[{number}].oauth2")
    found = [problem for some in asked.values() for problem in some]
    if found:
        raise ConfigError(found, source=str(config.path))


def _missing(look_up: Callable[[], str], path: str) -> list[ConfigProblem]:
    try:
        look_up()
    except ConfigError as error:
        return [replace(p, path=f"{path}.{p.path}") for p in error.problems]
    except TemporaryFailure:
        return []
    return []
