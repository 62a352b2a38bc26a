"""The sections of the configuration file, each with its keys, types and defaults.

A key here is a key of the file and the attribute the program reads. What one section must know
of another is checked in `checks`.
"""

from typing import Any, ClassVar, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationInfo, field_validator, model_validator

from mailresponder.config import fields
from mailresponder.config.calendar import ClosedDays, check_country, check_subdivision
from mailresponder.config.retention import MailboxRetentionSettings, RetentionSettings
from mailresponder.config.section import Section
from mailresponder.config.services import (
    ClosingSettings,
    DefectSettings,
    DigestSettings,
    ReportSettings,
    ThemesSettings,
    WebSettings,
)
from mailresponder.config.signing_in import (
    PASSWORD_KEYS,
    SIGN_IN_KEYS,
    OAuth2Settings,
    Provider,
)
from mailresponder.config.watching import LogSettings, MetricsSettings
from mailresponder.policy.deadlines import BusinessHours, parse_duration

WEEK = fields.WEEK

Security = Literal["tls", "starttls", "none"]


class DeskSettings(Section):
    """`[desk]`"""

    name: fields.Named
    timezone: fields.Zone = ZoneInfo("Europe/Madrid")
    languages: fields.Languages = ("en", "es")
    """The first is the default."""
    templates: str = "templates"
    database: fields.DatabaseUrl = Field("sqlite:///mailresponder.db", repr=False)
    reference_prefix: fields.Prefix = "MR"
    secret_file: str = Field("mailresponder.secret", min_length=1)
    token_file: str = Field("mailresponder.tokens", min_length=1)
    token_store: Literal["file", "keyring"] = "file"  # noqa: S105 - where tokens are, not one


class AdminSettings(Section):
    """`[admin]`"""

    addresses: fields.Emails = ()


class ServerSettings(Section):
    """What `[mailbox.imap]` and `[mailbox.smtp]` have in common."""

    ports: ClassVar[dict[str, int]]
    """The usual port for each kind of security."""

    host: fields.Host
    port: fields.Port
    allow_insecure: bool = False
    security: Security = "tls"
    password: fields.Secret | None = Field(None, repr=False)
    password_env: fields.Named | None = None
    password_file: fields.FilePath | None = None
    """Absolute."""
    password_command: fields.Command | None = Field(None, repr=False)
    oauth2: Provider | None = None
    """Whose token signs in in place of a password; how it is had says `[mailbox.oauth2]`."""
    ca_file: fields.CaFile = ""
    """Absolute; empty: the system's certificates."""

    @model_validator(mode="before")
    @classmethod
    def _usual_port(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "port" in data:
            return data
        security = str(data.get("security", "tls"))
        return {**data, "port": cls.ports.get(security, cls.ports["tls"])}

    @field_validator("security")
    @classmethod
    def _plain_text_stays_at_home(cls, security: Security, info: ValidationInfo) -> Security:
        host = info.data.get("host")
        allowed = info.data.get("allow_insecure", True)
        if security == "none" and host and not allowed and not fields.is_loopback(host):
            raise ValueError(
                "the password and all mail would cross the network readable by anyone",
                'use "tls" or "starttls", or set allow_insecure = true',
            )
        return security


class ImapSettings(ServerSettings):
    """`[mailbox.imap]`"""

    ports: ClassVar[dict[str, int]] = {"tls": 993, "starttls": 143, "none": 143}

    username: fields.Named
    folder: fields.Named = "INBOX"
    sent_folder: fields.OneLine = ""
    """Empty: found by SPECIAL-USE (RFC 6154)."""
    drafts_folder: fields.OneLine = ""
    """Likewise."""


class SmtpSettings(ServerSettings):
    """`[mailbox.smtp]`"""

    ports: ClassVar[dict[str, int]] = {"tls": 465, "starttls": 587, "none": 25}

    username: fields.OneLine = ""
    """Empty: no authentication."""
    connections: int = Field(4, ge=1, le=100)
    envelope_sender: Literal["mailbox", "null"] = "mailbox"
    save_copy: bool = True


class StaffSettings(Section):
    """`[staff]`"""

    addresses: fields.StaffPatterns = ()
    trusted_authserv_id: fields.OneLine = ""
    digest_from: int = Field(5, ge=2)
    attachments_mb: int = Field(10, ge=0, le=40)


class HoursSettings(Section):
    """`[deadlines.hours]`"""

    mon: fields.OpenHours = ()
    tue: fields.OpenHours = ()
    wed: fields.OpenHours = ()
    thu: fields.OpenHours = ()
    fri: fields.OpenHours = ()
    sat: fields.OpenHours = ()
    sun: fields.OpenHours = ()

    @model_validator(mode="after")
    def _some_working_time(self) -> Self:
        if not any(getattr(self, day) for day in WEEK):
            raise ValueError(
                "there is no working time in the week", "name a window, or leave the section out"
            )
        return self


class HolidaySettings(Section):
    """`[deadlines.holidays]`"""

    country: str = ""
    subdivision: str = ""
    extra_closed_days: fields.Days = ()

    @field_validator("country")
    @classmethod
    def _known_country(cls, country: str) -> str:
        return check_country(country) if country else country

    @field_validator("subdivision")
    @classmethod
    def _known_subdivision(cls, subdivision: str, info: ValidationInfo) -> str:
        country = info.data.get("country")
        if not subdivision or country is None:
            return subdivision
        if not country:
            raise ValueError("needs a country")
        return check_subdivision(country, subdivision)


class DeadlineSettings(Section):
    """`[deadlines]`"""

    answer_within: fields.Duration = parse_duration("8h")
    angry_answer_within: fields.Duration = parse_duration("2h")
    warn_before: fields.SomeTime | None = None
    warn_to: fields.Emails = ()
    hours: HoursSettings | None = None
    holidays: HolidaySettings = HolidaySettings()

    def business_hours(self, zone: ZoneInfo) -> BusinessHours:
        """The desk's calendar; public holidays are looked up when first asked for."""
        windows = None
        if self.hours is not None:
            windows = {number: getattr(self.hours, day) for number, day in enumerate(WEEK)}
        closed = ClosedDays(
            country=self.holidays.country,
            subdivision=self.holidays.subdivision,
            extra=frozenset(self.holidays.extra_closed_days),
        )
        return BusinessHours(
            timezone=zone, windows=windows, closed_days=closed, holiday_name=closed.name
        )


class MailboxDeadlineSettings(DeadlineSettings):
    """`[mailbox.deadlines]`: what is given here holds for this mailbox, the rest as in
    `[deadlines]`."""

    timezone: fields.Zone | None = None
    """None: the desk's."""

    def over(self, desk: DeadlineSettings) -> DeadlineSettings:
        """What holds for the mailbox, key by key; hours and holidays each as a whole."""
        own = self.model_fields_set - {"timezone"}
        update = {key: getattr(self, key) for key in own}
        # Neither a default nor another mailbox's time must make the angry wait longest here.
        if "answer_within" in own and "angry_answer_within" not in own:
            update["angry_answer_within"] = min(desk.angry_answer_within, self.answer_within)
        return desk.model_copy(update=update)


class EscalationStep(Section):
    """`[[escalation]]`"""

    after: fields.Duration
    to: fields.SomeEmails
    repeat_every: fields.SomeTime | None = None


class Mailbox(Section):
    """`[[mailbox]]`"""

    name: fields.Named
    address: fields.Email
    aliases: fields.Emails = ()
    start_from: fields.StartFrom = "now"
    poll_every: fields.SomeTime = parse_duration("60s")
    own_lists: fields.Names = ()
    answered_flag: bool = False
    subaddress: Literal["", "+", "-"] = ""
    drafts: Literal["none", "angry", "all"] = "none"
    imap: ImapSettings
    smtp: SmtpSettings
    oauth2: OAuth2Settings | None = None
    deadlines: MailboxDeadlineSettings = MailboxDeadlineSettings()
    retention: MailboxRetentionSettings = MailboxRetentionSettings()
    escalation: fields.Several[EscalationStep] | None = None
    """None: the desk's ladder."""
    angry_escalation: fields.Several[EscalationStep] | None = None

    @model_validator(mode="after")
    def _one_account_for_both(self) -> Self:
        """The SMTP user name, and what it signs in with, default to the IMAP ones."""
        given = self.smtp.model_fields_set
        account: dict[str, str | None] = {}
        if "username" not in given:
            by_token = given.isdisjoint(PASSWORD_KEYS)
            account["username"] = (by_token and self._sender) or self.imap.username
        if account.get("username", self.smtp.username) and given.isdisjoint(SIGN_IN_KEYS):
            account |= {key: getattr(self.imap, key) for key in SIGN_IN_KEYS}
        return self.model_copy(update={"smtp": self.smtp.model_copy(update=account)})

    @property
    def _sender(self) -> str:
        """Who signs in to send, where that is not who signs in to read: Microsoft lets a person
        open a shared mailbox by its address, and send from it by their own alone
        (https://github.com/nextcloud/mail/issues/13667). Empty: the same."""
        client = self.oauth2
        if client is None or client.sign_in != "person" or self.imap.oauth2 != "microsoft":
            return ""
        return client.account

    @property
    def envelope_sender(self) -> str:
        """Whom bounces of its mail are for (RFC 5321 §3.6.3); empty: nobody."""
        return "" if self.smtp.envelope_sender == "null" else self.address


class AngerSettings(Section):
    """`[anger]`"""

    threshold: float | None = Field(None, ge=0, le=1, allow_inf_nan=False)
    """None: the model's own, per language."""
    semantic: bool = False
    """Is a second opinion asked? Needs the extra of that name."""
    flag: bool = True
    move_to: fields.OneLine = ""


class AcknowledgeSettings(Section):
    """`[acknowledge]`"""

    enabled: bool = True
    follow_up_notice: bool = False
    max_per_recipient_per_hour: int = Field(10, ge=1)
    max_per_recipient_per_day: int = Field(25, ge=1)
    max_per_mailbox_per_minute: int = Field(120, ge=1)
    spam: bool = False
    blocked_senders: fields.Patterns = ()


class Document(Section):
    """The whole file."""

    desk: DeskSettings
    admin: AdminSettings = AdminSettings()
    mailbox: fields.AtLeastOne[Mailbox]
    staff: StaffSettings = StaffSettings()
    deadlines: DeadlineSettings = DeadlineSettings()
    escalation: fields.Several[EscalationStep] = ()
    angry_escalation: fields.Several[EscalationStep] = ()
    closing: ClosingSettings = ClosingSettings()
    retention: RetentionSettings = RetentionSettings()
    digest: DigestSettings = DigestSettings()
    defects: DefectSettings = DefectSettings()
    report: ReportSettings = ReportSettings()
    anger: AngerSettings = AngerSettings()
    acknowledge: AcknowledgeSettings = AcknowledgeSettings()
    themes: ThemesSettings = ThemesSettings()
    web: WebSettings = WebSettings()
    log: LogSettings = LogSettings()
    metrics: MetricsSettings = MetricsSettings()
