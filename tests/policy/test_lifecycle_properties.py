"""Whatever happens to a ticket, in whichever order, its clock stays fair."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from making import ANA, CALM, FURIOUS, HOUR, JANE, NOON, UPSET, a_desk, a_message, a_ticket

from mailresponder.listening.solved import Said
from mailresponder.policy import escalating, lifecycle, resting
from mailresponder.policy.lifecycle import Unanswered
from mailresponder.policy.ticket import Ticket, TicketState

DESK = a_desk()
ANGERS = st.sampled_from([CALM, UPSET, FURIOUS])


class Life(RuleBasedStateMachine):
    """A ticket, and beside it what we know of who wrote when."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.ticket = a_ticket()
        self.waiting_since: datetime | None = NOON
        """The oldest mail nobody has answered or settled: kept apart from the ticket's own."""

    def _becomes(self, after: Ticket, *, settles: bool = False) -> None:
        before, self.ticket = self.ticket, after
        if settles or before.due_at is None or after.due_at is None:
            return
        assert after.due_at <= before.due_at, "the deadline was put off"
        assert after.waiting_since == before.waiting_since

    @rule(minutes=st.integers(1, 3_000))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(anger=ANGERS, sender=st.sampled_from([ANA, "eve@elsewhere.test"]))
    def somebody_writes(self, anger, sender) -> None:  # type: ignore[no-untyped-def]
        mail = a_message(sender, received_at=self.now)
        after = lifecycle.followed_up(
            self.ticket, mail, anger=anger, language="en", no_clock=False, desk=DESK
        )
        self.waiting_since = self.waiting_since or self.now
        self._becomes(after)

    @rule(thanks=st.booleans())
    def thanks_or_a_machine(self, thanks: bool) -> None:
        mail = a_message(received_at=self.now)
        after = lifecycle.followed_up(
            self.ticket,
            mail,
            anger=FURIOUS,
            language="en",
            no_clock=True,
            thanks=thanks,
            desk=DESK,
        )
        rests = self.now if thanks and self.ticket.rests_since else self.ticket.rests_since
        assert after == replace(self.ticket, rests_since=rests, unreachable_at=None)
        self._becomes(after)

    @rule()
    def bounce(self) -> None:
        after = lifecycle.unreachable(self.ticket, at=self.now)
        assert replace(after, unreachable_at=self.ticket.unreachable_at) == self.ticket
        self._becomes(after)

    @rule()
    def answer(self) -> None:
        self.waiting_since = None
        after = lifecycle.answered(self.ticket, at=self.now, rest=None, desk=DESK)
        self._becomes(after, settles=True)

    @precondition(lambda self: self.ticket.state is TicketState.OPEN)
    @rule(anger=ANGERS)
    def answer_that_leaves_the_newest(self, anger) -> None:  # type: ignore[no-untyped-def]
        self.waiting_since = self.now
        rest = Unanswered(since=self.now, anger=anger)
        after = lifecycle.answered(self.ticket, at=self.now - HOUR, rest=rest, desk=DESK)
        self._becomes(after, settles=True)

    @rule()
    def close(self) -> None:
        self.waiting_since = None
        self._becomes(lifecycle.closed(self.ticket), settles=True)

    @rule()
    def wait_for_the_customer(self) -> None:
        self.waiting_since = None
        self._becomes(lifecycle.waiting(self.ticket, self.now), settles=True)

    @precondition(lambda self: self.ticket.state is TicketState.OPEN)
    @rule(hours=st.integers(1, 100))
    def snooze(self, hours: int) -> None:
        self._becomes(lifecycle.snoozed(self.ticket, until=self.now + hours * HOUR))

    @rule(angry=st.booleans())
    def judge(self, angry: bool) -> None:
        after = lifecycle.judged(
            self.ticket, angry=angry, by=JANE, at=self.now, known_until=self.now, desk=DESK
        )
        assert after.waiting_since == self.ticket.waiting_since
        self._becomes(after, settles=True)

    @rule()
    def escalate(self) -> None:
        due = self.ticket.next_escalation_at
        if due is not None and due <= self.now:
            told = escalating.due(self.ticket, now=self.now, desk=DESK)
            assert told is not None
            assert told.people
            self._becomes(told.ticket)

    @precondition(lambda self: self.ticket.state is TicketState.ANSWERED)
    @rule()
    def ask(self) -> None:
        self._becomes(resting.asked(self.ticket, at=self.now))

    @precondition(lambda self: resting.may_say(self.ticket))
    @rule()
    def yes(self) -> None:
        self._becomes(resting.said(self.ticket, Said.SOLVED))
        assert self.ticket.state is TicketState.CLOSED

    @invariant()
    def the_clock_runs_from_the_oldest_unanswered_mail(self) -> None:
        assert self.ticket.waiting_since == self.waiting_since

    @invariant()
    def open_is_who_waits(self) -> None:
        waits = self.ticket.state is TicketState.OPEN
        assert waits == (self.ticket.waiting_since is not None) == (self.ticket.due_at is not None)
        if not waits:
            assert self.ticket.next_escalation_at is None
            assert self.ticket.snoozed_until is None
            assert self.ticket.escalation_level == 0

    @invariant()
    def answered_is_what_rests(self) -> None:
        rests = self.ticket.state is TicketState.ANSWERED
        assert rests == (self.ticket.rests_since is not None)

    @invariant()
    def nobody_is_forgotten(self) -> None:
        if self.ticket.state is TicketState.OPEN:
            assert self.ticket.next_escalation_at is not None


Life.TestCase.settings = settings(max_examples=150, stateful_step_count=25)
TestLife = Life.TestCase
