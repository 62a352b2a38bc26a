"""One mailbox worked on: its connections, its lease, and the order of a pass.

The only place that knows which class stands behind which protocol.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

from mailresponder.app.accounts import Accounts
from mailresponder.app.instance import Instance
from mailresponder.app.liveness import Progress
from mailresponder.app.outgoing import Outgoing
from mailresponder.app.passes import PassReport
from mailresponder.app.sign_in_watch import SignInWatch
from mailresponder.app.standing import Standing, program_fault
from mailresponder.app.timekeeping import Timekeeper
from mailresponder.clock import steady_seconds
from mailresponder.errors import ConfigError, MailresponderError, ServerUnavailable, Throttled
from mailresponder.jobs import (
    announcing,
    answered_flag,
    closing,
    digest,
    drafting,
    escalation,
    filing,
    intake,
    proposing,
    reconciling,
    reporting,
    rescheduling,
    template_watch,
    theming,
    trimming,
    unreachable,
)
from mailresponder.jobs.escalation import EscalationReport
from mailresponder.jobs.filing import FilingReport
from mailresponder.jobs.intake import IntakeReport
from mailresponder.jobs.settling import DeliveryReport
from mailresponder.jobs.work import Work, log
from mailresponder.store.failures import is_of_store
from mailresponder.store.mailboxes import Way
from mailresponder.transport.imap import ImapMailbox
from mailresponder.transport.smtp import SmtpSender
from mailresponder.transport.token_store import TokenStore

_T = TypeVar("_T")


class MailboxRunner:
    """Works one mailbox, keeping its connections from pass to pass. One thread at a time."""

    def __init__(
        self,
        work: Work,
        *,
        dry: bool,
        stopping: threading.Event,
        instance: Instance,
        keeps_senders: bool,
        token_store: Callable[[], TokenStore],
        others: Callable[[], Iterable[Work]] = lambda: (),
        steady: Callable[[], float] = steady_seconds,
    ) -> None:
        """`stopping` ends a pass early. A `dry` one sends nothing and changes nothing in the
        mailbox. `keeps_senders`: SMTP connections that a pass has used are there for the next.
        `token_store` is asked for a sign-in by token. `others` are the desk's mailboxes beside
        this one, over which the admins may hear of it; `steady` counts seconds nobody can set."""
        self.work = work
        self.accounts = Accounts(work, token_store, dry=dry)
        self.standing = Standing(work, others)
        self._sign_in = SignInWatch(work, self.accounts, self.standing)
        self._time = Timekeeper(work.clock, steady)
        self._dry = dry
        self._stopping = stopping
        self._instance = instance
        self._keeps_senders = keeps_senders
        self._imap: ImapMailbox | None = None
        self._outgoing = Outgoing(work, self.accounts.senders)
        self.has_news = False
        """Did `watch` find mail, so that another pass is to follow?"""
        self._first_pass = True
        self._expects_idle = True
        self.progress = Progress()

    @property
    def name(self) -> str:
        """As in the configuration."""
        return self.work.settings.name

    def take_over(self, before: "MailboxRunner") -> None:
        """Go on where the runner by an earlier configuration has ended, which works no more. Its
        connection stays where nothing about the mailbox is different."""
        self._time = before._time
        self.standing.take_over(before.standing)
        if before.work.settings == self.work.settings:
            self._imap, before._imap = before._imap, None
            self.accounts.take_over(before.accounts)
        before.close()

    def tick(self) -> PassReport:
        """One pass of a process that stays; logs what is different from before. Raises nothing."""
        report = self.run_pass(patient=True)
        self.standing.log_changes()
        return report

    def watch(self) -> ImapMailbox | None:
        """Have the server tell of new mail, on the connection of the last pass: None where there
        is none, where the server cannot, or where mail is there already (`has_news`)."""
        self.has_news = False
        if self._imap is None or self._stopping.is_set():
            return None
        try:
            if not self._imap.has_idle:
                if self._expects_idle:
                    self._expects_idle = False
                    log.info("no_idle", mailbox=self.name)
                return None
            if self._imap.watch(self.work.settings.imap.folder):
                return self._imap
            self.has_news = True
        except MailresponderError as error:
            log.info("idle_ended", mailbox=self.name, reason=error.message)
            self._drop_imap()
        return None

    def run_pass(self, *, patient: bool = False) -> PassReport:
        """Intake, escalation, word of who cannot be reached, closing, announcing, drafting, digest,
        a look at the templates, delivery, filing, a look at what was written, proposing, the weekly
        report and its delivery, in that order.

        Who is `patient` leaves a server that failed alone for a while; the first pass of a process
        tries all of it at once. Raises nothing: a mistake of ours in one step ends that step.
        """
        errors: list[MailresponderError] = []
        read: IntakeReport | None = None
        told: EscalationReport | None = None
        closed = 0
        sent: DeliveryReport | None = None
        filed: FilingReport | None = None
        ended: MailresponderError | None = None
        try:
            with self._lease() as go_on:
                if step := self._time.look():
                    self.standing.clock_was_set(step)
                patient = patient and not self._first_pass and not self._sign_in.is_new()
                due = self.standing.due(patient=patient)
                if self._first_pass:
                    rescheduling.run(self.work)
                    self.standing.bring_forward()
                    self._first_pass = False
                if Way.READING in due:
                    read = self._read(go_on, errors)
                # By a clock that jumped ahead, deadlines have passed that nobody missed.
                believed = not self._time.is_in_doubt
                if read is not None and read.complete:
                    if believed:
                        told = self._mind(errors, escalation.run)
                    self._mind(errors, unreachable.run)
                    if believed:
                        closed = self._mind(errors, closing.run) or 0
                        self._mind(errors, announcing.run)
                    self._mind(errors, drafting.run)
                sees_all = believed and (read is None or read.complete)
                if sees_all:
                    self._mind(errors, digest.run)
                if not self._dry:
                    self._mind(errors, template_watch.run)
                    if read is not None:
                        # What the admins hear of it is to leave while mail leaves.
                        self._sign_in.look()
                    if Way.SENDING in due:
                        sent = self._deliver(errors)
                    if read is not None:
                        # Not before: mail that is due is not to wait for the disk because of it.
                        self.standing.well(Way.READING)
                        if go_on():
                            filed = self._file(errors)
                    self._look_at_themes(errors)
                    self._mind(errors, proposing.run)
                    self._mind(errors, trimming.run)
                # It takes seconds: what waits is sent before it is made.
                made = sees_all and self._mind(errors, reporting.run)
                if made and sent is not None and sent.may_go_on:
                    self._deliver(errors, sent)
        except MailresponderError as error:
            ended = error
        except Exception as error:  # whatever it is, the next pass may do better
            ended = program_fault(error)
        if ended is not None:
            errors.append(ended)
        self.standing.note("pass", ended)
        return PassReport(
            mailbox=self.name,
            intake=read,
            escalation=told,
            closed=closed,
            delivery=sent,
            filing=filed,
            errors=tuple(errors),
        )

    def _mind(self, errors: list[MailresponderError], job: Callable[[Work], _T]) -> _T | None:
        """Do one step; a mistake of ours leaves the others to do. Raises what a user can cause."""
        step = job.__module__.rpartition(".")[2]
        self.progress.made()
        try:
            done = job(self.work)
        except MailresponderError:
            raise
        except Exception as error:
            errors.append(self.standing.broke(step, error))
            return None
        self.standing.note(step, None)
        return done

    def _look_at_themes(self, errors: list[MailresponderError]) -> None:
        try:
            self._mind(errors, theming.run)
        except ConfigError as error:
            # Mistakes in the file of themes keep no mail from being answered.
            errors.append(error)
            self.standing.note("theming", error)

    def connect(self) -> ImapMailbox:
        """A new IMAP connection, signed in."""
        return self.accounts.imap()

    def open_sender(self) -> SmtpSender:
        """A new SMTP connection, not yet used."""
        return self.accounts.senders(1)[0]

    def close(self) -> None:
        """Let go of every connection."""
        self._drop_imap()
        self._outgoing.close()

    @contextmanager
    def _lease(self) -> Iterator[Callable[[], bool]]:
        """Hold the mailbox; yields a function that says whether to go on."""
        owner = self._instance.take(self.name)
        self.work = replace(self.work, owner=owner)
        try:
            yield lambda: self._goes_on() and self._is_ours()
        finally:
            self._instance.release(self.name, owner)

    def _read(
        self, go_on: Callable[[], bool], errors: list[MailresponderError]
    ) -> IntakeReport | None:
        try:
            imap = self._connected()
            report = intake.run(self.work, imap, go_on=go_on)
            if report.complete:
                reconciling.run(self.work, imap, go_on=go_on)
                answered_flag.run(self.work, imap)
        except Exception as error:
            if is_of_store(error):
                raise
            self._drop_imap()
            errors.append(self.standing.failed(Way.READING, error))
            return None
        if self.standing.is_failing(Way.READING):
            # The mail that tells the admins of it goes out with this pass.
            self.standing.well(Way.READING)
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

    def _deliver(
        self, errors: list[MailresponderError], before: DeliveryReport | None = None
    ) -> DeliveryReport:
        """Send what waits; what was sent is added to what the pass has sent before."""
        report = before or DeliveryReport()
        try:
            self._send(report, prove=self.standing.is_failing(Way.SENDING))
            if report.error is None and self.standing.well(Way.SENDING):
                # What tells the admins of it.
                self._send(report)
        except Exception as error:
            if is_of_store(error):
                raise
            self._outgoing.close()
            errors.append(self.standing.failed(Way.SENDING, error))
            return report
        if report.error is not None:
            errors.append(self.standing.failed(Way.SENDING, report.error))
        return report

    def _send(self, report: DeliveryReport, *, prove: bool = False) -> None:
        self._outgoing.send(
            self.work,
            report,
            # Where the provider files what it sends, Sent tells whether a mail went out.
            filed=None if self.work.settings.smtp.save_copy else self._is_filed,
            go_on=self._goes_on,
            prove=prove,
        )
        self._outgoing.rest(keep=self._keeps_senders)

    def _is_filed(self, message_id: str) -> bool:
        if self._imap is None:
            raise ServerUnavailable(f"Sent of mailbox {self.name} cannot be searched just now")
        folder = self._imap.sent_folder()
        return folder is not None and self._imap.contains(folder, message_id)

    def _file(self, errors: list[MailresponderError]) -> FilingReport | None:
        if self._imap is None:
            return None
        try:
            report = filing.run(self.work, self._imap, is_ours=self._is_ours)
        except ServerUnavailable as error:
            self._drop_imap()
            errors.append(error)
            self.standing.note("filing", error)
            if isinstance(error, Throttled):
                self.standing.failed(Way.READING, error)
            return None
        except MailresponderError:
            raise
        except Exception as error:
            errors.append(self.standing.broke("filing", error))
            return None
        self.standing.note("filing", None)
        return report

    def _goes_on(self) -> bool:
        self.progress.made()
        return not self._stopping.is_set()

    def _is_ours(self) -> bool:
        self.progress.made()
        return self._instance.keeps(self.name, self.work.owner)

    def _drop_imap(self) -> None:
        if self._imap is not None:
            self._imap.close()
            self._imap = None
