"""Do the deadlines, ladders and calendars of a configuration go together?

For the desk, and for each mailbox where it differs. Needs a file whose values are right.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from mailresponder.config.sections import DeadlineSettings, Document, EscalationStep
from mailresponder.errors import ConfigProblem
from mailresponder.policy.deadlines import BusinessHours

_SOME_MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
_YEARS = range(2000, 2100)
"""In which closed days are looked at; beyond them dates end."""
_A_YEAR = timedelta(days=366)
_A_MINUTE = timedelta(minutes=1)


def in_time(document: Document) -> Iterator[ConfigProblem]:
    """Ladders out of order, warnings that come before the mail, calendars without working time,
    and durations that the hours hold too little time for."""
    for rules in _rules(document):
        for path, ladder in rules.ladders:
            if rules.own(path):
                yield from _out_of_order(path, ladder)
        yield from _warned_in_time(rules)
        yield from _worked_in_time(rules)
    yield from _asked_in_time(document)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Rules:
    """The deadlines and ladders that hold somewhere, and where in the file each stands."""

    prefix: str
    """Of the paths of what is its own, as `mailbox[0].`; the rest is the desk's."""
    given: Collection[str]
    """The keys of `deadlines` that are its own."""
    deadlines: DeadlineSettings
    zone: ZoneInfo
    ladders: tuple[tuple[str, tuple[EscalationStep, ...]], ...]
    """Each with its path."""

    def path(self, key: str) -> str:
        """Where that key of `deadlines` stands."""
        return f"{self.prefix if key in self.given else ''}deadlines.{key}"

    def own(self, path: str) -> bool:
        """Is that its own? What it has from the desk is told of there."""
        return path.startswith(self.prefix)


def _rules(document: Document) -> Iterator[_Rules]:
    """The desk's, then each mailbox's."""
    ladders = {
        "escalation": document.escalation,
        "angry_escalation": document.angry_escalation,
    }
    yield _Rules(
        prefix="",
        given=(),
        deadlines=document.deadlines,
        zone=document.desk.timezone,
        ladders=tuple(ladders.items()),
    )
    for number, mailbox in enumerate(document.mailbox):
        prefix = f"mailbox[{number}]."
        own = {"escalation": mailbox.escalation, "angry_escalation": mailbox.angry_escalation}
        yield _Rules(
            prefix=prefix,
            given=mailbox.deadlines.model_fields_set,
            deadlines=mailbox.deadlines.over(document.deadlines),
            zone=mailbox.deadlines.timezone or document.desk.timezone,
            ladders=tuple(
                (name, ladders[name]) if steps is None else (f"{prefix}{name}", steps)
                for name, steps in own.items()
            ),
        )


def _out_of_order(path: str, ladder: tuple[EscalationStep, ...]) -> Iterator[ConfigProblem]:
    for number, (before, step) in enumerate(pairwise(ladder), start=1):
        if step.after < before.after:
            message = "the step before it comes later"
            yield ConfigProblem(path=f"{path}[{number}].after", message=message)


def _warned_in_time(rules: _Rules) -> Iterator[ConfigProblem]:
    deadlines = rules.deadlines
    warned, due = rules.path("warn_before"), rules.path("answer_within")
    if deadlines.warn_before is not None and deadlines.warn_before >= deadlines.answer_within:
        if rules.own(warned):
            yield ConfigProblem(path=warned, message=f"must be shorter than {due}")
        elif rules.own(due):
            yield ConfigProblem(path=due, message=f"must be longer than {warned}")


def _worked_in_time(rules: _Rules) -> Iterator[ConfigProblem]:
    deadlines = rules.deadlines
    hours = deadlines.business_hours(rules.zone)
    # Of a calendar, what makes it differ from the desk's is at fault.
    calendar = next(filter(rules.own, map(rules.path, ("holidays", "hours"))), "")
    if _is_always_closed(hours, deadlines.holidays.extra_closed_days):
        if calendar:
            message = "closed days leave a whole year without working time"
            yield ConfigProblem(path=calendar, message=message)
        return
    # In a year without moving holidays.
    hours = replace(hours, closed_days=frozenset(deadlines.holidays.extra_closed_days))
    too_long = [path for path, duration in _durations(rules) if not _in_a_year(hours, duration)]
    for path in filter(rules.own, too_long):
        message = "takes more than a year of the desk's opening hours"
        yield ConfigProblem(path=path, message=message)
    inherited = [path for path in too_long if not rules.own(path)]
    if inherited and calendar:
        message = f"more than a year of these opening hours is needed for {', '.join(inherited)}"
        yield ConfigProblem(path=calendar, message=message)


def _durations(rules: _Rules) -> Iterator[tuple[str, timedelta]]:
    for key in ("answer_within", "angry_answer_within"):
        yield rules.path(key), getattr(rules.deadlines, key)
    for path, ladder in rules.ladders:
        for number, step in enumerate(ladder):
            yield f"{path}[{number}].after", step.after
            if step.repeat_every is not None:
                yield f"{path}[{number}].repeat_every", step.repeat_every


def _is_always_closed(hours: BusinessHours, extra: Iterable[date]) -> bool:
    """Is there a year without working time, of any or because of the extra closed days?"""
    near = (day for day in extra if day.year in _YEARS)
    starts = [datetime.combine(day, time(), tzinfo=hours.timezone) for day in near]
    return any(not _in_a_year(hours, _A_MINUTE, since) for since in [_SOME_MONDAY, *starts])


def _in_a_year(hours: BusinessHours, duration: timedelta, since: datetime = _SOME_MONDAY) -> bool:
    try:
        return hours.add(since, duration) - since <= _A_YEAR
    except ValueError:
        return False


def _asked_in_time(document: Document) -> Iterator[ConfigProblem]:
    closing = document.closing
    if closing.after and closing.ask_after and closing.ask_after >= closing.after:
        message = "by then the ticket is closed (closing.after)"
        yield ConfigProblem(path="closing.ask_after", message=message, hint="give a shorter time")
