"""Who is still to hear of a ticket."""

from dataclasses import replace

from making import a_ticket

from mailresponder.policy.ticket import Ticket, TicketState
from mailresponder.store import tickets, untold
from mailresponder.store.database import Store

LEAD, BOSS = "Lead@example.com", "boss@example.com"


def some_tickets(store: Store) -> list[Ticket]:
    """Two open tickets of the mailbox, one that is answered, and one of another mailbox."""
    with store.begin() as conn:
        return [
            tickets.add_ticket(conn, a_ticket(id=0, reference=reference, **changes))
            for reference, changes in (
                ("MR-00001", {}),
                ("MR-00002", {}),
                ("MR-00003", {"state": TicketState.ANSWERED, "due_at": None}),
                ("MR-00004", {"mailbox": "sales"}),
            )
        ]


def owed(store: Store, mailbox: str = "support") -> list[tuple[str, tuple[str, ...]]]:
    with store.begin() as conn:
        found = untold.of_mailbox(conn, mailbox)
    return [(ticket.reference, people) for ticket, people in found]


def test_what_is_owed_is_found_by_mailbox(store: Store) -> None:
    """Of open tickets only, each person once however their address is written."""
    made = some_tickets(store)
    with store.begin() as conn:
        for ticket in made:
            untold.add(conn, ticket.id, LEAD)
        untold.add(conn, made[0].id, LEAD.lower())
        untold.add(conn, made[0].id, BOSS)

    assert owed(store) == [("MR-00001", (BOSS, LEAD)), ("MR-00002", (LEAD,))]
    assert owed(store, "sales") == [("MR-00004", (LEAD,))]


def test_what_was_told_is_owed_no_more(store: Store) -> None:
    """To that person; the others still wait."""
    first, second, *_ = some_tickets(store)
    with store.begin() as conn:
        for ticket in (first, second):
            untold.add(conn, ticket.id, LEAD)
        untold.add(conn, first.id, BOSS)
        untold.told(conn, [first.id, second.id], LEAD.upper())

    assert owed(store) == [("MR-00001", (BOSS,))]


def test_of_a_settled_ticket_nobody_is_to_hear(store: Store) -> None:
    """Not either once it opens again; what other mailboxes owe is not touched."""
    made = some_tickets(store)
    with store.begin() as conn:
        for ticket in made:
            untold.add(conn, ticket.id, LEAD)
        untold.forget_settled(conn, "support")
        tickets.save_ticket(conn, replace(made[2], state=TicketState.OPEN))

    assert owed(store) == [("MR-00001", (LEAD,)), ("MR-00002", (LEAD,))]
    assert owed(store, "sales") == [("MR-00004", (LEAD,))]


def test_nothing_is_owed_at_first(store: Store) -> None:
    """And telling of nothing is no mistake."""
    with store.begin() as conn:
        untold.told(conn, [], LEAD)
        assert untold.of_mailbox(conn, "support") == []
