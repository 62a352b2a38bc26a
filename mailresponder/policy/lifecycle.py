"""What each event makes of a ticket: the table of states in `policy.ticket`, as functions.

Each takes the ticket and gives the ticket after it. The clock runs from the customer's oldest
unanswered message; what they write later never pushes the deadline back.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailresponder.listening.anger import Anger, Band
from mailresponder.mail.automatic import is_no_reply
from mailresponder.mail.message import Address, InboundMessage
from mailresponder.policy import bands
from mailresponder.policy.desk import Desk
from mailresponder.policy.escalating import on_other_ladder, rescheduled
from mailresponder.policy.identifiers import subject_key
from mailresponder.policy.languages import Spoken
from mailresponder.policy.ticket import Participant, Role, Ticket, TicketState

MAX_PARTICIPANTS = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Unanswered:
    """What the customer wrote and nobody has answered."""

    since: datetime
    anger: Anger
    """The angriest of these messages."""
    judged: bool = False
    """Is that what staff said of them?"""
    rising: bool = False
    """Is the newest angrier than all before it?"""


def opened(
    message: InboundMessage,
    *,
    customer: Address,
    suppressed_by: tuple[str, ...],
    reference: str,
    spoken: Spoken,
    anger: Anger,
    desk: Desk,
    linked_to: str | None = None,
) -> Ticket:
    """The ticket a first message opens; `linked_to` is the reference of the one in whose thread
    the matter came up."""
    ticket = Ticket(
        reference=reference,
        mailbox=desk.mailbox,
        state=TicketState.OPEN,
        subject=message.subject,
        subject_key=subject_key(message.subject, desk.reference_prefix),
        customer=customer,
        participants=_participants(message, customer, desk),
        language=spoken.language,
        language_from=spoken.source,
        anger=anger.score,
        angry=anger.angry,
        because=anger.because,
        opened_at=message.received_at,
        waiting_since=message.received_at,
        due_at=desk.deadlines.hours.add(
            message.received_at, _answer_within(desk, angry=anger.angry)
        ),
        suppressed_by=suppressed_by,
        linked_to=linked_to,
    )
    return rescheduled(ticket, desk)


def followed_up(
    ticket: Ticket,
    message: InboundMessage,
    *,
    anger: Anger,
    language: str,
    no_clock: bool,
    desk: Desk,
    thanks: bool = False,
) -> Ticket:
    """The ticket after a further mail of the customer or of somebody in the thread.

    `language` is the mail's. `no_clock`: after this one nobody waits, as after mere thanks: it
    makes the ticket neither angrier nor calmer. `thanks`: it is the customer's thanks, so an
    answered ticket rests from then on.
    """
    room = max(0, MAX_PARTICIPANTS - len(ticket.participants))
    known = {p.address for p in ticket.participants}
    people = [message.author, *message.to, *message.cc]
    fresh = dict.fromkeys(
        p.key for p in people if p is not None and p.key not in known and not desk.is_own(p)
    )
    joined = frozenset(Participant(address=key, role=Role.OTHER) for key in list(fresh)[:room])
    ticket = replace(ticket, participants=ticket.participants | joined)
    sender = message.reply_to[0] if len(message.reply_to) == 1 else message.author
    if sender is not None and sender.key == ticket.customer.key and message.forwarded_by is None:
        # Who writes again may be reached again: the next mail that comes back will tell.
        ticket = replace(ticket, unreachable_at=None)
    if no_clock:
        rests = ticket.rests_since
        if not thanks or rests is None:
            return ticket
        return replace(ticket, rests_since=max(rests, message.received_at))
    if ticket.state is not TicketState.OPEN:
        return _waiting(ticket, Unanswered(since=message.received_at, anger=anger), desk)
    before = bands.of_ticket(ticket)
    latest = bands.heat(anger.score, language, angry=anger.angry)
    ticket = replace(ticket, anger_rising=bands.is_rising(before, latest))
    # Languages have thresholds of their own: the angrier verdict may have the lower score.
    turned = anger.angry and not ticket.angry
    if anger.angry:
        # Who put it off did not know of this.
        ticket = replace(ticket, snoozed_until=None)
    # What staff said is not angry counts for nothing any more; this mail they have not seen.
    calmed = ticket.judged_by is not None and not ticket.angry
    louder = latest.band is not Band.CALM if calmed else latest.score > before.score
    if not turned and not louder:
        return ticket
    ticket = replace(
        ticket,
        anger=max(latest.score, before.score),
        angry=ticket.angry or anger.angry,
        because=anger.because,
        judged_by=None if turned or calmed else ticket.judged_by,
    )
    if not turned or ticket.due_at is None:
        return ticket
    sooner = desk.deadlines.hours.add(message.received_at, desk.deadlines.angry_answer_within)
    ticket = replace(ticket, due_at=min(ticket.due_at, sooner))
    return rescheduled(on_other_ladder(ticket, desk, at=message.received_at), desk)


def answered(ticket: Ticket, *, at: datetime, rest: Unanswered | None, desk: Desk) -> Ticket:
    """The ticket after an answer the customer can see; `rest` is what that left unanswered."""
    latest = at if ticket.answered_at is None else max(at, ticket.answered_at)
    ticket = replace(ticket, answered_at=latest)
    # What was closed was settled, whenever the answer is read.
    if ticket.state is TicketState.CLOSED:
        return ticket
    if rest is not None:
        # What came before all they wait for takes back nobody's step, warning or snooze.
        return ticket if rest.since == ticket.waiting_since else _waiting(ticket, rest, desk)
    # An older answer read late does not turn back what was written since.
    since = latest if ticket.rests_since is None else max(latest, ticket.rests_since)
    return _resting(ticket, TicketState.ANSWERED, since=since)


def not_answered(
    ticket: Ticket,
    *,
    rest: Unanswered,
    due_at: datetime | None,
    answered_at: datetime | None,
    desk: Desk,
) -> Ticket:
    """The ticket after an answer did not arrive that had stopped its clock: it waits again, with
    the deadline it had, also where it was closed on the strength of that answer.

    `rest` is what is unanswered without it, `answered_at` when it was last answered before.
    """
    again = _waiting(replace(ticket, answered_at=answered_at), rest, desk)
    return rescheduled(replace(again, due_at=due_at or again.due_at), desk)


def unreachable(ticket: Ticket, *, at: datetime) -> Ticket:
    """The ticket after mail to its customer came back for good. Nobody answered anything by that,
    so its state and its clock stay."""
    return replace(ticket, unreachable_at=ticket.unreachable_at or at)


def told_unreachable(ticket: Ticket, *, at: datetime) -> Ticket:
    """The ticket after staff heard that its customer cannot be reached, which they do once."""
    return replace(ticket, unreachable_told_at=at)


def judged(
    ticket: Ticket, *, angry: bool, by: str, at: datetime, known_until: datetime, desk: Desk
) -> Ticket:
    """The ticket after staff said whether its customer is angry, of what was there up to
    `known_until`: mail that came since and has not been read is not what they spoke of.

    If that changes anything, the deadline does too. The angry one is counted from now, as nobody
    could keep one that nobody knew of. The ordinary one is counted from when the customer wrote,
    and one that is later already stays.
    """
    turned = angry != ticket.angry
    ticket = replace(
        ticket,
        angry=angry,
        judged_by=by,
        calm_until=ticket.calm_until if angry else known_until,
        anger_rising=ticket.anger_rising and angry,
    )
    if not turned or ticket.due_at is None or ticket.waiting_since is None:
        return ticket
    hours = desk.deadlines.hours
    if angry:
        due_at = min(ticket.due_at, hours.add(at, desk.deadlines.angry_answer_within))
        awake = replace(ticket, due_at=due_at, snoozed_until=None)
        return rescheduled(on_other_ladder(awake, desk, at=at), desk)
    due_at = max(ticket.due_at, hours.add(ticket.waiting_since, desk.deadlines.answer_within))
    if due_at > at:
        # Whoever was told of the sooner deadline is to be told of this one.
        ticket = replace(ticket, escalation_level=0, escalated_at=None)
    ticket = on_other_ladder(replace(ticket, due_at=due_at), desk, at=at)
    # Of the sooner deadline they were warned; of this one they are, unless that is now.
    anew = rescheduled(replace(ticket, warned_at=None), desk)
    return anew if (anew.next_escalation_at or at) > at else rescheduled(ticket, desk)


def closed(ticket: Ticket) -> Ticket:
    """The ticket after staff closed it."""
    return _resting(ticket, TicketState.CLOSED)


def waiting(ticket: Ticket, at: datetime) -> Ticket:
    """The ticket after staff said that it is the customer who is to write next: the clock stops
    though nobody has answered. What is closed stays closed."""
    if ticket.state is TicketState.CLOSED:
        return ticket
    return _resting(ticket, TicketState.ANSWERED, since=at)


def waits_again(ticket: Ticket, rest: Unanswered, desk: Desk) -> Ticket:
    """The ticket after it turned out that its customer waits all the same, for `rest`."""
    return _waiting(ticket, rest, desk)


def snoozed(ticket: Ticket, *, until: datetime) -> Ticket:
    """The ticket after staff asked not to be reminded before `until`; the deadline stays. Whoever
    had been told of it already is told again then, also where nothing else would remind them."""
    ticket = replace(ticket, snoozed_until=until)
    if not ticket.escalation_level:
        return ticket
    at = ticket.next_escalation_at
    return replace(ticket, next_escalation_at=until if at is None else min(at, until))


def _waiting(ticket: Ticket, unanswered: Unanswered, desk: Desk) -> Ticket:
    anger = unanswered.anger
    within = _answer_within(desk, angry=anger.angry)
    fresh = replace(
        ticket,
        state=TicketState.OPEN,
        anger=anger.score,
        angry=anger.angry,
        because=anger.because,
        waiting_since=unanswered.since,
        due_at=desk.deadlines.hours.add(unanswered.since, within),
        escalation_level=0,
        escalated_at=None,
        snoozed_until=None,
        judged_by=ticket.judged_by if unanswered.judged else None,
        anger_rising=unanswered.rising,
        warned_at=None,
        rests_since=None,
    )
    return rescheduled(fresh, desk)


def _resting(ticket: Ticket, state: TicketState, *, since: datetime | None = None) -> Ticket:
    return replace(
        ticket,
        state=state,
        waiting_since=None,
        due_at=None,
        escalation_level=0,
        escalated_at=None,
        next_escalation_at=None,
        snoozed_until=None,
        anger_rising=False,
        warned_at=None,
        rests_since=since,
    )


def _answer_within(desk: Desk, *, angry: bool) -> timedelta:
    return desk.deadlines.angry_answer_within if angry else desk.deadlines.answer_within


def _participants(message: InboundMessage, customer: Address, desk: Desk) -> frozenset[Participant]:
    theirs = {customer.key}
    author = message.author
    # A web form writes for everybody: it is no customer, or one could write into another's ticket.
    if author is not None and not _is_a_form(author, desk):
        theirs.add(author.key)
    others = dict.fromkeys(
        a.key for a in message.to + message.cc if a.key not in theirs and not desk.is_own(a)
    )
    room = max(0, MAX_PARTICIPANTS - len(theirs))
    return frozenset(
        [Participant(address=key, role=Role.CUSTOMER) for key in theirs if key]
        + [Participant(address=key, role=Role.OTHER) for key in list(others)[:room]]
    )


def _is_a_form(author: Address, desk: Desk) -> bool:
    return desk.is_own(author) or desk.is_staff(author) or is_no_reply(author)
