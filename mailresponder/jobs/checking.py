"""Is the desk able to do its work? Every part is tried the way the jobs use it.

Nothing is changed at the servers unless a test mail is asked for. The database and the desk's
key are opened as the jobs open them, which makes them where they are missing.
"""

import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from datetime import datetime
from zoneinfo import ZoneInfo

from mailresponder.config import Config, how_to_install, themes_file
from mailresponder.config.sections import DeadlineSettings
from mailresponder.errors import ConfigError, PermanentFailure, TemporaryFailure
from mailresponder.jobs import calendars, learned, theming
from mailresponder.jobs.mailbox_check import MailboxCheck
from mailresponder.jobs.results import CheckResult, Found, tried
from mailresponder.jobs.trial import Trial
from mailresponder.listening.correction import Correction
from mailresponder.policy.retries import is_due
from mailresponder.store import corrections, mailboxes, secret
from mailresponder.store.database import Store, set_desk_value
from mailresponder.store.mailboxes import Way
from mailresponder.store.templates import TemplateFolder

_YEARS = range(2026, 2100)
"""A clock that shows another year has lost its battery."""


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
    yield tried("configuration", lambda: (str(config.path), "; ".join(config.warnings)))
    secret_file = tried("secret", lambda: _secret(config))
    yield secret_file
    database = tried("database", lambda: _database(config, with_key=secret_file.ok))
    yield database
    if database.ok:
        yield tried("learnt", lambda: _learnt(config))
    yield tried("themes", lambda: _themes(config))
    folder = TemplateFolder.of_desk(config)
    yield from templates(folder)
    yield from _calendars(config, clock())
    yield tried("clock", lambda: _clock(config, clock()))
    yield tried("staff", lambda: _staff(config))
    if database.ok:
        yield from _outages(config, clock())
    for mailbox in config.mailboxes:
        one = MailboxCheck(
            config, mailbox, environ, folder.of(mailbox.name), clock, count=database.ok
        )
        yield from one.run(trial)


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
            mend=f"{problem.meanwhile}; see `mailresponder help templates`",
        )
        for problem in folder.problems()
    ]
    yield from broken
    if not broken:
        number = len(folder.listing(folder.mailboxes or ()))
        yield CheckResult(name="templates", ok=True, detail=f"all {number} can be used")
    obstacle = folder.history.obstacle() if folder.places() else ""
    if obstacle:
        yield CheckResult(
            name="templates",
            ok=True,
            detail=f"no history of them is kept: {obstacle}",
            mend="make it writable for the user mailresponder runs as, "
            "so that a broken template gives way to its last good version",
        )


def _secret(config: Config) -> Found:
    path = config.secret_path
    # What keeps the database from being opened is told by its own line.
    with suppress(TemporaryFailure, PermanentFailure):
        begun = Store.open_existing(config.database_url())
        if begun is not None:
            with closing(begun), begun.read() as conn:
                secret.require_there(conn, path)
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
            secret.of_desk(conn, config.secret_path, create=True)
        # To begin a transaction is not to write: that a file is read-only shows at the first row.
        set_desk_value(conn, "checked", "")
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


def _themes(config: Config) -> Found:
    """What the desk listens for, and how it finds what else there is."""
    number = len(themes_file.taxonomy_for(config).themes)
    own = config.themes_path.exists()
    said = f"{number} in {config.themes_path}" if own else f"the {number} shipped ones"
    if not config.themes.discover:
        return f"{said}; no others are looked for", ""
    if theming.ears(config).space is not None:
        return f"{said}; others are found by what mails mean", ""
    mend = (
        ""
        if config.themes.semantic is False
        else (f"one theme over all languages: {how_to_install('themes')}")
    )
    return f"{said}; others are found by words, in each language alone", mend


def _outages(config: Config, now: datetime) -> Iterator[CheckResult]:
    """What the service could not do lately, and when it tries again. No check fails by that: what
    follows tries it now."""
    with closing(Store.open(config.database_url())) as store, store.read() as conn:
        states = [mailboxes.state(conn, mailbox.name) for mailbox in config.mailboxes]
    for state in states:
        for way in Way:
            fault = state.fault(way) if state is not None else None
            if state is not None and fault is not None:
                again = "with its next pass"
                if fault.retry_at is not None and not is_due(fault.retry_at, now=now):
                    again = f"at {_local(fault.retry_at, config)}"
                yield CheckResult(
                    name=f"{state.name}.{way}",
                    ok=True,
                    detail=f"failing since {_local(fault.since, config)}: {fault.why}",
                    mend=f"the service tries again {again}; `mailresponder run --once` tries now",
                )


def _local(moment: datetime, config: Config) -> str:
    return f"{moment.astimezone(config.desk.timezone):%Y-%m-%d %H:%M}"


def _calendars(config: Config, now: datetime) -> Iterator[CheckResult]:
    for name, deadlines, zone in calendars.different(config):

        def told(deadlines: DeadlineSettings = deadlines, zone: ZoneInfo = zone) -> Found:
            return calendars.told(deadlines, zone, now), ""

        yield tried(name, told)


def _staff(config: Config) -> Found:
    """What proves that staff wrote a mail."""
    border = config.staff.trusted_authserv_id
    if border == "!none":
        return "believed from Sent and by the word of our own mail server, which gives no name", ""
    if border:
        return f"believed from Sent and by the word of {border}", ""
    mend = (
        "set trusted_authserv_id where your mail server adds Authentication-Results; "
        "until then forward no notice to people outside"
    )
    return "believed from Sent and as readers of our notices, by no other mail of theirs", mend


def _clock(config: Config, now: datetime) -> Found:
    zone = config.desk.timezone
    shown = f"{now.astimezone(zone):%Y-%m-%d %H:%M} in {zone.key}"
    if now.year not in _YEARS:
        raise PermanentFailure(
            f"this machine's clock shows {shown}", mend="set the clock; an NTP service keeps it"
        )
    return shown, ""
