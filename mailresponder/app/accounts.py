"""A mailbox's accounts at its two servers: connections to them, with the password as it is now."""

import os
from dataclasses import replace

from mailresponder.config import ImapSettings, SmtpSettings
from mailresponder.errors import ConfigError
from mailresponder.jobs.work import Work
from mailresponder.transport.imap import ImapMailbox
from mailresponder.transport.secrets import COMMAND_TIMEOUT, password
from mailresponder.transport.smtp import SmtpSender

CONNECT_TIMEOUT = 20.0
"""Seconds an IMAP server may take to greet us."""


class Accounts:
    """Of one mailbox. Threads may share it."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self.timeout = 60.0
        """Seconds a server may take for an answer."""

    def imap(self) -> ImapMailbox:
        """A new IMAP connection, signed in. Raises what `ImapMailbox.connect` and `password` do."""
        settings = self._work.settings.imap
        return ImapMailbox.connect(
            settings,
            self._password(settings),
            connect_timeout=min(self.timeout, CONNECT_TIMEOUT),
            timeout=self.timeout,
        )

    def senders(self, number: int) -> list[SmtpSender]:
        """So many SMTP connections, not yet open. Raises what `password` does."""
        settings = self._work.settings.smtp
        # One look-up for all of them: a command that hangs is waited for once.
        secret = self._password(settings) if number > 0 and settings.username else None
        return [SmtpSender(settings, secret, timeout=self.timeout) for _ in range(number)]

    def _password(self, settings: ImapSettings | SmtpSettings) -> str:
        """Raises ConfigError that says whose password it is."""
        wait = min(self.timeout, COMMAND_TIMEOUT)
        try:
            return password(settings, environ=os.environ, command_timeout=wait)
        except ConfigError as error:
            section = "imap" if isinstance(settings, ImapSettings) else "smtp"
            raise ConfigError(
                [
                    replace(p, path=f"mailbox {self._work.settings.name}.{section}.{p.path}")
                    for p in error.problems
                ],
                source=str(self._work.config.path),
            ) from error
