"""What else a customer has written about."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import databases
from making import ANA, HOUR, NOON, a_ticket
from sqlalchemy import Connection, event

from mailresponder.policy.ticket import OtherTickets, Ticket, TicketState
from mailresponder.store import tickets
from mailresponder.store.customers import MOST, other_tickets
from mailresponder.store.database import Store


def opened(conn: Connection, number: int, customer: str = ANA, **changes: Any) -> Ticket:
    """A ticket, opened so many hours past noon."""
    given = {"id": 0, "reference": f"MR-{number:05}", "opened_at": NOON + number * HOUR}
    return tickets.add_ticket(conn, a_ticket(customer, **{**given, **changes}))


def found(conn: Connection, ticket: Ticket) -> list[str]:
    """The references of the others, without the desk's prefix and zeros."""
    return [other.reference.strip("MR-0") for other in other_tickets(conn, ticket).newest]


def test_the_newest_come_first_and_the_rest_is_counted(store: Store) -> None:
    """Five, with their subject, state, age and anger; the ticket itself is none of them."""
    with store.begin() as conn:
        this = opened(conn, 5)
        for number in (1, 2, 3, 4, 6, 7, 8):
            opened(conn, number, angry=number == 8, state=TicketState.CLOSED)
        others = other_tickets(conn, this)

    assert len(others.newest) == MOST
    assert [one.reference[-1] for one in others.newest] == ["8", "7", "6", "4", "3"]
    assert others.more == 2
    newest = others.newest[0]
    assert (newest.subject, newest.state) == ("Where is my order?", TicketState.CLOSED)
    assert (newest.opened_at, newest.angry) == (NOON + 8 * HOUR, True)


def test_nobody_elses_tickets_are_told(store: Store) -> None:
    """Not another customer's, not where they only took part, not through a form's address that
    many share, and not another mailbox's."""
    with store.begin() as conn:
        this = opened(conn, 1)
        opened(conn, 2, "noah@customer.test")
        opened(conn, 3, "noah@customer.test", others=[ANA])
        shared = opened(conn, 4, "form@shop.test")
        behind_it = opened(conn, 5)
        behind_it = replace(behind_it, participants=shared.participants | behind_it.participants)
        tickets.save_ticket(conn, behind_it)
        opened(conn, 6, mailbox="sales")
        assert found(conn, this) == ["5"]
        assert found(conn, shared) == []
        assert other_tickets(conn, opened(conn, 7, "new@customer.test")) == OtherTickets()


def test_spam_and_what_was_merged_are_left_out(store: Store) -> None:
    """What is no ticket of its own any more is no other ticket."""
    with store.begin() as conn:
        this = opened(conn, 1)
        opened(conn, 2, spam=True)
        opened(conn, 3, merged_into="MR-00001")
        opened(conn, 4)
        assert found(conn, this) == ["4"]


def test_it_is_one_query_by_an_index(tmp_path: Path) -> None:
    """The index on participants finds them, however many tickets there are."""
    asked: list[tuple[str, Any]] = []

    def hear(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    store = databases.open_new(tmp_path / "desk.db")
    with store.begin() as conn:
        this = opened(conn, 1)
    with store.begin() as conn:
        event.listen(conn, "before_cursor_execute", hear)
        other_tickets(conn, this)
        [(statement, parameters)] = asked
        plan = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    store.close()

    assert "ix_participants_address" in str(plan)
    assert "tickets USING INTEGER PRIMARY KEY" in str(plan)
