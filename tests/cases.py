"""Invented tickets and their rows, for whatever shows or changes them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from mailresponder.mail.message import Address
from mailresponder.policy.facts import Outcome
from mailresponder.policy.ticket import Participant, Role, Ticket, TicketState
from mailresponder.store import messages, outbox, schema, tickets
from mailresponder.store.messages import MessageRecord
from mailresponder.store.outbox import Draft

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
"""A Monday."""

TICKET_KEYS = [
    *("reference", "mailbox", "state", "subject", "customer", "language", "anger", "angry"),
    *("because", "opened_at", "due_at", "answered_at", "escalation_level", "acknowledged_at"),
    *("suppressed_by", "linked_to", "unreachable_at", "judged_by", "language_sure"),
    *("language_from", "band", "anger_rising", "snoozed_until", "rests_since", "asked_at"),
    *("solved", "assigned_to", "merged_into", "spam", "messages"),
]
MESSAGE_KEYS = [
    *("at", "direction", "kind", "from", "to", "subject", "new_text", "message_id", "anger"),
    *("because", "reasons", "judged", "band"),
]
EVENT_KEYS = ["at", "what", "why", "by"]
OUTBOX_KEYS = [
    *("id", "kind", "to", "state", "attempts", "next_attempt_at", "last_error", "message_id"),
]


def open_ticket(reference: str, **changes: Any) -> Ticket:
    """A calm customer who wrote at noon and is due at eight in the evening."""
    ticket = Ticket(
        reference=reference,
        mailbox="support",
        state=TicketState.OPEN,
        subject="Where is my order?",
        subject_key="where is my order?",
        customer=Address(email="emma@customer.test", name="Emma Clarke"),
        participants=frozenset({Participant(address="emma@customer.test", role=Role.CUSTOMER)}),
        language="en",
        anger=0.1,
        angry=False,
        because=(),
        opened_at=NOON,
        waiting_since=NOON,
        due_at=NOON + timedelta(hours=8),
        acknowledged_at=NOON + timedelta(seconds=5),
    )
    return replace(ticket, **changes)


def angry_ticket(reference: str, **changes: Any) -> Ticket:
    """An angry customer who could not be acknowledged."""
    because = (("never again", 2.5), ("!!!", 0.5))
    given = {
        "anger": 0.9,
        "angry": True,
        "because": because,
        "acknowledged_at": None,
        "suppressed_by": ("null_return_path", "marked_as_spam"),
        "due_at": NOON + timedelta(hours=2),
    }
    return open_ticket(reference, **(given | changes))


def add(conn: Connection, ticket: Ticket, *texts: str) -> Ticket:
    """Store a ticket with one customer's mail for each text, and the event of its opening."""
    stored = tickets.add_ticket(conn, ticket)
    for number, text in enumerate(texts):
        message_id = f"<{ticket.reference}-{number}@customer.test>"
        record = MessageRecord(
            dedup_key=message_id,
            mailbox=ticket.mailbox,
            ticket_id=stored.id,
            direction="in",
            kind="human",
            outcome=Outcome.FOLLOWED_UP if number else Outcome.OPENED,
            message_id=message_id,
            from_=ticket.customer.email,
            to="support@example.com, boss@customer.test",
            subject=ticket.subject,
            new_text=text,
            at=ticket.opened_at + timedelta(minutes=number),
            language=ticket.language,
            anger=ticket.anger,
            angry=ticket.angry,
            because=ticket.because,
            reasons=ticket.suppressed_by,
        )
        messages.record_message(conn, record)
    tickets.add_event(conn, stored.id, at=NOON, what="opened", why="human mail", by="mailresponder")
    return stored


def draft(key: str, **changes: Any) -> Draft:
    """A mail to the admins that is about no ticket, but for what is said of it."""
    given = Draft(
        mailbox="support",
        ticket_id=None,
        kind="admin",
        recipient="ops@example.com",
        message_id=f"<mr.admin.desk.{key}@example.com>",
        dedup_key=key,
        content=b"Subject: hello\r\n\r\nhello\r\n",
        subject_key="",
    )
    return replace(given, **changes)


def queue_mail(conn: Connection, *, key: str = "1", **values: object) -> int:
    """Put a mail of ours into the outbox, due at noon, or with other values in its row."""
    number = outbox.enqueue(conn, draft(key), NOON)
    assert number is not None
    if values:
        conn.execute(schema.outbox.update().where(schema.outbox.c.id == number).values(**values))
    return number
