"""What somebody on the page does to a ticket."""

from typing import Any

import pytest
from offices import EMMA, Office, complaint

from mailresponder.jobs import audit
from mailresponder.jobs.acts import Done, Impossible
from mailresponder.jobs.handling import DEEDS, Changed, handle
from mailresponder.jobs.timeline import seen_of
from mailresponder.mail.message import Address
from mailresponder.policy.orders import Command, Obstacle, Order
from mailresponder.policy.ticket import Ticket, TicketState
from mailresponder.store import tickets

JANE = Address(email="jane@example.com")


@pytest.fixture
def ticket(office: Office) -> Ticket:
    """An open ticket, acknowledged."""
    office.receive(complaint())
    office.run_well()
    return office.ticket


def seen(office: Office) -> str:
    with office.app.store.read() as conn:
        return seen_of(conn, office.ticket)


def do(
    office: Office,
    order: Order,
    *,
    looked_at: str | None = None,
    writer: Address | None = JANE,
    **given: Any,
) -> Done:
    """As a button of the page does it."""
    return handle(
        office.app.store,
        office.ticket.reference,
        Command(order=order, written="", **given),
        seen=seen(office) if looked_at is None else looked_at,
        work_of=lambda name: office.app.mailboxes[name].work,
        writer=writer,
        now=office.clock.now,
        by="jane (web)",
    )


def deeds(office: Office) -> list[str]:
    with office.app.store.read() as conn:
        return [entry.what for entry in audit.latest(conn)]


def test_what_is_done_is_written_down_twice(office: Office, ticket: Ticket) -> None:
    """In the ticket's story, and among what was done on the page."""
    done = do(office, Order.CLOSE)

    assert (done.changed, office.ticket.state) == (True, TicketState.CLOSED)
    assert office.events()[-1] == "closed"
    assert deeds(office) == ["ticket_closed"]


def test_what_changes_nothing_is_not_written_down(office: Office, ticket: Ticket) -> None:
    """Closing what is closed leaves no trace."""
    do(office, Order.CLOSE)
    told = office.events()

    assert not do(office, Order.CLOSE).changed
    assert office.events() == told
    assert deeds(office) == ["ticket_closed"]


def test_nobody_acts_on_what_they_have_not_seen(office: Office, ticket: Ticket) -> None:
    """A customer's mail that came since is looked at first."""
    before = seen(office)
    office.receive(complaint(number=2, In_Reply_To="<emma-1@customer.test>"))
    office.run_well()

    with pytest.raises(Changed):
        do(office, Order.CLOSE, looked_at=before)

    assert office.ticket.state is TicketState.OPEN
    assert deeds(office) == []


def test_a_note_is_taken_whatever_has_changed(office: Office, ticket: Ticket) -> None:
    """What somebody has written is not thrown away."""
    assert do(office, Order.NOTE, looked_at="long ago", text="Called her.").changed
    assert office.events()[-1] == "note"


def test_who_is_given_a_ticket_gets_a_mail(office: Office, ticket: Ticket) -> None:
    """As where it was assigned by mail or at the command line."""
    do(office, Order.ASSIGN, address="leo@example.com")
    office.run_well()

    [mail] = office.sent_to("leo@example.com")
    assert ticket.reference in mail["Subject"]
    assert office.ticket.assigned_to == "leo@example.com"


def test_a_mail_about_a_ticket_given_to_somebody_fails_as_what_it_is(
    office: Office, ticket: Ticket
) -> None:
    """Its story does not speak of an escalation."""
    do(office, Order.ASSIGN, address="leo@example.com")
    office.sink.answer("RCPT", "550 5.1.1 no such user")
    office.run()

    with office.app.store.read() as conn:
        [failed] = [e for e in tickets.events(conn, office.ticket.id) if e.what == "not_delivered"]
    assert failed.why.startswith("assignment: ")


def test_who_takes_a_ticket_gets_none(office: Office, ticket: Ticket) -> None:
    """They know already."""
    do(office, Order.MINE)
    office.run_well()

    assert office.ticket.assigned_to == JANE.key
    assert office.sent_to(JANE.email) == []


def test_only_an_address_of_staff_can_take_a_ticket(office: Office, ticket: Ticket) -> None:
    """A visitor whose name is no address, or a stranger's, has nothing that could be told."""
    for writer in (None, Address(email=EMMA)):
        with pytest.raises(Impossible) as caught:
            do(office, Order.MINE, writer=writer)
        assert caught.value.obstacle is Obstacle.NOT_STAFF


def test_all_that_staff_can_say_by_mail_can_be_said_here() -> None:
    """But for merging, which cannot be undone, and help."""
    assert set(Order) - DEEDS.keys() == {Order.MERGE, Order.HELP}


def test_a_ticket_is_linked_to_a_defect(office: Office, ticket: Ticket) -> None:
    """By its name, on the page as by mail; it is written down who did, and a new one by whom."""
    assert do(office, Order.NEW_DEFECT, text="Order is late").changed
    assert not do(office, Order.DEFECT, text="order is").changed

    assert office.events()[-1] == "defect_linked"
    assert deeds(office) == ["ticket_linked", "defect_added"]
    with pytest.raises(Impossible) as refused:
        do(office, Order.DEFECT, text="nothing")
    assert refused.value.obstacle is Obstacle.NO_DEFECT
