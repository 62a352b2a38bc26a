"""How a mailbox gets at its accounts: its passwords and tokens, looked up when they are needed, and
new connections."""

import os
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

from mailresponder.config import ImapSettings, SmtpSettings
from mailresponder.errors import ConfigError
from mailresponder.jobs.work import Work
from mailresponder.transport.credentials import Credential
from mailresponder.transport.imap import ImapMailbox
from mailresponder.transport.oauth2_client import provider_of
from mailresponder.transport.secrets import COMMAND_TIMEOUT, password
from mailresponder.transport.smtp import SmtpSender
from mailresponder.transport.token_store import TokenStore
from mailresponder.transport.tokens import MailboxTokens, Use, tokens_of

CONNECT_TIMEOUT = 20.0
"""Seconds an IMAP server may take to greet us."""


class Accounts:
    """Of one mailbox. Threads may share it."""

    def __init__(self, work: Work, token_store: Callable[[], TokenStore], *, dry: bool) -> None:
        """`token_store` is asked only where the mailbox signs in by a token; a `dry`
        process changes none that it can do without changing."""
        self._work = work
        self._token_store = token_store
        self._dry = dry
        self.timeout = 60.0
        """Seconds a server may take for an answer."""

    def take_over(self, before: "Accounts") -> None:
        """Go on with the tokens of an earlier configuration in which the mailbox was the same: a
        refresh token that could not be written down is nowhere else."""
        mine, its = self._work.config, before._work.config
        kept_alike = mine.desk.token_store == its.desk.token_store
        if kept_alike and mine.tokens_path == its.tokens_path:
            self.tokens = before.tokens

    def imap(self) -> ImapMailbox:
        """A new IMAP connection, signed in. Raises what `ImapMailbox.connect` and `password` do."""
        settings = self._work.settings.imap
        return ImapMailbox.connect(
            settings,
            self._credential(settings),
            connect_timeout=min(self.timeout, CONNECT_TIMEOUT),
            timeout=self.timeout,
        )

    def senders(self, number: int) -> list[SmtpSender]:
        """So many SMTP connections, not yet open. Raises what `password` does."""
        settings = self._work.settings.smtp
        # One look-up for all of them: a command that hangs is waited for once.
        secret = self._credential(settings) if number > 0 and settings.username else None
        return [SmtpSender(settings, secret, timeout=self.timeout) for _ in range(number)]

    @cached_property
    def tokens(self) -> MailboxTokens | None:
        """What the mailbox signs in with; None: a password."""
        mailbox = self._work.settings
        if not provider_of(mailbox):
            return None
        return tokens_of(
            mailbox,
            environ=os.environ,
            command_timeout=self._patience,
            store=self._token_store,
            clock=self._work.clock,
            use=Use.DRY if self._dry else Use.STAYING,
        )

    @property
    def _patience(self) -> float:
        return min(self.timeout, COMMAND_TIMEOUT)

    def _credential(self, settings: ImapSettings | SmtpSettings) -> Credential:
        """Raises ConfigError that says whose password it is."""
        if settings.oauth2 is not None and self.tokens is not None:
            return self.tokens
        try:
            return password(settings, environ=os.environ, command_timeout=self._patience)
        except ConfigError as error:
            section = "imap" if isinstance(settings, ImapSettings) else "smtp"
            raise ConfigError(
                [
                    replace(p, path=f"mailbox {self._work.settings.name}.{section}.{p.path}")
                    for p in error.problems
                ],
                source=str(self._work.config.path),
            ) from error
