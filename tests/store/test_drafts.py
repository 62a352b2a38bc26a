"""Drafts of answers as rows."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from making import HOUR, NOON, a_ticket
from sqlalchemy import Connection

from mailresponder.policy.ticket import Ticket, TicketState
from mailresponder.store import drafts, tickets
from mailresponder.store.database import Store
from mailresponder.store.drafts import Place, ReplyDraft

PLACE = Place(folder="Drafts", uidvalidity=2**32 - 1, uid=7)


def a_draft(conn: Connection, **changes: Any) -> tuple[Ticket, ReplyDraft]:
    """A ticket and its draft."""
    given = {"id": 0, "reference": "MR-22222", **changes}
    ticket = tickets.add_ticket(conn, a_ticket(**given))
    draft = ReplyDraft(
        ticket_id=ticket.id, mailbox="support", message_id="<d@example.com>", content=b"a\r\n\xff"
    )
    drafts.add(conn, draft)
    return ticket, draft


def test_a_draft_goes_its_way(store: Store) -> None:
    """It comes back as it was written, lies somewhere, is to leave, and its text is not kept."""
    with store.begin() as conn:
        ticket, draft = a_draft(conn)
        assert drafts.of_ticket(conn, ticket.id) == draft
        drafts.filed(conn, ticket.id, PLACE, b"as it is there")
        lying = replace(draft, state="filed", place=PLACE, content=b"as it is there")
        assert drafts.of_ticket(conn, ticket.id) == lying
        drafts.leave(conn, ticket.id)
        assert drafts.of_ticket(conn, ticket.id) == replace(lying, state="leaving")
        drafts.gone(conn, ticket.id)
        assert drafts.of_ticket(conn, ticket.id) == replace(lying, state="gone", content=b"")
        assert drafts.of_ticket(conn, ticket.id + 1) is None


def test_a_draft_that_leaves_before_it_was_filed_leaves(store: Store) -> None:
    """Where it lies is noted all the same."""
    with store.begin() as conn:
        ticket, draft = a_draft(conn)
        drafts.leave(conn, ticket.id)
        drafts.filed(conn, ticket.id, PLACE, b"as it is there")
        leaving = replace(draft, state="leaving", place=PLACE, content=b"as it is there")
        assert drafts.of_ticket(conn, ticket.id) == leaving


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, False),
        ({"state": TicketState.ANSWERED}, True),
        ({"state": TicketState.CLOSED}, True),
        ({"answered_at": NOON}, True),
        ({"merged_into": "MR-99999"}, True),
        ({"spam": True}, True),
        ({"state": TicketState.ANSWERED, "mailbox": "sales"}, True),
    ],
    ids=repr,
)
def test_whose_ticket_needs_no_draft_any_more(
    store: Store, changes: dict[str, Any], expected: bool
) -> None:
    """Answered once, closed, put with another, or spam; and not twice."""
    with store.begin() as conn:
        ticket, _ = a_draft(conn, **changes)
        assert [t.id for t in drafts.settled(conn, "support")] == [ticket.id] * expected
        drafts.leave(conn, ticket.id)
        assert drafts.settled(conn, "support") == []


def test_only_new_tickets_that_wait_may_lack_one(store: Store) -> None:
    """Of this mailbox, open, never answered, without a draft, opened since."""
    with store.begin() as conn:
        a_draft(conn)
        for number, changes in enumerate(
            (
                {},
                {"mailbox": "sales"},
                {"state": TicketState.ANSWERED},
                {"answered_at": NOON},
                {"opened_at": NOON - 2 * HOUR},
            )
        ):
            reference = f"MR-3333{number + 2}"
            tickets.add_ticket(conn, a_ticket(id=0, reference=reference, **changes))

        found = drafts.undrafted(conn, "support", since=NOON - timedelta(hours=1))

    assert [ticket.reference for ticket in found] == ["MR-33332"]
