"""The listening report of a desk, for the command line, the page and the mail alike. Reads only."""

from datetime import datetime

from sqlalchemy import Connection

from mailresponder.config import Config
from mailresponder.config.themes_file import taxonomy_for
from mailresponder.errors import MailresponderError
from mailresponder.jobs.kept_themes import no_such_theme
from mailresponder.listening.lexicon import available
from mailresponder.policy.deadlines import BusinessHours
from mailresponder.reports import making
from mailresponder.reports import period as periods
from mailresponder.reports.period import Period
from mailresponder.reports.report import Report
from mailresponder.store import mailboxes as store_mailboxes
from mailresponder.store import themes
from mailresponder.store.database import Store


def period_of(config: Config, *, now: datetime, since: str | None, until: str | None) -> Period:
    """The period somebody asks for, as `7d`, `4w` or `2026-01-01`. Raises MailresponderError."""
    try:
        return periods.read(since, until, now=now, zone=config.desk.timezone)
    except ValueError as error:
        raise MailresponderError(
            f"no report of that time: {error}",
            mend="as --since 7d, or --since 2026-01-01 --until 2026-02-01",
        ) from error


def incomplete_before(
    config: Config, period: Period, *, now: datetime, mailbox: str | None = None
) -> datetime | None:
    """Before which moment tickets are kept no longer, where a report of the period counts any from
    before it, or compares with them; None where it does not."""
    names = [one.name for one in config.mailboxes] if mailbox is None else [mailbox]
    kept_since = now - min(config.retention_of(name).tickets for name in names)
    return kept_since if period.before.since < kept_since else None


def made(
    store: Store,
    config: Config,
    *,
    now: datetime,
    period: Period,
    mailbox: str | None = None,
    language: str | None = None,
    theme: str | None = None,
    with_quotes: bool = True,
) -> Report:
    """The report of a period; limited to a mailbox, a language or a theme where one is given.

    Raises MailresponderError for a mailbox, a language or a theme there is none of, ConfigError for
    mistakes in themes.toml. A mailbox that is configured no more has its mail, and its report.
    """
    if language is not None and language not in available():
        raise MailresponderError(
            f"no mail is in the language {language!r}", mend=f"there are: {', '.join(available())}"
        )
    calendars: dict[str, BusinessHours] = {}

    def hours_of(name: str) -> BusinessHours:
        if name not in calendars:
            calendars[name] = _hours(config, name)
        return calendars[name]

    taxonomy = taxonomy_for(config)
    with store.read() as conn:
        if mailbox is not None:
            _require_mailbox(conn, config, mailbox)
        if theme is not None and theme not in {
            *(one.key for one in taxonomy.themes),
            *(one.key for one in themes.all_themes(conn)),
        }:
            raise no_such_theme(theme)
        return making.make(
            conn,
            desk_name=config.desk.name,
            zone=config.desk.timezone,
            period=period,
            hours_of=hours_of,
            taxonomy=taxonomy,
            now=now,
            mailbox=mailbox,
            language=language,
            theme=theme,
            with_quotes=with_quotes,
        )


def mailboxes(conn: Connection, config: Config) -> list[str]:
    """The mailboxes there can be a report of: those that are configured, then those that were."""
    names = [mailbox.name for mailbox in config.mailboxes]
    known = set(names)
    return [*names, *(name for name in store_mailboxes.states(conn) if name not in known)]


def _require_mailbox(conn: Connection, config: Config, name: str) -> None:
    if store_mailboxes.state(conn, name) is None:
        config.mailbox(name)


def _hours(config: Config, name: str) -> BusinessHours:
    """A mailbox's calendar; the desk's for a mailbox that is configured no more."""
    known = {mailbox.name: mailbox for mailbox in config.mailboxes}
    deadlines = config.deadlines_of(known[name]) if name in known else config.deadlines
    return deadlines.business_hours(config.zone_of(name))
