from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from mailresponder.mail.message import Address
from mailresponder.policy.facts import Outcome
from mailresponder.policy.ticket import LanguageSource, Participant, Role, Ticket, TicketState
from mailresponder.store import messages, tickets
from mailresponder.store.database import Store
from mailresponder.store.messages import MessageRecord
from mailresponder.store.schema import tickets as rows
from mailresponder.store.tickets import Event

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ANA = Participant(address="ana@example.com", role=Role.CUSTOMER)
BO = Participant(address="bo@example.com", role=Role.OTHER)


def ticket(reference: str = "MR-7F3K2") -> Ticket:
    return Ticket(
        reference=reference,
        mailbox="support",
        state=TicketState.OPEN,
        subject="Re: Café ☕ roto",
        subject_key="café ☕ roto",
        customer=Address(email="Ana@example.com", name="Ana Núñez"),
        participants=frozenset({ANA}),
        language="es",
        anger=0.25,
        angry=False,
        because=(("inaceptable", 1.5), ("!!!", 0.5)),
        opened_at=NOW,
        waiting_since=NOW,
        due_at=NOW + HOUR,
        next_escalation_at=NOW + HOUR,
    )


def add(store: Store, given: Ticket) -> Ticket:
    with store.begin() as conn:
        return tickets.add_ticket(conn, given)


def test_a_ticket_comes_back_as_it_was_added(store: Store) -> None:
    """Every field survives, and the ticket has got an id."""
    added = add(store, ticket())
    assert added == replace(ticket(), id=added.id)
    with store.read() as conn:
        assert tickets.ticket_by_id(conn, added.id) == added
        assert tickets.ticket_by_reference(conn, "MR-7F3K2") == added
        assert tickets.ticket_by_id(conn, added.id + 1) is None
        assert tickets.ticket_by_reference(conn, "MR-00000") is None


def test_a_ticket_is_saved_with_all_its_fields(store: Store) -> None:
    """What policy changed is stored; participants are added and never lost."""
    added = add(store, ticket())
    changed = replace(
        added,
        state=TicketState.ANSWERED,
        participants=frozenset({ANA, BO}),
        anger=0.9,
        angry=True,
        because=(("shame", 2.0),),
        waiting_since=None,
        due_at=None,
        answered_at=NOW + HOUR,
        escalation_level=2,
        escalated_at=NOW,
        next_escalation_at=None,
        snoozed_until=NOW + 2 * HOUR,
        acknowledged_at=NOW,
        suppressed_by=("null_return_path",),
        anger_rising=True,
    )
    with store.begin() as conn:
        tickets.save_ticket(conn, changed)
        assert tickets.ticket_by_id(conn, added.id) == changed
        tickets.save_ticket(conn, replace(changed, participants=frozenset({BO})))
        assert tickets.ticket_by_id(conn, added.id) == changed


def test_saving_what_is_not_there_is_a_mistake(store: Store) -> None:
    """A ticket without a row raises, so that no change is lost unnoticed."""
    with pytest.raises(LookupError), store.begin() as conn:
        tickets.save_ticket(conn, replace(ticket(), id=7))


def test_an_acknowledgement_is_marked(store: Store) -> None:
    """Only its time changes."""
    added = add(store, ticket())
    with store.begin() as conn:
        tickets.mark_acknowledged(conn, added.id, NOW + HOUR)
        found = tickets.ticket_by_id(conn, added.id)
    assert found == replace(added, acknowledged_at=NOW + HOUR)


def test_a_reference_is_taken_once(store: Store) -> None:
    """Where a ticket carries a reference already, there is no second one of it."""
    first = add(store, ticket())
    with pytest.raises(IntegrityError):
        add(store, ticket())
    with store.read() as conn:
        assert tickets.ticket_by_reference(conn, "MR-7F3K2") == first


def test_the_queue_has_the_angry_and_overdue_first(store: Store) -> None:
    """Open before the rest, angry before calm, then by deadline; the rest newest first."""
    calm, angry = ticket("calm"), replace(ticket("angry"), angry=True)
    late = replace(ticket("late"), due_at=NOW - HOUR)
    done = replace(ticket("done"), state=TicketState.ANSWERED, due_at=None, angry=True)
    newer = replace(ticket("newer"), state=TicketState.CLOSED, due_at=None, opened_at=NOW + HOUR)
    for one in (done, calm, newer, late, angry):
        add(store, one)
    with store.read() as conn:

        def names(**conditions: Any) -> list[str]:
            return [r.ticket.reference for r in tickets.list_tickets(conn, **conditions)]

        assert names() == ["angry", "late", "calm", "done", "newer"]
        assert names(state=TicketState.OPEN) == ["angry", "late", "calm"]
        assert names(angry=True) == ["angry", "done"]
        assert names(angry=False, state=TicketState.OPEN) == ["late", "calm"]
        assert names(overdue_at=NOW) == ["late"]
        assert names(mailbox="billing") == []
        assert names(mailbox="support", angry=True) == ["angry", "done"]


def test_the_queue_counts_messages(store: Store) -> None:
    """Each ticket's own, none where there is none; many tickets are no trouble."""
    first = add(store, ticket())
    with store.begin() as conn:
        for number in range(501):
            tickets.add_ticket(conn, ticket(f"MR-{number}"))
        for key in "ab":
            record = MessageRecord(
                dedup_key=key,
                mailbox="support",
                ticket_id=first.id,
                direction="in",
                kind="human",
                outcome=Outcome.OPENED,
                message_id=None,
                from_="ana@example.com",
                to="support@example.com",
                subject="",
                new_text="",
                at=NOW,
            )
            messages.record_message(conn, record)
    with store.read() as conn:
        rows = tickets.list_tickets(conn)
    assert len(rows) == 502
    assert {row.ticket.reference: row.messages for row in rows if row.messages} == {"MR-7F3K2": 2}
    assert all(row.ticket.participants == {ANA} for row in rows)


def test_due_tickets_are_open_ripe_and_awake(store: Store) -> None:
    """Only this mailbox's open tickets whose time has come and that are not snoozed past now."""
    later = replace(ticket("later"), next_escalation_at=NOW + HOUR)
    never = replace(ticket("never"), next_escalation_at=None)
    answered = replace(ticket("answered"), state=TicketState.ANSWERED, next_escalation_at=NOW)
    other = replace(ticket("other"), mailbox="billing", next_escalation_at=NOW)
    asleep = replace(ticket("asleep"), next_escalation_at=NOW, snoozed_until=NOW + HOUR)
    ripe = replace(ticket("ripe"), next_escalation_at=NOW)
    woken = replace(ticket("woken"), next_escalation_at=NOW - HOUR, snoozed_until=NOW)
    for one in (later, never, answered, other, asleep, ripe, woken):
        add(store, one)
    with store.begin() as conn:
        found = tickets.due_tickets(conn, "support", NOW)
    assert [one.reference for one in found] == ["woken", "ripe"]


def test_events_are_kept_in_order(store: Store) -> None:
    """What was done is told in the order it was written down, for each ticket apart."""
    first, second = add(store, ticket("a")), add(store, ticket("b"))
    with store.begin() as conn:
        tickets.add_event(conn, first.id, at=NOW + HOUR, what="opened", why="new", by="intake")
        tickets.add_event(conn, second.id, at=NOW, what="opened", why="", by="intake")
        tickets.add_event(conn, first.id, at=NOW, what="closed", why="", by="bo@example.com")
        assert tickets.events(conn, first.id) == [
            Event(at=NOW + HOUR, what="opened", why="new", by="intake"),
            Event(at=NOW, what="closed", why="", by="bo@example.com"),
        ]


def test_the_last_language_is_that_of_the_latest_clear_ticket(store: Store) -> None:
    """The customer's own tickets count, in any mailbox, those whose text told; what others or a
    form wrote does not."""
    stranger = replace(
        ticket("other"),
        customer=Address(email="bo@example.com"),
        participants=frozenset({Participant(address="bo@example.com", role=Role.CUSTOMER)}),
        language="en",
    )
    form = replace(
        ticket("form"), customer=Address(email="cy@example.com"), language="fr"
    )  # Ana's address is its From only
    for one in (
        replace(ticket("first"), language="en"),
        replace(ticket("latest"), mailbox="billing", language="es"),
        replace(ticket("guess"), language="en", language_from=LanguageSource.HINT),
        stranger,
        form,
    ):
        add(store, one)
    with store.read() as conn:
        assert tickets.last_language(conn, Address(email="ANA@example.com")) == "es"
        assert tickets.last_language(conn, Address(email="bo@example.com")) == "en"
        assert tickets.last_language(conn, Address(email="nobody@example.com")) is None


def test_a_ticket_of_before_counts_as_heard(store: Store) -> None:
    """Where an older version wrote a ticket, how its language was known is not stored."""
    added = add(store, ticket())
    with store.begin() as conn:
        conn.execute(update(rows).values(language_from=None))
    with store.read() as conn:
        assert tickets.ticket_by_id(conn, added.id) == added
        assert tickets.last_language(conn, added.customer) == "es"
