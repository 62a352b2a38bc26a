"""How the desk is doing: each mailbox, what waits to be sent, and what somebody should mend.

Looks at what is stored and asks no server: `checking` does that. Changes nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from mailresponder.config import Config, Mailbox
from mailresponder.policy.digest import Some
from mailresponder.policy.retries import is_due
from mailresponder.store import backlog, leases, mailboxes, outbox_view, refusals, sign_ins
from mailresponder.store.backlog import Backlog, UnsentMail
from mailresponder.store.mailboxes import Fault, MailboxState

MOST = 50
"""Mails of a list."""
LATELY = timedelta(days=3)
"""How long a mail that was given up is something to look after: over a weekend."""

_MISSED = 3
"""Intervals after which a pass is missed."""
_SOON = timedelta(minutes=3)
"""Before that none is, however often a mailbox is read."""
_MINUTE = timedelta(minutes=1)


class Standing(StrEnum):
    """How a mailbox fares."""

    WELL = "well"
    NEVER = "never"
    """No pass has ended yet."""
    LATE = "late"
    """The last pass is too long ago."""
    FAILING = "failing"
    """It cannot be read."""


class Trouble(StrEnum):
    """What somebody should look after, the gravest first."""

    NOTHING_RUNS = "nothing_runs"
    """No mailbox is worked on: the service is likely down."""
    FAILING = "failing"
    LATE = "late"
    NEVER = "never"
    NOT_SENDING = "not_sending"
    """It cannot send."""
    NOT_TAKEN = "not_taken"
    """No server takes the mail that is to be sent."""
    SIGN_IN_ENDING = "sign_in_ending"
    """It is read and sends, but its sign-in is about to end."""
    FAILED = "failed"
    """Mails of ours were given up lately."""
    REFUSED = "refused"
    """A running process was told to take over a configuration that cannot be used."""
    CONFIGURATION = "configuration"
    """The file is no longer what this process has read."""
    DEFERRING = "deferring"
    """More mail is due than may leave in a minute."""
    TEMPLATES = "templates"
    """Templates of the admin cannot be used."""


GRAVE = frozenset(
    {
        Trouble.NOTHING_RUNS,
        Trouble.FAILING,
        Trouble.LATE,
        Trouble.NOT_SENDING,
        Trouble.NOT_TAKEN,
    }
)
"""Troubles with which mail is not read or none leaves. One mail that was refused, to a mistyped
address say, is not among them: staff are told of it, and nothing else stops."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MailboxHealth:
    """One mailbox."""

    name: str
    address: str
    standing: Standing
    idle: bool
    """Has no pass ended for so long that nobody seems to work on it?"""
    state: MailboxState
    held_by: str | None
    """The process that works on it at this moment, as `host:process:…`."""
    backlog: Backlog
    room: int
    """How many more mails may leave within this minute."""
    limit: int
    """How many may leave in a minute."""
    deferred: int
    """Mails that are due and wait because there is no room; 0 unless that is so."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing to look after."""

    trouble: Trouble
    mailbox: str = ""
    """Empty where it concerns them all."""
    process: str = ""
    """The process that it concerns, as `run at HOST`."""
    count: int = 0
    """Mails or templates, where these are counted."""
    since: datetime | None = None
    why: str = ""
    """What a server said, in the words that were logged."""
    until: datetime | None = None
    """When it becomes worse."""
    again: datetime | None = None
    """When it is tried again by itself; None: with the next pass, or where nothing is tried."""

    @property
    def grave(self) -> bool:
        """Is mail not read, or does none leave?"""
        return self.trouble in GRAVE


@dataclass(frozen=True, kw_only=True, slots=True)
class Health:
    """The whole desk."""

    mailboxes: tuple[MailboxHealth, ...]
    findings: tuple[Finding, ...]
    """What somebody should look after, the gravest first; empty where all is well."""
    waiting: Some[UnsentMail]
    failed: Some[UnsentMail]

    def finding_of(self, mailbox: str) -> Finding | None:
        """The gravest thing to look after that concerns this mailbox alone."""
        return next((one for one in self.findings if one.mailbox == mailbox), None)

    @property
    def grave(self) -> bool:
        """Is mail not read somewhere, or does none leave?"""
        return any(finding.grave for finding in self.findings)


def look(
    conn: Connection, config: Config, *, broken: int, now: datetime, changed: bool = False
) -> Health:
    """How the desk is doing; `broken` says how many of its templates cannot be used, `changed`
    whether the configuration has changed since it was read."""
    names = [mailbox.name for mailbox in config.mailboxes]
    backlogs = backlog.backlogs(conn, names, since=now - LATELY)
    found = tuple(
        _mailbox(conn, config, mailbox, backlogs.get(mailbox.name, Backlog()), now)
        for mailbox in config.mailboxes
    )
    findings = [*_findings(found, now), *_endings(conn, found), *_refusals(conn, now)]
    if changed:
        findings.append(Finding(trouble=Trouble.CONFIGURATION))
    if broken:
        findings.append(Finding(trouble=Trouble.TEMPLATES, count=broken))
    order = list(Trouble)
    return Health(
        mailboxes=found,
        findings=tuple(sorted(findings, key=lambda one: order.index(one.trouble))),
        waiting=backlog.waiting(conn, names, most=MOST),
        failed=backlog.given_up(conn, names, most=MOST),
    )


def _mailbox(
    conn: Connection, config: Config, mailbox: Mailbox, waits: Backlog, now: datetime
) -> MailboxHealth:
    name = mailbox.name
    state = mailboxes.state(conn, name) or MailboxState(name=name)
    held_by = leases.owner_of(conn, leases.of_mailbox(name), now)
    limit = config.acknowledge.max_per_mailbox_per_minute
    room = max(0, limit - outbox_view.sent_since(conn, name, now - _MINUTE))
    idle = held_by is None and missed(state, every=mailbox.poll_every, now=now)
    return MailboxHealth(
        name=name,
        address=mailbox.address,
        standing=_standing(state, idle=idle),
        idle=idle,
        state=state,
        held_by=held_by,
        backlog=waits,
        room=room,
        limit=limit,
        deferred=0 if room else outbox_view.due_count(conn, name, now),
    )


def missed(
    state: MailboxState, *, every: timedelta, now: datetime, begun: datetime | None = None
) -> bool:
    """Should another pass have ended by now, of those that come at this interval, and that somebody
    has begun to make at a moment? None: long ago."""
    expected = max(filter(None, (state.last_pass_at, begun)), default=None)
    if expected is None:
        return True
    if state.reading is not None and state.reading.retry_at is not None:
        if not is_due(state.reading.retry_at, now=now):
            return False
        expected = max(expected, state.reading.retry_at)
    return now - expected > max(_MISSED * every, _SOON)


def _standing(state: MailboxState, *, idle: bool) -> Standing:
    if state.reading is not None:
        return Standing.FAILING
    if state.last_pass_at is None:
        return Standing.NEVER
    return Standing.LATE if idle else Standing.WELL


def _findings(found: tuple[MailboxHealth, ...], now: datetime) -> Iterator[Finding]:
    nothing_runs = all(one.idle for one in found)
    if nothing_runs:
        ends = [one.state.last_pass_at for one in found if one.state.last_pass_at is not None]
        yield Finding(trouble=Trouble.NOTHING_RUNS, since=max(ends, default=None))
    for one in found:
        name, state, waits = one.name, one.state, one.backlog
        if state.reading is not None:
            yield _of(Trouble.FAILING, name, state.reading, now)
        elif one.standing is Standing.LATE and not nothing_runs:
            yield Finding(trouble=Trouble.LATE, mailbox=name, since=state.last_pass_at)
        elif one.standing is Standing.NEVER and not nothing_runs:
            yield Finding(trouble=Trouble.NEVER, mailbox=name)
        if state.sending is not None:
            yield _of(Trouble.NOT_SENDING, name, state.sending, now, count=waits.waiting)
        elif waits.not_taken:
            why = waits.why
            yield Finding(trouble=Trouble.NOT_TAKEN, mailbox=name, count=waits.not_taken, why=why)
        if waits.failed:
            yield Finding(trouble=Trouble.FAILED, mailbox=name, count=waits.failed)
        if one.deferred:
            yield Finding(trouble=Trouble.DEFERRING, mailbox=name, count=one.deferred)


def _refusals(conn: Connection, now: datetime) -> Iterator[Finding]:
    for one in refusals.noted(conn, now=now):
        yield Finding(trouble=Trouble.REFUSED, process=one.process, since=one.at, why=one.why)


def _endings(conn: Connection, found: tuple[MailboxHealth, ...]) -> Iterator[Finding]:
    endings = sign_ins.endings(conn)
    for one in found:
        ending = endings.get(one.name)
        # What is over has its own finding.
        if ending is not None and one.state.reading is None and one.state.sending is None:
            yield Finding(
                trouble=Trouble.SIGN_IN_ENDING,
                mailbox=one.name,
                since=ending.since,
                why=ending.why,
                until=ending.until,
            )


def _of(trouble: Trouble, mailbox: str, fault: Fault, now: datetime, *, count: int = 0) -> Finding:
    return Finding(
        trouble=trouble,
        mailbox=mailbox,
        count=count,
        since=fault.since,
        why=fault.why,
        again=None if is_due(fault.retry_at, now=now) else fault.retry_at,
    )
