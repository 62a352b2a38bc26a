"""What becomes of answered tickets: the question whether it is solved, and quiet closing."""

from datetime import timedelta

import pytest
from desks import text_of
from letters import letter
from offices import EMMA, LEAD, MONDAY, OPS, Office, answer, complaint

from mailresponder.jobs import actions, closing
from mailresponder.policy.ticket import TicketState
from mailresponder.store import outbox, outbox_view, tickets

BOTH = '\n[closing]\nafter = "14d"\nask_after = "3d"\n'
ONLY_CLOSE = '\n[closing]\nafter = "14d"\n'
HOURS = """
[deadlines.hours]
mon = ["09:00-18:00"]
tue = ["09:00-18:00"]
wed = ["09:00-18:00"]
"""
RE = "Re: Where is my order 20417?"


def why(office: Office, what: str) -> list[str]:
    """Why something was done to the only ticket, each time."""
    with office.app.store.read() as conn:
        return [e.why for e in tickets.events(conn, office.ticket.id) if e.what == what]


def answered(office: Office, closing: str = BOTH, **sections: str) -> None:
    """The customer wrote on Monday at nine and was answered at ten."""
    office.receive(complaint())
    office.open(acknowledge=closing, **sections)
    office.run_well()
    office.clock.now = MONDAY + timedelta(hours=1)
    office.receive(answer(), folder="Sent")
    office.run_well()


def days(office: Office, days: float) -> None:
    """So many days after the answer."""
    office.clock.now = MONDAY + timedelta(hours=1, days=days)
    office.run_well()


def asked(office: Office) -> str:
    """The Message-ID of the question, which is the last mail the customer had."""
    answered(office)
    days(office, 3)
    return str(office.sent_to(EMMA)[-1]["Message-ID"])


def reply(text: str, to: str, *, subject: str = RE, number: int = 9, **headers: str) -> bytes:
    """What the customer answers to the question."""
    return complaint(
        subject=subject, text=text, number=number, In_Reply_To=to, References=to, **headers
    )


# Quiet closing.


def test_what_stays_quiet_is_closed(office: Office) -> None:
    """Two weeks after the answer and not before, without a word to anybody."""
    answered(office, ONLY_CLOSE)
    days(office, 13.9)
    assert office.ticket.state is TicketState.ANSWERED
    sent = len(office.sink.received)
    office.clock.now = MONDAY + timedelta(hours=1, days=14)
    assert office.run_well().closed == 1

    assert office.ticket.state is TicketState.CLOSED
    assert why(office, "closed") == ["quiet for 14 days"]
    assert len(office.sink.received) == sent


def test_nothing_is_closed_unless_it_is_wanted(office: Office) -> None:
    """Without `after` only staff close."""
    answered(office, "")
    days(office, 400)

    assert office.ticket.state is TicketState.ANSWERED


def test_nobody_is_asked_at_night_because_the_server_refused_before(office: Office) -> None:
    """A question that was refused at the end of the day leaves when the desk opens."""
    answered(office, deadlines=HOURS)
    before = len(office.sent_to(EMMA))
    office.clock.now = MONDAY + timedelta(days=7, hours=7, minutes=59)
    office.sink.answer("MAIL", "451 4.3.0 later", times=1)
    office.run()
    office.clock.advance(hours=2)
    office.run_well()
    at_night = len(office.sent_to(EMMA))
    office.clock.now = MONDAY + timedelta(days=7, hours=23)
    office.run_well()

    assert (at_night, len(office.sent_to(EMMA))) == (before, before + 1)


def test_who_waits_is_never_closed(office: Office) -> None:
    """However long nobody has answered."""
    office.receive(complaint())
    office.open(acknowledge=ONLY_CLOSE)
    office.run_well()
    office.clock.advance(days=100)
    office.run_well()

    assert office.ticket.state is TicketState.OPEN


def test_thanks_begin_the_quiet_anew_and_machines_do_not(office: Office) -> None:
    """A word of the customer's counts, a machine's does not."""
    answered(office, ONLY_CLOSE)
    office.clock.now = MONDAY + timedelta(days=5)
    office.receive(reply("Thank you!", "<answer-1@example.com>"))
    office.run_well()
    office.clock.now = MONDAY + timedelta(days=10)
    office.receive(
        letter(
            sender=EMMA,
            subject="Automatic reply: " + RE,
            text="I am away.\n",
            message_id="<ooo@customer.test>",
            In_Reply_To="<answer-1@example.com>",
            Auto_Submitted="auto-replied",
        )
    )
    office.run_well()
    assert office.ticket.rests_since == MONDAY + timedelta(days=5)
    office.clock.now = MONDAY + timedelta(days=18)
    office.run_well()
    assert office.ticket.state is TicketState.ANSWERED
    office.clock.now = MONDAY + timedelta(days=19)
    office.run_well()

    assert office.ticket.state is TicketState.CLOSED


def test_nothing_is_closed_or_asked_where_the_mailbox_could_not_be_read(office: Office) -> None:
    """The customer may have written."""
    answered(office)
    office.reopen(password="wrong")
    office.clock.now = MONDAY + timedelta(days=3, hours=2)
    office.run()
    assert office.ticket.asked_at is None
    office.clock.now = MONDAY + timedelta(days=30)
    office.run()

    assert office.ticket.state is TicketState.ANSWERED


def test_many_are_closed_in_several_passes(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A desk that turns it on closes what has piled up bit by bit."""
    monkeypatch.setattr(closing, "BATCH", 2)
    for number in range(3):
        sender = f"c{number}@customer.test"
        office.receive(complaint(sender))
        office.receive(
            answer(sender, in_reply_to=f"<c{number}-1@customer.test>", number=number),
            folder="Sent",
            at=MONDAY + timedelta(minutes=1),
        )
    office.open(acknowledge=ONLY_CLOSE)
    office.run_well()
    office.clock.advance(days=15)

    left = []
    for _ in range(3):
        office.run_well()
        left.append([t.state for t in office.tickets()].count(TicketState.ANSWERED))
    assert left == [1, 0, 0]


# Asking.


def test_customer_is_asked_once_whether_it_is_solved(office: Office) -> None:
    """Three days after the answer, in their thread and language, and never again."""
    answered(office)
    days(office, 2.9)
    assert len(office.sent_to(EMMA)) == 1
    days(office, 3)
    days(office, 4)
    days(office, 13)

    [_, question] = office.sent_to(EMMA)
    assert question["Subject"] == f"Re: Where is my order 20417? [{office.ticket.reference}]"
    assert question["In-Reply-To"] == "<answer-1@example.com>"
    assert question["References"].split() == ["<emma-1@customer.test>", "<answer-1@example.com>"]
    assert question["Auto-Submitted"] == "auto-generated"
    text = " ".join(text_of(question).split())
    assert "We answered you on Monday 10 March: is it solved? Please reply yes or no" in text
    assert "http" not in text
    assert office.ticket.asked_at == MONDAY + timedelta(hours=1, days=3)
    assert office.events().count("asked") == 1
    assert office.ticket.state is TicketState.ANSWERED


def test_spanish_customer_is_asked_in_spanish(office: Office) -> None:
    """In the ticket's language."""
    office.receive(
        complaint(text="Hola, mi pedido no ha llegado todavía. ¿Cuándo va a llegar?\n\nEmma\n")
    )
    office.open(acknowledge=BOTH)
    office.run_well()
    office.receive(answer(), folder="Sent", at=MONDAY + timedelta(hours=1))
    office.run_well()
    days(office, 3)

    question = " ".join(text_of(office.sent_to(EMMA)[-1]).split())
    assert "¿ha quedado resuelto? Responda sí o no" in question


def test_nobody_is_asked_outside_working_time(office: Office) -> None:
    """Thursday is no working day: the question goes out on Monday."""
    answered(office, deadlines=HOURS)
    days(office, 3)
    assert office.ticket.asked_at is None
    days(office, 7)

    assert office.ticket.asked_at == MONDAY + timedelta(hours=1, days=7)


def test_who_turns_questions_on_asks_nobody_about_last_month(office: Office) -> None:
    """What was settled long ago stays so."""
    answered(office, "")
    office.clock.now = MONDAY + timedelta(days=30)
    office.reopen(acknowledge='\n[closing]\nask_after = "3d"\n')
    office.run_well()

    assert len(office.sent_to(EMMA)) == 1


def test_questions_leave_room_for_what_cannot_wait(office: Office) -> None:
    """Many that become due at once open no breaker: a few leave a minute, after receipts."""
    for number in range(4):
        sender = f"c{number}@customer.test"
        office.receive(complaint(sender))
        office.receive(
            answer(sender, in_reply_to=f"<c{number}-1@customer.test>", number=number),
            folder="Sent",
            at=MONDAY + timedelta(minutes=1),
        )
    office.open(acknowledge="max_per_mailbox_per_minute = 8\n" + BOTH)
    office.run_well()
    office.clock.now = MONDAY + timedelta(days=3, minutes=1)
    office.run_well()
    assert len(office.outbox("closing_question")) == 2
    office.clock.advance(minutes=1)
    office.receive(complaint("new@customer.test"))
    office.run_well()
    assert len(office.outbox("closing_question")) == 3
    office.clock.advance(minutes=1)
    office.run_well()

    assert len(office.outbox("closing_question")) == 4
    assert office.sent_to(OPS) == []


def test_nobody_is_asked_about_a_telephone_call(office: Office) -> None:
    """Nothing in the thread tells what was said."""
    office.receive(complaint())
    office.open(acknowledge=BOTH)
    office.run_well()
    actions.answered(
        office.app.store,
        office.ticket.reference,
        desk_of=lambda _: office.app.mailboxes["support"].work.desk,
        now=office.clock.now,
        by="ana",
    )
    office.clock.advance(days=3, hours=1)
    office.run_well()

    assert office.ticket.state is TicketState.ANSWERED
    assert office.ticket.asked_at is None


def test_nobody_is_asked_in_a_thread_where_a_machine_wrote(office: Office) -> None:
    """An out-of-office reply to our receipt would be followed by another to the question."""
    answered(office)
    office.receive(
        letter(
            sender=EMMA,
            subject="Automatic reply: " + RE,
            text="I am away.\n",
            message_id="<ooo@customer.test>",
            In_Reply_To="<answer-1@example.com>",
            Auto_Submitted="auto-replied",
        )
    )
    days(office, 3)

    assert office.ticket.asked_at is None


def test_who_waits_for_another_answer_is_not_asked(office: Office) -> None:
    """And of two answered tickets one is asked about a day."""
    answered(office)
    office.clock.now = MONDAY + timedelta(days=2)
    office.receive(complaint(subject="The invoice of May", text="Where is it?\n", number=5))
    office.run_well()
    days(office, 3)
    assert len(office.sent_to(EMMA)) == 2
    office.receive(
        answer(subject="Re: The invoice of May", in_reply_to="<emma-5@customer.test>", number=5),
        folder="Sent",
        at=MONDAY + timedelta(days=2, hours=1),
    )
    days(office, 5.5)
    assert len(office.sent_to(EMMA)) == 3
    days(office, 6)
    assert len(office.sent_to(EMMA)) == 3
    days(office, 6.6)

    assert len(office.sent_to(EMMA)) == 4
    assert all(ticket.asked_at for ticket in office.tickets())


# The reply.


@pytest.mark.parametrize(
    "text",
    [
        "Yes",
        "Yes, thank you!\n\nEmma",
        "all sorted",
        "sí, gracias",
        "Yes\n\nOn Thu, Acme Support wrote:\n> is it solved? Please reply yes or no\n",
        "Yes.\n\nSent from my iPhone\n",
    ],
)
def test_yes_closes(office: Office, text: str) -> None:
    """The customer's own word ends the ticket."""
    question = asked(office)
    office.receive(reply(text, question))
    office.run_well()

    assert (office.ticket.state, office.ticket.solved) == (TicketState.CLOSED, True)
    assert "solved" in office.events()
    assert why(office, "closed") == ["the customer says that it is solved"]
    assert office.messages()[-1].reasons == ("solved",)


@pytest.mark.parametrize(
    "text",
    [
        "No",
        "no, still nothing has come",
        "todavía no",
        "Yes of course, this is outrageous! You incompetent liars!!! I want my money back now!",
    ],
)
def test_no_reopens(office: Office, text: str) -> None:
    """So does anger. The clock starts, and staff are told in time."""
    question = asked(office)
    office.receive(reply(text, question))
    office.run_well()

    assert (office.ticket.state, office.ticket.solved) == (TicketState.OPEN, False)
    assert office.ticket.waiting_since == MONDAY + timedelta(hours=1, days=3)
    assert "not_solved" in office.events()
    office.clock.advance(hours=8)
    office.run_well()
    assert len(office.sent_to(LEAD)) == 1


@pytest.mark.parametrize(
    "text",
    ["Yes, but one cup is missing", "Could you tell me what you mean?", "Yes, please call me"],
)
def test_anything_else_is_a_mail_to_be_answered(office: Office, text: str) -> None:
    """It says nothing for sure, and starts the clock."""
    question = asked(office)
    office.receive(reply(text, question))
    office.run_well()

    assert (office.ticket.state, office.ticket.solved) == (TicketState.OPEN, None)


def test_thanks_for_the_question_start_no_clock_and_solve_nothing(office: Office) -> None:
    """They are thanks, as anywhere."""
    question = asked(office)
    office.receive(reply("Thank you!", question))
    office.run_well()

    assert (office.ticket.state, office.ticket.solved) == (TicketState.ANSWERED, None)


def test_yes_to_anything_else_solves_nothing(office: Office) -> None:
    """Only a reply to the question is one: staff may have asked for something else."""
    asked(office)
    office.receive(reply("Yes", "<answer-1@example.com>"))
    office.run_well()

    assert (office.ticket.state, office.ticket.solved) == (TicketState.OPEN, None)


def test_nobody_but_the_customer_says_that_it_is_solved(office: Office) -> None:
    """A stranger in the thread closes nothing."""
    question = asked(office)
    office.receive(
        letter(
            sender="eve@elsewhere.test",
            subject=RE,
            text="Yes\n",
            message_id="<eve@elsewhere.test>",
            In_Reply_To=question,
        )
    )
    office.run_well()

    assert office.ticket.solved is None
    assert office.ticket.state is not TicketState.CLOSED


def test_machine_says_nothing(office: Office) -> None:
    """An out-of-office reply to the question changes neither state nor clock."""
    question = asked(office)
    before = office.ticket
    office.receive(
        letter(
            sender=EMMA,
            subject="Automatic reply: " + RE,
            text="Yes, I am on holiday.\n",
            message_id="<ooo@customer.test>",
            In_Reply_To=question,
            Auto_Submitted="auto-replied",
        )
    )
    office.run_well()

    assert office.ticket == before


def test_no_after_quiet_closing_reopens(office: Office) -> None:
    """A late no is a no."""
    question = asked(office)
    days(office, 14)
    assert office.ticket.state is TicketState.CLOSED
    office.receive(reply("No, it is still broken", question))
    office.run_well()

    assert (office.ticket.state, office.ticket.solved) == (TicketState.OPEN, False)
    assert "reopened" in office.events()


def test_question_that_comes_back_tells_of_an_unreachable_customer(office: Office) -> None:
    """As any mail to them."""
    question = asked(office)
    office.receive(
        (
            "From: Mail Delivery System <MAILER-DAEMON@relay.test>\r\n"
            "To: support@example.com\r\nSubject: Undelivered Mail Returned to Sender\r\n"
            "Message-ID: <dsn@relay.test>\r\nMIME-Version: 1.0\r\n"
            'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n\r\n'
            "--B\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n"
            "--B\r\nContent-Type: message/delivery-status\r\n\r\n"
            "Reporting-MTA: dns; relay.test\r\n\r\n"
            f"Final-Recipient: rfc822; {EMMA}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
            "--B\r\nContent-Type: text/rfc822-headers\r\n\r\n"
            f"Message-ID: {question}\r\n\r\n--B--\r\n"
        ).encode()
    )
    office.run_well()

    assert office.ticket.unreachable_at is not None
    assert office.ticket.state is TicketState.ANSWERED


# While the question waits to be sent.


def waiting_question(office: Office) -> None:
    """The question is written, and the server takes no mail."""
    answered(office)
    office.reopen(smtp="", acknowledge=BOTH)
    port, office.smtp_port = office.smtp_port, 1
    office.reopen()
    office.clock.now = MONDAY + timedelta(hours=1, days=3)
    office.run()
    office.smtp_port = port
    assert [row.state for row in office.outbox("closing_question")] == ["queued"]


@pytest.mark.parametrize("who", ["customer", "staff", "close"])
def test_question_is_withdrawn_when_somebody_acts_first(office: Office, who: str) -> None:
    """It would be untrue; and as they never had it, they may be asked once more."""
    waiting_question(office)
    office.reopen()
    office.clock.advance(hours=1)
    if who == "customer":
        office.receive(reply("It came broken. What shall I do?", "<answer-1@example.com>"))
    elif who == "staff":
        office.receive(answer(number=2), folder="Sent")
    else:
        actions.close(office.app.store, office.ticket.reference, now=office.clock.now, by="ana")
    office.run_well()

    assert office.outbox("closing_question") == []
    assert len(office.sent_to(EMMA)) == 1
    assert office.ticket.asked_at is None
    assert "notice_withdrawn" in office.events()
    with office.app.store.read() as conn:
        assert outbox_view.due_count(conn, "support", office.clock.now) == 0


def test_question_that_comes_too_late_takes_nothing_else_with_it(office: Office) -> None:
    """One that was given up and is tried again, once the customer waits, is taken back alone: staff
    still hear that nobody answered."""
    answered(office)
    office.clock.now = MONDAY + timedelta(hours=1, days=3)
    office.sink.answer("RCPT", "552 5.2.2 Mailbox full")
    office.run()
    [question] = office.outbox("closing_question")
    assert question.state == "failed"
    office.receive(reply("It broke again. What shall I do?", "<answer-1@example.com>"))
    office.run_well()
    port, office.smtp_port = office.smtp_port, 1
    office.reopen()
    office.clock.advance(hours=8)
    office.run()
    office.smtp_port = port
    with office.app.store.begin() as conn:
        outbox.retry_now(conn, question.id, office.clock.now)
    office.reopen(acknowledge="max_per_mailbox_per_minute = 1" + BOTH)
    for _ in range(3):
        office.run()
        office.clock.advance(minutes=2)

    assert office.outbox("closing_question") == []
    assert len(office.sent_to(LEAD)) == 1
