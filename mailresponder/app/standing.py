"""How one mailbox fares from pass to pass: what is left alone after a failure and until when, and
who hears of it.

Each outage is told once when it begins and once when it is over: by a line in the log, by what is
stored for Health and `check`, and by a mail to the admins, over another mailbox where one sends. Of
all mailboxes of a server that is away one mail tells.
"""

import random
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

from sqlalchemy import Connection

from mailresponder.errors import (
    MailboxInHand,
    MailresponderError,
    ProgramFault,
    SignInRefused,
    TemporaryFailure,
    place_of,
)
from mailresponder.jobs.alerts import tell_admins
from mailresponder.jobs.work import Work, log
from mailresponder.policy import retries
from mailresponder.store import mailboxes, waiting
from mailresponder.store.database import take_turns
from mailresponder.store.mailboxes import Fault, MailboxState, Way

_random = random.SystemRandom()

FAR = timedelta(days=7)
"""Nothing waits for so long but what is held back until the desk opens, and that is held back again
where it is tried."""

_EVENTS = {
    Way.READING: ("mailbox_failing", "mailbox_well"),
    Way.SENDING: ("sending_failing", "sending_well"),
}
"""What the admins are told of each: that it fails, that it is well again."""

_TURN = "telling"
"""Taken before a mailbox's row is written, lest two that fail together wait for each other."""
_NAMED = 20
"""Mailboxes named in one mail."""


class Standing:
    """Of one mailbox. One thread at a time."""

    def __init__(self, work: Work, others: Callable[[], Iterable[Work]]) -> None:
        """`others` are the desk's mailboxes beside this one."""
        self._work = work
        self._others = others
        self._state = MailboxState(name=work.settings.name)
        self._faults: dict[str, MailresponderError] = {}
        self._logged: dict[str, type[MailresponderError]] = {}

    def take_over(self, before: "Standing") -> None:
        """Remember what the mailbox's earlier one has logged, so that its end is logged too."""
        self._faults, self._logged = dict(before._faults), dict(before._logged)

    def failing(self) -> list[str]:
        """What failed in the last pass: `reading`, `sending`, or a step by its name. Any thread
        may ask."""
        known = self._faults.copy().items()
        return sorted(kind for kind, error in known if not isinstance(error, MailboxInHand))

    def clock_was_set(self, by: timedelta) -> None:
        """Nothing waits longer because the clock was put back."""
        work = self._work
        work.tell("clock_was_set", seconds=round(by.total_seconds()))
        if by < timedelta():
            now = work.clock()
            with work.store.begin() as conn:
                mailboxes.rest_no_more(conn, self._state.name)
                waiting.bring_forward(conn, self._state.name, beyond=now, now=now)

    def bring_forward(self) -> None:
        """Nor because it was wrong while an earlier process ran."""
        now = self._work.clock()
        with self._work.store.begin() as conn:
            waiting.bring_forward(conn, self._state.name, beyond=now + FAR, now=now)

    def due(self, *, patient: bool) -> frozenset[Way]:
        """What to try in this pass: all of it, or, where one is `patient`, what has not failed and
        what was left alone for long enough. Of what is left alone the admins hear in time."""
        work, now = self._work, self._work.clock()
        with work.store.read() as conn:
            self._state = mailboxes.state(conn, self._state.name) or self._state
        due = set(Way)
        for way in Way:
            fault = self._state.fault(way)
            if fault is None or not patient or retries.is_due(fault.retry_at, now=now):
                continue
            due.remove(way)
            if fault.told_at is None and retries.is_overdue(fault.since, refused=False, now=now):
                self._tell_failing(way)
        return frozenset(due)

    def failed(self, way: Way, cause: Exception) -> MailresponderError:
        """It could not be read, or not send: it is left alone for a while. Returns the cause as it
        is told."""
        error = cause if isinstance(cause, MailresponderError) else program_fault(cause)
        self._faults[way] = error
        work, now = self._work, self._work.clock()
        refused = isinstance(error, SignInRefused)
        with work.store.begin() as conn:
            # Nothing but a person mends a refused sign-in: they read what to do.
            why = str(error) if refused else error.message
            fault = mailboxes.failed(conn, self._state.name, now, why, way)
            wait = retries.pause(
                fault.failures,
                every=work.settings.poll_every,
                jitter=_random.random(),
                asked=error.retry_after if isinstance(error, TemporaryFailure) else None,
                refused=refused,
            )
            mailboxes.rest(conn, self._state.name, now + wait, way)
        if fault.told_at is None and retries.is_overdue(fault.since, refused=refused, now=now):
            self._tell_failing(way)
        return error

    def well(self, way: Way) -> bool:
        """It was read, or could send. Were the admins told of it just now?"""
        self._faults.pop(way, None)
        if way is Way.SENDING and not self.is_failing(way):
            return False
        work, name = self._work, self._state.name
        with work.store.begin() as conn:
            if self.is_failing(way):
                take_turns(conn, _TURN)
            fault = mailboxes.well(conn, name, work.clock(), way)
            if fault is None or fault.told_at is None:
                return False
            failing = self._failing_alike(conn, way).values()
            if any(other.told_at == fault.told_at for other in failing):
                # The last of those of which the admins were told at once tells of all.
                mailboxes.told(conn, name, fault.told_at, way)
                return False
            others = mailboxes.told_together(conn, fault.told_at, way)
            for other in others:
                mailboxes.told(conn, other, None, way)
            _, event = _EVENTS[way]
            key = f"{event}:{name}:{fault.since.isoformat()}"
            began = f"{fault.since.astimezone(work.config.desk.timezone):%Y-%m-%d %H:%M}"
            detail = f"it had failed since {began}: {fault.why}"
            if others:
                detail += f"; what failed with it is well again too: {_named(others)}"
            tell_admins(conn, work, event, key=key, detail=detail, via=self._voice(conn))
            return True

    def is_failing(self, way: Way) -> bool:
        """Did it fail when this pass began?"""
        return self._state.fault(way) is not None

    def refused(self) -> frozenset[Way]:
        """For what the sign-in was refused when it was last tried. Any thread may ask."""
        return frozenset(way for way in Way if isinstance(self._faults.get(way), SignInRefused))

    def note(self, kind: str, error: MailresponderError | None) -> None:
        """What is only logged: the failure of something else than reading and sending, or None."""
        if error is None:
            self._faults.pop(kind, None)
        else:
            self._faults[kind] = error

    def broke(self, step: str, error: Exception) -> ProgramFault:
        """A mistake of ours in one step of a pass: the admins hear of it once a day."""
        fault = program_fault(error)
        self._faults[step] = fault
        work, now = self._work, self._work.clock()
        with work.store.begin() as conn:
            key = f"fault:{self._state.name}:{fault.message}:{now:%Y-%m-%d}"
            voice = self._voice(conn)
            tell_admins(conn, work, "program_fault", key=key, detail=fault.message, via=voice)
        return fault

    def tell(self, conn: Connection, event: str, *, key: str, detail: str) -> None:
        """Tell the admins of something else about this mailbox; the same `key` is told once."""
        tell_admins(conn, self._work, event, key=key, detail=detail, via=self._voice(conn))

    def log_changes(self) -> None:
        """One line for what fails since this was last asked, and one for what is well again."""
        name = self._state.name
        for kind, error in self._faults.items():
            if self._logged.get(kind) is type(error):
                continue
            self._logged[kind] = type(error)
            if isinstance(error, MailboxInHand):
                log.info("mailbox_in_hand", mailbox=name, reason=error.message)
            else:
                log.error("failing", mailbox=name, what=kind, reason=error.message, mend=error.mend)
        for kind in self._logged.keys() - self._faults.keys():
            if self._logged.pop(kind) is not MailboxInHand:
                log.info("well_again", mailbox=name, what=kind)

    def _tell_failing(self, way: Way) -> None:
        """Of this mailbox, and of all others of its server that fail by now."""
        work, name, now = self._work, self._state.name, self._work.clock()
        with work.store.begin() as conn:
            take_turns(conn, _TURN)
            failing = self._failing_alike(conn, way)
            fault = failing.pop(name, None)
            if fault is None or fault.told_at is not None:
                return
            told = [one.told_at for one in failing.values() if one.told_at is not None]
            if any(now - at < retries.PATIENCE for at in told) and now - fault.since < (
                retries.PATIENCE
            ):
                # More of them may follow: when it is overdue, all that do are told at once.
                return
            others = [other for other, one in failing.items() if one.told_at is None]
            for one in (name, *others):
                mailboxes.told(conn, one, now, way)
            voice = self._voice(conn)
            if voice is None and way is Way.SENDING:
                # No mail leaves at all: the one that says that it does again says since when not.
                return
            event, _ = _EVENTS[way]
            key = f"{event}:{name}:{fault.since.isoformat()}"
            detail = fault.why
            if others:
                detail += f"; other mailboxes of this server fail too: {_named(others)}"
            tell_admins(conn, work, event, key=key, detail=detail, via=voice)

    def _failing_alike(self, conn: Connection, way: Way) -> dict[str, Fault]:
        """What fails of this mailbox's server, by the mailbox's name."""
        server = _server(self._work, way)
        alike = {one.settings.name for one in self._others() if _server(one, way) == server}
        alike.add(self._state.name)
        return {name: f for name, f in mailboxes.failing(conn, way).items() if name in alike}

    def _voice(self, conn: Connection) -> Work | None:
        """The mailbox whose mail is likeliest to leave: another one that is well, else this one if
        it sends; None where none is known to."""
        states = mailboxes.states(conn)
        for other in self._others():
            state = states.get(other.settings.name)
            if state and state.last_ok_at and not state.reading and not state.sending:
                return other
        state = states.get(self._state.name)
        return self._work if state is None or state.sending is None else None


def _server(work: Work, way: Way) -> tuple[str, int]:
    settings = work.settings.imap if way is Way.READING else work.settings.smtp
    return settings.host, settings.port


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def program_fault(error: Exception) -> ProgramFault:
    """A mistake of ours, by its kind and where it happened. Its own words are left out: they may
    hold a customer's."""
    return ProgramFault(
        f"a mistake in mailresponder: {type(error).__name__} at {place_of(error)}",
        mend="please report it with this line; the rest of the work goes on",
    )
