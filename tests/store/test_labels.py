from dataclasses import replace
from datetime import timedelta

import cases
import pytest

from mailresponder.store import labels, messages
from mailresponder.store.database import Store
from mailresponder.store.labels import Label
from mailresponder.store.schema import messages as rows

LATER = cases.NOON + timedelta(hours=1)


@pytest.fixture
def mail(store: Store) -> int:
    """The row of a customer's mail; another ticket has two."""
    with store.begin() as conn:
        cases.add(conn, cases.angry_ticket("MR-33333"), "My claim is open.", "Well?")
        ticket = cases.add(conn, cases.open_ticket("MR-22222"), "Hello")
        [record] = messages.of_ticket(conn, ticket.id)
    return record.id


def said(mail: int, *, angry: bool = True, by: str = "ana") -> Label:
    return Label(message_row=mail, angry=angry, by=by, at=cases.NOON)


def test_a_label_comes_back_as_it_was_given(store: Store, mail: int) -> None:
    """What was said, by whom and when; of other messages nothing was said."""
    with store.begin() as conn:
        labels.put(conn, said(mail))
        assert labels.of_message(conn, mail) == said(mail)
        assert labels.of_message(conn, mail - 1) is None


def test_a_later_label_replaces_the_earlier_one(store: Store, mail: int) -> None:
    """A person may think better of it, and so may another."""
    with store.begin() as conn:
        labels.put(conn, said(mail))
        better = Label(message_row=mail, angry=False, by="luis", at=LATER)
        labels.put(conn, better)
        assert labels.of_message(conn, mail) == better
        assert len(labels.labelled(conn)) == 1


def test_a_message_tells_what_staff_said_of_it(store: Store, mail: int) -> None:
    """The record of a message holds the judgement beside what was heard."""
    with store.begin() as conn:
        key = "<MR-22222-0@customer.test>"
        before = messages.by_dedup_key(conn, key)
        labels.put(conn, said(mail))
        after = messages.by_dedup_key(conn, key)
    assert before is not None
    assert before.judged is None
    assert after == replace(before, judged=True)


def test_what_is_learnt_from_has_its_text_and_its_customer(store: Store, mail: int) -> None:
    """Only labelled messages are learnt from; each tells whose it is and what was said."""
    with store.begin() as conn:
        labels.put(conn, said(mail, angry=False))
        [found] = labels.labelled(conn)
    assert (found.message_row, found.angry, found.new_text) == (mail, False, "Hello")
    assert (found.customer, found.name) == ("emma@customer.test", "Emma Clarke")


def test_a_text_that_was_deleted_leaves_the_label_and_is_not_learnt_from(
    store: Store, mail: int
) -> None:
    """Who deletes a customer's words need not know of labels."""
    with store.begin() as conn:
        labels.put(conn, said(mail))
        conn.execute(rows.update().where(rows.c.id == mail).values(new_text=""))
        assert labels.labelled(conn) == []
        assert labels.of_message(conn, mail) == said(mail)


def test_the_latest_mails_come_newest_first_and_no_more_than_asked_for(
    store: Store, mail: int
) -> None:
    """Labelled or not; our own mail and mail without words are none of them."""
    with store.begin() as conn:
        labels.put(conn, said(mail))
        found = labels.latest(conn, 10)
        assert [one.new_text for one in found] == ["Well?", "Hello", "My claim is open."]
        assert [one.angry for one in found] == [None, True, None]
        assert [one.new_text for one in labels.latest(conn, 1)] == ["Well?"]


def test_staff_are_known_by_what_they_answered_from(store: Store, mail: int) -> None:
    """Their addresses are asked for, so that their names are not learnt."""
    with store.begin() as conn:
        record = messages.by_dedup_key(conn, "<MR-22222-0@customer.test>")
        assert record is not None
        answer = {"direction": "staff", "from_": "laura@example.com", "ticket_id": None}
        for key in ("a", "b"):
            messages.record_message(conn, replace(record, dedup_key=key, **answer))
        assert labels.staff_addresses(conn) == ["laura@example.com"]
