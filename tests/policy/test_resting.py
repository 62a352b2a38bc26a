"""Who is asked whether it is solved, and what their word does."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from making import HOUR, NOON, a_desk, a_ticket

from mailresponder.listening.solved import Said
from mailresponder.mail.message import Address
from mailresponder.policy import resting
from mailresponder.policy.desk import Acknowledging
from mailresponder.policy.resting import Quiet, reasons_not_to_ask
from mailresponder.policy.ticket import Ticket, TicketState

DESK = a_desk(acknowledging=Acknowledging(blocked_senders=("*@blocked.test",)))
ANSWERED = a_ticket(
    state=TicketState.ANSWERED,
    waiting_since=None,
    due_at=None,
    next_escalation_at=None,
    answered_at=NOON,
    rests_since=NOON,
)
QUIET = Quiet(
    ticket=ANSWERED,
    answered_how="sent_folder",
    answer_seen=True,
    wrote_since=False,
    machine_wrote=False,
    waits_elsewhere=False,
    written_to_lately=False,
)


def reasons(quiet: Quiet = QUIET, **ticket: Any) -> tuple[str, ...]:
    return reasons_not_to_ask(replace(quiet, ticket=replace(quiet.ticket, **ticket)), DESK)


def test_who_was_answered_is_asked() -> None:
    """Nothing speaks against an ordinary answered ticket."""
    assert reasons() == ()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"asked_at": NOON}, "already_asked"),
        ({"solved": False}, "already_asked"),
        ({"state": TicketState.OPEN}, "not_answered"),
        ({"state": TicketState.CLOSED}, "not_answered"),
        ({"spam": True}, "no_customer"),
        ({"merged_into": "MR-22222"}, "no_customer"),
        ({"customer": Address(email="")}, "no_customer"),
        ({"customer": Address(email="josé@customer.test")}, "no_customer"),
        ({"customer": Address(email="sales@example.com")}, "no_customer"),
        ({"unreachable_at": NOON}, "unreachable"),
        ({"suppressed_by": ("looks_automatic",)}, "never_acknowledged"),
        ({"suppressed_by": ("answered_first", "hourly_cap")}, "never_acknowledged"),
        ({"customer": Address(email="no-reply@customer.test")}, "answers_for_machines"),
        ({"customer": Address(email="postmaster@customer.test")}, "answers_for_machines"),
        ({"customer": Address(email="eve@blocked.test")}, "answers_for_machines"),
    ],
)
def test_tickets_nobody_is_asked_about(changes: dict[str, Any], reason: str) -> None:
    """Each of these alone forbids the question, by its name."""
    assert reasons(**changes) == (reason,)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"answer_seen": False, "answered_how": "command"}, "not_answered"),
        ({"answer_seen": False, "answered_how": None}, "not_answered"),
        ({"wrote_since": True}, "not_answered"),
        ({"machine_wrote": True}, "in_a_machine_thread"),
        ({"waits_elsewhere": True}, "waits_for_us"),
        ({"written_to_lately": True}, "had_mail_lately"),
    ],
)
def test_threads_nobody_is_asked_in(changes: dict[str, Any], reason: str) -> None:
    """What nobody answered in writing, a machine's thread, and somebody who has enough mail."""
    assert reasons(replace(QUIET, **changes)) == (reason,)


@pytest.mark.parametrize("how", ["sent_folder", "authenticated", "escalation_token", "relayed"])
def test_any_answer_we_saw_may_be_asked_about(how: str) -> None:
    """Whichever way it went."""
    assert reasons(replace(QUIET, answer_seen=False, answered_how=how)) == ()


@pytest.mark.parametrize("reason", ["answered_first", "acknowledgements_disabled"])
def test_who_needed_no_receipt_is_asked(reason: str) -> None:
    """That nobody acknowledged it says nothing of the customer."""
    assert reasons(suppressed_by=(reason,)) == ()


def test_question_is_no_word_of_the_customers() -> None:
    """The ticket rests as long as before."""
    assert resting.asked(ANSWERED, at=NOON + HOUR) == replace(ANSWERED, asked_at=NOON + HOUR)


def test_yes_closes() -> None:
    """The customer's own word ends it."""
    after = resting.said(resting.asked(ANSWERED, at=NOON), Said.SOLVED)
    assert (after.state, after.solved, after.rests_since) == (TicketState.CLOSED, True, None)


@pytest.mark.parametrize(("word", "solved"), [(Said.NOT_SOLVED, False), (Said.UNCLEAR, None)])
def test_anything_else_is_written_down_and_closes_nothing(word: Said, solved: bool | None) -> None:
    """The clock is started by the mail as by any other."""
    assert resting.said(ANSWERED, word) == replace(ANSWERED, solved=solved)


@pytest.mark.parametrize(
    ("ticket", "counts"),
    [
        (replace(ANSWERED, asked_at=NOON), True),
        (replace(ANSWERED, asked_at=NOON, state=TicketState.CLOSED), True),
        (replace(ANSWERED, asked_at=NOON, state=TicketState.OPEN), False),
        (ANSWERED, False),
    ],
)
def test_word_counts_only_while_nobody_waits(ticket: Ticket, counts: bool) -> None:
    """What they wait for now is another matter than what was asked about."""
    assert resting.may_say(ticket) is counts


def test_nobody_is_asked_about_what_is_long_past() -> None:
    """Who turns questions on writes to nobody whose matter was settled last year."""
    assert timedelta(days=1) < resting.ASK_FOR < timedelta(days=30)
