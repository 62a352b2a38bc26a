"""The clock on a real desk: what starts it, what stops it, and what it takes no notice of."""

from datetime import timedelta

import letters
import pytest
from letters import letter
from offices import EMMA, LEAD, MONDAY, PROVEN, Office, answer, complaint

from mailresponder.jobs import actions
from mailresponder.policy import lifecycle
from mailresponder.policy.ticket import Ticket, TicketState
from mailresponder.store import tickets

HOUR = timedelta(hours=1)
JANE = "jane@example.com"
RE = "Re: Where is my order 20417?"


def reply(text: str, *, number: int = 2, subject: str = RE, **headers: str) -> bytes:
    """The customer answers what staff wrote last."""
    thread = {"In_Reply_To": "<answer-1@example.com>", **headers}
    return complaint(subject=subject, text=text, number=number, **thread)


def answered(office: Office) -> Ticket:
    """The customer wrote at nine and was answered at ten."""
    office.receive(complaint())
    office.run_well()
    office.clock.advance(hours=1)
    office.receive(answer(), folder="Sent")
    office.run_well()
    assert office.ticket.state is TicketState.ANSWERED
    office.clock.advance(hours=1)
    return office.ticket


def test_later_mail_moves_nothing(office: Office) -> None:
    """The deadline stays where the first mail put it, however often the customer writes."""
    office.receive(complaint())
    office.run_well()
    due = office.ticket.due_at
    for number in (2, 3, 4):
        office.clock.advance(hours=2)
        office.receive(complaint(number=number, text="Any news of my order? Please tell me."))
        office.run_well()

    assert (office.ticket.waiting_since, office.ticket.due_at) == (MONDAY, due)
    assert len(office.messages()) == 5


def test_who_writes_again_after_an_answer_waits_anew(office: Office) -> None:
    """The clock starts from the new mail."""
    answered(office)
    office.receive(reply("It has come, but one cup is broken. What shall I do with it?"))
    office.run_well()

    assert office.ticket.waiting_since == MONDAY + 2 * HOUR
    assert office.ticket.rests_since is None


def test_answer_to_colleagues_alone_stops_nothing(office: Office) -> None:
    """Staff who write to one another, with us in copy, have told the customer nothing."""
    office.receive(complaint())
    office.run_well()
    before = office.ticket
    office.clock.advance(hours=1)
    office.receive(
        answer(
            to="boss@example.com", Cc=letters.SUPPORT, sender=JANE, Authentication_Results=PROVEN
        )
    )
    office.receive(answer(to="boss@example.com", number=2), folder="Sent")
    office.run_well()

    assert office.ticket == before


@pytest.mark.parametrize("folder", ["INBOX", "Sent"])
def test_answer_the_customer_can_see_stops_it(office: Office, folder: str) -> None:
    """In Sent, or from staff's own address with us in copy."""
    office.receive(complaint())
    office.run_well()
    office.clock.advance(hours=1)
    if folder == "Sent":
        office.receive(answer(), folder="Sent")
    else:
        office.receive(
            answer(sender=JANE, Cc=letters.SUPPORT, Authentication_Results=PROVEN), folder="INBOX"
        )
    office.run_well()

    assert (office.ticket.state, office.ticket.due_at) == (TicketState.ANSWERED, None)
    assert office.ticket.rests_since == office.ticket.answered_at == MONDAY + HOUR


OUT_OF_OFFICE = letter(
    sender=EMMA,
    subject="Automatic reply: Where is my order 20417?",
    text="I am out of the office until Monday. Please write to my colleagues.\n",
    message_id="<ooo@customer.test>",
    In_Reply_To="<answer-1@example.com>",
    Auto_Submitted="auto-replied",
)
LIST = letter(
    sender=EMMA,
    subject=RE,
    text="This week in our list: what shall we do, when and where?\n",
    message_id="<list@customer.test>",
    In_Reply_To="<answer-1@example.com>",
    List_Id="<weekly.customer.test>",
    Precedence="bulk",
)
BOUNCE = letters.bounce().replace(b"<somebody-elses@relay.test>", b"<answer-1@example.com>")
MACHINES = pytest.mark.parametrize(
    "mail", [OUT_OF_OFFICE, LIST, BOUNCE], ids=["out of office", "list", "bounce"]
)


def clock(ticket: Ticket) -> tuple[object, ...]:
    return (
        ticket.state,
        ticket.waiting_since,
        ticket.due_at,
        ticket.rests_since,
        ticket.answered_at,
        ticket.next_escalation_at,
    )


@MACHINES
@pytest.mark.parametrize("state", list(TicketState))
def test_machines_change_nothing(office: Office, mail: bytes, state: TicketState) -> None:
    """Whatever the state, a machine's mail in the thread is written down and that is all."""
    answered(office)
    if state is TicketState.OPEN:
        office.receive(reply("And where is the second parcel? I miss it."))
        office.run_well()
    if state is TicketState.CLOSED:
        actions.close(office.app.store, office.ticket.reference, now=office.clock.now, by="ana")
    before = office.ticket
    office.clock.advance(hours=1)
    office.receive(mail)
    office.run_well()

    assert before.state is state
    assert clock(office.ticket) == clock(before)
    assert "recorded" in office.events() or "unreachable" in office.events()


@pytest.mark.parametrize(
    "mail",
    [
        reply("Thank you, it came!\n"),
        reply("Perfecto, muchísimas gracias, ya me ha llegado. Un saludo, Ana\n"),
        reply("Ok thanks, all good now\n\nSent from my iPhone\n"),
        reply("gracias!! 👍\n\nEnviado desde mi iPhone\n"),
        reply("Gracias\n\n-- \nEmma Clarke\nSales Manager, Tel. +44 20 7946 0000\n"),
        reply("Great, that solved it, cheers\n\nOn Mon, Ana wrote:\n> Did it come?\n> Ana\n"),
        reply("", subject="Thank you so much!"),
        letter(
            sender=EMMA,
            subject=RE,
            text="",
            html="<div>Thank you, it came!</div><br><div>Sent from my iPhone</div>"
            "<blockquote type='cite'>When will it arrive?</blockquote>",
            message_id="<html@customer.test>",
            In_Reply_To="<answer-1@example.com>",
        ),
    ],
    ids=["en", "es", "iphone", "emoji", "signature", "quote", "subject", "html"],
)
def test_thanks_start_no_clock_and_stay_visible(office: Office, mail: bytes) -> None:
    """They lie in the ticket, its story says so, and it rests from then on."""
    before = answered(office)
    office.receive(mail)
    office.run_well()

    assert clock(office.ticket) == (*clock(before)[:3], MONDAY + 2 * HOUR, *clock(before)[4:])
    assert office.messages()[-1].reasons == ("only_thanks",)
    assert office.events()[-2:] == ["followed_up", "sender_judged"]


@pytest.mark.parametrize(
    "text",
    [
        "Thanks, but it still does not work",
        "Thanks for nothing",
        "gracias por nada",
        "Thanks. When will the refund arrive?",
        "Thanks, waiting for your call",
        "gracias, quedo a la espera",
        "Thank you in advance",
        "Thanks, then please cancel it",
    ],
)
def test_thanks_that_want_something_start_it(office: Office, text: str) -> None:
    """Nobody who waits is taken to say thank you and no more."""
    answered(office)
    office.receive(reply(text))
    office.run_well()

    assert office.ticket.waiting_since == MONDAY + 2 * HOUR


def test_praise_out_of_the_blue_is_a_ticket(office: Office) -> None:
    """Whoever thanks without having been written to is acknowledged like anybody."""
    office.receive(complaint(subject="Thank you", text="Thank you so much for your help!\n"))
    office.run_well()

    assert office.ticket.state is TicketState.OPEN
    assert office.ticket.due_at is not None
    assert len(office.sent_to(EMMA)) == 1


def closed(office: Office) -> Ticket:
    ticket = answered(office)
    actions.close(office.app.store, ticket.reference, now=office.clock.now, by="ana")
    return office.ticket


def test_thanks_leave_a_closed_ticket_closed(office: Office) -> None:
    """They are written down, and nobody is bothered."""
    before = closed(office)
    office.receive(reply("Thanks a lot!"))
    office.run_well()

    assert office.ticket == before
    assert office.messages()[-1].reasons == ("only_thanks",)


def test_reply_to_a_closed_ticket_reopens_it(office: Office) -> None:
    """The story says so, and the clock starts."""
    closed(office)
    office.receive(reply("It came broken. What shall I do?"))
    office.run_well()

    assert office.ticket.waiting_since == MONDAY + 2 * HOUR
    assert "reopened" in office.events()


def test_new_matter_in_a_closed_thread_opens_a_linked_ticket(office: Office) -> None:
    """With its own clock and receipt; the old one stays closed."""
    old = closed(office)
    office.receive(reply("The amount is wrong. Could you look?", subject="Invoice of February"))
    office.run_well()

    first, second = office.tickets()
    assert (first.state, second.linked_to) == (TicketState.CLOSED, old.reference)
    assert len(office.sent_to(EMMA)) == 2
    assert "linked" in office.events(first)


@pytest.mark.parametrize(("days", "tickets"), [(89, 1), (91, 2)])
def test_old_mail_taken_to_write_to_us_begins_anew(office: Office, days: int, tickets: int) -> None:
    """Three months after a closed ticket's answer the customer gets a ticket and a receipt."""
    closed(office)
    office.clock.advance(days=days)
    office.receive(reply("It has stopped working. What shall I do?"))
    office.run_well()

    assert len(office.tickets()) == tickets
    assert len(office.sent_to(EMMA)) == tickets
    assert office.tickets()[-1].state is TicketState.OPEN


def test_thanks_for_what_is_long_closed_open_nothing(office: Office) -> None:
    """However late they come."""
    before = closed(office)
    office.clock.advance(days=200)
    office.receive(reply("Thanks again!"))
    office.run_well()

    assert office.ticket == before


def snoozed(office: Office, hours: int) -> None:
    office.receive(complaint())
    office.run_well()
    actions.snooze(
        office.app.store,
        office.ticket.reference,
        for_=hours * HOUR,
        zone=office.app.mailboxes["support"].work.desk.deadlines.hours.timezone,
        now=office.clock.now,
        by="ana",
    )


def test_when_a_snooze_ends_somebody_is_told(office: Office) -> None:
    """Not before, even though the deadline has passed; then at once."""
    snoozed(office, 30)
    office.clock.advance(hours=29)
    office.run_well()
    assert office.sent_to(LEAD) == []
    office.clock.advance(hours=1)
    office.run_well()

    assert len(office.sent_to(LEAD)) == 1
    assert office.ticket.due_at == MONDAY + 8 * HOUR


def test_ordinary_mail_does_not_end_a_snooze_and_an_angry_one_does(office: Office) -> None:
    """Staff put off what they know; how angry it would become they did not."""
    snoozed(office, 30)
    office.clock.advance(hours=1)
    office.receive(complaint(number=2, text="One more thing: my house number is missing.\n"))
    office.run_well()
    assert office.ticket.snoozed_until == MONDAY + 30 * HOUR
    office.receive(
        complaint(
            number=3,
            text="This is outrageous! You are incompetent liars!!! Refund me now or I sue you.\n",
        )
    )
    office.run_well()

    assert office.ticket.angry
    assert office.ticket.snoozed_until is None


def test_older_answer_read_late_reopens_nothing_that_rests(office: Office) -> None:
    """Staff answered, the customer wrote again, staff settled that; then we see the answer."""
    office.receive(complaint())
    office.run_well()
    office.clock.advance(hours=2)
    office.receive(complaint(number=2, text="And please use the back door of the house.\n"))
    office.run_well()
    with office.app.store.begin() as conn:
        tickets.save_ticket(conn, lifecycle.waiting(office.ticket, office.clock.now))
    office.receive(answer(), folder="Sent", at=MONDAY + HOUR)
    office.run_well()

    assert office.ticket.state is TicketState.ANSWERED
    assert office.ticket.rests_since == MONDAY + 2 * HOUR
