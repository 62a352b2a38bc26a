"""What staff do by hand."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from offices import EMMA, LEAD, Office, complaint

from mailresponder.errors import MailresponderError
from mailresponder.jobs import actions
from mailresponder.jobs.actions import Done
from mailresponder.policy.ticket import Ticket, TicketState
from mailresponder.store import tickets

MADRID = ZoneInfo("Europe/Madrid")


@pytest.fixture
def ticket(office: Office) -> Ticket:
    """An open ticket, acknowledged."""
    office.receive(complaint())
    office.run_well()
    return office.ticket


def answered(office: Office, reference: str) -> Done:
    """As `answered REF` does it."""
    return actions.answered(
        office.app.store,
        reference,
        desk_of=office.app.config.desk_for,
        now=office.clock.now,
        by="ana",
    )


def close(office: Office, reference: str) -> Done:
    """As `close REF` does it."""
    return actions.close(office.app.store, reference, now=office.clock.now, by="ana")


def test_answered_by_telephone_stops_the_clock(office: Office, ticket: Ticket) -> None:
    """Nobody is told of a ticket whose answer we could not see."""
    office.clock.advance(hours=1)
    assert answered(office, ticket.reference).ticket.state is TicketState.ANSWERED
    office.clock.advance(hours=9)
    office.run_well()

    assert office.ticket.answered_at == ticket.opened_at + timedelta(hours=1)
    assert office.sent_to(LEAD) == []
    assert office.events()[-1] == "answered"


def test_the_reference_may_be_typed_in_lower_case(office: Office, ticket: Ticket) -> None:
    """References are read out over the telephone."""
    assert answered(office, ticket.reference.lower()).ticket.reference == ticket.reference


@pytest.mark.parametrize("first", ["answered", "close"])
def test_what_is_so_already_is_not_written_down_again(
    office: Office, ticket: Ticket, first: str
) -> None:
    """Doing the same twice, or answering what is closed, leaves ticket and story as they are."""
    if first == "answered":
        assert answered(office, ticket.reference).changed
    else:
        assert close(office, ticket.reference).changed
    before, told = office.ticket, office.events()
    office.clock.advance(hours=1)

    again = answered(office, ticket.reference)

    assert not again.changed
    assert again.ticket == office.ticket == before
    assert office.events() == told


def test_closing_twice_is_written_down_once(office: Office, ticket: Ticket) -> None:
    """An answered ticket can be closed, a closed one is closed."""
    answered(office, ticket.reference)

    assert close(office, ticket.reference).changed
    assert not close(office, ticket.reference).changed
    assert office.events().count("closed") == 1


def test_a_closed_ticket_rests_until_the_customer_writes(office: Office, ticket: Ticket) -> None:
    """Closing ends the deadline; a further mail of the customer begins a new one."""
    actions.close(office.app.store, ticket.reference, now=office.clock.now, by="ana")
    assert office.ticket.state is TicketState.CLOSED
    office.clock.advance(hours=9)
    office.run_well()
    assert office.sent_to(LEAD) == []

    office.receive(complaint(number=2, In_Reply_To="<emma-1@customer.test>"))
    office.run_well()
    assert office.ticket.state is TicketState.OPEN


def test_a_snoozed_ticket_keeps_its_deadline_and_nobody_is_told(
    office: Office, ticket: Ticket
) -> None:
    """Snoozing puts off the telling, in calendar time, and nothing else."""
    actions.snooze(
        office.app.store,
        ticket.reference,
        for_=timedelta(days=2),
        zone=MADRID,
        now=office.clock.now,
        by="ana",
    )
    assert office.ticket.due_at == ticket.due_at
    with office.app.store.read() as conn:
        told = tickets.events(conn, ticket.id)[-1]
    assert (told.what, told.why) == ("snoozed", "until 2025-03-12 10:00 (Europe/Madrid)")
    office.clock.advance(hours=47)
    office.run_well()
    assert office.sent_to(LEAD) == []
    office.clock.advance(hours=1)
    office.run_well()

    assert len(office.sent_to(LEAD)) == 1


def test_what_waits_for_the_customer_cannot_be_snoozed(office: Office, ticket: Ticket) -> None:
    """There is nothing to put off, and the message says so."""
    answered(office, ticket.reference)
    with pytest.raises(MailresponderError, match="nothing to snooze"):
        actions.snooze(
            office.app.store,
            ticket.reference,
            for_=timedelta(days=2),
            zone=MADRID,
            now=office.clock.now,
            by="ana",
        )


def test_an_unknown_reference_is_named(office: Office, ticket: Ticket) -> None:
    """A mistyped reference changes nothing."""
    with pytest.raises(MailresponderError, match="MR-22222"):
        actions.close(office.app.store, "MR-22222", now=office.clock.now, by="ana")
    assert office.ticket.state is TicketState.OPEN


@pytest.mark.parametrize("act", [answered, close])
def test_what_staff_settle_first_is_not_acknowledged_after(
    office: Office, act: Callable[[Office, str], Done]
) -> None:
    """An acknowledgement that still waits when staff settle the ticket is taken back."""
    office.sink.answer("RCPT", "451 4.7.1 greylisted")
    office.receive(complaint())
    office.run()
    act(office, office.ticket.reference)
    office.clock.advance(minutes=1)
    office.run_well()

    assert office.sent_to(EMMA) == []
    assert office.ticket.suppressed_by == ("answered_first",)
