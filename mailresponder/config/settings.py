"""The configuration as the program uses it: sections, places on disk, the desk of a mailbox."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from mailresponder.config.retention import RetentionSettings
from mailresponder.config.sections import (
    AcknowledgeSettings,
    AdminSettings,
    AngerSettings,
    DeadlineSettings,
    DeskSettings,
    EscalationStep,
    Mailbox,
    StaffSettings,
)
from mailresponder.config.services import (
    ClosingSettings,
    DefectSettings,
    DigestSettings,
    ReportSettings,
    ThemesSettings,
    WebSettings,
)
from mailresponder.config.watching import LogSettings, MetricsSettings
from mailresponder.errors import MailresponderError
from mailresponder.mail.message import Address
from mailresponder.policy.deadlines import Step
from mailresponder.policy.desk import Acknowledging, Closing, Deadlines, Desk, Drafts, Staff


def fingerprint_of(content: bytes) -> str:
    """What tells one content of the file from another."""
    return sha256(content).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Config:
    """One desk: a file that was read and found in order."""

    path: Path
    """The file, absolute."""
    fingerprint: str
    """SHA-256 of the file as it was read, in hexadecimal digits."""
    warnings: tuple[str, ...]
    """What works and should be mended all the same."""
    desk: DeskSettings
    admin: AdminSettings
    mailboxes: tuple[Mailbox, ...]
    """At least one; no two share a name or an address."""
    staff: StaffSettings
    deadlines: DeadlineSettings
    escalation: tuple[EscalationStep, ...]
    angry_escalation: tuple[EscalationStep, ...]
    closing: ClosingSettings
    retention: RetentionSettings
    digest: DigestSettings
    defects: DefectSettings
    report: ReportSettings
    anger: AngerSettings
    acknowledge: AcknowledgeSettings
    themes: ThemesSettings
    web: WebSettings
    log: LogSettings
    metrics: MetricsSettings

    def has_changed(self) -> bool:
        """Is the file no longer what was read? One that cannot be read now is not."""
        try:
            return fingerprint_of(self.path.read_bytes()) != self.fingerprint
        except OSError:
            return True

    @property
    def templates_folder(self) -> Path:
        """The admin's templates; need not exist."""
        return self.path.parent / self.desk.templates

    @property
    def themes_path(self) -> Path:
        """The desk's own themes; need not exist."""
        return self.path.parent / self.themes.file

    @property
    def secret_path(self) -> Path:
        """Where the desk's secret is kept; made at the first run."""
        return self.path.parent / self.desk.secret_file

    @property
    def tokens_path(self) -> Path:
        """Where tokens are kept that sign mailboxes in; made when there is one."""
        return self.path.parent / self.desk.token_file

    def database_path(self) -> Path | None:
        """The SQLite file, absolute; None where the database is a server."""
        kind, _, rest = self.desk.database.partition("://")
        return self.path.parent / rest.removeprefix("/") if kind == "sqlite" else None

    def database_url(self) -> str:
        """The database as SQLAlchemy opens it; a SQLite file's path is absolute."""
        path = self.database_path()
        if path is not None:
            return f"sqlite:///{path}"
        return f"postgresql+psycopg://{self.desk.database.partition('://')[2]}"

    def mailbox(self, name: str) -> Mailbox:
        """The mailbox of that name. Raises MailresponderError where there is none."""
        if name in self._by_name:
            return self._by_name[name]
        known = ", ".join(self._by_name)
        raise MailresponderError(f'no mailbox is named "{name}"', mend=f"there are: {known}")

    def desk_for(self, mailbox_name: str) -> Desk:
        """The desk as that mailbox sees it. Raises MailresponderError for an unknown name."""
        mailbox = self.mailbox(mailbox_name)
        return Desk(
            name=self.desk.name,
            languages=self.desk.languages,
            reference_prefix=self.desk.reference_prefix,
            mailbox=mailbox.name,
            address=Address(email=mailbox.address, name=self.desk.name),
            addresses=_spellings(_addresses([mailbox])),
            own_addresses=self._own_addresses,
            own_lists=frozenset(_list_id(text) for text in mailbox.own_lists),
            staff=Staff(
                patterns=self.staff.addresses,
                trusted_authserv_id=self.staff.trusted_authserv_id,
                digest_from=self.staff.digest_from,
                attachments_limit=self.staff.attachments_mb * 1_000_000,
            ),
            deadlines=self._deadlines(mailbox),
            ladder=_ladder(self.escalation, mailbox.escalation),
            angry_ladder=_ladder(self.angry_escalation, mailbox.angry_escalation),
            closing=Closing(after=self.closing.after, ask_after=self.closing.ask_after),
            drafts=Drafts(mailbox.drafts),
            answered_flag=mailbox.answered_flag,
            subaddress=mailbox.subaddress,
            digest_to=frozenset(to.casefold() for to in (*self.digest.to, *self.report.to)),
            acknowledging=Acknowledging(
                enabled=self.acknowledge.enabled,
                follow_up_notice=self.acknowledge.follow_up_notice,
                max_per_recipient_per_hour=self.acknowledge.max_per_recipient_per_hour,
                max_per_recipient_per_day=self.acknowledge.max_per_recipient_per_day,
                spam=self.acknowledge.spam,
                blocked_senders=self.acknowledge.blocked_senders,
            ),
        )

    def deadlines_of(self, mailbox: Mailbox) -> DeadlineSettings:
        """`[deadlines]` as they hold for a mailbox."""
        return mailbox.deadlines.over(self.deadlines)

    def retention_of(self, mailbox_name: str) -> RetentionSettings:
        """`[retention]` as it holds for a mailbox; the desk's for one that is gone."""
        mailbox = self._by_name.get(mailbox_name)
        kept = mailbox.retention.over(self.retention) if mailbox else self.retention
        return kept.in_order()

    def zone_of(self, mailbox_name: str) -> ZoneInfo:
        """The time zone a mailbox's hours and times are in; the desk's for one that is gone."""
        mailbox = self._by_name.get(mailbox_name)
        return (mailbox.deadlines.timezone if mailbox else None) or self.desk.timezone

    # Both are asked for once a mailbox, and there may be thousands.
    @cached_property
    def _by_name(self) -> dict[str, Mailbox]:
        return {mailbox.name: mailbox for mailbox in self.mailboxes}

    @cached_property
    def _own_addresses(self) -> frozenset[str]:
        return _spellings(_addresses(self.mailboxes))

    def _deadlines(self, mailbox: Mailbox) -> Deadlines:
        wanted = self.deadlines_of(mailbox)
        angry = wanted.angry_answer_within
        # A default must not make the angry wait longer than everyone else.
        if "angry_answer_within" not in wanted.model_fields_set:
            angry = min(angry, wanted.answer_within)
        return Deadlines(
            answer_within=wanted.answer_within,
            angry_answer_within=angry,
            hours=wanted.business_hours(self.zone_of(mailbox.name)),
            warn_before=wanted.warn_before,
            warn_to=wanted.warn_to,
        )


def _ladder(
    of_desk: tuple[EscalationStep, ...], of_mailbox: tuple[EscalationStep, ...] | None
) -> tuple[Step, ...]:
    steps = of_desk if of_mailbox is None else of_mailbox
    return tuple(
        Step(after=step.after, to=step.to, repeat_every=step.repeat_every) for step in steps
    )


def _addresses(mailboxes: Iterable[Mailbox]) -> Iterable[str]:
    for mailbox in mailboxes:
        yield mailbox.address
        yield from mailbox.aliases


def _spellings(addresses: Iterable[str]) -> frozenset[str]:
    """The addresses casefolded, each also with its domain as A-labels (RFC 5891 §4.4)."""
    found = set()
    for address in addresses:
        local, _, domain = address.rpartition("@")
        ascii_domain = domain.encode("idna").decode("ascii")
        found |= {address.casefold(), f"{local}@{ascii_domain}".casefold()}
    return frozenset(found)


def _list_id(text: str) -> str:
    """The identifier of a List-Id value, with or without its phrase (RFC 2919 §3)."""
    return text.rpartition("<")[2].rstrip("> ").casefold()
