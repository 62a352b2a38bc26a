"""Complaints that reach the desk through staff, from the first mail to the acknowledgement."""

from datetime import timedelta

from desks import text_of
from letters import letter
from offices import EMMA, LEAD, PROVEN, Office, answer, complaint

from mailresponder.policy.ticket import TicketState

JANE = "jane@example.com"
FORWARD = """\
---------- Forwarded message ---------
From: Emma Clarke <emma@customer.test>
Date: Mon, 10 Mar 2025 at 09:12
Subject: Where is my order 20417?
To: <jane@example.com>

Hello,

my order has not arrived yet. When will it?

Emma
"""


def passed_on(
    text: str = FORWARD, *, number: int = 1, proof: str = PROVEN, **headers: str
) -> bytes:
    """Staff forward a customer's mail to the support address."""
    return letter(
        sender=f"Jane <{JANE}>",
        subject="Fwd: Where is my order 20417?",
        text=text,
        message_id=f"<forward-{number}@example.com>",
        Authentication_Results=proof,
        **headers,
    )


def test_a_forward_opens_the_ticket_of_whoever_wrote_it(office: Office) -> None:
    """The customer is acknowledged in their own thread, staff are not, and the story says who
    passed it on."""
    remark = "@fwd\nShe called me as well.\n\n"
    office.receive(passed_on(remark + FORWARD, In_Reply_To="<emma-1@customer.test>"))
    office.run_well()

    ticket = office.ticket
    assert (ticket.customer.email, ticket.customer.name) == (EMMA, "Emma Clarke")
    assert ticket.subject == "Where is my order 20417?"
    [acknowledgement] = office.sent_to(EMMA)
    assert acknowledgement["In-Reply-To"] == "<emma-1@customer.test>"
    assert "She called me" not in text_of(acknowledgement)
    assert office.sent_to(JANE) == []
    assert "forwarded" in office.events()
    assert office.messages()[0].from_ == EMMA


def test_their_answer_in_the_customers_thread_counts(office: Office) -> None:
    """Staff who then answer the mail they passed on stop its clock."""
    office.receive(passed_on(In_Reply_To="<emma-1@customer.test>"))
    office.run_well()
    office.receive(answer(), folder="Sent")
    office.run_well()

    assert office.ticket.state is TicketState.ANSWERED


def test_a_forward_of_a_mail_we_have_joins_its_ticket(office: Office) -> None:
    """The customer wrote to us as well: it is one matter."""
    office.receive(complaint())
    office.run_well()
    office.receive(passed_on(In_Reply_To="<emma-1@customer.test>"))
    office.run_well()

    assert len(office.messages()) == 3
    assert len(office.sent_to(EMMA)) == 1


def test_a_mail_without_words_says_what_was_there(office: Office) -> None:
    """Who is told of a mail that is nothing but files reads how many and of which kind."""
    mail = letter(
        sender=EMMA,
        subject="Photos",
        text="",
        message_id="<photos@customer.test>",
        attachment=b"%PDF",
    )
    office.receive(mail)
    office.run_well()
    office.clock.advance(hours=8)
    office.run_well()

    words = "It has no text, only 1 attachment: 1 PDF document."
    assert office.messages()[0].new_text == f"[{words}]"
    [told] = office.sent_to(LEAD)
    assert words in text_of(told)


def test_who_only_claims_to_be_staff_makes_us_write_to_nobody(office: Office) -> None:
    """A forged forward sends nothing to the address it names."""
    office.receive(passed_on(f"@fwd\n{FORWARD}", proof="evil.test; dmarc=pass"))
    office.run_well()

    assert office.sent_to(EMMA) == []
    assert office.ticket.customer.email == JANE
    assert "noted" in office.events()


def test_a_forward_of_nobody_knows_whom_is_looked_at_by_a_person(office: Office) -> None:
    """It is a ticket without a customer: nobody is acknowledged, and it is escalated in time."""
    office.receive(passed_on("@fwd\nA customer told me on the phone that it is broken.\n"))
    office.run_well()

    assert (office.ticket.customer.email, office.ticket.suppressed_by) == (
        "",
        ("no_correspondent",),
    )
    assert office.ticket.due_at is not None
    office.clock.advance(hours=8)
    office.run_well()
    assert office.ticket.escalation_level == 1


def test_an_answer_to_a_ticket_of_nobody_counts(office: Office) -> None:
    """Once staff know who it was, their answer with the reference stops the clock."""
    office.receive(passed_on("@fwd\nFrom: Emma, as she told me on the phone\n"))
    office.run_well()
    reference = office.ticket.reference
    office.receive(
        answer(subject=f"Your call [{reference}]", in_reply_to="<none@example.com>"), folder="Sent"
    )
    office.run_well()

    assert office.ticket.state is TicketState.ANSWERED


def test_a_mail_passed_on_from_a_list_is_a_ticket(office: Office) -> None:
    """Staff said that a person must see it: it is not acknowledged, but not lost either."""
    inner = complaint(List_Id="<team.example.com>", Precedence="list")
    content = (
        b"From: Jane <jane@example.com>\r\nTo: support@example.com\r\nSubject: Fwd: order\r\n"
        b"Message-ID: <list-forward@example.com>\r\n"
        b"Authentication-Results: mx.example.com; dmarc=pass header.from=example.com\r\n"
        b'Content-Type: multipart/mixed; boundary="B"\r\n\r\n'
        b"--B\r\nContent-Type: text/plain\r\n\r\n@fwd\r\n"
        b"--B\r\nContent-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--B--\r\n"
    )
    office.receive(content)
    office.run_well()

    assert office.ticket.customer.email == EMMA
    assert office.ticket.suppressed_by == ("list_header", "precedence")
    assert office.sent_to(EMMA) == []


FURY = "You are liars and thieves! This is outrageous, I want my money back NOW!!!\n"


def test_anger_that_rises_is_told_until_it_is_answered(office: Office) -> None:
    """The story, the ticket and the escalation say so; an answer ends it."""
    office.receive(complaint())
    office.run_well()
    office.clock.advance(minutes=10)
    again = complaint(number=2, text=FURY, In_Reply_To="<emma-1@customer.test>")
    office.receive(again)
    office.run_well()
    assert office.ticket.anger_rising
    assert office.events().count("anger_rising") == 1

    office.clock.advance(hours=3)
    office.run_well()
    [mail] = office.sent_to(LEAD)
    assert "The latest mail is angrier than the ones before it." in " ".join(text_of(mail).split())

    office.receive(answer(EMMA, in_reply_to="<emma-2@customer.test>"), folder="Sent")
    office.run_well()
    assert not office.ticket.anger_rising


def test_an_answer_may_leave_mails_that_rise(office: Office) -> None:
    """Of three mails the first is answered: the last is angrier than what is left, and the story
    says so where it did not before."""
    office.receive(complaint(text=FURY))
    for number, text in ((2, "The order is number 20417.\n"), (3, FURY)):
        office.clock.advance(minutes=10)
        office.receive(
            complaint(number=number, text=text, In_Reply_To="<emma-1@customer.test>"),
        )
    office.run_well()
    assert not office.ticket.anger_rising

    office.clock.advance(minutes=10)
    office.receive(
        answer(EMMA, in_reply_to="<emma-1@customer.test>"),
        folder="Sent",
        at=office.clock.now - timedelta(hours=1),
    )
    office.run_well()
    assert office.ticket.anger_rising
    assert office.events()[-1] == "anger_rising"
