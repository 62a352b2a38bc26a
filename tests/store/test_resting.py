"""Quiet tickets, and what a question to their customers depends on."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import cases
import pytest
from cases import NOON

from mailresponder.mail.message import Address
from mailresponder.policy.facts import Outcome
from mailresponder.policy.resting import Quiet
from mailresponder.policy.ticket import Ticket, TicketState
from mailresponder.store import answers, messages, outbox, tickets
from mailresponder.store.answers import Answer
from mailresponder.store.database import Store
from mailresponder.store.messages import MessageRecord
from mailresponder.store.resting import quiet, resting

DAY = timedelta(days=1)
BO = Address(email="bo@customer.test")


def add(store: Store, reference: str = "MR-22222", **changes: Any) -> Ticket:
    """An answered ticket that has rested since noon."""
    given = cases.open_ticket(
        reference,
        state=TicketState.ANSWERED,
        waiting_since=None,
        due_at=None,
        opened_at=NOON - DAY,
        answered_at=NOON,
        rests_since=NOON,
    )
    with store.begin() as conn:
        return tickets.add_ticket(conn, replace(given, **changes))


def add_message(store: Store, ticket: Ticket, **changes: Any) -> None:
    record = MessageRecord(
        dedup_key="one",
        mailbox="support",
        ticket_id=ticket.id,
        direction="in",
        kind="human",
        outcome=Outcome.FOLLOWED_UP,
        message_id="<one@customer.test>",
        from_="",
        to="",
        subject="",
        new_text="",
        at=NOON - timedelta(hours=1),
    )
    with store.begin() as conn:
        messages.record_message(conn, replace(record, **changes))


def add_answer(store: Store, ticket: Ticket, how: str, at: datetime = NOON) -> None:
    answer = Answer(
        ticket_id=ticket.id,
        waiting_since=NOON - DAY,
        due_at=None,
        answered_at=at,
        how=how,
        by="",
        angry=False,
    )
    with store.begin() as conn:
        answers.add(conn, answer)


def found(store: Store) -> list[Quiet]:
    with store.read() as conn:
        return quiet(
            conn, "support", since=NOON - DAY, until=NOON, lately=NOON + timedelta(hours=1)
        )


def test_what_rests_long_enough_is_found(store: Store) -> None:
    """The longest first, up to the limit; never what is open, closed or another mailbox's."""
    late = add(store, "MR-22222")
    early = add(store, "MR-33333", rests_since=NOON - DAY)
    add(store, "MR-44444", rests_since=NOON + DAY)
    add(store, "MR-55555", mailbox="sales")
    add(store, "MR-66666", state=TicketState.CLOSED)
    with store.read() as conn:
        assert resting(conn, "support", until=NOON, limit=9) == [late, early]
        assert resting(conn, "support", until=NOON, limit=1) == [early]


def test_nothing_speaks_against_an_ordinary_one(store: Store) -> None:
    """Its last answer, and no for everything else."""
    ticket = add(store)
    add_answer(store, ticket, "command", NOON - timedelta(hours=2))
    add_answer(store, ticket, "sent_folder")

    assert found(store) == [
        Quiet(
            ticket=ticket,
            answered_how="sent_folder",
            answer_seen=False,
            wrote_since=False,
            machine_wrote=False,
            waits_elsewhere=False,
            written_to_lately=False,
        )
    ]


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"outcome": Outcome.ANSWERED, "direction": "staff", "at": NOON}, "answer_seen"),
        ({"at": NOON + timedelta(minutes=1)}, "wrote_since"),
        ({"kind": "auto_reply", "outcome": Outcome.RECORDED}, "machine_wrote"),
        ({"reasons": ("looks_automatic",)}, "machine_wrote"),
        ({"at": NOON + timedelta(minutes=1), "reasons": ("only_thanks",)}, None),
        ({"outcome": Outcome.ANSWERED, "at": NOON - timedelta(minutes=1)}, None),
        ({"kind": "own", "direction": "out", "outcome": Outcome.RECORDED}, None),
    ],
)
def test_what_the_thread_tells(store: Store, changes: dict[str, Any], what: str | None) -> None:
    """Each kind of mail tells one thing, or nothing."""
    add_message(store, add(store), **changes)

    [one] = found(store)
    names = ("answer_seen", "wrote_since", "machine_wrote")
    assert [name for name in names if getattr(one, name)] == ([what] if what else [])


def test_other_tickets_of_the_customer_count(store: Store) -> None:
    """Where one of them waits; whoever else does is another matter."""
    add(store)
    add(store, "MR-33333", customer=BO)
    with store.begin() as conn:
        tickets.add_ticket(
            conn, cases.open_ticket("MR-44444", customer=Address(email="Emma@customer.test"))
        )

    assert [(q.ticket.reference, q.waits_elsewhere) for q in found(store)] == [
        ("MR-22222", True),
        ("MR-33333", False),
    ]


@pytest.mark.parametrize(("hours", "lately"), [(0, False), (2, True), (None, True)])
def test_mail_that_went_out_lately_or_waits_counts(
    store: Store, hours: int | None, lately: bool
) -> None:
    """Mail sent before the hour in question does not."""
    add(store)
    with store.begin() as conn:
        draft = outbox.Draft(
            mailbox="support",
            ticket_id=None,
            kind="acknowledgement",
            recipient="Emma@customer.test",
            message_id="<a@example.com>",
            dedup_key="a",
            content=b"",
            subject_key="",
        )
        number = outbox.enqueue(conn, draft, NOON)
        assert number is not None
        if hours is not None:
            at = NOON + timedelta(hours=hours)
            outbox.claim(conn, "support", owner="me", now=at, lease=DAY, limit=1)
            outbox.sent(conn, number, owner="me", now=at)

    assert [q.written_to_lately for q in found(store)] == [lately]


def test_who_was_asked_is_not_looked_at_again(store: Store) -> None:
    """Nor what began to rest before or after the time in question."""
    add(store, "MR-22222", asked_at=NOON)
    add(store, "MR-33333", rests_since=NOON - DAY)
    add(store, "MR-44444", rests_since=NOON + timedelta(seconds=1))

    assert found(store) == []
