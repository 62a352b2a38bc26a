"""The rows of a report, the same from both databases."""

from datetime import datetime

from making import NOON
from reporting import DAY, HOUR, Past
from sqlalchemy import Connection

from mailresponder.policy.ticket import Ticket
from mailresponder.store import labels, mailboxes, outbox, report_extras, report_rows
from mailresponder.store.database import Store
from mailresponder.store.labels import Label
from mailresponder.store.outbox import Draft
from mailresponder.store.report_rows import Only

SINCE, BEFORE = NOON - 7 * DAY, NOON - 14 * DAY
ALL = Only()


def test_messages_of_people_with_what_is_known_of_them(store: Store) -> None:
    """In their order, with the ticket's customer and language, and staff's word on anger."""
    with store.begin() as conn:
        past = Past(conn)
        one = past.ticket(SINCE, "late", customer="Ana@Customer.test", language="es")
        judged = past.mail(one, SINCE + HOUR, praise=None, angry=True)
        labels.put(conn, Label(message_row=judged, angry=False, by="jane", at=NOON))
        past.ticket(NOON, "late")
        past.ticket(SINCE + HOUR, spam=True)
        past.ticket(SINCE + HOUR, customer="")
        found = report_rows.messages_of_people(conn, ALL, SINCE, NOON)
        about = report_rows.themes_of(conn, ALL, SINCE, NOON)
        met = report_rows.first_met(conn, ALL)
        oldest = report_rows.oldest(conn, ALL)

    first, again, nameless = sorted(found, key=lambda row: row.row)
    assert (first.person, first.language, first.at) == ("ana@customer.test", "es", SINCE)
    assert (first.is_first, first.angry, first.praise) == (True, False, 0.0)
    assert (again.is_first, again.angry, again.praise) == (False, False, None)
    assert nameless.person == f"#{nameless.ticket}"
    assert about == {first.row: ("late",)}
    assert met == {"late": SINCE}
    assert oldest == SINCE


def test_only_what_is_asked_for(store: Store) -> None:
    """A mailbox, a language, a theme with what counts as it."""
    with store.begin() as conn:
        past = Past(conn)
        past.ticket(SINCE, "late", mailbox="orders")
        past.ticket(SINCE, "later", language="es")
        past.ticket(SINCE)

        def number(**only: object) -> tuple[int, int, int]:
            limits = Only(**only)  # type: ignore[arg-type]
            return (
                len(report_rows.messages_of_people(conn, limits, SINCE, NOON)),
                len(report_rows.tickets_opened(conn, limits, SINCE, NOON)),
                len(report_rows.answers_given(conn, limits, SINCE)),
            )

        assert number() == (3, 3, 3)
        assert number(mailbox="orders") == number(language="es") == (1, 1, 1)
        assert number(themes=frozenset({"late", "later"})) == (2, 2, 2)
        assert number(mailbox="orders", themes=frozenset({"later"})) == (0, 0, 0)


def test_tickets_and_answers(store: Store) -> None:
    """Those opened in the time, and those that are open whenever they were opened; of answers it
    is known which is the first."""
    with store.begin() as conn:
        past = Past(conn)
        old = past.ticket(BEFORE - DAY, answered=None)
        past.ticket(BEFORE - DAY)
        new = past.ticket(SINCE)
        past.answer(new, SINCE + 2 * HOUR, SINCE + 3 * HOUR, due_at=None)
        past.ticket(NOON)
        found = report_rows.tickets_opened(conn, ALL, BEFORE, NOON)
        given = report_rows.answers_given(conn, ALL, SINCE)

    assert [(row.ticket, row.is_open, row.waiting_since) for row in found] == [
        (old.id, True, BEFORE - DAY),
        (new.id, False, None),
    ]
    firsts = [(row.answered_at, row.is_first) for row in given if row.ticket == new.id]
    assert firsts == [(SINCE + HOUR, True), (SINCE + 3 * HOUR, False)]


def test_what_was_done_with_the_level_of_escalations(store: Store) -> None:
    """Only what figures are made of, and of its story only the level."""
    with store.begin() as conn:
        past = Past(conn)
        one = past.ticket(SINCE)
        past.event(one, SINCE, "opened")
        past.event(one, SINCE + HOUR, "escalated", "level 2, told lead@example.com")
        past.event(one, SINCE + 2 * HOUR, "reopened", "the customer wrote")
        past.event(one, NOON, "reopened", "the customer wrote")
        found = report_rows.what_was_done(conn, ALL, SINCE, NOON)

    assert [(row.what, row.level) for row in found] == [("escalated", 2), ("reopened", 0)]


def test_machines_and_failures_are_counted(store: Store) -> None:
    """In the period and in the one before; a copy, our own mail and mail to staff are neither."""
    with store.begin() as conn:
        past = Past(conn)
        one = past.ticket(SINCE)
        for at, kind in (
            (BEFORE, "bulk"),
            (SINCE, "bounce"),
            (NOON - HOUR, "list"),
            (SINCE, "own"),
        ):
            past.mail(None, at, kind=kind, praise=None)
        for at, kind in ((BEFORE + HOUR, "acknowledgement"), (SINCE, "relay"), (SINCE, "digest")):
            _failed(conn, one, kind, at)

        assert report_extras.machines(conn, None, BEFORE, SINCE, NOON) == (2, 1)
        assert report_extras.machines(conn, "orders", BEFORE, SINCE, NOON) == (0, 0)
        assert report_extras.failures(conn, ALL, BEFORE, SINCE, NOON) == (1, 1)
        assert report_extras.failures(conn, Only(mailbox="orders"), BEFORE, SINCE, NOON) == (0, 0)


def test_texts_and_references(store: Store) -> None:
    """Of those asked for, and no others."""
    with store.begin() as conn:
        past = Past(conn)
        one = past.ticket(SINCE, text="It is broken.", language="es")
        past.ticket(SINCE, text="It is late.")
        [row] = [
            r.row for r in report_rows.messages_of_people(conn, Only(language="es"), SINCE, NOON)
        ]
        texts = report_extras.texts(conn, [row])
        names = report_extras.references(conn, [one.id])

    assert [(text.text, text.language, text.reference) for text in texts.values()] == [
        ("It is broken.", "es", one.reference)
    ]
    assert names == {one.id: one.reference}
    assert report_extras.texts(conn, []) == {}


def test_a_mailbox_that_is_not_read_is_known(store: Store) -> None:
    """Where it is among those that are told of."""
    with store.begin() as conn:
        mailboxes.failed(conn, "support", NOON, "the server is away")

        assert report_extras.is_failing(conn, None)
        assert report_extras.is_failing(conn, "support")
        assert not report_extras.is_failing(conn, "orders")


def _failed(conn: Connection, ticket: Ticket, kind: str, at: datetime) -> None:
    draft = Draft(
        mailbox="support",
        ticket_id=ticket.id,
        kind=kind,  # type: ignore[arg-type]
        recipient="ana@customer.test",
        message_id=f"<{kind}@example.com>",
        dedup_key=kind,
        content=b"",
        subject_key="",
    )
    row = outbox.enqueue(conn, draft, at)
    assert row is not None
    outbox.claim(conn, "support", owner="one", now=at, lease=HOUR, limit=1)
    assert outbox.failed(conn, row, owner="one", error="550 no such user", now=at)
