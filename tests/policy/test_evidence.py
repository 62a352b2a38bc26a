"""An answer of staff that only the customer's quote of it shows."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from making import ANA, HOUR, JANE, NOON, SUPPORT, a_desk, a_message, a_ticket

from mailresponder.mail.message import Address, InboundMessage
from mailresponder.policy.evidence import LateAnswer, late_answer
from mailresponder.policy.ticket import TicketState

DESK = a_desk()
TICKET = replace(a_ticket(ANA), customer=Address(email=ANA, name="Ana García"))
QUESTION = "<question@customer.test>"
UNSEEN = "<answer@mail.example>"
TEXTS = ("Hello, my order has not arrived.", "Your message has arrived. A person will answer.")
ANSWER = "Good news: the parcel lay at the depot, and it leaves tonight."


def reply(
    quoted: str = ANSWER,
    *,
    heading: str = f"On 23 Nov 2026, at 15:00, Jane <{JANE}> wrote:",
    **changes: Any,
) -> InboundMessage:
    """The customer's reply, four hours after their question, with a quote below."""
    marked = "\n".join(f"> {line}" for line in quoted.split("\n"))
    given: dict[str, Any] = {
        "text": f"But when?\n\n{heading}\n{marked}\n",
        "new_text": "But when?",
        "received_at": NOON + 4 * HOUR,
        "in_reply_to": (UNSEEN,),
        "references": (QUESTION, UNSEEN),
    }
    return a_message(**{**given, **changes})


def found(mail: InboundMessage, **given: Any) -> LateAnswer | None:
    told = {"known_ids": {QUESTION}, "texts": lambda: TEXTS, "ticket": TICKET, **given}
    ticket = told.pop("ticket")
    return late_answer(mail, ticket, DESK, **told)


def test_a_quoted_answer_of_staff_is_evidence() -> None:
    """Three in the afternoon in Madrid, by Jane: two hours after the question."""
    assert found(reply()) == LateAnswer(at=NOON + 2 * HOUR, by=JANE, message_id=UNSEEN)


def test_an_answer_from_the_desk_s_own_address_is_nobody_s_in_particular() -> None:
    """Staff answered as the desk, and no copy came into the mailbox."""
    heading = f"On 23 Nov 2026, at 15:00, Acme Support <{SUPPORT}> wrote:"
    assert found(reply(heading=heading)) == LateAnswer(at=NOON + 2 * HOUR, by="", message_id=UNSEEN)


@pytest.mark.parametrize(
    "mail",
    [
        pytest.param(reply(heading=""), id="a quote without a heading"),
        pytest.param(reply(text="But when?"), id="no quote"),
        pytest.param(reply(""), id="an empty quote"),
        pytest.param(reply(TEXTS[0]), id="a text of the ticket"),
        pytest.param(reply(TEXTS[1].replace(" ", "\n")), id="our notice, cut anew"),
        pytest.param(
            reply(heading=f"On 23 Nov 2026, at 15:00, Ana García <{ANA}> wrote:"),
            id="the customer's own mail",
        ),
        pytest.param(
            reply(heading="On 23 Nov 2026, at 15:00, Bob <bob@elsewhere.test> wrote:"),
            id="a stranger's mail",
        ),
        pytest.param(reply(subject="Fwd: Your order"), id="a forward"),
        pytest.param(
            reply(subject="Re: Automatic reply: Where is my order?"), id="an automatic reply"
        ),
        pytest.param(
            reply("I am out of the office until Monday. Please contact lead@example.com."),
            id="a note of absence",
        ),
        pytest.param(reply(in_reply_to=(QUESTION,)), id="a reply to a mail that is known"),
        pytest.param(
            reply(heading=f"On 20 Nov 2026, at 15:00, Jane <{JANE}> wrote:"),
            id="from before they waited",
        ),
    ],
)
def test_what_proves_nothing(mail: InboundMessage) -> None:
    """What was read before, what nobody of ours wrote, and what a machine wrote is no answer."""
    assert found(mail) is None


@pytest.mark.parametrize("state", [TicketState.ANSWERED, TicketState.CLOSED])
def test_where_nobody_waits_there_is_nothing_to_prove(state: TicketState) -> None:
    """An answered ticket needs no evidence."""
    assert found(reply(), ticket=replace(TICKET, state=state, waiting_since=None)) is None


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        (f"Jane <{JANE}> wrote:", NOON + 4 * HOUR - timedelta(seconds=1)),
        (f"On 23 Nov 2026, at 09:00, Jane <{JANE}> wrote:", NOON),
        (f"On 23 Nov 2026, at 23:00, Jane <{JANE}> wrote:", NOON + 4 * HOUR),
    ],
    ids=["not readable", "too early", "too late"],
)
def test_the_answer_lies_within_the_wait(heading: str, expected: datetime) -> None:
    """The customer's clock may be another one: the time never leaves the wait, and without one it
    is just before their mail."""
    answer = found(reply(heading=heading))
    assert answer is not None
    assert answer.at == expected


def test_without_a_message_id_only_a_date_since_they_wait_counts() -> None:
    """The same quote in two mails is not two answers."""
    bare = {"in_reply_to": (), "references": ()}
    assert found(reply(**bare)) == LateAnswer(at=NOON + 2 * HOUR, by=JANE, message_id=None)
    later = replace(TICKET, waiting_since=NOON + 3 * HOUR)
    assert found(reply(**bare), ticket=later) is None
    assert found(reply(heading=f"Jane <{JANE}> wrote:", **bare)) is None


NAMED = "On 23/11/2026 15:00, Jane wrote:"
"""As Thunderbird writes it: no address."""


def test_a_name_alone_counts_where_nobody_else_can_have_written() -> None:
    """In a thread that goes on from a mail we know, of the customer and us alone."""
    assert found(reply(heading=NAMED)) is not None
    assert found(reply(heading=NAMED), known_ids=()) is None
    crowd = replace(a_ticket(ANA, others=["bob@elsewhere.test"]), customer=TICKET.customer)
    assert found(reply(heading=NAMED), ticket=crowd) is None
    assert found(reply(heading="On 23/11/2026 15:00, Ana García wrote:")) is None
    nameless = replace(TICKET, customer=Address(email=ANA))
    assert found(reply(heading=NAMED), ticket=nameless) is None


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"cc": (Address(email="bob@elsewhere.test"),)}, id="in copy of their mail"),
        pytest.param(
            {"references": (QUESTION, "<passed-on@customer.test>", UNSEEN)}, id="by a forward"
        ),
        pytest.param({"in_reply_to": ("<b@customer.test>",)}, id="from the customer's own domain"),
    ],
)
def test_a_name_alone_may_be_a_colleague_of_the_customer(changes: dict[str, Any]) -> None:
    """Somebody to whom they passed their mail on answers below it just as we do."""
    ids = changes.get("in_reply_to", (UNSEEN,))
    mail = reply(heading=NAMED, **{"references": (QUESTION, *ids), **changes})
    assert found(mail) is None


def test_a_name_alone_counts_with_the_desk_s_name_or_domain() -> None:
    """The desk's own name, or a Message-ID that was made in our domain, says enough."""
    ours = reply(heading="On 23/11/2026 15:00, Acme Support wrote:")
    assert found(ours, known_ids=()) is not None
    made_here = reply(
        heading=NAMED, in_reply_to=("<x@example.com>",), references=("<x@example.com>",)
    )
    assert found(made_here, known_ids=()) is not None
