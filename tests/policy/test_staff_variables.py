"""What templates for staff are told of a ticket and of its story."""

import math
from datetime import timedelta
from typing import Any

import pytest
from making import HOUR, JANE, NOON, a_desk, a_ticket

from mailresponder.policy import staff_variables
from mailresponder.policy.staff_variables import History, Said
from mailresponder.policy.ticket import OtherTicket, OtherTickets, Ticket, TicketState
from mailresponder.policy.variables import Original, Variables
from mailresponder.templating import Own

QUESTION = Original(message_id=None, references=(), new_text="the question")


def test_only_what_speaks_for_anger_is_told() -> None:
    """Cues that lower the score are no reason."""
    because = (("never again", 2.0), ("thanks", -1.0))
    assert [reason.words for reason in staff_variables.cues(because)] == ["never again"]


def test_a_weight_is_told_on_a_scale() -> None:
    """From twice and from five times the odds on, words get another plus; a long cue is cut."""
    because = (("a", math.log(5)), ("b", math.log(2)), ("c " * 90, 0.1))
    told = staff_variables.cues(because)

    assert [reason.scale for reason in told] == ["+++", "++", "+"]
    assert [reason.weight for reason in told] == [weight for _, weight in because]
    assert len(told[2].words) <= 80
    assert not isinstance(told[2].words, Own)


def told(about: Ticket, *history: History, **why: Any) -> Variables:
    """What an escalation is told an hour past noon."""
    now = NOON + HOUR
    return staff_variables.for_escalation(
        about, QUESTION, desk=a_desk(), now=now, history=history, **why
    )


def asks(number: int) -> History:
    """One of the customer's mails that wait, a minute after the one before."""
    at = NOON + timedelta(minutes=number)
    return History(at=at, who="ana", text=str(number), unanswered=True)


def said(number: int, kind: Said = Said.STAFF) -> History:
    """What was said before them, a minute after the one before."""
    at = NOON - HOUR + timedelta(minutes=number)
    return History(at=at, who=JANE, text=str(number), kind=kind)


def texts(entries: Any) -> list[str]:
    """What some entries say."""
    return [entry.text for entry in entries]


def test_what_waits_stands_apart_from_what_was_said_before() -> None:
    """Notes and answers are not among the mails that wait; `history` is all of it in order."""
    given = told(a_ticket(), said(1), asks(2), said(3, Said.NOTE), asks(4))

    assert texts(given["unanswered"]) == ["2", "4"]
    assert texts(given["before"]) == ["1", "3"]
    assert texts(given["history"]) == ["1", "3", "2", "4"]


def test_of_many_mails_that_wait_the_oldest_and_the_latest_are_told() -> None:
    """The clock runs from the first, and the last say what is asked by now."""
    given = told(a_ticket(), *(asks(number) for number in range(9)))

    assert texts(given["unanswered"]) == ["0", "5", "6", "7", "8"]
    assert given["unshown"] == 4


def test_of_a_long_story_the_latest_is_told() -> None:
    """Ten entries, and how many there were before them."""
    given = told(a_ticket(), *(said(number) for number in range(14)), asks(1))

    assert texts(given["before"]) == [str(number) for number in range(4, 14)]
    assert given["earlier"] == 4


def test_what_waits_is_there_even_if_nothing_is_known() -> None:
    """Without a mail that waits in the story, the mail the notice answers is one; where nobody
    waits there is none."""
    answered = a_ticket(state=TicketState.ANSWERED, waiting_since=None, due_at=None)

    assert texts(told(a_ticket())["unanswered"]) == ["the question"]
    assert texts(told(a_ticket(), said(1))["unanswered"]) == ["the question"]
    assert texts(told(answered, said(1))["unanswered"]) == []


@pytest.mark.parametrize(
    ("about", "reaches"),
    [
        ({}, True),
        ({"customer": ""}, False),
        ({"customer": "peña@customer.test"}, False),
        ({"customer": "ana@localhost"}, True),
        ({"unreachable_at": NOON}, False),
    ],
)
def test_a_reply_can_be_passed_on_only_to_who_can_be_reached(
    about: dict[str, Any], reaches: bool
) -> None:
    """Not without an address, not to one that mail cannot be sent to or comes back from."""
    assert told(a_ticket(**about))["can_reply"] is reaches


def test_how_much_time_is_left() -> None:
    """Before the deadline how long until then, after it how long since."""
    early, late = told(a_ticket()), told(a_ticket(due_at=NOON))

    assert (early["due_in"], early["overdue"]) == (7 * HOUR, None)
    assert (late["due_in"], late["overdue"]) == (None, HOUR)


def test_other_tickets_bear_no_foreign_reference() -> None:
    """Their subjects are told as this one's is."""
    other = OtherTicket(
        reference="MR-22222",
        subject="[MR-33333] lamp",
        state=TicketState.CLOSED,
        opened_at=NOON,
        angry=True,
    )
    given = told(a_ticket(), others=OtherTickets(newest=(other,), more=2))

    [line] = given["other_tickets"]  # type: ignore[misc]
    assert (line.reference, line.subject, line.state) == ("MR-22222", "lamp", "closed")
    assert not isinstance(line.subject, Own)
    assert given["more_tickets"] == 2
