"""Customers whose mail comes back: marked, told of once, and never a reason for a flood."""

from dataclasses import replace

import letters
import pytest
from offices import BOSS, EMMA, LADDER, LEAD, OPS, Office, answer, complaint, subjects

from mailresponder.policy.ticket import TicketState
from mailresponder.store import tickets

UNKNOWN = "550 5.1.1 no such user"
CONTENT = "554 5.7.1 message content rejected as spam"
RELAY = "554 5.7.1 relay access denied"


def bounce_of(message_id: str, *, number: int = 1) -> bytes:
    """A delivery report about a mail."""
    return (
        letters.bounce()
        .replace(b"<somebody-elses@relay.test>", message_id.encode())
        .replace(b"nobody@customer.test", EMMA.encode())
        .replace(b"<dsn-1", b"<dsn-%d" % number)
    )


def acknowledged(office: Office) -> str:
    """A customer's mail has come and been acknowledged: the Message-ID of ours."""
    office.receive(complaint())
    office.run_well()
    return str(office.sent_to(EMMA)[0]["Message-ID"])


def test_staff_are_told_once_and_the_clock_runs_on(office: Office) -> None:
    """A bounce of our acknowledgement marks the ticket; the people of the first step hear of it
    once, with what the customer wrote, and the customer still waits for an answer."""
    ours = acknowledged(office)
    due = office.ticket.due_at
    office.receive(bounce_of(ours))
    office.run_well()
    office.receive(bounce_of(ours, number=2))
    office.run_well()

    ticket = office.ticket
    assert ticket.unreachable_at is not None
    assert (ticket.state, ticket.due_at) == (TicketState.OPEN, due)
    [told] = office.sent_to(LEAD)
    assert str(told["Subject"]).startswith("Mail to this customer is not delivered:")
    assert ticket.reference in str(told["Subject"])
    assert "my order has not arrived yet" in str(told.get_body(("plain",)).get_content())
    assert told["Auto-Submitted"] == "auto-generated"
    assert {"unreachable", "unreachable_told"} <= set(office.events())


def test_an_answer_that_comes_back_is_told_of(office: Office) -> None:
    """The customer of a ticket that counts as answered has not got the answer."""
    acknowledged(office)
    office.receive(answer(), folder="Sent")
    office.run_well()
    office.receive(bounce_of("<answer-1@example.com>"))
    office.run_well()

    assert office.ticket.state is TicketState.ANSWERED
    assert office.ticket.unreachable_at is not None
    assert len(office.sent_to(LEAD)) == 1


def test_who_writes_again_may_be_reached_again(office: Office) -> None:
    """The mark goes with the customer's next mail; staff are not told a second time."""
    ours = acknowledged(office)
    office.receive(bounce_of(ours))
    office.run_well()
    office.receive(complaint(text="Hello? Did you get this?\n", number=2))
    office.run_well()
    assert office.ticket.unreachable_at is None

    office.receive(bounce_of(ours, number=2))
    office.run_well()
    assert office.ticket.unreachable_at is not None
    assert len(office.sent_to(LEAD)) == 1


def test_what_the_server_refuses_counts_as_a_bounce(office: Office) -> None:
    """A recipient that the SMTP server refuses for good cannot be reached either."""
    office.receive(complaint())
    office.sink.answer("RCPT", UNKNOWN, times=1)
    office.run_well()
    office.run_well()

    assert office.ticket.unreachable_at is not None
    assert len(office.sent_to(LEAD)) == 1


@pytest.mark.parametrize(("command", "reply"), [("DATA", CONTENT), ("RCPT", RELAY)])
def test_what_our_own_server_will_not_carry_says_nothing_of_the_customer(
    office: Office, command: str, reply: str
) -> None:
    """A refusal of the content, or of relaying, is for the admins."""
    office.receive(complaint())
    office.sink.answer(command, reply, times=1)
    office.run_well()

    assert office.ticket.unreachable_at is None
    assert len(office.sent_to(OPS)) == 1


def test_a_bounce_of_the_customers_own_mail_is_not_ours(office: Office) -> None:
    """That their mail failed somewhere else, or that somebody says so, marks nobody."""
    acknowledged(office)
    office.receive(bounce_of("<emma-1@customer.test>"))
    office.run_well()

    assert office.ticket.unreachable_at is None


def test_without_a_ladder_the_admins_are_told(office: Office) -> None:
    """Somebody hears of it wherever there is somebody."""
    office.open(ladder="")
    office.receive(bounce_of(acknowledged(office)))
    office.run_well()

    assert subjects(office.sent_to(OPS)) == ["Acme Support: a customer cannot be reached"]


def test_nobody_is_told_outside_working_time(office: Office) -> None:
    """The mark is there at once, the notice waits for the desk to open."""
    office.open(deadlines='[deadlines.hours]\nmon = ["09:00-11:00"]\ntue = ["09:00-11:00"]')
    ours = acknowledged(office)
    office.clock.advance(hours=5)
    office.receive(bounce_of(ours))
    office.run_well()
    assert office.ticket.unreachable_at is not None
    assert office.sent_to(LEAD) == []

    office.clock.advance(hours=18)
    office.run_well()
    assert "is not delivered" in subjects(office.sent_to(LEAD))[-1]


def test_a_flood_of_bounces_is_no_flood_of_notices(office: Office) -> None:
    """Half of what a person may get in an hour is kept for escalations; the rest of the bounces
    waits, and is told later: nothing is dropped."""
    office.open(acknowledge="max_per_recipient_per_hour = 4")
    people = [f"customer{number}@customer.test" for number in range(4)]
    office.receive(*(complaint(person, subject=f"Matter of {person}") for person in people))
    office.run_well()
    office.receive(
        *(
            bounce_of(str(office.sent_to(person)[0]["Message-ID"]), number=number)
            for number, person in enumerate(people)
        )
    )
    office.run_well()
    assert len(office.sent_to(LEAD)) == 2

    office.clock.advance(hours=1, minutes=1)
    office.run_well()
    assert len(office.sent_to(LEAD)) == 4


@pytest.mark.parametrize("times", [1, 3])
def test_a_notice_to_staff_that_comes_back_is_told_to_the_admins_once(
    office: Office, times: int
) -> None:
    """An escalation that bounces escalated nothing: the admins hear of it once a day, and a
    bounce of what they get ends there."""
    office.open(ladder=f'[[escalation]]\nafter = "0m"\nto = ["{BOSS}"]')
    acknowledged(office)
    office.clock.advance(hours=8, minutes=1)
    office.run_well()
    notice = str(office.sent_to(BOSS)[0]["Message-ID"])
    office.receive(*(bounce_of(notice, number=number) for number in range(times)))
    office.run_well()
    [told] = office.sent_to(OPS)
    office.receive(bounce_of(str(told["Message-ID"]), number=9))
    office.run_well()

    assert len(office.sent_to(OPS)) == 1
    assert office.ticket.unreachable_at is None
    assert "notice_came_back" in office.events()


def test_a_list_that_comes_back_is_told_to_the_admins_once(office: Office) -> None:
    """A notice about several tickets is no one ticket's, and all the same somebody did not hear;
    a day later the admins hear of it again."""
    office.open(staff="digest_from = 2")
    office.receive(*(complaint(f"c{n}@customer.test", subject=f"Matter {n}") for n in range(2)))
    office.run_well()
    office.clock.advance(hours=8, minutes=1)
    office.run_well()
    [several] = office.sent_to(LEAD)
    notice = str(several["Message-ID"])
    office.receive(*(bounce_of(notice, number=number) for number in range(3)))
    office.run_well()
    assert subjects(office.sent_to(OPS)) == [
        "Acme Support: somebody could not be told of unanswered mail"
    ]
    assert all(ticket.unreachable_at is None for ticket in office.tickets())

    office.clock.advance(days=1)
    office.receive(bounce_of(notice, number=9))
    office.run_well()
    assert len(office.sent_to(OPS)) == 2


def test_who_took_the_ticket_is_told_too(office: Office) -> None:
    """Whose customer cannot be reached concerns whoever answers them; of an angry one the angry
    ladder's first step hears."""
    office.open(ladder=f'{LADDER}[[angry_escalation]]\nafter = "0m"\nto = ["{BOSS}"]')
    office.receive(letters.angry_english())
    office.run_well()
    with office.app.store.begin() as conn:
        tickets.save_ticket(conn, replace(office.ticket, assigned_to="ana@example.com"))
    [ours] = office.sent_to("oliver@customer.test")
    office.receive(bounce_of(str(ours["Message-ID"])))
    office.run_well()

    assert [len(office.sent_to(one)) for one in ("ana@example.com", BOSS, LEAD)] == [1, 1, 0]


def test_a_cap_of_one_mail_is_enough_to_be_told(office: Office) -> None:
    """Where an hour holds one mail, that one may be this."""
    office.open(acknowledge="max_per_recipient_per_hour = 1")
    office.receive(bounce_of(acknowledged(office)))
    office.run_well()
    assert len(office.sent_to(LEAD)) == 1
