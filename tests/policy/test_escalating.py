"""Who is told of a ticket that waits, when and how often: steps, repeats, warnings, two ladders."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import ANA, CALM, FURIOUS, HOUR, JANE, LEAD, NOON, a_desk, a_message, a_ticket

from mailresponder.policy import escalating, lifecycle
from mailresponder.policy.deadlines import BusinessHours, Step
from mailresponder.policy.desk import Deadlines, Desk
from mailresponder.policy.escalating import Occasion
from mailresponder.policy.ticket import Ticket, TicketState

TICKET = a_ticket()
ANSWERED = a_ticket(
    state=TicketState.ANSWERED, waiting_since=None, due_at=None, next_escalation_at=None
)
CLOSED = replace(ANSWERED, state=TicketState.CLOSED)
BOSS = "boss@example.com"
EVE = "eve@example.com"
OFFICE_HOURS = BusinessHours(
    timezone=ZoneInfo("Europe/Madrid"),
    windows=dict.fromkeys(range(5), ((time(9), time(14)), (time(15), time(18)))),
)


def warning_desk(before: timedelta = HOUR, *, to: tuple[str, ...] = (), **changes: Any) -> Desk:
    """A desk that warns, around the clock."""
    hours = changes.pop("hours", BusinessHours(timezone=ZoneInfo("Europe/Madrid")))
    deadlines = Deadlines(
        answer_within=8 * HOUR,
        angry_answer_within=2 * HOUR,
        hours=hours,
        warn_before=before,
        warn_to=to,
    )
    return a_desk(deadlines=deadlines, **changes)


def told(before: Ticket, now: datetime, desk: Desk) -> tuple[Ticket, list[str], Occasion | None]:
    """The ticket after what is due of it, who is told, and of what."""
    telling = escalating.due(before, now=now, desk=desk)
    if telling is None:
        return before, [], None
    return telling.ticket, list(telling.people), telling.occasion


def escalated(before: Ticket, now: datetime, **changes: Any) -> tuple[Ticket, list[str]]:
    """The ticket after its steps, and who is told."""
    return told(before, now, a_desk(**changes))[:2]


def test_ladder_is_climbed_step_by_step_and_the_last_repeats() -> None:
    """Jane at the deadline, the lead two hours later and every four hours from then on."""
    heard: list[tuple[datetime, list[str]]] = []
    climbing = TICKET
    while len(heard) < 4:
        now = climbing.next_escalation_at
        assert now is not None
        climbing, to = escalated(climbing, now)
        heard.append((now - 8 * HOUR, to))

    assert heard == [
        (NOON, [JANE]),
        (NOON + 2 * HOUR, [LEAD]),
        (NOON + 6 * HOUR, [LEAD]),
        (NOON + 10 * HOUR, [LEAD]),
    ]
    assert climbing.escalation_level == 2


def test_missed_steps_are_taken_together() -> None:
    """After an outage everybody who is due is told once."""
    after, to = escalated(TICKET, NOON + 30 * HOUR)

    assert to == [JANE, LEAD]
    assert (after.escalation_level, after.escalated_at) == (2, NOON + 30 * HOUR)
    assert after.next_escalation_at == NOON + 34 * HOUR


def test_new_step_and_repeat_due_at_once_are_one_step() -> None:
    """Where the next step is reached, the one before is not repeated as well."""
    ladder = (Step(after=0 * HOUR, to=(JANE,), repeat_every=HOUR), Step(after=HOUR, to=(LEAD,)))
    once, _ = escalated(TICKET, NOON + 8 * HOUR, ladder=ladder)

    after, to = escalated(once, NOON + 9 * HOUR, ladder=ladder)

    assert to == [LEAD]
    assert after.next_escalation_at is None


def test_step_without_repeat_is_taken_once() -> None:
    """After the last step of a ladder without repeats nobody is told again."""
    after, to = escalated(TICKET, NOON + 8 * HOUR, ladder=(Step(after=0 * HOUR, to=(JANE,)),))

    assert to == [JANE]
    assert after.next_escalation_at is None


def test_ladder_made_shorter_still_repeats_its_last_step() -> None:
    """A ticket that had climbed higher than the ladder now goes is not forgotten."""
    high = replace(TICKET, escalation_level=3, escalated_at=NOON + 9 * HOUR)
    ladder = (Step(after=0 * HOUR, to=(LEAD,), repeat_every=HOUR),)

    after, to = escalated(high, NOON + 10 * HOUR, ladder=ladder)

    assert to == [LEAD]
    assert (after.escalation_level, after.next_escalation_at) == (1, NOON + 11 * HOUR)


def test_escalation_ends_a_snooze() -> None:
    """Once told again, the next reminder comes at its usual time."""
    after, _ = escalated(replace(TICKET, snoozed_until=NOON + 9 * HOUR), NOON + 9 * HOUR)

    assert after.snoozed_until is None


@pytest.mark.parametrize("before", [ANSWERED, CLOSED])
def test_nobody_is_told_of_a_ticket_that_waits_for_nothing(before: Ticket) -> None:
    """Without a deadline there is no step to take."""
    assert escalated(before, NOON + 99 * HOUR) == (before, [])


def test_reopened_ticket_climbs_from_the_first_step() -> None:
    """Whoever was told of the old matter is told of the new one in order."""
    desk = a_desk()
    high, _ = escalated(TICKET, NOON + 30 * HOUR)
    settled = lifecycle.answered(high, at=NOON + 31 * HOUR, rest=None, desk=desk)
    mail = a_message(received_at=NOON + 40 * HOUR)
    again = lifecycle.followed_up(
        settled, mail, anger=CALM, language="en", no_clock=False, desk=desk
    )

    assert again.next_escalation_at == NOON + 48 * HOUR
    assert escalated(again, NOON + 48 * HOUR)[1] == [JANE]


def test_nobody_is_told_before_anything_is_due() -> None:
    """A ticket that is looked at too early, or again at once, tells nobody."""
    assert escalated(TICKET, NOON + 7 * HOUR) == (TICKET, [])
    after, _ = escalated(TICKET, NOON + 8 * HOUR)
    assert escalated(after, NOON + 8 * HOUR) == (after, [])


# A ladder that was changed.


def test_ladder_made_shorter_and_longer_again_leaves_nobody_out() -> None:
    """A ticket that had climbed higher than the ladder goes counts as at its top: who is added
    later has been told of nothing yet."""
    high = replace(TICKET, escalation_level=3, escalated_at=NOON + 10 * HOUR)
    short = (Step(after=0 * HOUR, to=(JANE,)),)
    longer = (*short, Step(after=HOUR, to=(LEAD,)), Step(after=2 * HOUR, to=(EVE,)))

    low = escalating.rescheduled(high, a_desk(ladder=short))

    assert (low.escalation_level, low.next_escalation_at) == (1, None)
    again = escalating.rescheduled(low, a_desk(ladder=longer))
    assert escalated(again, NOON + 11 * HOUR, ladder=longer)[1] == [LEAD, EVE]


def test_without_a_ladder_nobody_is_told_and_with_one_again_everybody() -> None:
    """Whoever removes the last person of a ladder and adds one later has them told."""
    high = replace(TICKET, escalation_level=2, escalated_at=NOON + 10 * HOUR)
    none = escalating.rescheduled(high, a_desk(ladder=()))
    assert none.next_escalation_at is None
    assert escalated(none, NOON + 12 * HOUR, ladder=()) == (none, [])

    again = escalating.rescheduled(none, a_desk())
    assert escalated(again, NOON + 12 * HOUR)[1] == [JANE, LEAD]


def test_who_stands_on_two_steps_is_told_once_of_both() -> None:
    """However their address is written."""
    ladder = (Step(after=0 * HOUR, to=(JANE, LEAD)), Step(after=HOUR, to=(LEAD.upper(), BOSS)))
    _, people = escalated(TICKET, NOON + 10 * HOUR, ladder=ladder)
    assert [one.casefold() for one in people] == [JANE, LEAD, BOSS]


# Two ladders.

CALM_LADDER = (Step(after=0 * HOUR, to=(JANE,)), Step(after=8 * HOUR, to=(LEAD, BOSS)))
ANGRY_LADDER = (
    Step(after=0 * HOUR, to=(JANE, LEAD), repeat_every=2 * HOUR),
    Step(after=HOUR, to=(BOSS,)),
)
TWO = a_desk(ladder=CALM_LADDER, angry_ladder=ANGRY_LADDER)


def turned_angry(before: Ticket, at: datetime, desk: Desk = TWO) -> Ticket:
    return lifecycle.followed_up(
        before,
        a_message(received_at=at),
        anger=FURIOUS,
        language="en",
        no_clock=False,
        desk=desk,
    )


def judged(before: Ticket, *, angry: bool, at: datetime, desk: Desk = TWO) -> Ticket:
    return lifecycle.judged(before, angry=angry, by="jane", at=at, known_until=at, desk=desk)


def test_the_angry_have_a_ladder_of_their_own() -> None:
    """From their own deadline on."""
    angry = replace(TICKET, angry=True, due_at=NOON + 2 * HOUR)
    after, people, _ = told(angry, NOON + 2 * HOUR, TWO)
    assert people == [JANE, LEAD]
    assert after.next_escalation_at == NOON + 3 * HOUR


def test_who_turns_angry_late_is_told_of_to_whom_has_not_heard() -> None:
    """Jane knows; as the lead does not, the angry ladder's first step is taken for both."""
    late, people, _ = told(TICKET, NOON + 8 * HOUR, TWO)
    assert people == [JANE]

    angry = turned_angry(late, NOON + 8 * HOUR + HOUR / 2)

    assert angry.escalation_level == 0
    assert told(angry, NOON + 8 * HOUR + HOUR / 2, TWO)[1] == [JANE, LEAD]


def test_who_turns_angry_is_not_told_of_twice_for_nothing() -> None:
    """Where all the people of the angry ladder's first step know, the second one is next."""
    desk = a_desk(ladder=CALM_LADDER, angry_ladder=(CALM_LADDER[0], ANGRY_LADDER[1]))
    late, _, _ = told(TICKET, NOON + 8 * HOUR, desk)

    angry = turned_angry(late, NOON + 8 * HOUR + HOUR / 2, desk)

    assert (angry.escalation_level, angry.next_escalation_at) == (1, NOON + 9 * HOUR)
    assert told(angry, NOON + 9 * HOUR, desk)[1] == [BOSS]


def test_an_angry_mail_that_is_read_late_repeats_no_step() -> None:
    """It came before the step that was taken, and whom that told have been told all the same."""
    desk = a_desk(ladder=CALM_LADDER, angry_ladder=(CALM_LADDER[0], ANGRY_LADDER[1]))
    late, _, _ = told(TICKET, NOON + 8 * HOUR, desk)
    assert turned_angry(late, NOON + 7.9 * HOUR, desk).escalation_level == 1


def test_who_is_judged_calm_late_is_told_of_when_the_ladder_says() -> None:
    """All know by now, but the second step's time has not come: it is taken when it comes."""
    angry = replace(TICKET, angry=True, due_at=NOON + 2 * HOUR)
    late, people, _ = told(angry, NOON + 9 * HOUR, TWO)
    assert people == [JANE, LEAD, BOSS]

    calm = judged(late, angry=False, at=NOON + 10 * HOUR)

    assert (calm.due_at, calm.escalation_level) == (NOON + 8 * HOUR, 1)
    assert calm.next_escalation_at == NOON + 16 * HOUR
    assert told(calm, NOON + 16 * HOUR, TWO)[1] == [LEAD, BOSS]


@given(
    st.lists(st.sampled_from([JANE, LEAD, BOSS, EVE]), min_size=1, max_size=4),
    st.lists(st.sampled_from([JANE, LEAD, BOSS, EVE]), min_size=1, max_size=4),
    st.integers(0, 12),
    st.booleans(),
)
def test_nobody_is_skipped_whenever_the_ladder_changes_under_a_ticket(
    calm: list[str], angry: list[str], turns_after: int, was_angry: bool
) -> None:
    """Whoever stands on the ladder that holds in the end has been told in the end."""
    desk = a_desk(
        ladder=tuple(Step(after=n * HOUR, to=(one,)) for n, one in enumerate(calm)),
        angry_ladder=tuple(Step(after=n * HOUR, to=(one,)) for n, one in enumerate(angry)),
    )
    ticket = escalating.rescheduled(replace(TICKET, angry=was_angry), desk)
    heard: list[str] = []
    for hour in range(30):
        now = NOON + hour * HOUR
        if hour == 8 + turns_after:
            ticket = judged(ticket, angry=not was_angry, at=now, desk=desk)
        before = ticket
        ticket, people, _ = told(ticket, now, desk)
        if people:
            assert before.next_escalation_at is not None
            assert before.next_escalation_at <= now
        heard += people
    in_the_end = calm if was_angry else angry
    assert set(in_the_end) <= set(heard)
    assert ticket.next_escalation_at is None


# Warnings.


def test_a_warning_comes_once_ahead_of_the_deadline() -> None:
    """An hour before it, to the first step's people; then the ladder goes on as ever."""
    desk = warning_desk()
    waiting = escalating.rescheduled(TICKET, desk)
    assert waiting.next_escalation_at == NOON + 7 * HOUR

    after, people, occasion = told(waiting, NOON + 7 * HOUR, desk)

    assert (people, occasion) == ([JANE], Occasion.WARNING)
    assert (after.warned_at, after.escalation_level) == (NOON + 7 * HOUR, 0)
    assert after.next_escalation_at == NOON + 8 * HOUR
    assert told(after, NOON + 7 * HOUR, desk)[1] == []
    assert told(after, NOON + 8 * HOUR, desk)[1:] == ([JANE], Occasion.STEP)


def test_a_short_deadline_is_not_near_from_the_start() -> None:
    """Four hours ahead of an angry deadline of two is one hour ahead of it."""
    desk = warning_desk(4 * HOUR)
    angry = escalating.rescheduled(replace(TICKET, angry=True, due_at=NOON + 2 * HOUR), desk)
    assert angry.next_escalation_at == NOON + HOUR


@pytest.mark.parametrize("hours", [8, 8.5, 30])
def test_no_warning_of_what_has_passed(hours: float) -> None:
    """From the deadline on it is the ladder's turn, also where its first step comes later."""
    desk = warning_desk(ladder=(Step(after=HOUR, to=(JANE,)),))
    now = NOON + hours * HOUR
    waiting = escalating.rescheduled(TICKET, desk)
    after, people, occasion = told(waiting, now, desk)
    if hours < 9:
        assert (people, occasion) == ([], None)
        # It is not looked at again until then.
        later = escalating.rescheduled(after, desk, now=now)
        assert later.next_escalation_at == NOON + 9 * HOUR
    else:
        assert (people, occasion) == ([JANE], Occasion.STEP)


def test_warnings_go_to_whom_the_configuration_names() -> None:
    """`warn_to` counts instead of the first step, and where there is no ladder."""
    for ladder in (a_desk().ladder, ()):
        desk = warning_desk(to=(EVE,), ladder=ladder)
        waiting = escalating.rescheduled(TICKET, desk)
        assert told(waiting, NOON + 7 * HOUR, desk)[1] == [EVE]
    assert escalating.rescheduled(TICKET, warning_desk(ladder=())).next_escalation_at is None


def test_a_warning_waits_for_the_end_of_a_snooze() -> None:
    """Who is told at its end is told of what is due then: of the deadline that is near, or of the
    one that has passed."""
    desk = warning_desk(2 * HOUR)
    asleep = lifecycle.snoozed(escalating.rescheduled(TICKET, desk), until=NOON + 7 * HOUR)
    assert told(asleep, NOON + 7 * HOUR, desk)[2] is Occasion.WARNING
    assert told(asleep, NOON + 9 * HOUR, desk)[2] is Occasion.STEP


def test_who_writes_again_after_an_answer_is_warned_of_anew() -> None:
    """Once while the customer waits, and they wait anew."""
    desk = warning_desk()
    warned, _, _ = told(escalating.rescheduled(TICKET, desk), NOON + 7 * HOUR, desk)
    answered = lifecycle.answered(warned, at=NOON + 8 * HOUR, rest=None, desk=desk)
    again = lifecycle.followed_up(
        answered,
        a_message(received_at=NOON + 20 * HOUR),
        anger=CALM,
        language="en",
        no_clock=False,
        desk=desk,
    )
    assert again.next_escalation_at == NOON + 27 * HOUR


def test_who_is_judged_calm_is_warned_of_the_later_deadline() -> None:
    """The warning of the angry deadline was of one that holds no more; but where the later one is
    near already, one warning is enough."""
    desk = warning_desk()
    angry = replace(TICKET, angry=True, due_at=NOON + 2 * HOUR)
    warned, _, _ = told(escalating.rescheduled(angry, desk), NOON + HOUR, desk)
    assert judged(warned, angry=False, at=NOON + 1.5 * HOUR, desk=desk).next_escalation_at == (
        NOON + 7 * HOUR
    )
    assert judged(warned, angry=False, at=NOON + 7.5 * HOUR, desk=desk).next_escalation_at == (
        NOON + 8 * HOUR
    )


def test_a_warning_comes_in_working_time() -> None:
    """Of a deadline on Tuesday at 10:00, two working hours ahead is Monday at 17:00."""
    desk = warning_desk(2 * HOUR, hours=OFFICE_HOURS)
    monday = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Europe/Madrid"))
    ticket = escalating.rescheduled(
        replace(TICKET, waiting_since=monday, due_at=monday + 24 * HOUR), desk
    )
    assert ticket.next_escalation_at == monday.replace(hour=17)


# Who took it.


def test_who_took_it_hears_of_every_step_and_of_the_warning_alone() -> None:
    """What somebody has in hand is theirs until the deadline; then the step's people know too."""
    desk = warning_desk()
    mine = escalating.rescheduled(replace(TICKET, assigned_to=EVE), desk)
    warned, people, _ = told(mine, NOON + 7 * HOUR, desk)
    assert people == [EVE]
    first, people, _ = told(warned, NOON + 8 * HOUR, desk)
    assert people == [EVE, JANE]
    second, people, _ = told(first, NOON + 10 * HOUR, desk)
    assert people == [EVE, LEAD]
    assert told(second, NOON + 14 * HOUR, desk)[1:] == ([EVE, LEAD], Occasion.REPEAT)


def test_who_took_it_is_warned_beside_whom_the_configuration_names() -> None:
    """`warn_to` is a wish of its own, and nobody is told twice."""
    mine = replace(TICKET, assigned_to=EVE)
    assert escalating.whom_to_warn(mine, warning_desk(to=(BOSS,))) == (EVE, BOSS)
    assert escalating.whom_to_warn(mine, warning_desk(to=(EVE,))) == (EVE,)


def test_who_has_left_is_told_nothing() -> None:
    """Customers' words go to staff alone, whoever had taken a ticket."""
    left = replace(TICKET, assigned_to="gone@elsewhere.test")
    assert escalating.whom_to_tell(left, TWO.ladder[:1], TWO) == (JANE,)
    assert escalating.whom_to_warn(left, TWO) == (JANE,)
    assert ANA not in escalating.whom_to_tell(replace(left, assigned_to=ANA), (), TWO)


# Snoozing.


def test_a_snooze_is_reminded_of_where_nothing_else_would() -> None:
    """At its end the people of the last step are told again, once, also where it has no repeat."""
    once = (Step(after=0 * HOUR, to=(JANE,)),)
    late, _ = escalated(TICKET, NOON + 8 * HOUR, ladder=once)
    assert late.next_escalation_at is None

    asleep = lifecycle.snoozed(late, until=NOON + 48 * HOUR)

    assert asleep.next_escalation_at == NOON + 48 * HOUR
    assert escalating.rescheduled(asleep, a_desk(ladder=once)) == asleep
    after, people = escalated(asleep, NOON + 48 * HOUR, ladder=once)
    assert people == [JANE]
    assert (after.snoozed_until, after.next_escalation_at) == (None, None)


# All of it together.

people = st.lists(st.sampled_from([JANE, LEAD, BOSS, EVE]), min_size=1, max_size=2).map(tuple)
steps = st.builds(
    lambda hours, to, again: Step(
        after=hours * HOUR, to=to, repeat_every=None if again is None else again * HOUR
    ),
    st.integers(0, 6),
    people,
    st.none() | st.integers(1, 5),
)
ladders = st.lists(steps, max_size=3).map(
    lambda some: tuple(sorted(some, key=lambda step: step.after))
)
desks = st.builds(
    lambda before, to, ladder, angry_ladder, hours: warning_desk(
        before * HOUR, to=to, ladder=ladder, angry_ladder=angry_ladder, hours=hours
    ),
    st.sampled_from([0.5, 1, 4, 20]),
    st.just(()) | people,
    ladders,
    ladders,
    st.sampled_from([OFFICE_HOURS, BusinessHours(timezone=ZoneInfo("Europe/Madrid"))]),
)
happenings = st.sampled_from(
    ["", "", "", "", "", "angry mail", "judged angry", "judged calm", "snoozed", "taken", "desk"]
)


@settings(max_examples=80)
@given(desks, desks, st.lists(happenings, min_size=10, max_size=120))
def test_what_is_due_is_found_by_the_column_that_is_asked_for(
    desk: Desk, other: Desk, story: list[str]
) -> None:
    """Whatever happens to a ticket, an hour a step: where somebody is to be told, the store finds
    it; what it finds is told, or not found again before something is due; nobody is told twice of
    one moment, nor of a warning twice, nor of one after the deadline."""
    ticket = escalating.rescheduled(TICKET, desk)
    warnings = 0
    for number, happening in enumerate(story):
        now = NOON + number * HOUR
        if happening == "angry mail":
            ticket = turned_angry(ticket, now, desk)
        elif happening.startswith("judged"):
            ticket = judged(ticket, angry=happening.endswith("angry"), at=now, desk=desk)
            warnings = 0 if ticket.warned_at is None else warnings
        elif happening == "snoozed":
            ticket = lifecycle.snoozed(ticket, until=now + 3.5 * HOUR)
        elif happening == "taken":
            ticket = replace(ticket, assigned_to=EVE)
        elif happening == "desk":
            desk, other = other, desk
            ticket = escalating.rescheduled(ticket, desk)
        if not desk.deadlines.hours.is_open(now):
            continue
        if ticket.snoozed_until is not None and ticket.snoozed_until > now:
            continue
        found = ticket.next_escalation_at is not None and ticket.next_escalation_at <= now
        telling = escalating.due(ticket, now=now, desk=desk)
        assert telling is None or found
        if telling is None:
            after = escalating.rescheduled(ticket, desk, now=now) if found else ticket
        else:
            assert telling.people
            assert len({one.casefold() for one in telling.people}) == len(telling.people)
            after = telling.ticket
            if telling.occasion is Occasion.WARNING:
                warnings += 1
                assert warnings == 1
                assert ticket.due_at is not None
                assert now < ticket.due_at
        assert after.next_escalation_at is None or after.next_escalation_at > now
        assert escalating.due(after, now=now, desk=desk) is None
        ticket = after
