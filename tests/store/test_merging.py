"""Two tickets made one, on both databases."""

from dataclasses import replace
from datetime import timedelta

import cases

from mailresponder.policy.ticket import TicketState
from mailresponder.store import answers, labels, merging, messages, outbox, outbox_view, tickets
from mailresponder.store.answers import Answer
from mailresponder.store.database import Store
from mailresponder.store.labels import Label
from mailresponder.store.outbox import Draft


def queued(ticket_id: int, key: str) -> Draft:
    """An acknowledgement about a ticket."""
    return Draft(
        mailbox="support",
        ticket_id=ticket_id,
        kind="acknowledgement",
        recipient="emma@customer.test",
        message_id=f"<{key}@example.com>",
        dedup_key=key,
        content=b"",
        subject_key="",
    )


def test_all_that_hangs_on_a_ticket_hangs_on_the_other(store: Store) -> None:
    """Messages in order, with what staff said of them, mail of ours, and answers."""
    with store.begin() as conn:
        one = cases.add(conn, cases.open_ticket("MR-22222"), "first")
        later = cases.NOON + timedelta(hours=1)
        other = cases.add(conn, cases.open_ticket("MR-33333", opened_at=later), "second")
        [first] = messages.of_ticket(conn, one.id)
        labels.put(conn, Label(message_row=first.id, angry=True, by="ana", at=cases.NOON))
        mail = outbox.enqueue(conn, queued(one.id, "ack"), cases.NOON)
        given = Answer(
            ticket_id=one.id,
            waiting_since=cases.NOON,
            due_at=None,
            answered_at=later,
            how="relayed",
            by="ana@example.com",
            angry=False,
            outbox_id=mail,
        )
        answers.add(conn, given)

        merging.move(conn, one, other)

        moved = messages.of_ticket(conn, other.id)
        assert [message.new_text for message in moved] == ["first", "second"]
        assert [message.judged for message in moved] == [True, None]
        assert messages.of_ticket(conn, one.id) == []
        [row] = outbox_view.rows(conn, ticket_id=other.id)
        assert row.id == mail
        [answer] = answers.between(conn, cases.NOON, later + timedelta(hours=1))
        assert answer.ticket_id == other.id
        assert [event.what for event in tickets.events(conn, one.id)] == ["opened"]


def test_a_merged_ticket_is_one_step_from_its_messages(store: Store) -> None:
    """Where the second is merged on, what was merged into it before is found in the third."""
    with store.begin() as conn:
        first = cases.add(conn, cases.open_ticket("MR-22222"))
        second = cases.add(conn, cases.open_ticket("MR-33333"))
        third = cases.add(conn, cases.open_ticket("MR-44444"))
        for merged, into in ((first, second), (second, third)):
            merging.move(conn, merged, into)
            gone = replace(merged, state=TicketState.CLOSED, merged_into=into.reference)
            tickets.save_ticket(conn, gone)

        for reference in ("MR-22222", "MR-33333", "MR-44444"):
            found = tickets.followed(conn, reference)
            assert found is not None
            assert found.reference == "MR-44444"
        assert tickets.followed(conn, "MR-55555") is None
