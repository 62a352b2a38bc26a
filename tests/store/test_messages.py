import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from mailresponder.mail.message import Address
from mailresponder.policy.facts import Outcome
from mailresponder.policy.ticket import Ticket, TicketState
from mailresponder.store import messages, outbox, tickets
from mailresponder.store.database import Store
from mailresponder.store.gathering import gathered
from mailresponder.store.messages import Location, MessageRecord

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def ticket(store: Store) -> Ticket:
    """A ticket in the store."""
    given = Ticket(
        reference="MR-7F3K2",
        mailbox="support",
        state=TicketState.OPEN,
        subject="Kettle",
        subject_key="kettle",
        customer=Address(email="ana@example.com"),
        participants=frozenset(),
        language="en",
        anger=0.0,
        angry=False,
        because=(),
        opened_at=NOW,
        waiting_since=NOW,
        due_at=NOW,
    )
    with store.begin() as conn:
        return tickets.add_ticket(conn, given)


def record(key: str, *, ticket_id: int | None = None, at: datetime = NOW) -> MessageRecord:
    return MessageRecord(
        dedup_key=key,
        mailbox="support",
        ticket_id=ticket_id,
        direction="in",
        kind="human",
        outcome=Outcome.FOLLOWED_UP,
        message_id=f"<{key}@example.com>",
        in_reply_to=("<x@example.com>",),
        references=("<w@example.com>", "<x@example.com>"),
        from_="Ana@example.com",
        to="support@example.com, bo@example.com",
        subject="Re: Kettle ☕",
        new_text="It is broken.\nStill.",
        at=at,
        language="en",
        anger=0.75,
        because=(("broken", 0.5),),
        reasons=("only_thanks",),
    )


def sight(store: Store, row: int, *, folder: str, uid: int, at: datetime = NOW) -> None:
    with store.begin() as conn:
        messages.record_sighting(
            conn,
            mailbox="support",
            folder=folder,
            uidvalidity=5,
            uid=uid,
            message_row=row,
            outcome=Outcome.OPENED,
            at=at,
        )


def test_a_message_comes_back_as_it_was_recorded(store: Store, ticket: Ticket) -> None:
    """Every field survives, and the record has got an id."""
    given = record("a", ticket_id=ticket.id)
    with store.begin() as conn:
        row = messages.record_message(conn, given)
        assert messages.of_ticket(conn, ticket.id) == [replace(given, id=row)]


def test_a_second_copy_changes_nothing(store: Store, ticket: Ticket) -> None:
    """The row of the first copy is returned and stays as it was."""
    first = record("a", ticket_id=ticket.id)
    with store.begin() as conn:
        row = messages.record_message(conn, first)
        assert messages.record_message(conn, replace(first, new_text="other")) == row
        assert messages.of_ticket(conn, ticket.id) == [replace(first, id=row)]


def test_two_processes_cannot_both_add_one_message(store: Store) -> None:
    """Who comes second waits for the first to commit, and hears that the mail is taken."""
    begun = threading.Event()

    def second() -> None:
        with store.begin() as conn:
            begun.set()
            messages.add_message(conn, record("same"))

    with ThreadPoolExecutor(1) as pool:
        with store.begin() as conn:
            messages.add_message(conn, record("same"))
            gathered(conn).write(conn)
            late = pool.submit(second)
            if store.dialect == "postgresql":
                begun.wait(10)
        with pytest.raises(IntegrityError):
            late.result(10)


def test_a_second_copy_may_replace_the_first(store: Store, ticket: Ticket) -> None:
    """Told to, the row is overwritten and keeps its number."""
    second = replace(record("a", ticket_id=ticket.id), outcome=Outcome.ANSWERED, direction="staff")
    with store.begin() as conn:
        row = messages.record_message(conn, record("a"))
        assert messages.record_message(conn, second, replace=True) == row
        assert messages.of_ticket(conn, ticket.id) == [replace(second, id=row)]


def test_messages_of_a_ticket_are_told_oldest_first(store: Store, ticket: Ticket) -> None:
    """By their time, not by when they were read; others' messages are left out."""
    with store.begin() as conn:
        for key, at in (("late", NOW + HOUR), ("early", NOW)):
            messages.record_message(conn, record(key, ticket_id=ticket.id, at=at))
        messages.record_message(conn, record("nobody's"))
        found = messages.of_ticket(conn, ticket.id)
    assert [one.dedup_key for one in found] == ["early", "late"]


def test_a_mail_of_ours_says_what_it_is(store: Store, ticket: Ticket) -> None:
    """The kind comes from the outbox, so that a notice to staff can be told from the rest."""
    draft = outbox.Draft(
        mailbox="support",
        ticket_id=ticket.id,
        kind="escalation",
        recipient="lead@example.com",
        message_id="<out@example.com>",
        dedup_key="escalation 1",
        content=b"",
        subject_key="",
    )
    ours = replace(record("out", ticket_id=ticket.id), direction="out", kind="own")
    echo = replace(ours, dedup_key="echo", direction="in")
    with store.begin() as conn:
        outbox.enqueue(conn, draft, NOW)
        for one in (ours, echo):
            messages.record_message(conn, one)
        found = messages.of_ticket(conn, ticket.id)
    assert [one.outgoing_kind for one in found] == ["escalation", None]


def test_unanswered_is_what_people_wrote_after_the_answer(store: Store, ticket: Ticket) -> None:
    """Machines, staff and our own mail wait for no answer, nor does what came before one or was
    replied to by name; a message without a Message-ID is never taken for another."""
    later = replace(record("later", ticket_id=ticket.id, at=NOW + 2 * HOUR), message_id=None)
    named = record("named", ticket_id=ticket.id, at=NOW + HOUR)
    odd = replace(named, dedup_key="odd", message_id="<odd@example.com>", kind="unreadable")
    machine = replace(named, dedup_key="machine", kind="auto_reply", outcome=Outcome.RECORDED)
    staff = replace(named, dedup_key="staff", direction="staff", outcome=Outcome.ANSWERED)
    before = record("before", ticket_id=ticket.id)
    with store.begin() as conn:
        for one in (later, named, odd, machine, staff, before):
            messages.record_message(conn, one)
        everything = messages.unanswered(conn, ticket.id)
        rest = messages.unanswered(
            conn, ticket.id, answered_at=NOW, answered_ids={"<named@example.com>"}
        )
    assert [one.dedup_key for one in everything] == ["before", "named", "odd", "later"]
    assert [one.dedup_key for one in rest] == ["odd", "later"]


def test_a_uid_is_entered_once(store: Store, ticket: Ticket) -> None:
    """The ledger keeps the first entry of a UID."""
    with store.begin() as conn:
        first, second = (
            messages.record_message(conn, record(key, ticket_id=ticket.id)) for key in "ab"
        )
    sight(store, first, folder="INBOX", uid=1)
    sight(store, second, folder="INBOX", uid=1)
    with store.read() as conn:
        assert [place.message_row for place in messages.locations(conn, ticket.id)] == [first]


def test_a_message_lies_where_it_was_seen_last(store: Store, ticket: Ticket) -> None:
    """Of several sightings the latest counts; a message never seen is nowhere."""
    with store.begin() as conn:
        messages.record_message(conn, record("unseen", ticket_id=ticket.id))
        row = messages.record_message(conn, record("a", ticket_id=ticket.id))
    sight(store, row, folder="INBOX", uid=1, at=NOW + HOUR)
    sight(store, row, folder="Old", uid=9)
    with store.read() as conn:
        assert messages.locations(conn, ticket.id) == [
            Location(message_row=row, mailbox="support", folder="INBOX", uidvalidity=5, uid=1)
        ]


def test_a_hostile_message_is_recorded(store: Store, ticket: Ticket) -> None:
    """Neither the length of a Message-ID nor odd characters keep a mail from the ledger."""
    long_id = "<" + "i" * 50_000 + "@example.com>"
    hostile = replace(
        record("k" * 50_000, ticket_id=ticket.id),
        message_id=long_id,
        references=(long_id, "\udcff\0"),
        subject="a\0b\ud800",
        from_="ñ\udcff@example.com",
        because=(("\udcff", 0.1),),
    )
    with store.begin() as conn:
        row = messages.record_message(conn, hostile)
        (found,) = messages.of_ticket(conn, ticket.id)
        assert messages.record_message(conn, hostile) == row
    assert found.subject == "ab?"
    assert found.references[0] == long_id


def test_mails_that_wait_are_told_with_their_place(store: Store, ticket: Ticket) -> None:
    """Those of persons since the open ticket waits, in each folder where they were seen."""
    kept: dict[str, int] = {}
    with store.begin() as conn:
        for key, at in (("before", NOW - HOUR), ("one", NOW), ("two", NOW + HOUR), ("far", NOW)):
            kept[key] = messages.record_message(conn, record(key, ticket_id=ticket.id, at=at))
        machine = replace(record("machine", ticket_id=ticket.id), kind="auto_reply")
        kept["machine"] = messages.record_message(conn, machine)
    for uid, key in enumerate(("before", "one", "two", "machine"), start=1):
        sight(store, kept[key], folder="INBOX", uid=uid)
    sight(store, kept["two"], folder="Hot", uid=9, at=NOW + 2 * HOUR)

    with store.read() as conn:
        found = messages.waiting(conn, "support")
        assert messages.waiting(conn, "sales") == []
    assert [(one.at, one.folder, one.uidvalidity, one.uid) for one in found] == [
        (NOW, "INBOX", 5, 2),
        (NOW + HOUR, "INBOX", 5, 3),
        (NOW + HOUR, "Hot", 5, 9),
    ]
    with store.begin() as conn:
        tickets.save_ticket(
            conn, replace(ticket, state=TicketState.ANSWERED, waiting_since=None, due_at=None)
        )
        assert messages.waiting(conn, "support") == []


def test_known_message_ids(store: Store, ticket: Ticket) -> None:
    """Those of mails read and of mails written, also under the name a provider gave them."""
    with store.begin() as conn:
        messages.record_message(conn, record("read"))
        draft = outbox.Draft(
            mailbox="support",
            ticket_id=None,
            kind="admin",
            recipient="ops@example.com",
            message_id="<written@example.com>",
            dedup_key="written",
            content=b"",
            subject_key="",
        )
        outbox.enqueue(conn, draft, NOW)
        outbox.renamed(conn, "<written@example.com>", sent_as="<renamed@provider.test>")
        asked = ("<read@example.com>", "<written@example.com>", "<renamed@provider.test>", "<no@x>")

        assert messages.known_ids(conn, asked) == set(asked[:3])
        assert messages.known_ids(conn, ()) == frozenset()


def test_a_folder_read_again_is_the_later_place(store: Store, ticket: Ticket) -> None:
    """Seen in both at one moment: the greater UIDVALIDITY is the one of now (RFC 9051
    §2.3.1.1), whatever its UID."""
    with store.begin() as conn:
        row = messages.record_message(conn, record("one", ticket_id=ticket.id))
        for uidvalidity, uid in ((6, 1), (5, 9)):
            messages.record_sighting(
                conn,
                mailbox="support",
                folder="INBOX",
                uidvalidity=uidvalidity,
                uid=uid,
                message_row=row,
                outcome=Outcome.OPENED,
                at=NOW,
            )
        [waits] = messages.waiting(conn, "support")
        [lies] = messages.locations(conn, ticket.id)

    assert (waits.uidvalidity, waits.uid) == (6, 1)
    assert (lies.uidvalidity, lies.uid) == (6, 1)
