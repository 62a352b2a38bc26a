"""What becomes of a ticket that another one's messages are moved to. Pure."""

from dataclasses import replace
from datetime import datetime

from mailresponder.policy.desk import Desk
from mailresponder.policy.escalating import on_other_ladder, rescheduled
from mailresponder.policy.lifecycle import MAX_PARTICIPANTS, Unanswered
from mailresponder.policy.ticket import Participant, Role, Ticket, TicketState


def joined(
    ticket: Ticket, other: Ticket, *, rest: Unanswered | None, desk: Desk, now: datetime
) -> Ticket:
    """The ticket after it took in the messages of another one.

    `rest` is what is unanswered of both; None: nothing. It waits since the older of the two, with
    what people were told of that one and the sooner deadline; and it waits where only the other
    one did. Where that one was calm and both together are not, who hears of the angry is told.
    """
    ticket = replace(
        ticket,
        participants=_united(ticket, other),
        acknowledged_at=ticket.acknowledged_at or other.acknowledged_at,
        unreachable_at=ticket.unreachable_at or other.unreachable_at,
        unreachable_told_at=ticket.unreachable_told_at or other.unreachable_told_at,
        assigned_to=ticket.assigned_to or other.assigned_to,
        opened_at=min(ticket.opened_at, other.opened_at),
        linked_to=None if ticket.linked_to == other.reference else ticket.linked_to,
    )
    waiting = [one for one in (ticket, other) if one.waiting_since is not None]
    if rest is None or not waiting:
        answers = [one.answered_at for one in (ticket, other) if one.answered_at is not None]
        return replace(ticket, answered_at=max(answers, default=None))
    first = min(waiting, key=lambda one: one.waiting_since or one.opened_at)
    snoozed = [one.snoozed_until for one in waiting if one.snoozed_until is not None]
    after = replace(
        ticket,
        state=TicketState.OPEN,
        anger=rest.anger.score,
        angry=rest.anger.angry,
        because=rest.anger.because,
        anger_rising=rest.rising,
        judged_by=(ticket.judged_by or other.judged_by) if rest.judged else None,
        calm_until=_calm_until(ticket, other),
        waiting_since=first.waiting_since,
        due_at=min(one.due_at for one in waiting if one.due_at is not None),
        escalation_level=first.escalation_level,
        escalated_at=first.escalated_at,
        warned_at=first.warned_at,
        rests_since=None,
        # Who put off the one did not know of the other.
        snoozed_until=min(snoozed) if len(snoozed) == len(waiting) else None,
    )
    if after.angry != first.angry:
        after = on_other_ladder(after, desk, at=now)
    return rescheduled(after, desk)


def _calm_until(ticket: Ticket, other: Ticket) -> datetime | None:
    """Until when nothing counts as angry: of mail that waited in the other ticket staff said that
    only where they said it there."""
    if other.waiting_since is None or ticket.calm_until is None:
        return ticket.calm_until
    return min(ticket.calm_until, other.calm_until) if other.calm_until is not None else None


def _united(ticket: Ticket, other: Ticket) -> frozenset[Participant]:
    customers = {p.address for p in other.participants if p.role is Role.CUSTOMER}
    customers |= {p.address for p in ticket.participants if p.role is Role.CUSTOMER}
    theirs = sorted(other.participants, key=lambda p: (p.role, p.address))
    fresh = [
        p
        for p in theirs
        if p not in ticket.participants and (p.role is Role.CUSTOMER or p.address not in customers)
    ]
    room = max(0, MAX_PARTICIPANTS - len(ticket.participants))
    return ticket.participants | frozenset(fresh[:room])
