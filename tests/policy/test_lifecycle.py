"""A ticket's life: what starts its clock, what stops it, who is told."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import (
    ALIAS,
    ANA,
    CALM,
    FURIOUS,
    HOUR,
    JANE,
    NOON,
    SALES,
    UPSET,
    a_desk,
    a_message,
    a_ticket,
)

from mailresponder.listening.anger import Anger
from mailresponder.mail.message import Address, InboundMessage
from mailresponder.policy import escalating, lifecycle
from mailresponder.policy.deadlines import BusinessHours
from mailresponder.policy.desk import Deadlines, Desk
from mailresponder.policy.languages import Spoken
from mailresponder.policy.lifecycle import Unanswered
from mailresponder.policy.ticket import LanguageSource, Participant, Role, Ticket, TicketState

DESK = a_desk()
TICKET = a_ticket()
ANSWERED = a_ticket(
    state=TicketState.ANSWERED,
    waiting_since=None,
    due_at=None,
    next_escalation_at=None,
    answered_at=NOON + HOUR,
    rests_since=NOON + HOUR,
)
CLOSED = replace(ANSWERED, state=TicketState.CLOSED, rests_since=None)
MADRID = ZoneInfo("Europe/Madrid")
OFFICE = a_desk(
    deadlines=Deadlines(
        answer_within=8 * HOUR,
        angry_answer_within=2 * HOUR,
        hours=BusinessHours(
            timezone=MADRID,
            windows=dict.fromkeys(range(5), ((time(9), time(14)), (time(15), time(18)))),
            closed_days=frozenset({date(2026, 11, 24)}),
        ),
    )
)


def opened(mail: InboundMessage | None = None, **changes: Any) -> Ticket:
    given: dict[str, Any] = {
        "customer": Address(email=ANA, name="Ana"),
        "suppressed_by": (),
        "reference": "MR-7F3K2",
        "spoken": Spoken(language="es", source=LanguageSource.TEXT),
        "anger": CALM,
        "desk": DESK,
    }
    return lifecycle.opened(mail or a_message(), **(given | changes))


def followed_up(
    before: Ticket,
    after: timedelta,
    *,
    anger: Anger = CALM,
    language: str = "en",
    no_clock: bool = False,
    **mail: Any,
) -> Ticket:
    """The ticket after a mail that came so long after noon."""
    return lifecycle.followed_up(
        before,
        a_message(received_at=NOON + after, **mail),
        anger=anger,
        language=language,
        no_clock=no_clock,
        desk=DESK,
    )


def answered(before: Ticket, at: datetime, rest: Unanswered | None = None) -> Ticket:
    return lifecycle.answered(before, at=at, rest=rest, desk=DESK)


def people(addresses: Sequence[str], role: Role) -> set[Participant]:
    return {Participant(address=a, role=role) for a in addresses}


def named(made: Ticket, role: Role) -> set[str]:
    return {p.address for p in made.participants if p.role is role}


def clock(made: Ticket) -> tuple[datetime | None, datetime | None, datetime | None]:
    return made.waiting_since, made.due_at, made.next_escalation_at


# Opening.


def test_opened_ticket_waits_from_the_mails_arrival() -> None:
    """The clock starts at INTERNALDATE, whatever the sender's Date says."""
    made = opened(a_message(sent_at=NOON - 99 * HOUR, subject="Re: ¡Hola!"))

    assert (made.state, made.opened_at) == (TicketState.OPEN, NOON)
    assert clock(made) == (NOON, NOON + 8 * HOUR, NOON + 8 * HOUR)
    assert (made.subject, made.subject_key) == ("Re: ¡Hola!", "¡hola!")
    assert (made.escalation_level, made.acknowledged_at) == (0, None)


def test_angry_customer_has_the_shorter_deadline() -> None:
    """An angry mail is to be answered sooner, and the ticket says why."""
    made = opened(anger=FURIOUS)

    assert clock(made) == (NOON, NOON + 2 * HOUR, NOON + 2 * HOUR)
    assert (made.anger, made.angry, made.because) == (0.9, True, (("outrageous", 2.5),))


def test_deadline_counts_working_time() -> None:
    """Eight hours from Monday, 13:00 in Madrid, over lunch and a holiday, end on Wednesday."""
    made = opened(desk=OFFICE)

    assert made.due_at == datetime(2026, 11, 25, 13, tzinfo=MADRID)


def test_ticket_without_ladder_has_a_deadline_and_nobody_to_tell() -> None:
    """Without a ladder a ticket is overdue, and nobody is told."""
    made = opened(desk=a_desk(ladder=()))

    assert clock(made) == (NOON, NOON + 8 * HOUR, None)


def test_participants_are_customer_and_others_without_us() -> None:
    """Author and Reply-To are the customer's, who was copied in is another, and we take no part."""
    mail = a_message(
        "Ana@Work.test", to=("support@example.com", "boss@work.test"), cc=(ANA, SALES, JANE)
    )

    made = opened(mail)

    assert named(made, Role.CUSTOMER) == {ANA, "ana@work.test"}
    assert named(made, Role.OTHER) == {"boss@work.test", JANE}


def test_web_form_in_our_name_is_no_participant() -> None:
    """A form's ticket is its customer's alone."""
    made = opened(a_message(ALIAS))

    assert made.participants == people([ANA], Role.CUSTOMER)


def test_participants_are_bounded_and_the_customer_is_among_them() -> None:
    """A thousand copied addresses do not become a thousand rows."""
    crowd = [f"p{n}@crowd.test" for n in range(1_000)]

    made = opened(a_message(to=crowd))

    assert len(made.participants) == 50
    assert named(made, Role.CUSTOMER) == {ANA}


def test_ticket_of_nobody_has_no_participants() -> None:
    """An unreadable mail's ticket has no customer to reach."""
    made = opened(a_message(None), customer=Address(email=""), suppressed_by=("no_correspondent",))

    assert made.participants == frozenset()
    assert made.suppressed_by == ("no_correspondent",)


# Following up.


@pytest.mark.parametrize("no_clock", [False, True])
@given(after=st.integers(1, 30 * 24 * 60))
def test_later_mail_does_not_move_the_clock(no_clock: bool, after: int) -> None:
    """The deadline runs from the oldest unanswered mail, however often the customer writes."""
    again = followed_up(TICKET, timedelta(minutes=after), no_clock=no_clock)

    assert again == TICKET


def test_angry_follow_up_shortens_the_deadline() -> None:
    """Who turns angry is answered sooner, from the angry mail on."""
    again = followed_up(TICKET, 3 * HOUR, anger=FURIOUS)

    assert clock(again) == (NOON, NOON + 5 * HOUR, NOON + 5 * HOUR)
    assert (again.angry, again.anger, again.because) == (True, 0.9, (("outrageous", 2.5),))


def test_late_anger_pushes_no_deadline_back() -> None:
    """An angry mail an hour before the deadline leaves it where it is."""
    again = followed_up(TICKET, 7 * HOUR, anger=FURIOUS)

    assert clock(again) == clock(TICKET)
    assert again.angry


def test_second_angry_mail_changes_no_deadline() -> None:
    """Only turning angry counts: growing angrier is recorded, no more."""
    angry = followed_up(TICKET, HOUR, anger=FURIOUS)
    again = followed_up(angry, 2 * HOUR, anger=Anger(score=0.99, angry=True, because=()))

    assert clock(again) == clock(angry)
    assert again.anger == 0.99


def test_calm_follow_up_soothes_nobody() -> None:
    """The ticket stays as angry as its angriest unanswered mail."""
    angry = followed_up(TICKET, HOUR, anger=FURIOUS)

    again = followed_up(angry, 2 * HOUR, anger=CALM)

    assert again == replace(angry, anger_rising=False)


def test_louder_follow_up_that_is_not_angry_shortens_nothing() -> None:
    """A higher score below the threshold is recorded, and moves no deadline."""
    again = followed_up(TICKET, HOUR, anger=Anger(score=0.4, angry=False, because=()))

    assert again == replace(TICKET, anger=0.4, anger_rising=True)


def test_what_needs_no_answer_makes_nobody_angrier() -> None:
    """Mere thanks and a program's mail leave anger and its rise as they are."""
    rising = followed_up(TICKET, HOUR, anger=UPSET)

    assert followed_up(TICKET, HOUR, anger=FURIOUS, no_clock=True) == TICKET
    assert followed_up(rising, 2 * HOUR, anger=FURIOUS, no_clock=True) == rising


def test_whoever_writes_in_the_thread_counts() -> None:
    """Mail of another participant waits for an answer like the customer's: it is heard too."""
    again = followed_up(TICKET, HOUR, sender="eve@elsewhere.test", anger=FURIOUS)

    assert (again.angry, again.anger_rising) == (True, True)


# Rising.


def test_anger_rises_with_an_angrier_mail_and_not_with_the_next_calm_one() -> None:
    """Only the newest unanswered mail is compared, with all unanswered ones before it."""
    upset = followed_up(TICKET, HOUR, anger=UPSET)
    angry = followed_up(upset, 2 * HOUR, anger=FURIOUS)
    after = followed_up(angry, 3 * HOUR, anger=UPSET)

    assert [t.anger_rising for t in (TICKET, upset, angry, after)] == [False, True, True, False]
    assert (after.anger, after.angry) == (0.9, True)


def test_who_is_as_angry_as_before_does_not_grow_angrier() -> None:
    """Two furious mails are two furious mails."""
    assert not opened(anger=FURIOUS).anger_rising
    assert not followed_up(opened(anger=FURIOUS), HOUR, anger=FURIOUS).anger_rising


@pytest.mark.parametrize("before", [ANSWERED, CLOSED])
def test_anger_does_not_rise_over_what_was_answered(before: Ticket) -> None:
    """A furious mail on a settled ticket is the first of a new wait."""
    assert not followed_up(before, 5 * HOUR, anger=FURIOUS).anger_rising


def test_rise_ends_with_the_wait_and_where_staff_say_it_is_none() -> None:
    """Answered, closed or judged not angry, nobody's anger rises; judged angry, it may."""
    rising = followed_up(TICKET, HOUR, anger=FURIOUS)
    at = NOON + 2 * HOUR

    assert not answered(rising, at).anger_rising
    assert not answered(rising, at, Unanswered(since=at, anger=FURIOUS)).anger_rising
    assert not lifecycle.closed(rising).anger_rising
    assert not lifecycle.judged(
        rising, angry=False, by="ana", at=at, known_until=at, desk=DESK
    ).anger_rising
    assert lifecycle.judged(
        rising, angry=True, by="ana", at=at, known_until=at, desk=DESK
    ).anger_rising


def test_what_an_answer_leaves_may_rise() -> None:
    """A partial answer leaves mails of which the last may be the angriest."""
    rest = Unanswered(since=NOON + HOUR, anger=FURIOUS, rising=True)
    assert answered(TICKET, NOON + HOUR, rest).anger_rising


def test_after_not_angry_the_next_heated_mail_counts_alone() -> None:
    """What staff contradicted is no measure any more: an upset mail makes the ticket upset with
    its own words, and a calm one leaves it as they said."""
    angry = followed_up(TICKET, HOUR, anger=FURIOUS)
    said = lifecycle.judged(
        angry, angry=False, by="ana", at=NOON + 2 * HOUR, known_until=NOON, desk=DESK
    )

    again = followed_up(said, 3 * HOUR, anger=UPSET)

    assert (again.anger, again.angry, again.because) == (0.5, False, UPSET.because)
    assert (again.judged_by, again.anger_rising) == (None, True)
    assert followed_up(said, 3 * HOUR, anger=CALM) == said


def test_verdict_counts_where_another_language_scores_higher() -> None:
    """An angry verdict with the lower score, by another language's threshold, is still heard."""
    loud = replace(TICKET, anger=0.6)
    heard = Anger(score=0.5, angry=True, because=(("vergüenza", 2.0),))

    again = followed_up(loud, HOUR, anger=heard)

    assert (again.angry, again.anger, again.because) == (True, 0.6, (("vergüenza", 2.0),))
    assert again.due_at == NOON + 3 * HOUR


def test_escalated_ticket_keeps_its_level_when_it_turns_angry() -> None:
    """Anger takes back no step of the ladder."""
    told = replace(TICKET, escalation_level=1, escalated_at=NOON + 8 * HOUR)

    again = followed_up(told, 9 * HOUR, anger=FURIOUS)

    assert (again.escalation_level, again.escalated_at) == (1, NOON + 8 * HOUR)
    assert again.due_at == told.due_at


@pytest.mark.parametrize("before", [ANSWERED, CLOSED])
def test_customer_who_writes_more_reopens(before: Ticket) -> None:
    """A new matter in an answered or closed ticket starts a clock of its own."""
    again = followed_up(before, 5 * HOUR, anger=FURIOUS)

    assert again.state is TicketState.OPEN
    assert clock(again) == (NOON + 5 * HOUR, NOON + 7 * HOUR, NOON + 7 * HOUR)
    assert (again.angry, again.answered_at) == (True, NOON + HOUR)


def test_reopened_ticket_forgets_the_old_anger() -> None:
    """Anger that was answered shortens no new deadline."""
    soothed = replace(ANSWERED, anger=0.9, angry=True, because=(("outrageous", 2.5),))

    again = followed_up(soothed, 5 * HOUR)

    assert (again.angry, again.anger, again.because) == (False, 0.1, ())
    assert again.due_at == NOON + 13 * HOUR


@pytest.mark.parametrize("before", [ANSWERED, CLOSED])
def test_thanks_start_no_clock(before: Ticket) -> None:
    """Who only says thanks waits for nothing."""
    assert followed_up(before, 5 * HOUR, no_clock=True) == before


@pytest.mark.parametrize("before", [ANSWERED, CLOSED])
@pytest.mark.parametrize("minutes", [10, 60])
def test_mail_read_after_the_answer_starts_a_clock(before: Ticket, minutes: int) -> None:
    """Whoever answered had not seen a mail that we read only now: somebody must look at it."""
    again = followed_up(before, timedelta(minutes=minutes))

    assert again.waiting_since == NOON + timedelta(minutes=minutes)


def test_angry_mail_ends_a_snooze() -> None:
    """Who put the ticket off did not know how angry its customer would become."""
    asleep = lifecycle.snoozed(TICKET, until=NOON + 90 * HOUR)

    assert (
        followed_up(asleep, HOUR, anger=Anger(score=0.9, angry=True, because=())).snoozed_until
        is None
    )
    assert followed_up(asleep, HOUR).snoozed_until == NOON + 90 * HOUR


def test_ticket_closed_without_answer_reopens() -> None:
    """A closed ticket that nobody ever answered opens again."""
    again = followed_up(replace(CLOSED, answered_at=None), 5 * HOUR)

    assert again.waiting_since == NOON + 5 * HOUR


def test_who_joins_is_another_and_never_the_customer() -> None:
    """The customer is fixed when the ticket opens: nobody takes it over from Cc."""
    again = followed_up(
        TICKET, HOUR, sender="eve@elsewhere.test", to=("support@example.com", "x@y.test")
    )

    assert named(again, Role.CUSTOMER) == {ANA}
    assert named(again, Role.OTHER) == {"eve@elsewhere.test", "x@y.test"}
    assert again.customer == TICKET.customer


def test_participants_stay_bounded() -> None:
    """A thread that copies in ever more people stops growing."""
    again = followed_up(TICKET, HOUR, cc=[f"p{n}@crowd.test" for n in range(1_000)])

    assert len(again.participants) == 50
    assert named(again, Role.CUSTOMER) == {ANA}


# Answering, closing, snoozing.


def test_answer_stops_the_clock() -> None:
    """After an answer nobody waits for us and nobody is told."""
    told = replace(
        TICKET, escalation_level=2, escalated_at=NOON + 10 * HOUR, snoozed_until=NOON + 20 * HOUR
    )

    after = answered(told, NOON + 11 * HOUR)

    assert (after.state, after.answered_at) == (TicketState.ANSWERED, NOON + 11 * HOUR)
    assert clock(after) == (None, None, None)
    assert (after.escalation_level, after.escalated_at, after.snoozed_until) == (0, None, None)


def test_answer_leaves_what_it_did_not_answer() -> None:
    """A mail that came after the answer waits from its own arrival, with its own anger."""
    told = replace(TICKET, escalation_level=1, escalated_at=NOON + 8 * HOUR)
    rest = Unanswered(since=NOON + 3 * HOUR, anger=FURIOUS)

    after = answered(told, NOON + HOUR, rest)

    assert (after.state, after.answered_at) == (TicketState.OPEN, NOON + HOUR)
    assert clock(after) == (NOON + 3 * HOUR, NOON + 5 * HOUR, NOON + 5 * HOUR)
    assert (after.angry, after.escalation_level) == (True, 0)


def test_older_answer_read_later_does_not_turn_time_back() -> None:
    """The last answer stays the last, in whichever order they are read."""
    assert answered(ANSWERED, NOON + timedelta(minutes=5)) == ANSWERED


@pytest.mark.parametrize("rest", [None, Unanswered(since=NOON + 3 * HOUR, anger=FURIOUS)])
def test_closed_ticket_stays_closed_by_an_answer(rest: Unanswered | None) -> None:
    """Who closed a ticket settled all in it, even if an answer is read after that."""
    after = answered(CLOSED, NOON + 2 * HOUR, rest)

    assert after == replace(CLOSED, answered_at=NOON + 2 * HOUR)


@pytest.mark.parametrize("before", [TICKET, ANSWERED, CLOSED])
def test_closed_ticket_waits_for_nothing(before: Ticket) -> None:
    """Closing ends every clock."""
    after = lifecycle.closed(before)

    assert after.state is TicketState.CLOSED
    assert clock(after) == (None, None, None)


@pytest.mark.parametrize("before", [TICKET, ANSWERED])
def test_waiting_for_the_customer_stops_the_clock_and_is_no_answer(before: Ticket) -> None:
    """It rests from that moment on, and its last answer is the one it had."""
    after = lifecycle.waiting(before, NOON + 3 * HOUR)

    assert (after.state, after.rests_since) == (TicketState.ANSWERED, NOON + 3 * HOUR)
    assert clock(after) == (None, None, None)
    assert after.answered_at == before.answered_at
    assert followed_up(after, 5 * HOUR).waiting_since == NOON + 5 * HOUR


def test_closed_ticket_waits_for_no_customer() -> None:
    """What is closed stays closed."""
    assert lifecycle.waiting(CLOSED, NOON + 3 * HOUR) == CLOSED


def test_snoozed_ticket_keeps_its_deadline() -> None:
    """Snoozing is about reminders, not about when the customer expects an answer."""
    after = lifecycle.snoozed(TICKET, until=NOON + 48 * HOUR)

    assert after == replace(TICKET, snoozed_until=NOON + 48 * HOUR)


def test_nobody_is_told_outside_working_time() -> None:
    """A deadline at closing time on Friday is escalated on Monday morning."""
    made = opened(a_message(received_at=datetime(2026, 11, 27, 9, tzinfo=MADRID)), desk=OFFICE)

    assert made.due_at == datetime(2026, 11, 27, 18, tzinfo=MADRID)
    assert made.next_escalation_at == datetime(2026, 11, 30, 9, tzinfo=MADRID)


def judged(ticket: Ticket, *, angry: bool, at: datetime = NOON + HOUR, desk: Desk = DESK) -> Ticket:
    return lifecycle.judged(ticket, angry=angry, by="ana", at=at, known_until=at, desk=desk)


def test_who_is_judged_angry_is_due_sooner_and_is_put_off_no_more() -> None:
    """The angry deadline counts from the judgement; a snooze was granted to somebody calm."""
    after = judged(replace(TICKET, snoozed_until=NOON + 48 * HOUR), angry=True)
    assert (after.angry, after.judged_by, after.calm_until) == (True, "ana", None)
    assert after.due_at == after.next_escalation_at == NOON + 3 * HOUR
    assert after.snoozed_until is None


def test_a_judgement_never_puts_off_an_angry_deadline() -> None:
    """What is due sooner than the angry deadline stays due then."""
    at = NOON + 7 * HOUR
    assert judged(TICKET, angry=True, at=at).due_at == TICKET.due_at


def test_who_is_judged_calm_is_due_as_everybody() -> None:
    """From when they wrote; a deadline that somebody has set later than that stays."""
    heard = opened(anger=FURIOUS)
    after = judged(heard, angry=False)
    assert (after.angry, after.calm_until, after.due_at) == (False, NOON + HOUR, NOON + 8 * HOUR)
    assert after.next_escalation_at == NOON + 8 * HOUR
    later = replace(heard, due_at=NOON + 20 * HOUR)
    assert judged(later, angry=False).due_at == NOON + 20 * HOUR


def test_a_ladder_climbed_too_soon_is_climbed_again() -> None:
    """Steps taken for the angry deadline are to be taken anew once the ordinary one has passed;
    where that has passed as well, they have been taken."""
    telling = escalating.due(opened(anger=FURIOUS), now=NOON + 3 * HOUR, desk=DESK)
    assert telling is not None
    told = telling.ticket
    assert told.escalation_level == 1
    assert judged(told, angry=False, at=NOON + 3 * HOUR).escalation_level == 0
    assert judged(told, angry=False, at=NOON + 9 * HOUR).escalation_level == 1


@pytest.mark.parametrize("ticket", [ANSWERED, CLOSED])
@pytest.mark.parametrize("angry", [True, False])
def test_judging_what_is_settled_starts_no_clock(ticket: Ticket, angry: bool) -> None:
    """The verdict changes and nothing else."""
    after = judged(ticket, angry=angry)
    kept = replace(ticket, angry=angry, judged_by="ana", calm_until=after.calm_until)
    assert after == kept


def test_agreeing_with_the_verdict_moves_no_deadline() -> None:
    """Who judged is written down, and that is all."""
    heard = opened(anger=FURIOUS)
    assert judged(heard, angry=True) == replace(heard, judged_by="ana")


def test_a_judgement_ends_with_what_it_was_about() -> None:
    """It is the program's verdict again once an angry mail came, or a new matter began; where an
    answer left judged mail unanswered, it is still staff's."""
    calm = judged(opened(anger=FURIOUS), angry=False)
    again = a_message(received_at=NOON + 2 * HOUR)
    angry = lifecycle.followed_up(
        calm, again, anger=FURIOUS, language="en", no_clock=False, desk=DESK
    )
    assert (angry.angry, angry.judged_by) == (True, None)
    kept = lifecycle.followed_up(calm, again, anger=CALM, language="en", no_clock=False, desk=DESK)
    assert (kept.angry, kept.judged_by) == (False, "ana")
    for left in (True, False):
        rest = Unanswered(since=again.received_at, anger=CALM, judged=left)
        after = lifecycle.answered(calm, at=NOON + HOUR, rest=rest, desk=DESK)
        assert after.judged_by == ("ana" if left else None)


def test_answer_that_did_not_arrive_answered_nothing() -> None:
    """The ticket waits since it did and until it was to, also where it was closed since."""
    rest = lifecycle.Unanswered(since=NOON, anger=CALM)
    for ticket in (ANSWERED, CLOSED):
        after = lifecycle.not_answered(
            ticket, rest=rest, due_at=NOON + HOUR, answered_at=None, desk=a_desk()
        )

        assert after.state is TicketState.OPEN
        assert (after.waiting_since, after.due_at) == (NOON, NOON + HOUR)
        assert (after.answered_at, after.rests_since) == (None, None)
        assert after.next_escalation_at == NOON + HOUR
