"""One mailbox worked on: its connections, its lease, and the order of a pass.

The only place that knows which class stands behind which protocol.
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from mailresponder.config import ImapSettings, SmtpSettings
from mailresponder.errors import (
    ConfigError,
    ExitStatus,
    MailboxInHand,
    MailresponderError,
    ServerUnavailable,
    SignInRefused,
)
from mailresponder.jobs import (
    alerts,
    answered_flag,
    closing,
    delivery,
    digest,
    drafting,
    escalation,
    filing,
    intake,
    reconciling,
    rescheduling,
    template_watch,
    unreachable,
)
from mailresponder.jobs.escalation import EscalationReport
from mailresponder.jobs.filing import FilingReport
from mailresponder.jobs.intake import IntakeReport
from mailresponder.jobs.settling import DeliveryReport
from mailresponder.jobs.work import Work, log
from mailresponder.policy.retries import SIGN_IN_PAUSE
from mailresponder.store import leases, mailboxes
from mailresponder.transport.imap import ImapMailbox
from mailresponder.transport.secrets import password
from mailresponder.transport.smtp import SmtpSender

LEASE = timedelta(minutes=2)
"""How long a mailbox stays ours without a word."""

PATIENCE = timedelta(minutes=5)
"""How long a mailbox may fail before the admins hear of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PassReport:
    """What one pass over one mailbox did."""

    mailbox: str
    intake: IntakeReport | None = None
    """None where the mailbox could not be read."""
    escalation: EscalationReport | None = None
    """None where escalation was skipped."""
    closed: int = 0
    """Tickets that had been quiet for long enough."""
    delivery: DeliveryReport | None = None
    filing: FilingReport | None = None
    errors: tuple[MailresponderError, ...] = ()

    @property
    def exit_status(self) -> ExitStatus:
        """75 where something is to be tried again, 77 where a sign-in was refused, 78 where the
        configuration is at fault."""
        postponed = self.delivery.postponed if self.delivery else 0
        cut_short = self.intake is not None and not self.intake.complete
        unfinished = self.errors or postponed or cut_short
        worst = ExitStatus.TEMPORARY if unfinished else ExitStatus.OK
        return max([worst, *(error.exit_status for error in self.errors)])


class MailboxRunner:
    """Works one mailbox, keeping its connections from pass to pass. One thread at a time."""

    def __init__(
        self, work: Work, *, dry: bool, stopping: threading.Event, before: Callable[[], None]
    ) -> None:
        """`before` is called at the beginning of each pass; `stopping` ends one early. A `dry`
        pass sends nothing and changes nothing in the mailbox."""
        self.work = work
        self._dry = dry
        self._stopping = stopping
        self._before = before
        self._imap: ImapMailbox | None = None
        self._senders: list[SmtpSender] = []
        self._again = threading.Event()
        self._first_pass = True
        # Until when not to try to sign in again, for reading and for sending.
        self._read_from = self._send_from = datetime.min.replace(tzinfo=UTC)

    @property
    def name(self) -> str:
        """As in the configuration."""
        return self.work.settings.name

    def wake(self) -> None:
        """Something came while a pass may be running: make sure another one follows."""
        self._again.set()

    def tick(self) -> PassReport:
        """One pass, and another for as long as somebody called `wake` meanwhile."""
        while True:
            self._again.clear()
            report = self.run_pass()
            for error in report.errors:
                if isinstance(error, MailboxInHand):
                    log.info("mailbox_in_hand", mailbox=self.name, reason=error.message)
                else:
                    log.error(
                        "pass_failed", mailbox=self.name, reason=error.message, mend=error.mend
                    )
            if report.errors or not self._again.is_set() or self._stopping.is_set():
                return report

    def run_pass(self) -> PassReport:
        """Intake, escalation, word of who cannot be reached, closing, drafting, digest, a look at
        the templates, delivery, filing, in that order.

        Raises nothing a user can cause.
        """
        errors: list[MailresponderError] = []
        read: IntakeReport | None = None
        told: EscalationReport | None = None
        closed = 0
        sent: DeliveryReport | None = None
        filed: FilingReport | None = None
        try:
            self._before()
            with self._lease() as go_on:
                if self._first_pass:
                    rescheduling.run(self.work)
                    self._first_pass = False
                read = self._read(go_on, errors)
                if read is not None and read.complete:
                    told = escalation.run(self.work)
                    unreachable.run(self.work)
                    closed = closing.run(self.work)
                    drafting.run(self.work)
                if read is None or read.complete:
                    digest.run(self.work)
                if not self._dry:
                    template_watch.run(self.work)
                    sent = self._deliver(errors)
                    if read is not None and go_on():
                        filed = self._file(errors)
        except MailresponderError as error:
            errors.append(error)
        return PassReport(
            mailbox=self.name,
            intake=read,
            escalation=told,
            closed=closed,
            delivery=sent,
            filing=filed,
            errors=tuple(errors),
        )

    def connect(self) -> ImapMailbox:
        """A new IMAP connection, signed in."""
        settings = self.work.settings.imap
        return ImapMailbox.connect(settings, self._password(settings))

    def open_sender(self) -> SmtpSender:
        """A new SMTP connection, not yet used."""
        settings = self.work.settings.smtp
        return SmtpSender(settings, self._password(settings) if settings.username else None)

    def _password(self, settings: ImapSettings | SmtpSettings) -> str:
        """Raises ConfigError that says whose password it is."""
        try:
            return password(settings, environ=os.environ)
        except ConfigError as error:
            section = "imap" if isinstance(settings, ImapSettings) else "smtp"
            raise ConfigError(
                [
                    replace(p, path=f"mailbox {self.name}.{section}.{p.path}")
                    for p in error.problems
                ],
                source=str(self.work.config.path),
            ) from error

    def close(self) -> None:
        """Let go of every connection."""
        self._drop_imap()
        for sender in self._senders:
            sender.close()
        self._senders.clear()

    @contextmanager
    def _lease(self) -> Iterator[Callable[[], bool]]:
        """Hold the mailbox; yields a function that renews the lease and says to go on."""
        work, name = self.work, leases.of_mailbox(self.name)

        def hold() -> bool:
            with work.store.begin() as conn:
                return leases.acquire(conn, name, work.owner, LEASE, work.clock())

        if not hold():
            with work.store.read() as conn:
                # As `host:process:…`; gone, perhaps, since we asked.
                owner = leases.owner_of(conn, name, work.clock()) or "another mailresponder"
            raise MailboxInHand(
                f"another mailresponder has this mailbox in hand ({owner}); nothing to do"
            )
        try:
            yield lambda: not self._stopping.is_set() and hold()
        finally:
            with work.store.begin() as conn:
                leases.release(conn, name, work.owner)

    def _read(
        self, go_on: Callable[[], bool], errors: list[MailresponderError]
    ) -> IntakeReport | None:
        work = self.work
        if work.clock() < self._read_from:
            return None
        try:
            imap = self._connected()
            report = intake.run(work, imap, go_on=go_on)
            if report.complete:
                reconciling.run(work, imap, go_on=go_on)
                answered_flag.run(work, imap)
        except MailresponderError as error:
            self._drop_imap()
            errors.append(error)
            self._mailbox_failed(error)
            if isinstance(error, SignInRefused):
                self._read_from = work.clock() + SIGN_IN_PAUSE
            return None
        self._mailbox_well()
        return report

    def _connected(self) -> ImapMailbox:
        if self._imap is not None:
            try:
                self._imap.noop()
            except MailresponderError:
                self._drop_imap()
        if self._imap is None:
            self._imap = self.connect()
        return self._imap

    def _deliver(self, errors: list[MailresponderError]) -> DeliveryReport | None:
        settings = self.work.settings.smtp
        if self.work.clock() < self._send_from:
            return None
        while len(self._senders) < settings.connections:
            self._senders.append(self.open_sender())
        # Where the provider files what it sends, Sent tells whether a mail went out.
        report = delivery.run(
            self.work,
            self._senders,
            filed=None if settings.save_copy else self._is_filed,
            go_on=lambda: not self._stopping.is_set(),
        )
        if report.error is not None:
            errors.append(report.error)
        if isinstance(report.error, SignInRefused):
            self._send_from = self.work.clock() + SIGN_IN_PAUSE
        return report

    def _is_filed(self, message_id: str) -> bool:
        if self._imap is None:
            raise ServerUnavailable(f"Sent of mailbox {self.name} cannot be searched just now")
        folder = self._imap.sent_folder()
        return folder is not None and self._imap.contains(folder, message_id)

    def _file(self, errors: list[MailresponderError]) -> FilingReport | None:
        if self._imap is None:
            return None
        try:
            return filing.run(self.work, self._imap)
        except ServerUnavailable as error:
            self._drop_imap()
            errors.append(error)
            return None

    def _drop_imap(self) -> None:
        if self._imap is not None:
            self._imap.close()
            self._imap = None

    def _mailbox_failed(self, error: MailresponderError) -> None:
        work, now = self.work, self.work.clock()
        with work.store.begin() as conn:
            state = mailboxes.failed(conn, self.name, now, error.message)
            since = state.failing_since or now
            overdue = isinstance(error, SignInRefused) or now - since >= PATIENCE
            tell = overdue and state.told_at is None
            if tell:
                mailboxes.told(conn, self.name, now)
                alerts.tell_admins(
                    conn,
                    work,
                    "mailbox_failing",
                    key=f"failing:{self.name}:{since.isoformat()}",
                    detail=error.message,
                )

    def _mailbox_well(self) -> None:
        work = self.work
        with work.store.begin() as conn:
            before = mailboxes.well(conn, self.name, work.clock())
            if before is not None and before.told_at and before.failing_since:
                alerts.tell_admins(
                    conn,
                    work,
                    "mailbox_well",
                    key=f"well:{self.name}:{before.failing_since.isoformat()}",
                    detail="",
                )
