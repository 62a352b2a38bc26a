r"""\Answered on a customer's mail, as a mail client sets it, taken for an answer."""

from datetime import timedelta

import letters
from offices import LEAD, MONDAY, Office, complaint

from mailresponder.jobs import answered_flag
from mailresponder.policy.ticket import TicketState
from mailresponder.store import answers
from mailresponder.store.answers import Answer

ON = "answered_flag = true"
ANSWERED = "\\Answered"


def given(office: Office) -> list[Answer]:
    """What was written down as answers."""
    with office.app.store.read() as conn:
        return answers.between(conn, MONDAY - timedelta(days=9), MONDAY + timedelta(days=99))


def test_a_marked_mail_is_answered(office: Office) -> None:
    """The clock stops, nobody is escalated, and how and when it was seen is written down."""
    office.open(mailbox=ON)
    office.receive(complaint())
    office.run_well()
    office.clock.advance(hours=2)
    office.mark(1, ANSWERED)
    office.run_well()

    assert office.ticket.state is TicketState.ANSWERED
    assert office.events()[-1] == "answered"
    [answer] = given(office)
    assert (answer.how, answer.answered_at) == ("answered_flag", MONDAY + timedelta(hours=2))
    office.clock.advance(hours=9)
    office.run_well()
    assert office.sent_to(LEAD) == []
    assert len(given(office)) == 1


def test_a_mark_says_nothing_where_nobody_said_it_does(office: Office) -> None:
    """Without the key a marked mail waits on, and somebody is told."""
    office.receive(complaint())
    office.run_well()
    office.mark(1, ANSWERED)
    office.clock.advance(hours=9)
    office.run_well()

    assert office.ticket.state is TicketState.OPEN
    assert len(office.sent_to(LEAD)) == 1


def test_another_mark_is_no_answer(office: Office) -> None:
    """A mail that was read and flagged waits on."""
    office.open(mailbox=ON)
    office.receive(complaint())
    office.run_well()
    office.mark(1, "\\Seen", "\\Flagged")
    office.run_well()

    assert office.ticket.state is TicketState.OPEN


def test_a_mark_that_was_there_first_counts(office: Office) -> None:
    """A mail answered before we first read it opens a ticket that is answered in the same pass,
    and gets no acknowledgement."""
    office.open(mailbox=ON)
    office.receive(complaint())
    office.mark(1, ANSWERED)
    office.run_well()

    assert office.ticket.state is TicketState.ANSWERED
    assert len(office.sink.received) == 0


def test_a_marked_mail_answers_what_came_before_it_and_no_more(office: Office) -> None:
    """Of three mails the second is marked: the customer waits since the third."""
    office.open(mailbox=ON)
    for number in (1, 2, 3):
        office.receive(complaint(number=number))
        office.run_well()
        office.clock.advance(hours=1)
    office.mark(2, ANSWERED)
    office.run_well()
    assert office.ticket.waiting_since == MONDAY + timedelta(hours=2)

    office.mark(3, ANSWERED)
    office.run_well()
    assert office.ticket.state is TicketState.ANSWERED
    assert [one.waiting_since - MONDAY for one in given(office)] == [
        timedelta(0),
        timedelta(hours=2),
    ]


def test_an_old_mark_answers_no_new_mail(office: Office) -> None:
    """The customer writes again: the mark on their first mail does not stop the new clock."""
    office.open(mailbox=ON)
    office.receive(complaint())
    office.run_well()
    office.mark(1, ANSWERED)
    office.run_well()
    office.clock.advance(hours=1)
    office.receive(complaint(number=2, In_Reply_To="<emma-1@customer.test>"))
    office.run_well()
    office.run_well()

    assert office.ticket.waiting_since == MONDAY + timedelta(hours=1)


def test_a_mail_that_is_gone_is_not_answered(office: Office) -> None:
    """An expunged mail bears no mark, and another one's pass is not disturbed by it."""
    office.open(mailbox=ON)
    office.receive(complaint(), complaint("noah@customer.test", subject="A lamp", number=2))
    office.run_well()
    client = office.imap()
    client.select_folder("INBOX")
    client.delete_messages([client.search("ALL")[0]])
    client.expunge()
    office.mark(1, ANSWERED)
    office.run_well()

    states = {ticket.customer.email: ticket.state for ticket in office.tickets()}
    assert states == {
        "emma@customer.test": TicketState.OPEN,
        "noah@customer.test": TicketState.ANSWERED,
    }


def test_a_moved_mail_is_looked_for_where_we_moved_it(office: Office) -> None:
    """An angry mail that `move_to` put elsewhere is marked there."""
    office.imap().create_folder("Hot")
    office.open(mailbox=ON, anger='move_to = "Hot"')
    office.receive(letters.angry_english())
    office.clock.advance(minutes=1)
    office.run_well()
    office.mark(1, ANSWERED, folder="Hot")
    office.run_well()

    assert office.ticket.state is TicketState.ANSWERED


def test_a_folder_made_anew_says_nothing_of_the_old_mail(office: Office) -> None:
    """After a change of UIDVALIDITY a mark on whatever has the UID now answers nobody else."""
    office.imap().create_folder("Support")
    office.open(mailbox=ON, imap='folder = "Support"')
    office.receive(complaint(), folder="Support")
    office.run_well()
    office.renew_folder("Support")
    office.receive(complaint("noah@customer.test", subject="A lamp"), folder="Support")
    office.mark(1, ANSWERED, folder="Support")
    office.run_well()

    states = {ticket.customer.email: ticket.state for ticket in office.tickets()}
    assert states["emma@customer.test"] is TicketState.OPEN


def test_nothing_is_asked_where_nobody_waits(office: Office) -> None:
    """Without an open ticket the server is not asked for a single flag."""
    office.open(mailbox=ON)
    office.run_well()

    work = office.app.mailboxes["support"].work
    assert answered_flag.run(work, mailbox=None) == 0  # type: ignore[arg-type]
