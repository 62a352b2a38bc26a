"""What a mail from a staff address is, and what proves it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from making import ANA, BORDER, HOUR, JANE, LEAD, NOON, SUPPORT, a_desk, a_message, a_ticket, proven

from mailresponder.mail.message import Address, InboundMessage
from mailresponder.policy import triage
from mailresponder.policy.decisions import (
    Decision,
    FollowUp,
    OpenTicket,
    Record,
    Relay,
    ReturnToStaff,
    StaffAnswer,
    StaffCommand,
)
from mailresponder.policy.desk import Staff
from mailresponder.policy.facts import Facts
from mailresponder.policy.identifiers import NO_TICKET, Signer
from mailresponder.policy.orders import Order
from mailresponder.policy.refusals import Refusal

SIGNER = Signer(b"k" * 32)
TICKET = a_ticket()
OTHER = a_ticket("bob@customer.test", id=8, reference="MR-2B4CD")
NOTICE = SIGNER.message_id(reference="MR-7F3K2", domain="example.com", nonce=b"0123456789")
NOTICED = Facts(escalated=TICKET, escalated_to=LEAD, escalated_at=NOON, escalated_by="escalation")
DESK = a_desk(subaddress="+")


def results(text: str) -> dict[str, str]:
    """What our border found."""
    return {"Authentication-Results": f"{BORDER}; {text}"}


OUTSIDE = results("spf=none smtp.mailfrom=elsewhere.test; dkim=none; dmarc=none")
REFUTED = results("spf=fail smtp.mailfrom=example.com; dmarc=fail header.from=example.com")


def a_reply(
    sender: str = LEAD, text: str = "It comes on Friday.", **changes: Any
) -> InboundMessage:
    """Staff answer a notice."""
    return a_message(sender, text=text, **{"in_reply_to": (NOTICE,), **changes})


def decide(message: InboundMessage, facts: Facts = NOTICED, **changes: Any) -> Decision:
    """What it is to this desk."""
    return triage.decide(message, facts, replace(DESK, **changes), SIGNER)


def token(reference: str = "MR-7F3K2", recipient: str = LEAD, *, days: int = 30) -> str:
    """The address that a notice is answered to."""
    until = NOON + timedelta(days=days)
    made = SIGNER.reply_token(reference=reference, recipient=recipient, until=until)
    return f"support+{made}@example.com"


@pytest.mark.parametrize(
    ("sender", "headers", "proof"),
    [
        (LEAD, proven(), "authenticated"),
        (LEAD, {}, "escalation_token"),
        (LEAD, OUTSIDE, None),
        (LEAD, REFUTED, None),
        (JANE, proven(), "authenticated"),
        (JANE, {}, None),
        (JANE, OUTSIDE, None),
    ],
)
def test_what_lets_staff_write_to_a_customer(
    sender: str, headers: dict[str, str], proof: str | None
) -> None:
    """Our border's word, or the token in its reader's hands of what never crossed the border."""
    decision = decide(a_reply(sender, headers=headers))

    by = Address(email=sender)
    returned = ReturnToStaff(
        ticket=TICKET, to=by, proof="reply_to_an_escalation", reason=Refusal.NOT_PROVEN
    )
    assert decision == (Relay(ticket=TICKET, by=by, proof=proof) if proof else returned)


def test_without_a_border_the_token_is_all_there_is() -> None:
    """Then no header proves or refutes anything (design: staff address and token)."""
    nobody = Staff(patterns=("*@example.com",))

    assert isinstance(decide(a_reply(headers=REFUTED), staff=nobody), Relay)
    assert isinstance(decide(a_reply(JANE, headers=proven()), staff=nobody), ReturnToStaff)


def test_header_of_exchange_in_house_is_no_doubt() -> None:
    """Exchange Online writes results into what never left it, but none of SPF."""
    staff = Staff(patterns=("*@example.com",), trusted_authserv_id="!none")
    inside = {"Authentication-Results": "dkim=none (message not signed); dmarc=none action=none"}
    outside = {"Authentication-Results": "spf=none smtp.mailfrom=x.test; dkim=none; dmarc=none"}

    assert isinstance(decide(a_reply(headers=inside), staff=staff), Relay)
    assert isinstance(decide(a_reply(headers=outside), staff=staff), ReturnToStaff)


@pytest.mark.parametrize(
    ("sender", "to", "headers", "holds"),
    [
        (LEAD, token(), {}, True),
        (LEAD, token(), OUTSIDE, False),
        (JANE, token(), {}, False),
        (LEAD, token(days=-1), {}, False),
        (LEAD, token("MR-2B4CD"), {}, False),
        (LEAD, "support+mr-7f3k2@example.com", {}, False),
    ],
)
def test_address_of_a_notice_proves_its_reader(
    sender: str, to: str, headers: dict[str, str], holds: bool
) -> None:
    """By itself, where no header names the notice; for its ticket, and while it lasts."""
    mail = a_message(sender, to=(to,), headers=headers)

    decision = decide(mail, Facts(addressed=TICKET))

    assert isinstance(decision, Relay) is holds
    assert not isinstance(decision, StaffAnswer | StaffCommand)


def test_address_says_which_ticket_is_meant() -> None:
    """It is what the mail was sent to; what else it names counts for less."""
    mail = a_reply(to=(token("MR-2B4CD"),))

    assert decide(mail, replace(NOTICED, addressed=OTHER)) == Relay(
        ticket=OTHER, by=Address(email=LEAD), proof="escalation_token"
    )


@pytest.mark.parametrize("facts", [Facts(addressed=TICKET), replace(NOTICED, addressed=TICKET)])
def test_outsider_gets_nothing_from_a_notice(facts: Facts) -> None:
    """Neither its address nor its Message-ID lets a stranger into the ticket."""
    mail = a_message("eve@elsewhere.test", to=(token(),), in_reply_to=(NOTICE,))

    decision = decide(mail, facts)

    assert isinstance(decision, OpenTicket)
    assert decision.linked_to is None


def test_customer_at_a_notices_address_is_a_customer() -> None:
    """What they write in their own thread follows up, whatever address they found."""
    mail = a_message(ANA, to=(token(),))

    assert isinstance(decide(mail, Facts(thread=TICKET, addressed=TICKET)), FollowUp)


def test_commands_are_told_from_answers() -> None:
    """By the first lines; a slip among them is none of the customer's either."""
    [order] = decide_command("#close").orders.commands
    assert order.order is Order.CLOSE
    assert decide_command("#clsoe\n\nIt comes.").orders.mistakes
    assert decide_command("#mine\n\nIt comes.").orders.rest == "It comes."
    quoted = a_reply(text="It comes.\n\n> #close closes it")
    assert isinstance(decide(quoted), Relay)


def decide_command(text: str) -> StaffCommand:
    """A reply to the notice with commands."""
    decision = decide(a_reply(text=text))
    assert isinstance(decision, StaffCommand)
    assert decision.ticket == TICKET
    return decision


@pytest.mark.parametrize("text", ["#close", "#clsoe\n\nIt comes."])
def test_commands_need_the_proof_of_an_answer(text: str) -> None:
    """Who may not write to the customer may not close the ticket either."""
    assert isinstance(decide(a_reply(text=text, headers=OUTSIDE)), ReturnToStaff)


@pytest.mark.parametrize(
    ("facts", "to", "headers", "proof"),
    [
        (Facts(listed_to=LEAD), SUPPORT, {}, "escalation_token"),
        (Facts(listed_to=LEAD), SUPPORT, OUTSIDE, None),
        (Facts(listed_to=JANE), SUPPORT, {}, None),
        (Facts(listed_to=JANE), SUPPORT, proven(), "authenticated"),
        (Facts(), token(NO_TICKET), {}, "escalation_token"),
    ],
)
def test_commands_in_reply_to_a_list(
    facts: Facts, to: str, headers: dict[str, str], proof: str | None
) -> None:
    """They name their tickets; an answer there is nobody's, and goes back."""
    decision = decide(a_reply(text="#close MR-7F3K2", to=(to,), headers=headers), facts)

    if proof is None:
        assert isinstance(decision, ReturnToStaff)
    else:
        assert isinstance(decision, StaffCommand)
        assert (decision.ticket, decision.proof) == (None, proof)
    answer = decide(a_reply(to=(to,), headers=headers), facts)
    assert isinstance(answer, ReturnToStaff)
    assert answer.ticket is None


def test_answer_that_the_customer_has_is_not_passed_on() -> None:
    """They were among the recipients."""
    assert decide(a_reply(to=(ANA,), cc=(SUPPORT,), headers=proven())) == StaffAnswer(
        ticket=TICKET, proof="escalation_token"
    )


def test_staff_who_answer_no_notice_get_their_mail_back() -> None:
    """A mail to us alone in the customer's thread may be meant for a colleague."""
    thread = Facts(thread=TICKET)
    assert decide(a_message(JANE, headers=proven()), thread) == ReturnToStaff(
        ticket=TICKET, to=Address(email=JANE), proof="authenticated"
    )
    ordered = a_message(JANE, text="#close", headers=proven())
    assert isinstance(decide(ordered, thread), StaffCommand)
    # A visitor of a form can fill in a subject, but answers no mail.
    assert isinstance(decide(ordered, Facts(named=(TICKET,))), ReturnToStaff)


ABSENCE = "I am out of the office until Monday and will answer your mail when I am back."


@pytest.mark.parametrize(
    ("headers", "by", "returned"),
    [
        ({}, "escalation", True),
        ({}, "not_sent", False),
        ({"Auto-Submitted": "auto-replied"}, "escalation", False),
    ],
)
def test_absence_is_no_answer(headers: dict[str, str], by: str, returned: bool) -> None:
    """Marked as a machine's it is recorded (RFC 3834 §2); by its words alone it goes back, and not
    in answer to what came back before."""
    mail = a_reply(
        text=ABSENCE, subject="Automatic reply: Unanswered", headers={**headers, **proven()}
    )

    decision = decide(mail, replace(NOTICED, escalated_by=by))

    if returned:
        assert decision == ReturnToStaff(
            ticket=TICKET,
            to=Address(email=LEAD),
            proof="authenticated",
            reason=Refusal.AUTOMATIC,
        )
    else:
        assert isinstance(decision, Record)


def test_old_token_is_none() -> None:
    """An hour into the day after its last."""
    mail = a_message(LEAD, to=(token(days=1),), received_at=NOON + 37 * HOUR)

    assert not isinstance(decide(mail, Facts(addressed=TICKET)), Relay)
