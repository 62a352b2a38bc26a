"""Is the desk able to do its work? Every part is tried the way the jobs use it.

Nothing is changed at the servers unless a test mail is asked for. The database and the desk's
key are opened as the jobs open them, which makes them where they are missing.
"""

import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from mailresponder.config import Config, Mailbox
from mailresponder.config.sections import DeadlineSettings
from mailresponder.errors import ConfigError, MailresponderError, PermanentFailure
from mailresponder.jobs import calendars, learned
from mailresponder.jobs.trial import Trial, send_and_await
from mailresponder.listening.correction import Correction
from mailresponder.policy.identifiers import Signer
from mailresponder.store import corrections, secret
from mailresponder.store.database import Store
from mailresponder.store.templates import TemplateFolder
from mailresponder.transport.imap import ImapMailbox
from mailresponder.transport.secrets import password
from mailresponder.transport.smtp import SmtpSender

_YEARS = range(2026, 2100)
"""A clock that shows another year has lost its battery."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckResult:
    """One thing that was tried."""

    name: str
    """As `database`, or `support.imap`: the mailbox and what of it."""
    ok: bool
    detail: str
    mend: str = ""
    """What to do about it; where it is well, what could be better."""

    def shown(self) -> dict[str, Any]:
        """The keys of `check --json`; null where there is nothing to mend."""
        return {
            "name": self.name,
            "ok": self.ok,
            "detail": self.detail,
            "mend": self.mend or None,
        }


Found = tuple[str, str]
"""The detail and the advice of something that is well."""


def check(
    config: Config,
    *,
    clock: Callable[[], datetime],
    environ: Mapping[str, str],
    trial: Trial | None = None,
) -> Iterator[CheckResult]:
    """Try everything, one result after another. Raises nothing a user can cause.

    Args:
        config: A configuration that was read and found in order.
        clock: Gives the time, aware.
        environ: Where `password_env` is looked up.
        trial: How to send a test mail through every mailbox; None: none is sent.
    """
    yield _tried("configuration", lambda: (str(config.path), "; ".join(config.warnings)))
    secret_file = _tried("secret", lambda: _secret(config))
    yield secret_file
    database = _tried("database", lambda: _database(config, with_key=secret_file.ok))
    yield database
    if database.ok:
        yield _tried("learnt", lambda: _learnt(config))
    folder = TemplateFolder(config.templates_folder)
    yield from templates(folder)
    yield from _calendars(config, clock())
    yield _tried("clock", lambda: _clock(config, clock()))
    for mailbox in config.mailboxes:
        yield from _MailboxCheck(config, mailbox, environ, folder, clock).run(trial)


def of_mistakes(error: ConfigError) -> list[CheckResult]:
    """A configuration that cannot be used: one failing result for each mistake."""
    return [
        CheckResult(name="configuration", ok=False, detail=f"{p.path}: {p.message}", mend=p.hint)
        for p in error.problems
    ]


def templates(folder: TemplateFolder) -> Iterator[CheckResult]:
    """Each template that cannot be used, or one result that says that all can."""
    broken = [
        CheckResult(
            name="templates",
            ok=False,
            detail=f"{problem.path}, line {problem.line}: {problem.message}",
            mend="until it is mended the shipped one is used; see `mailresponder help templates`",
        )
        for problem in folder.problems()
    ]
    yield from broken
    if not broken:
        number = len(folder.listing())
        yield CheckResult(name="templates", ok=True, detail=f"all {number} can be used")


def _tried(name: str, attempt: Callable[[], Found]) -> CheckResult:
    try:
        detail, mend = attempt()
    except ConfigError as error:
        return CheckResult(
            name=name,
            ok=False,
            detail="; ".join(f"{p.path}: {p.message}" for p in error.problems),
            mend="; ".join(p.hint for p in error.problems if p.hint),
        )
    except MailresponderError as error:
        return CheckResult(name=name, ok=False, detail=error.message, mend=error.mend)
    return CheckResult(name=name, ok=True, detail=detail, mend=mend)


def _secret(config: Config) -> Found:
    path = config.secret_path
    secret.signer(path, create=True)
    try:
        readable = path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH)
    except OSError as error:
        raise PermanentFailure(f"{path}: {error.strerror}") from error
    return str(path), f"others can read it: chmod 600 {path}" if readable else ""


def _database(config: Config, *, with_key: bool) -> Found:
    """`with_key`: also whether it was begun with the desk's key, which must be there."""
    with closing(Store.open(config.database_url())) as store, store.begin() as conn:
        if with_key:
            secret.require_same(conn, secret.signer(config.secret_path, create=True))
        return f"{store.dialect}, can be written and its tables are up to date", ""


def _learnt(config: Config) -> Found:
    """What staff have taught of anger, and whether it fits the model of today."""
    with closing(Store.open(config.database_url())) as store, store.read() as conn:
        row = corrections.in_force(conn)
    if row is None:
        return "nothing yet: anger is judged by the shipped model alone", ""
    Correction.from_json(row.content)
    said = f"from {row.labels} labels on {row.at.astimezone(config.desk.timezone):%Y-%m-%d}"
    if learned.fits(row):
        return said, ""
    return (
        f"{said}, for another model than this version's: it is not used",
        "learn anew: mailresponder learn",
    )


def _calendars(config: Config, now: datetime) -> Iterator[CheckResult]:
    for name, deadlines, zone in calendars.different(config):

        def told(deadlines: DeadlineSettings = deadlines, zone: ZoneInfo = zone) -> Found:
            return calendars.told(deadlines, zone, now), ""

        yield _tried(name, told)


def _clock(config: Config, now: datetime) -> Found:
    zone = config.desk.timezone
    shown = f"{now.astimezone(zone):%Y-%m-%d %H:%M} in {zone.key}"
    if now.year not in _YEARS:
        raise PermanentFailure(
            f"this machine's clock shows {shown}", mend="set the clock; an NTP service keeps it"
        )
    return shown, ""


class _MailboxCheck:
    """The results for one mailbox: its IMAP account, folders, SMTP account, and a test mail."""

    def __init__(
        self,
        config: Config,
        mailbox: Mailbox,
        environ: Mapping[str, str],
        templates: TemplateFolder,
        clock: Callable[[], datetime],
    ) -> None:
        self._config = config
        self._mailbox = mailbox
        self._environ = environ
        self._templates = templates
        self._clock = clock
        self._imap: ImapMailbox | None = None

    def run(self, trial: Trial | None) -> Iterator[CheckResult]:
        """One result after another; what cannot be tried without IMAP is left out."""
        try:
            signed_in = self._try("imap", self._connect)
            yield signed_in
            if signed_in.ok:
                yield from self._folders()
            smtp = self._try("smtp", self._smtp)
            yield smtp
            if trial is not None:
                lame = [result.name for result in (signed_in, smtp) if not result.ok]
                yield self._try("test_mail", lambda: self._send(trial, lame))
        finally:
            if self._imap is not None:
                self._imap.close()

    def _try(self, what: str, attempt: Callable[[], Found]) -> CheckResult:
        return _tried(f"{self._mailbox.name}.{what}", attempt)

    def _connect(self) -> Found:
        settings = self._mailbox.imap
        secret_word = password(settings, environ=self._environ)
        self._imap = ImapMailbox.connect(settings, secret_word)
        return f"signed in at {settings.host}:{settings.port}{_unprotected(settings.security)}", ""

    def _folders(self) -> Iterator[CheckResult]:
        yield self._try("folder", self._folder)
        yield self._try("sent_folder", self._sent_folder)
        if self._config.anger.move_to:
            yield self._try("move_to", self._move_to)
        yield self._try("keywords", self._keywords)
        yield self._try("idle", self._idle)

    @property
    def _open(self) -> ImapMailbox:
        if self._imap is None:
            raise PermanentFailure("there is no connection")
        return self._imap

    def _folder(self) -> Found:
        name = self._mailbox.imap.folder
        state = self._open.select(name, readonly=False)
        return f"{name}, {state.exists} messages", ""

    def _sent_folder(self) -> Found:
        name = self._open.sent_folder()
        if name is None:
            raise PermanentFailure(
                "none was found, so answers that staff send cannot be seen",
                mend="set imap.sent_folder to the folder your mail client files sent mail in; "
                f"there are: {', '.join(self._open.folders()[:20])}",
            )
        state = self._open.select(name, readonly=True)
        return f"{name}, {state.exists} messages", ""

    def _move_to(self) -> Found:
        name = self._config.anger.move_to
        known = self._open.folders()
        if name not in known:
            raise PermanentFailure(
                f"there is no folder {name} for angry mail",
                mend=f"make it, or change anger.move_to; there are: {', '.join(known[:20])}",
            )
        return name, ""

    def _keywords(self) -> Found:
        state = self._open.select(self._mailbox.imap.folder, readonly=False)
        if state.keywords:
            return "$Angry and $Escalated can be stored", ""
        return "the server does not say that it keeps keywords: angry mail gets \\Flagged only", ""

    def _idle(self) -> Found:
        if self._open.has_idle:
            return "the server tells of new mail at once", ""
        seconds = self._mailbox.poll_every.total_seconds()
        return f"the server has no IDLE: looked for new mail every {seconds:g} s", ""

    def _smtp(self) -> Found:
        settings = self._mailbox.smtp
        with self._sender() as sender:
            sender.check()
        how = "signed in at" if settings.username else "connected without signing in to"
        return f"{how} {settings.host}:{settings.port}{_unprotected(settings.security)}", ""

    def _sender(self) -> SmtpSender:
        settings = self._mailbox.smtp
        known = password(settings, environ=self._environ) if settings.username else None
        return SmtpSender(settings, known)

    def _send(self, trial: Trial, lame: Sequence[str]) -> Found:
        """`lame`: what it needs and failed already."""
        if lame:
            raise PermanentFailure(f"not sent: {' and '.join(lame)} failed", mend="mend that first")
        signer: Signer = secret.signer(self._config.secret_path, create=True)
        with self._sender() as sender:
            return send_and_await(
                trial,
                mailbox=self._mailbox,
                desk=self._config.desk_for(self._mailbox.name),
                templates=self._templates,
                signer=signer,
                clock=self._clock,
                sender=sender,
                imap=self._open,
            )


def _unprotected(security: str) -> str:
    return "; the connection is not encrypted" if security == "none" else ""
