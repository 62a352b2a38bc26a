"""What becomes of a ticket that took in another one."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from making import ANA, CALM, FURIOUS, HOUR, LEAD, NOON, a_desk, a_ticket

from mailresponder.policy.deadlines import Step
from mailresponder.policy.escalating import due
from mailresponder.policy.joining import joined
from mailresponder.policy.lifecycle import MAX_PARTICIPANTS, Unanswered
from mailresponder.policy.ticket import Participant, Role, Ticket, TicketState

DESK = a_desk()
LATER = NOON + 3 * HOUR
REST = Unanswered(since=NOON, anger=CALM)


def later(**changes: Any) -> Ticket:
    """A ticket of the same customer, three hours younger."""
    given: dict[str, Any] = {
        "id": 8,
        "reference": "MR-9PQRS",
        "opened_at": LATER,
        "waiting_since": LATER,
        "due_at": LATER + 8 * HOUR,
        **changes,
    }
    return a_ticket(**given)


def settled(**changes: Any) -> Ticket:
    """One that waits for nothing."""
    given: dict[str, Any] = {
        "state": TicketState.ANSWERED,
        "waiting_since": None,
        "due_at": None,
        **changes,
    }
    return later(**given)


def test_it_waits_since_the_older_one_with_what_people_were_told_of_it() -> None:
    """Nobody's clock is put back by a merge, and nobody is told twice."""
    older = a_ticket(escalation_level=1, escalated_at=NOON + 8 * HOUR)
    after = joined(later(), older, rest=REST, desk=DESK, now=LATER)
    assert (after.waiting_since, after.due_at) == (older.waiting_since, older.due_at)
    assert (after.escalation_level, after.escalated_at) == (1, older.escalated_at)
    assert after.reference == "MR-9PQRS"


def test_the_sooner_deadline_holds() -> None:
    """An angry mail in the younger one is due first."""
    angry = later()
    angry = replace(angry, due_at=NOON + 5 * HOUR, angry=True)
    rest = replace(REST, anger=FURIOUS)
    after = joined(a_ticket(), angry, rest=rest, desk=DESK, now=LATER)
    assert (after.waiting_since, after.due_at, after.angry) == (NOON, NOON + 5 * HOUR, True)
    assert after.because == FURIOUS.because


def test_who_hears_of_the_angry_hears_of_a_calm_one_that_took_in_an_angry_one() -> None:
    """Steps that were taken on the ladder of the calm are none of theirs."""
    desk = a_desk(angry_ladder=(Step(after=timedelta(0), to=(LEAD,)),))
    calm = a_ticket(escalation_level=1, escalated_at=NOON + 8 * HOUR)
    angry = later(angry=True, due_at=NOON + 10 * HOUR)
    rest = replace(REST, anger=FURIOUS)
    after = joined(calm, angry, rest=rest, desk=desk, now=NOON + 9 * HOUR)
    told = due(after, now=NOON + 9 * HOUR, desk=desk)
    assert told is not None
    assert told.people == (LEAD,)


def test_it_waits_where_only_the_other_did() -> None:
    """An answered ticket opens again; what was answered stays so."""
    answered = settled(answered_at=LATER + HOUR, rests_since=LATER + HOUR)
    after = joined(answered, a_ticket(), rest=REST, desk=DESK, now=LATER)
    assert (after.state, after.waiting_since) == (TicketState.OPEN, NOON)
    assert (after.answered_at, after.rests_since) == (LATER + HOUR, None)
    assert after.next_escalation_at is not None


def test_two_that_rest_go_on_resting() -> None:
    """The last answer of both is the last answer."""
    one, other = settled(answered_at=NOON), settled(answered_at=LATER)
    after = joined(one, other, rest=None, desk=DESK, now=LATER)
    assert (after.state, after.answered_at) == (TicketState.ANSWERED, LATER)


def test_a_snooze_holds_where_both_were_snoozed() -> None:
    """Who put off the one did not know of the other; of two the sooner end counts."""
    soon, late = NOON + 20 * HOUR, NOON + 40 * HOUR
    one, other = a_ticket(snoozed_until=late), later(snoozed_until=soon)
    assert joined(one, other, rest=REST, desk=DESK, now=LATER).snoozed_until == soon
    assert joined(one, later(), rest=REST, desk=DESK, now=LATER).snoozed_until is None
    assert joined(one, settled(), rest=REST, desk=DESK, now=LATER).snoozed_until == late


def test_what_staff_said_is_calm_covers_no_other_mail() -> None:
    """Of mail that waited in the other ticket they said nothing."""
    until = NOON + timedelta(days=1)
    calmed = later(calm_until=until)
    assert joined(calmed, a_ticket(), rest=REST, desk=DESK, now=LATER).calm_until is None
    assert (
        joined(calmed, a_ticket(calm_until=NOON), rest=REST, desk=DESK, now=LATER).calm_until
        == NOON
    )
    assert joined(calmed, settled(), rest=REST, desk=DESK, now=LATER).calm_until == until


def test_participants_are_united_and_customers_come_first() -> None:
    """Every address of the customer stays the customer's, and there are never too many people."""
    many = tuple(f"p{n}@else.test" for n in range(MAX_PARTICIPANTS))
    one = a_ticket(others=["boss@customer.test", *many[: MAX_PARTICIPANTS - 4]])
    other = later(others=many)
    second = Participant(address="ana@home.test", role=Role.CUSTOMER)
    boss = Participant(address="boss@customer.test", role=Role.CUSTOMER)
    other = replace(other, participants=other.participants | {second, boss})
    after = joined(one, other, rest=REST, desk=DESK, now=LATER)
    assert {second, boss} <= after.participants
    assert Participant(address=ANA, role=Role.CUSTOMER) in after.participants
    assert len(after.participants) == MAX_PARTICIPANTS


def test_a_ticket_is_not_linked_to_itself() -> None:
    """A link to the ticket that is gone goes with it."""
    linked = later(linked_to="MR-7F3K2")
    assert joined(linked, a_ticket(), rest=REST, desk=DESK, now=LATER).linked_to is None
