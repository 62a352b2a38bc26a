"""Is one mailbox able to do its work? Its IMAP account and folders, its SMTP account, and, where it
is asked for, a test mail and a person's reply to it."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property, partial

from mailresponder.config import Config, ImapSettings, Mailbox, SmtpSettings
from mailresponder.errors import PermanentFailure
from mailresponder.jobs import account_check, server_check, sign_in_check
from mailresponder.jobs.ledger_check import compared
from mailresponder.jobs.results import CheckResult, Concern, Found, tried
from mailresponder.jobs.trial import Trial, send_and_await
from mailresponder.jobs.trial_reply import await_reply
from mailresponder.mail.parse import parse
from mailresponder.policy.identifiers import Signer
from mailresponder.store import secret
from mailresponder.store.database import Store
from mailresponder.store.templates import TemplateFolder
from mailresponder.transport.credentials import Credential
from mailresponder.transport.imap_account import ImapAccount
from mailresponder.transport.oauth2_client import provider_of
from mailresponder.transport.secrets import password
from mailresponder.transport.smtp import SmtpSender
from mailresponder.transport.tls_look import Seen
from mailresponder.transport.token_store import TokenStore, store_for
from mailresponder.transport.tokens import MailboxTokens, Use, tokens_of

CONNECT_TIMEOUT = 10.0
"""Seconds a server may take to let us in: somebody is looking on."""
TIMEOUT = 20.0
"""Seconds it may take for an answer."""


class MailboxCheck:
    """The results for one mailbox: its IMAP account, folders, SMTP account, and a test mail."""

    def __init__(
        self,
        config: Config,
        mailbox: Mailbox,
        environ: Mapping[str, str],
        templates: TemplateFolder,
        clock: Callable[[], datetime],
        *,
        store: Store | None,
    ) -> None:
        """`store`: also hold the mailbox against the ledger in there."""
        self._config = config
        self._mailbox = mailbox
        self._environ = environ
        self._templates = templates
        self._clock = clock
        self._store = store
        self._imap: ImapAccount | None = None
        self._test_id = ""
        self._offers: Mapping[str, str] = {}
        """What the SMTP server said it takes."""
        self._looked = clock()
        """When the SMTP server was looked at."""
        self._sent: tuple[datetime, datetime] | None = None
        """Before the test mail was sent, and when it was seen."""

    def run(self, trial: Trial | None) -> Iterator[CheckResult]:
        """One result after another; what cannot be tried without IMAP is left out."""
        try:
            signed_in = yield from self._reading()
            if signed_in.ok:
                if provider_of(self._mailbox):
                    yield self._try("sign_in", self._lasting)
                yield from self._folders()
            smtp, seen = yield from self._writing()
            if signed_in.ok and trial is None:
                yield from self._compared_clocks(seen)
            if trial is not None:
                lame = [result.name for result in (signed_in, smtp) if not result.ok]
                arrived = self._try("test_mail", lambda: self._send(trial, lame))
                yield arrived
                if arrived.ok:
                    yield self._try("signature", self._signature)
                    yield self._try("clock", self._clock_of_test_mail)
                if arrived.ok and trial.reply_within:
                    yield self._try("reply", lambda: self._reply(trial))
        finally:
            if self._imap is not None:
                self._imap.close()

    def _reading(self) -> Generator[CheckResult, None, CheckResult]:
        """What the IMAP server shows, and signing in there, whose result it gives."""
        found, seen = server_check.looked_at(
            f"{self._mailbox.name}.imap", self._mailbox.imap, "imap", self._clock()
        )
        yield from found
        if seen is None:
            return found[-1]
        signed_in = self._try("imap", self._connect)
        yield signed_in
        return signed_in

    def _writing(self) -> Generator[CheckResult, None, tuple[CheckResult, Seen | None]]:
        """The same of the SMTP server, and what it takes."""
        self._looked = self._clock()
        found, seen = server_check.looked_at(
            f"{self._mailbox.name}.smtp", self._mailbox.smtp, "smtp", self._looked
        )
        yield from found
        if seen is None:
            return found[-1], None
        smtp = self._try("smtp", self._smtp)
        yield smtp
        if smtp.ok:
            yield self._try("smtp_limits", self._limits)
        return smtp, seen

    def _try(self, what: str, attempt: Callable[[], Found | Concern]) -> CheckResult:
        return tried(f"{self._mailbox.name}.{what}", attempt)

    def _connect(self) -> Found:
        settings = self._mailbox.imap
        self._imap = ImapAccount.connect(
            settings,
            self._credential(settings),
            connect_timeout=CONNECT_TIMEOUT,
            timeout=TIMEOUT,
        )
        return f"signed in at {settings.host}:{settings.port}{_unprotected(settings.security)}", ""

    def _folders(self) -> Iterator[CheckResult]:
        yield self._try(
            "capabilities", lambda: account_check.capabilities(self._open.capabilities())
        )
        yield self._try("folder", self._folder)
        yield self._try("sent_folder", self._sent_folder)
        if self._mailbox.drafts != "none":
            yield self._try("drafts_folder", self._drafts_folder)
        if self._config.anger.move_to:
            yield self._try("move_to", self._move_to)
        yield self._try("keywords", self._keywords)
        yield self._try("idle", self._idle)
        yield self._try("quota", self._quota)
        if self._store is not None:
            yield self._try("ledger", partial(self._ledger, self._store))

    @property
    def _open(self) -> ImapAccount:
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
        # Where we file copies it must take them; to read it is enough otherwise.
        state = self._open.select(name, readonly=not self._mailbox.smtp.save_copy)
        return f"{name}, {state.exists} messages", ""

    def _drafts_folder(self) -> Found:
        name = self._open.drafts_folder()
        if name is None:
            raise PermanentFailure(
                "none was found, so no drafts can be put there",
                mend="set imap.drafts_folder to the folder your mail client keeps drafts in; "
                f"there are: {', '.join(self._open.folders()[:20])}",
            )
        self._open.select(name, readonly=False)
        return name, ""

    def _move_to(self) -> Found:
        name = self._config.anger.move_to
        known = self._open.folders()
        if name not in known:
            raise PermanentFailure(
                f"there is no folder {name} for angry mail",
                mend=f"make it, or change anger.move_to; there are: {', '.join(known[:20])}",
            )
        self._open.select(name, readonly=False)
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

    def _ledger(self, store: Store) -> Found:
        return compared(self._config, self._mailbox, self._open, store, self._clock)

    def _quota(self) -> Found | Concern:
        return account_check.quota(self._open.quotas())

    def _smtp(self) -> Found:
        settings = self._mailbox.smtp
        with self._sender() as sender:
            sender.check()
            self._offers = sender.offers()
        how = "signed in at" if settings.username else "connected without signing in to"
        return f"{how} {settings.host}:{settings.port}{_unprotected(settings.security)}", ""

    def _limits(self) -> Found | Concern:
        return account_check.sending(
            self._offers,
            attachments_mb=self._config.staff.attachments_mb,
            signed_in=bool(self._mailbox.smtp.username),
        )

    def _sender(self) -> SmtpSender:
        settings = self._mailbox.smtp
        known = self._credential(settings) if settings.username else None
        return SmtpSender(settings, known, timeout=TIMEOUT)

    def _credential(self, settings: ImapSettings | SmtpSettings) -> Credential:
        if settings.oauth2 is not None:
            return self._tokens
        return password(settings, environ=self._environ)

    def _lasting(self) -> Found | Concern:
        return sign_in_check.lasting(
            self._config, self._mailbox, self._tokens, self._token_store, self._clock
        )

    @cached_property
    def _tokens(self) -> MailboxTokens:
        return tokens_of(
            self._mailbox,
            environ=self._environ,
            store=lambda: self._token_store,
            clock=self._clock,
            use=Use.PASSING,
        )

    @cached_property
    def _token_store(self) -> TokenStore:
        return store_for(self._config.tokens_path, kind=self._config.desk.token_store)

    def _compared_clocks(self, seen: Seen | None) -> Iterator[CheckResult]:
        """Our clock and a server's, where one tells its time without being sent a mail: in its
        greeting, or by a mail that came later than now."""
        if seen is not None and (told := seen.time) is not None:
            host = self._mailbox.smtp.host
            yield self._try("clock", lambda: server_check.clock_against(host, told, self._looked))
            return
        yield self._try("clock", self._clock_of_newest_mail)

    def _clock_of_newest_mail(self) -> Found | Concern:
        imap, host = self._open, self._mailbox.imap.host
        imap.select(self._mailbox.imap.folder, readonly=True)
        newest, now = imap.newest_at(), self._clock()
        if newest is not None and newest > now:
            return server_check.clock_against(host, newest, now)
        return f"not compared: {host} does not tell its time; check --send-test finds out", ""

    def _test_uid(self) -> int:
        return self._open.find(self._mailbox.imap.folder, self._test_id, readonly=True)[0]

    def _signature(self) -> Found:
        [raw] = self._open.fetch([self._test_uid()])
        signed = parse(raw).headers.get("dkim-signature", ())
        domain = self._config.desk_for(self._mailbox.name).domain
        return account_check.signature(signed, domain=domain)

    def _clock_of_test_mail(self) -> Found | Concern:
        host = self._mailbox.imap.host
        received = self._open.received_at(self._test_uid())
        if received is None or self._sent is None:
            return f"not compared: {host} does not say when the test mail came", ""
        sent, seen = self._sent
        ours = min(max(received, sent), seen)
        return server_check.clock_against(host, received, ours)

    def _send(self, trial: Trial, lame: Sequence[str]) -> Found:
        """`lame`: what it needs and failed already."""
        if lame:
            raise PermanentFailure(f"not sent: {' and '.join(lame)} failed", mend="mend that first")
        signer: Signer = secret.signer(self._config.secret_path, create=True)
        begun = self._clock()
        with self._sender() as sender:
            self._test_id = send_and_await(
                trial,
                mailbox=self._mailbox,
                desk=self._config.desk_for(self._mailbox.name),
                templates=self._templates,
                signer=signer,
                clock=self._clock,
                sender=sender,
                imap=self._open,
                reply_to=self._replies_go_to,
            )
        self._sent = begun, self._clock()
        return f"sent and seen in {self._mailbox.imap.folder}", ""

    def _reply(self, trial: Trial) -> Found:
        return await_reply(
            trial,
            message_id=self._test_id,
            mailbox=self._mailbox,
            desk=self._config.desk_for(self._mailbox.name),
            reply_to=self._replies_go_to,
            clock=self._clock,
            imap=self._open,
        )

    @property
    def _replies_go_to(self) -> str:
        """Somebody outside of the mailbox, as a customer is: an admin; empty where there is none,
        and the reply comes back to the mailbox itself."""
        own = self._config.desk_for(self._mailbox.name).own_addresses
        admins = (one for one in self._config.admin.addresses if one.casefold() not in own)
        return next(admins, "")


def _unprotected(security: str) -> str:
    return "; the connection is not encrypted" if security == "none" else ""
