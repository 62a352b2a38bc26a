"""What a customer is told of time: by when a person answers, and that nobody is here just now, why
and until when.

All of it is about the moment the notice is written, not the moment the customer's mail came: who
wrote in the night and is answered in the morning, after an outage say, is not told that it is
night. What is written stays true only for a while, and how long is said here too. Pure, as
`deadlines` is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailresponder.policy.deadlines import BusinessHours
from mailresponder.policy.ticket import Ticket


class ClosedFor(StrEnum):
    """Why the desk is closed; templates compare with these words."""

    BREAK = "break"
    """Between two windows of the day, as at lunch."""
    OFF_HOURS = "off_hours"
    """Before the day's first window or after its last."""
    DAY_OFF = "day_off"
    """A weekday without working time, as a Sunday."""
    HOLIDAY = "holiday"
    """A public holiday, or a closed day of the desk's own, on a weekday that is worked."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Closure:
    """The desk is closed."""

    why: ClosedFor
    opens_at: datetime
    """In UTC."""
    names: Mapping[str, str]
    """What the holiday is called, by language, where that is known."""


def closure(hours: BusinessHours, at: datetime, languages: tuple[str, ...]) -> Closure | None:
    """Why and until when the desk is closed at that moment; None where it is open.

    `languages`: in which a holiday is named.
    """
    if hours.is_open(at):
        return None
    opens_at = hours.next_open(at)
    local = at.astimezone(hours.timezone)
    day = local.date()
    windows = hours.windows_on(day)
    names: dict[str, str] = {}
    if not windows:
        why = ClosedFor.DAY_OFF
    elif day in hours.closed_days:
        why = ClosedFor.HOLIDAY
        told = {language: hours.holiday_name(day, language) for language in languages}
        names = {language: name for language, name in told.items() if name}
    elif windows[0][0] <= local.time() and opens_at.astimezone(hours.timezone).date() == day:
        why = ClosedFor.BREAK
    else:
        why = ClosedFor.OFF_HOURS
    return Closure(why=why, opens_at=opens_at, names=names)


def answer_by(ticket: Ticket, now: datetime) -> datetime | None:
    """The time we promise; None where the minute we would name has begun, or none is due."""
    due = ticket.due_at
    return None if due is None or _minute(due) <= now else due


def true_until(
    ticket: Ticket, hours: BusinessHours, now: datetime, *, also: datetime | None = None
) -> datetime | None:
    """Until when a notice to the customer, written now, says nothing untrue: until the minute by
    which it promises an answer begins, until the desk that it calls closed opens, or until what it
    says `also` ends. None where it says none of that."""
    due = answer_by(ticket, now)
    ends = [also] if also is not None else []
    if due is not None:
        ends.append(_minute(due))
    if not hours.is_open(now):
        ends.append(hours.next_open(now))
    return min(ends, default=None)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
