"""Is the desk able to do its work? Every part is tried the way the jobs use it.

Nothing is changed at the servers unless a test mail is asked for. The database and the desk's
key are opened as the jobs open them, which makes them where they are missing.
"""

import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from mailresponder.config import Config, Mailbox, how_to_install, themes_file
from mailresponder.config.sections import DeadlineSettings
from mailresponder.errors import ConfigError, ExitStatus, PermanentFailure, TemporaryFailure
from mailresponder.jobs import (
    calendars,
    host_check,
    learned,
    people_check,
    sending_domain,
    theming,
    trimming,
)
from mailresponder.jobs.mailbox_check import MailboxCheck
from mailresponder.jobs.results import CheckResult, Concern, Found, tried
from mailresponder.jobs.side_by_side import side_by_side
from mailresponder.jobs.trial import Trial
from mailresponder.listening.correction import Correction
from mailresponder.policy.retries import is_due
from mailresponder.store import corrections, leases, mailboxes, refusals, secret
from mailresponder.store.database import Store, set_desk_value
from mailresponder.store.mailboxes import Way
from mailresponder.store.templates import TemplateFolder
from mailresponder.transport.dns import Dns

_YEARS = range(2026, 2100)
"""A clock that shows another year has lost its battery."""
AT_ONCE = 8
"""Mailboxes and domains that are looked at side by side."""
PATIENCE = 90.0
"""Seconds for one of them, however slow its servers; what a trial waits for comes on top."""
_NAMED = 5
"""Mailboxes named of each process."""


def check(
    config: Config,
    *,
    clock: Callable[[], datetime],
    environ: Mapping[str, str],
    trial: Trial | None = None,
    dns: Dns | None = None,
    only: Sequence[str] = (),
) -> Iterator[CheckResult]:
    """Try everything, one result after another. Raises nothing a user can cause.

    Args:
        config: A configuration that was read and found in order.
        clock: Gives the time, aware.
        environ: Where `password_env` is looked up.
        trial: How to send a test mail through every mailbox; None: none is sent.
        dns: Whom to ask about the domains; None: whom this machine asks.
        only: Names of mailboxes; no other one is looked into. Empty: all.
    """
    yield tried("configuration", lambda: _configuration(config))
    secret_file = tried("secret", lambda: _secret(config))
    yield secret_file
    store: Store | None = None
    with ExitStack() as stack:

        def opened() -> Found:
            nonlocal store
            found = stack.enter_context(closing(Store.open(config.database_url())))
            said = _database(found, config, with_key=secret_file.ok)
            store = found
            return said

        yield tried("database", opened)
        if store is not None:
            yield tried("integrity", partial(host_check.database, store))
        yield tried("disk", partial(host_check.disk, config))
        yield tried("permissions", partial(host_check.permissions, config))
        if store is not None:
            yield tried("learnt", partial(_learnt, store, config))
            yield from _retention(store, config, clock())
        yield tried("themes", lambda: _themes(config))
        folder = TemplateFolder.of_desk(config)
        yield from templates(folder)
        yield from _calendars(config, clock())
        yield tried("clock", lambda: _clock(config, clock()))
        yield tried("staff", lambda: people_check.believed(config))
        yield tried("escalation", lambda: people_check.told(config))
        chosen = [one for one in config.mailboxes if not only or one.name in only]
        if store is not None:
            yield from _service(store, config, chosen, clock())

        def of_mailbox(mailbox: Mailbox) -> Iterator[CheckResult]:
            own = folder.of(mailbox.name)
            looked = MailboxCheck(config, mailbox, environ, own, clock, store=store)
            return looked.run(trial)

        works = [(one.name, partial(of_mailbox, one)) for one in chosen]
        if trial is not None:
            # A person may be asked for a reply, to one mail at a time, and has minutes for it.
            waits = PATIENCE + (trial.patience + trial.reply_within).total_seconds()
            yield from _side_by_side(works, (), at_once=1, patience=waits)
            works = []
        domains = sending_domain.sending_domains(chosen)
        asked = [(one.name, partial(sending_domain.checked, one, dns or Dns())) for one in domains]
        yield from _side_by_side(works, asked, at_once=AT_ONCE, patience=PATIENCE)


Works = Sequence[tuple[str, Callable[[], Iterator[CheckResult]]]]


def _side_by_side(
    mailboxes: Works, domains: Works, *, at_once: int, patience: float
) -> Iterator[CheckResult]:
    works = [*mailboxes, *domains]

    def given_up(number: int) -> CheckResult:
        # That the DNS is slow is no fault of the desk's.
        is_domain = number >= len(mailboxes)
        return CheckResult(
            name=f"{works[number][0]}.timeout",
            ok=is_domain,
            detail=f"not done after {patience:g} s: something answers without end",
            mend=f"is it the {'DNS' if is_domain else 'server'}, or this machine's network?",
            warning=is_domain,
            status=ExitStatus.TEMPORARY,
        )

    return side_by_side(
        [work for _, work in works], at_once=at_once, patience=patience, given_up=given_up
    )


def of_mistakes(error: ConfigError) -> list[CheckResult]:
    """A configuration that cannot be used: one failing result for each mistake."""
    return [
        CheckResult(
            name="configuration",
            ok=False,
            detail=f"{p.path}: {p.message}",
            mend=p.hint,
            status=ExitStatus.CONFIGURATION,
        )
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
            warning=True,
        )


def _configuration(config: Config) -> Found | Concern:
    if config.warnings:
        return Concern(detail=str(config.path), mend="; ".join(config.warnings))
    return str(config.path), ""


def _secret(config: Config) -> Found | Concern:
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
    if readable:
        return Concern(detail=f"{path}, which others can read", mend=f"chmod 600 {path}")
    return str(path), ""


def _database(store: Store, config: Config, *, with_key: bool) -> Found:
    """`with_key`: also whether it was begun with the desk's key, which must be there."""
    with store.begin() as conn:
        if with_key:
            secret.of_desk(conn, config.secret_path, create=True)
        # To begin a transaction is not to write: that a file is read-only shows at the first row.
        set_desk_value(conn, "checked", "")
        return f"{store.dialect}, can be written and its tables are up to date", ""


def _learnt(store: Store, config: Config) -> Found | Concern:
    """What staff have taught of anger, and whether it fits the model of today."""
    with store.read() as conn:
        row = corrections.in_force(conn)
    if row is None:
        return "nothing yet: anger is judged by the shipped model alone", ""
    Correction.from_json(row.content)
    said = f"from {row.labels} labels on {row.at.astimezone(config.desk.timezone):%Y-%m-%d}"
    if learned.fits(row):
        return said, ""
    return Concern(
        detail=f"{said}, for another model than this version's: it is not used",
        mend="learn anew: mailresponder learn",
    )


def _retention(store: Store, config: Config, now: datetime) -> Iterator[CheckResult]:
    """Whether what was kept for ever is soon let go of, though nobody said so."""
    begins = trimming.grace(store, config, now=now)
    if begins is not None:
        kept = config.retention.in_order()
        day = begins.astimezone(config.desk.timezone)
        concern = Concern(
            detail=f"from {day:%Y-%m-%d} on texts go after {kept.text.days} days and tickets after"
            f" {kept.tickets.days}, for good: text and tickets of [retention] are not both set",
            mend="set both to what you want to keep: mailresponder help privacy",
        )
        yield tried("retention", lambda: concern)


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


def _service(
    store: Store, config: Config, chosen: Iterable[Mailbox], now: datetime
) -> Iterator[CheckResult]:
    """Who has mailboxes in hand; which configuration was refused; what the service could not do
    lately, and when it tries again.
    That mail could not be read fails no check, as what follows tries it now; that none could be
    sent fails one, as signing in is not sending."""
    with store.read() as conn:
        holders = leases.of_mailboxes(conn, now)
        states = mailboxes.states(conn)
        refused = refusals.noted(conn, now=now)
    if holders:
        yield CheckResult(name="instances", ok=True, detail=_in_hand(holders))
    for one in refused:
        yield CheckResult(
            name="reload",
            ok=True,
            detail=f"{one.process} refused the configuration at {_local(one.at, config)}, and goes "
            f"on by the one before: {one.why}",
            mend="mend it, and reload again",
            warning=True,
        )
    for mailbox in chosen:
        state = states.get(mailbox.name)
        for way in Way:
            fault = state.fault(way) if state is not None else None
            if state is not None and fault is not None:
                again = "with its next pass"
                if fault.retry_at is not None and not is_due(fault.retry_at, now=now):
                    again = f"at {_local(fault.retry_at, config)}"
                yield CheckResult(
                    name=f"{state.name}.{way}",
                    ok=way is Way.READING,
                    detail=f"failing since {_local(fault.since, config)}: {fault.why}",
                    mend=f"the service tries again {again}; `mailresponder run --once` tries now",
                    warning=way is Way.READING,
                    status=ExitStatus.TEMPORARY,
                )


def _in_hand(holders: Mapping[str, str]) -> str:
    """As `desk1, process 812: sales, support`. `holders`: the owner of each mailbox's lease."""
    of_owners: dict[str, list[str]] = {}
    for name, owner in sorted(holders.items()):
        of_owners.setdefault(owner, []).append(name)
    told = []
    for owner, names in sorted(of_owners.items()):
        host, process = owner.split(":")[:2]
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        told.append(f"{host}, process {process}: {', '.join(names[:_NAMED])}{more}")
    return "; ".join(told)


def _local(moment: datetime, config: Config) -> str:
    return f"{moment.astimezone(config.desk.timezone):%Y-%m-%d %H:%M}"


def _calendars(config: Config, now: datetime) -> Iterator[CheckResult]:
    for name, deadlines, zone in calendars.different(config):

        def told(deadlines: DeadlineSettings = deadlines, zone: ZoneInfo = zone) -> Found:
            return calendars.told(deadlines, zone, now), ""

        yield tried(name, told)


def _clock(config: Config, now: datetime) -> Found:
    zone = config.desk.timezone
    shown = f"{now.astimezone(zone):%Y-%m-%d %H:%M} in {zone.key}"
    if now.year not in _YEARS:
        raise PermanentFailure(
            f"this machine's clock shows {shown}", mend="set the clock; an NTP service keeps it"
        )
    return shown, ""
