"""One person taken out of whatever the tables hold."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import cases
import pytest
from sqlalchemy import JSON, Boolean, Column, Connection, Float, LargeBinary, select

from mailresponder.mail.message import Address
from mailresponder.policy.defects import How
from mailresponder.policy.persons import Person
from mailresponder.policy.ticket import Participant, Role, Ticket
from mailresponder.store import (
    corrections,
    erasing_person,
    labels,
    merging,
    outbox,
    outbox_view,
    proposing,
    theming,
    tickets,
)
from mailresponder.store.column_types import Key, SafeText, UtcDateTime
from mailresponder.store.database import Store
from mailresponder.store.erasing_person import Erased
from mailresponder.store.finding_person import involved_tickets, speaks_for
from mailresponder.store.labels import Label
from mailresponder.store.messages import of_ticket, record_message
from mailresponder.store.schema import drafts, messages, metadata
from mailresponder.store.schema import outbox as outbox_rows
from mailresponder.store.schema_themes import defect_tickets, defects, message_themes, themed
from mailresponder.store.theming import About, Looked

NOW = cases.NOON
EMMA, FORM = "emma@customer.test", "form@shop.test"
NOAH = Address(email="noah@customer.test", name="Noah Reed")
PERSON = Person(addresses=(EMMA,))
NAMED_BY_KEY = ("participants.address", "announced.customer_key")


def erase(conn: Connection, person: Person = PERSON) -> Erased:
    return erasing_person.erase(conn, person, tombstone=lambda name: f"#{hash(name)}", now=NOW)


def value(column: Column[Any]) -> object:
    """Something of the column's type, with the address in whatever can hold it."""
    name = f"{column.table.name}.{column.name}"
    match column.type:
        case UtcDateTime():
            return NOW
        case Boolean():
            return False
        case Float():
            return 0.5
        case JSON():
            return ["for", {"who": f"Emma <{EMMA}>"}]
        case LargeBinary():
            # Vectors are no texts.
            mail = f"Subject: of {EMMA}\r\n\r\nhello\r\n"
            return mail.encode() if column.name == "content" else b"\0"
        case Key() | SafeText():
            by_key = column.primary_key and name not in NAMED_BY_KEY
            return "key" if by_key else EMMA if name in NAMED_BY_KEY else f"{name} of {EMMA}"
        case _:
            return 1


def everything(conn: Connection) -> str:
    rows = [row for table in metadata.sorted_tables for row in conn.execute(select(table))]
    return "\n".join(map(str, rows))


def test_no_column_keeps_the_address(store: Store) -> None:
    """With the address in every column of every table that can hold it, none is left; a column that
    is added is covered as it is added."""
    with store.begin() as conn:
        for table in metadata.sorted_tables:
            row = {column.name: value(column) for column in table.columns}
            if table.name == "outbox":
                row["state"] = "sent"
            conn.execute(table.insert().values(row))
        assert everything(conn).count(EMMA) > 50

        erase(conn)

        assert EMMA not in everything(conn)


def test_what_was_written_meanwhile_is_found_by_doing_it_again(store: Store) -> None:
    """A second time takes out what came since, and one with nothing to do says so."""
    with store.begin() as conn:
        cases.add(conn, cases.open_ticket("MR-23456"), "Hello")
        first = erase(conn)
        cases.add(conn, cases.open_ticket("MR-34567"), "Hello again")
        second, third = erase(conn), erase(conn)

    assert [one.gone.references for one in (first, second)] == [("MR-23456",), ("MR-34567",)]
    assert (second.is_nothing, third.is_nothing) == (False, True)


def test_a_namesake_keeps_name_and_ticket(store: Store) -> None:
    """Another Emma Clarke, at another address, loses nothing."""
    with store.begin() as conn:
        cases.add(conn, cases.open_ticket("MR-23456"), "Hello")
        other = cases.open_ticket(
            "MR-34567",
            customer=cases.Address(email="emma@other.test", name="Emma Clarke"),
            participants=frozenset({Participant(address="emma@other.test", role=Role.CUSTOMER)}),
        )
        cases.add(conn, other, "I am Emma Clarke.")
        erase(conn)
        [left] = tickets.load(conn)
        text = conn.execute(select(messages.c.new_text)).scalar_one()

    assert (left.reference, left.customer.name, text) == (
        "MR-34567",
        "Emma Clarke",
        "I am Emma Clarke.",
    )


def by_form(conn: Connection, reference: str, customer: Address) -> Ticket:
    """A ticket that somebody opened with a form on the website."""
    people = {customer.email: Role.CUSTOMER, FORM: Role.CUSTOMER}
    given = {
        "customer": customer,
        "participants": frozenset(Participant(address=a, role=r) for a, r in people.items()),
    }
    ticket = cases.add(conn, cases.open_ticket(reference, **given), f"I am {customer.name}.")
    conn.execute(messages.update().where(messages.c.ticket_id == ticket.id).values({"from": FORM}))
    return ticket


def test_words_in_a_form_are_those_of_who_filled_it_in(store: Store) -> None:
    """Their ticket goes with its words, and another's by the same form stays as it is."""
    with store.begin() as conn:
        by_form(conn, "MR-23456", Address(email=EMMA, name="Emma Clarke"))
        by_form(conn, "MR-34567", NOAH)
        assert speaks_for(conn, Person(addresses=(FORM,))) == {EMMA, NOAH.email}
        assert speaks_for(conn, Person(addresses=(FORM, EMMA, NOAH.email))) == set()
        erased = erase(conn)
        [left] = tickets.load(conn)
        [message] = of_ticket(conn, left.id)

    assert (erased.gone.references, erased.kept) == (("MR-23456",), ())
    assert (left.customer, message.from_, message.new_text) == (NOAH, FORM, "I am Noah Reed.")


def test_two_customers_of_one_form_whose_tickets_were_merged(store: Store) -> None:
    """Nobody can tell which words are whose: none is taken, but for the erased one's address and
    name, and the ticket is told of as one to look through."""
    with store.begin() as conn:
        emmas = by_form(conn, "MR-23456", Address(email=EMMA, name="Emma Clarke"))
        noahs = by_form(conn, "MR-34567", NOAH)
        merging.move(conn, emmas, noahs)
        both = noahs.participants | emmas.participants
        tickets.save_ticket(conn, replace(noahs, participants=both))
        tickets.save_ticket(conn, replace(emmas, merged_into="MR-34567"))

        erased = erase(conn)
        [left] = tickets.load(conn)
        texts = [message.new_text for message in of_ticket(conn, left.id)]

    assert (erased.gone.references, erased.kept) == (("MR-23456",), ("MR-34567",))
    assert (left.customer, texts) == (NOAH, ["I am [erased].", "I am Noah Reed."])


def test_what_was_learnt_from_them_goes(store: Store) -> None:
    """A correction that was learnt with a label of theirs goes, and one from before stays."""
    given = {"model": "m", "content": "{}", "labels": 1, "figures": {}, "by": "ana"}
    with store.begin() as conn:
        cases.add(conn, cases.open_ticket("MR-23456"), "Hello")
        row = conn.execute(select(messages.c.id)).scalar_one()
        before = corrections.put_into_force(conn, **given, at=NOW - timedelta(days=1))
        labels.put(conn, Label(message_row=row, angry=True, by="ana", at=NOW))
        corrections.put_into_force(conn, **given, at=NOW + timedelta(days=1))

        erased = erase(conn)

        assert erased.corrections == 1
        assert corrections.in_force(conn) == before


@pytest.mark.parametrize("kind", ["digest", "report"])
def test_overviews_sent_since_lose_their_bytes(store: Store, kind: str) -> None:
    """Digests and reports quote without a name: those since their first mail are emptied, and those
    from before stay."""
    with store.begin() as conn:
        cases.add(conn, cases.open_ticket("MR-23456"), "Hello")
        old, new = (
            cases.queue_mail(conn, key=key, kind=kind, state="sent", created_at=at, settled_at=at)
            for key, at in (("1", NOW - timedelta(days=1)), ("2", NOW))
        )
        erase(conn)
        found = outbox_view.whole(conn, [old, new])

    assert (bool(found[old].content), bool(found[new].content)) == (True, False)


def test_a_mail_that_names_them_and_is_being_sent_is_told_of(store: Store) -> None:
    """It is left to whoever has it in hand, and counted, so that one does it again; one that waits
    is taken back."""
    quoting = {"content": f"Subject: x\r\n\r\n{EMMA}\r\n".encode(), "kind": "admin"}
    with store.begin() as conn:
        sending = cases.queue_mail(conn, key="1", state="sending", **quoting)
        cases.queue_mail(conn, key="2", **quoting)
        erased = erase(conn)
        left = conn.execute(select(outbox_rows.c.id)).scalars().all()

    assert (erased.in_flight, erased.notices, left) == (1, 1, [sending])


def test_mail_to_other_customers_still_goes(store: Store) -> None:
    """An acknowledgement to somebody who named them waits on, and is told of."""
    with store.begin() as conn:
        mail = cases.draft(
            "1",
            kind="acknowledgement",
            recipient="noah@customer.test",
            content=f"Subject: x\r\n\r\nYou wrote: {EMMA}\r\n".encode(),
        )
        outbox.enqueue(conn, mail, NOW)
        erased = erase(conn)
        [row] = outbox_view.rows(conn)

    assert (erased.in_flight, row.state) == (1, "queued")


def test_a_word_within_others_finds_nobody(store: Store) -> None:
    """Addresses that begin or end alike are other people's."""
    with store.begin() as conn:
        cases.add(conn, cases.open_ticket("MR-23456"), "Hello")
        for address in ("mma@customer.test", "emma@customer.te", "emma@customer.test.org"):
            assert involved_tickets(conn, Person(addresses=(address,))) == []


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_what_comes_at_the_same_moment_is_left_whole(store: Store) -> None:
    """A ticket that is opened while the person is being erased keeps its customer."""
    with store.begin(snapshot=True) as conn:
        assert involved_tickets(conn, PERSON) == []
        with store.begin() as another:
            ticket = cases.add(another, cases.open_ticket("MR-23456"), "Hello")
        erase(conn)

    with store.read() as conn:
        [left] = tickets.load(conn)
    assert left == replace(ticket, participants=left.participants)
    assert len(left.participants) == 1


def test_the_number_of_a_message_is_not_given_again(store: Store) -> None:
    """What remembers messages by their number, as tasks in the mailbox do, is never led to another
    one; once there is a newer one nothing is left of the row."""
    with store.begin() as conn:
        cases.add(conn, cases.open_ticket("MR-23456"), "Hello")
        before = conn.execute(select(messages.c.id)).scalar_one()
        erase(conn)
        cases.add(conn, cases.open_ticket("MR-34567"), "Hello again")
        after = conn.execute(select(messages.c.id).where(messages.c.new_text != "")).scalar_one()
        cases.add(conn, cases.open_ticket("MR-45678", customer=NOAH), "Hello")
        erase(conn)
        left = conn.execute(select(messages.c.id)).scalars().all()

    assert after > before
    assert (len(left), before in left) == (1, False)


def test_an_acknowledgement_is_counted_once(store: Store) -> None:
    """Among the mails of ours that go, though it is a message of the ticket as well."""
    with store.begin() as conn:
        ticket = cases.add(conn, cases.open_ticket("MR-23456"), "Hello")
        [asked] = of_ticket(conn, ticket.id)
        ours = {"direction": "out", "message_id": "<mr.1@example.com>", "dedup_key": "own"}
        record_message(conn, replace(asked, **ours))
        of = {"ticket_id": ticket.id, "message_id": "<mr.1@example.com>", "recipient": EMMA}
        cases.queue_mail(conn, **of)

        gone = erase(conn).gone

    assert (gone.tickets, gone.messages, gone.mails) == (1, 2, 1)


def test_what_a_job_has_in_hand_may_be_gone(store: Store) -> None:
    """Themes found in a message, and a ticket proposed to a defect, are written down only where
    these are still there."""
    with store.begin() as conn:
        ticket = cases.add(conn, cases.open_ticket("MR-23456"), "Hello")
        row = conn.execute(select(messages.c.id)).scalar_one() + 7
        given = {"name": "x", "owner": "", "words": {}, "known": {}}
        defect = {"id": 1, "name_key": "x", "state": "open", "opened_at": NOW, "opened_by": "ana"}
        conn.execute(defects.insert().values(**given, **defect))
        erase(conn)

        about = About(theme="late", how="words", weight=1.0)
        theming.put(
            conn, [Looked(row=row, about=(about,), praise=0.0, is_open=False)], taxonomy="t", at=NOW
        )
        theming.near(conn, {row: about})
        proposing.propose(conn, [(1, ticket.id)], how=How.WORDS, by="me", at=NOW)

        for table in (themed, message_themes, defect_tickets):
            assert conn.execute(select(table)).all() == []


@pytest.mark.parametrize("local", ["mary-emma", "o'emma", "r&emma", "a/emma", "a=emma"])
def test_whose_address_ends_as_theirs_is_still_written_to(store: Store, local: str) -> None:
    """The customer at `mary-emma@` is not the one at `emma@`: their ticket and mail stay theirs."""
    address = f"{local}@customer.test"
    with store.begin() as conn:
        cases.add(conn, cases.open_ticket("MR-23456"), "Hello")
        people = frozenset({Participant(address=address, role=Role.CUSTOMER)})
        other = Address(email=address, name="Mary Reed")
        cases.add(conn, cases.open_ticket("MR-34567", customer=other, participants=people), "Hi")
        cases.queue_mail(conn, recipient=address, recipient_key=address)
        erase(conn)
        [left] = tickets.load(conn)
        [message] = of_ticket(conn, left.id)
        mails = conn.execute(select(outbox_rows.c.recipient, outbox_rows.c.recipient_key)).all()

    assert (left.customer.email, message.from_, mails) == (address, address, [(address, address)])


def test_mails_and_drafts_about_others_who_quote_them(store: Store) -> None:
    """In whatever state a mail about somebody else's ticket is, and in the draft of an answer to
    them, nothing quotes the address any more; only what is to reach the other customer waits on."""
    quote = f"Subject: x\r\n\r\n> ask {EMMA}\r\n".encode()
    with store.begin() as conn:
        cases.add(conn, cases.open_ticket("MR-23456"), "Hello")
        people = frozenset({Participant(address=NOAH.email, role=Role.CUSTOMER)})
        other = cases.open_ticket("MR-34567", customer=NOAH, participants=people)
        ticket = cases.add(conn, other, f"Ask {EMMA}.")
        conn.execute(
            drafts.insert().values(
                ticket_id=ticket.id, mailbox="s", message_id="<d>", content=quote, state="filed"
            )
        )
        for state in ("sent", "queued", "failed", "overtaken"):
            its = {"state": state, "ticket_id": ticket.id, "content": quote}
            cases.queue_mail(conn, key=state, kind="escalation", **its)
        erased = erase(conn)
        held = conn.execute(select(outbox_rows.c.content)).scalars().all()
        draft = conn.execute(select(drafts.c.state, drafts.c.content)).one()

    assert (erased.notices, erased.in_flight, set(held)) == (4, 0, {b""})
    assert tuple(draft) == ("gone", b"")


@pytest.mark.parametrize("state", ["queued", "failed", "overtaken"])
def test_overviews_that_were_not_sent_go(store: Store, state: str) -> None:
    """A digest that quotes without a name and waits, or was given up, holds nothing any more."""
    with store.begin() as conn:
        cases.add(conn, cases.open_ticket("MR-23456"), "Hello")
        cases.queue_mail(conn, kind="digest", state=state)
        erased = erase(conn)
        held = conn.execute(select(outbox_rows.c.content)).scalars().all()

    assert (erased.notices, erased.in_flight) == (1, 0)
    assert set(held) <= {b""}


def test_what_was_learnt_before_a_label_was_given_anew_goes(store: Store) -> None:
    """A correction that was learnt with an earlier label of the same mail goes, too."""
    given = {"model": "m", "content": "{}", "labels": 1, "figures": {}, "by": "ana"}
    with store.begin() as conn:
        cases.add(conn, cases.open_ticket("MR-23456"), "Hello")
        row = conn.execute(select(messages.c.id)).scalar_one()
        corrections.put_into_force(conn, **given, at=NOW + timedelta(days=1))
        labels.put(conn, Label(message_row=row, angry=False, by="ana", at=NOW + timedelta(days=2)))

        assert erase(conn).corrections == 1
