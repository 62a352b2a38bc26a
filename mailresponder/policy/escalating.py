"""Who is told of a ticket that waits, of what, and when next: the ladder and the warning before it.

How many mails a person may get for it is `pacing`'s to say.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from mailresponder.mail.message import Address
from mailresponder.policy.deadlines import Step, next_escalation, step_due, warning_at
from mailresponder.policy.desk import Desk
from mailresponder.policy.ticket import Ticket


class Occasion(StrEnum):
    """What somebody is told of."""

    WARNING = "warning"
    """The deadline is near."""
    STEP = "step"
    """A step of the ladder is reached, or several are."""
    REPEAT = "repeat"
    """They know, and still nobody has answered."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Telling:
    """What is due of one ticket."""

    ticket: Ticket
    """As it is once it was told."""
    occasion: Occasion
    people: tuple[str, ...]
    """Each once, as their addresses are written in the configuration."""


def due(ticket: Ticket, *, now: datetime, desk: Desk) -> Telling | None:
    """Who is to be told of a ticket now, and the ticket after that; None: nobody is.

    Steps that were missed are taken together. Where only the last step's repeat is due, or a
    snooze has ended, that step's people are told once more.
    """
    if ticket.due_at is None:
        return None
    ladder, hours = desk.ladder_for(angry=ticket.angry), desk.deadlines.hours
    before = min(ticket.escalation_level, len(ladder))
    level = step_due(ladder, due_at=ticket.due_at, level=before, now=now, hours=hours)
    if level > before:
        return _told(ticket, Occasion.STEP, ladder[before:level], level=level, now=now, desk=desk)
    again = _next_telling(ticket, desk)
    if again is not None and again <= now:
        last = ladder[level - 1 : level]
        return _told(ticket, Occasion.REPEAT, last, level=level, now=now, desk=desk)
    warning = _warning(ticket, desk)
    if warning is not None and warning <= now < ticket.due_at:
        after = replace(ticket, warned_at=now, snoozed_until=None)
        return Telling(
            ticket=rescheduled(after, desk),
            occasion=Occasion.WARNING,
            people=whom_to_warn(ticket, desk),
        )
    return None


def rescheduled(ticket: Ticket, desk: Desk, *, now: datetime | None = None) -> Ticket:
    """The ticket with the next telling as the desk's ladders and hours have it now.

    A level higher than the ladder now goes becomes the ladder's last, so that steps which are
    added later are not taken for taken. With `now`, a warning that was missed is none any more.
    """
    due_at = ticket.due_at
    if due_at is None:
        return ticket
    level = min(ticket.escalation_level, len(desk.ladder_for(angry=ticket.angry)))
    if level != ticket.escalation_level:
        ticket = replace(ticket, escalation_level=level)
    missed = now is not None and now >= due_at
    moments = (_next_telling(ticket, desk), None if missed else _warning(ticket, desk))
    return replace(ticket, next_escalation_at=min(filter(None, moments), default=None))


def on_other_ladder(ticket: Ticket, desk: Desk, *, at: datetime) -> Ticket:
    """A ticket that has just turned angry, or was said not to be, with its level on the ladder that
    holds from now on.

    A step counts as taken where its time has come and all its people have been told already: so
    nobody on the new ladder is left out, and nobody hears again of what they know.
    """
    ladder = desk.ladder_for(angry=ticket.angry)
    left = desk.ladder_for(angry=not ticket.angry)
    if ladder == left or not ticket.escalation_level or ticket.due_at is None:
        return ticket
    told = {to.casefold() for step in left[: ticket.escalation_level] for to in step.to}
    now = max(at, ticket.escalated_at or at)
    come = step_due(ladder, due_at=ticket.due_at, level=0, now=now, hours=desk.deadlines.hours)
    level = 0
    while level < come and told.issuperset(to.casefold() for to in ladder[level].to):
        level += 1
    return replace(ticket, escalation_level=level)


def is_ahead(ticket: Ticket, *, now: datetime) -> bool:
    """Is its deadline still to come, so that word of it is a warning?"""
    return ticket.due_at is not None and now < ticket.due_at


def whom_to_warn(ticket: Ticket, desk: Desk) -> tuple[str, ...]:
    """Who is told that the deadline is near: whom the configuration names and who took the ticket,
    else the people of the first step of its ladder. What somebody has in hand needs no more."""
    first = () if _assigned(ticket, desk) else _people(desk.ladder_for(angry=ticket.angry)[:1])
    return _each_once((*_assigned(ticket, desk), *(desk.deadlines.warn_to or first)))


def whom_to_tell(ticket: Ticket, steps: Iterable[Step], desk: Desk) -> tuple[str, ...]:
    """Who is told as these steps are taken: who took the ticket, always, and the steps' people,
    also where somebody took it; for it was not answered in time."""
    return _each_once((*_assigned(ticket, desk), *_people(steps)))


def whom_instead(ticket: Ticket, desk: Desk) -> tuple[str, ...]:
    """Who hears of a ticket in place of somebody who was to be told of it and is staff no more: the
    people of the last step taken, as the ladder is now."""
    ladder = desk.ladder_for(angry=ticket.angry)
    return whom_to_tell(ticket, ladder[: ticket.escalation_level][-1:], desk)


def _told(
    ticket: Ticket,
    occasion: Occasion,
    steps: tuple[Step, ...],
    *,
    level: int,
    now: datetime,
    desk: Desk,
) -> Telling:
    after = replace(ticket, escalation_level=level, escalated_at=now, snoozed_until=None)
    people = whom_to_tell(ticket, steps, desk)
    return Telling(ticket=rescheduled(after, desk), occasion=occasion, people=people)


def _next_telling(ticket: Ticket, desk: Desk) -> datetime | None:
    """When a step or a repeat is due next. A snooze of what was told of is to be reminded of."""
    if ticket.due_at is None:
        return None
    ladder, hours = desk.ladder_for(angry=ticket.angry), desk.deadlines.hours
    at = next_escalation(
        ladder,
        due_at=ticket.due_at,
        level=ticket.escalation_level,
        escalated_at=ticket.escalated_at,
        hours=hours,
    )
    if ticket.snoozed_until is None or not ladder or not ticket.escalation_level:
        return at
    reminder = hours.next_open(ticket.snoozed_until)
    return reminder if at is None else min(at, reminder)


def _warning(ticket: Ticket, desk: Desk) -> datetime | None:
    """When somebody is warned: once while the customer waits, ahead of every step."""
    before, since, due_at = desk.deadlines.warn_before, ticket.waiting_since, ticket.due_at
    if before is None or since is None or due_at is None:
        return None
    somebody = desk.deadlines.warn_to or desk.ladder_for(angry=ticket.angry)
    if not somebody or ticket.warned_at is not None or ticket.escalation_level:
        return None
    return warning_at(since=since, due_at=due_at, before=before, hours=desk.deadlines.hours)


def _assigned(ticket: Ticket, desk: Desk) -> tuple[str, ...]:
    """Who took it, while they are staff."""
    to = ticket.assigned_to
    return (to,) if to is not None and desk.is_staff(Address(email=to)) else ()


def _people(steps: Iterable[Step]) -> tuple[str, ...]:
    return tuple(to for step in steps for to in step.to)


def _each_once(people: Iterable[str]) -> tuple[str, ...]:
    return tuple({to.casefold(): to for to in people}.values())
