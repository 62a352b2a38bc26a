"""Invented stories around the tickets of `samples`, for the notices that only staff read: an
escalation, a list of several, the morning digest."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from mailresponder.mail.message import Address
from mailresponder.policy import digest_variables, staff_variables
from mailresponder.policy.desk import Desk
from mailresponder.policy.digest import Answers, Digest, Some, Standing, Unsent
from mailresponder.policy.staff_variables import History, Said
from mailresponder.policy.ticket import OtherTicket, OtherTickets, Ticket, TicketState
from mailresponder.policy.variables import Original, Variables

JUDGE = "jane@example.com"

_LATE = timedelta(hours=1, minutes=5)
_STATES = (
    ("4KD9T", TicketState.ANSWERED, timedelta(days=20), False),
    ("8XQ2M", TicketState.CLOSED, timedelta(days=400), True),
)


class Texts(Protocol):
    """What the invented customer and staff write."""

    @property
    def calm(self) -> str:
        """The customer's first mail."""

    @property
    def again(self) -> str:
        """Another mail of the customer."""

    @property
    def reply(self) -> str:
        """Staff's answer."""

    @property
    def note(self) -> str:
        """What staff tell one another."""


def escalation(
    ticket: Ticket, original: Original, texts: Texts, *, desk: Desk, now: datetime
) -> Variables:
    """An escalation of a ticket that is late."""
    has_past = ticket.linked_to is not None or ticket.angry
    return staff_variables.for_escalation(
        late(ticket, now),
        original,
        desk=desk,
        now=now,
        history=history(ticket, original, texts),
        others=_others(ticket, desk, now) if has_past else OtherTickets(),
    )


def told_early(
    ticket: Ticket, original: Original, texts: Texts, *, desk: Desk, now: datetime
) -> dict[str, Variables]:
    """Escalations for other reasons than that the deadline has passed, and where no reply can be
    passed on."""
    soon = replace(ticket, due_at=now + timedelta(minutes=45))
    taken = replace(ticket, assigned_to="ana@example.com")

    def told(about: Ticket, **why: Any) -> Variables:
        story = history(about, original, texts)
        return staff_variables.for_escalation(
            about, original, desk=desk, now=now, history=story, **why
        )

    return {
        "due soon": told(soon, warning=True),
        "angry, due soon": told(replace(soon, angry=True, anger=0.93), warning=True),
        "taken": told(taken),
        "given to somebody": told(taken, assigned_by=JUDGE),
        "answered, given to somebody": told(_settled(taken), assigned_by=JUDGE),
        "odd address": told(replace(ticket, customer=Address(email="peña@customer.test"))),
        "no address": told(replace(ticket, customer=Address(email=""))),
    }


def lists(tickets: Sequence[Ticket], *, desk: Desk, now: datetime) -> Sequence[Variables]:
    """Escalations in one mail: of two tickets, of all of them, of very many; of two whose deadline
    is near, and of both kinds."""
    near = [replace(ticket, due_at=now + timedelta(minutes=45)) for ticket in tickets[:2]]
    tickets = [late(ticket, now) for ticket in tickets]
    some = (tickets[:2], tickets, tickets * 30, near, [*tickets[:3], *near])
    return [staff_variables.for_list(one, desk=desk, now=now) for one in some]


def digests(
    plain: Ticket, angry: Ticket, hostile: Ticket, *, desk: Desk, now: datetime
) -> Sequence[Variables]:
    """Morning digests: an ordinary one, a quiet one, one of a bad day."""
    quiet = Digest(
        since=now - timedelta(days=3),
        standing=Standing(),
        angry=Some(),
        late=Some(),
        due_today=Some(),
        unreachable=Some(),
        unacknowledged=Some(),
        unsent=Some(),
        answers=Answers(),
    )
    today = replace(plain, due_at=now + timedelta(hours=2), assigned_to=JUDGE)
    refused = Unsent(
        kind="escalation",
        recipient="head@example.com",
        reference=plain.reference,
        why="550 5.1.1 no such user",
    )
    ordinary = replace(
        quiet,
        standing=Standing(open=6, angry=1, late=2, late_angry=1, due_today=3, snoozed=1),
        angry=Some(first=(late(angry, now),)),
        late=Some(first=(late(plain, now),)),
        due_today=Some(first=(today, today, today)),
        unreachable=Some(first=(replace(plain, unreachable_at=now),)),
        unacknowledged=Some(first=(replace(plain, suppressed_by=("null_return_path",)),)),
        unsent=Some(first=(refused,)),
        answers=Answers(
            number=14,
            in_time=12,
            usual=timedelta(hours=3, minutes=10),
            slowest=timedelta(hours=9, minutes=40),
        ),
    )
    nobody = replace(hostile, customer=Address(email=""), snoozed_until=now + timedelta(days=1))
    bad = replace(
        ordinary,
        standing=Standing(open=1, angry=1, late=1, late_angry=1, due_today=1, snoozed=1),
        angry=Some(first=(late(hostile, now), nobody), more=100),
        late=Some(first=(late(hostile, now), late(nobody, now)), more=100),
        due_today=Some(first=(replace(hostile, due_at=now + timedelta(hours=1)),), more=100),
        unreachable=Some(first=(hostile,), more=100),
        unacknowledged=Some(first=(hostile, nobody), more=100),
        unsent=Some(first=(replace(refused, why=hostile.subject, reference=None),), more=100),
        answers=replace(ordinary.answers, number=1, in_time=0),
        unread=("support", "sales"),
    )
    return [
        digest_variables.for_digest(told, desk=desk, desk_of=lambda _: desk, now=now)
        for told in (ordinary, quiet, bad)
    ]


def history(ticket: Ticket, original: Original, texts: Texts) -> tuple[History, ...]:
    """Two mails of the customer; with a past, also what went before, and a note."""
    who = str(ticket.customer)
    opened = ticket.opened_at
    told = (original.new_text, texts.again)
    first, second = (texts.calm, original.new_text) if ticket.anger_rising else told
    waits = ticket.waiting_since is not None
    entries = (
        History(at=opened, who=who, text=first, unanswered=waits),
        History(at=opened + timedelta(hours=1), who=who, text=second, unanswered=waits),
    )
    if not ticket.linked_to and not ticket.angry:
        return entries
    before = opened - timedelta(days=2)
    answered, noted = before + timedelta(hours=3), opened + timedelta(hours=2)
    return (
        History(at=before, who=who, text=texts.calm),
        History(at=answered, who=JUDGE, text=texts.reply, kind=Said.STAFF),
        *entries,
        History(at=noted, who=JUDGE, text=texts.note, kind=Said.NOTE),
    )


def late(ticket: Ticket, now: datetime) -> Ticket:
    """The ticket, if it waits, past its deadline."""
    return replace(ticket, due_at=ticket.due_at and min(ticket.due_at, now - _LATE))


def _settled(ticket: Ticket) -> Ticket:
    return replace(ticket, state=TicketState.ANSWERED, waiting_since=None, due_at=None)


def _others(ticket: Ticket, desk: Desk, now: datetime) -> OtherTickets:
    found = tuple(
        OtherTicket(
            reference=f"{desk.reference_prefix}-{code}",
            subject=ticket.subject,
            state=state,
            opened_at=now - ago,
            angry=angry,
        )
        for code, state, ago, angry in _STATES
    )
    return OtherTickets(newest=found, more=3)
