"""The tables. Names and types only: no statement is written here and nothing is decided.

A new database gets them as they stand here, an older one by the migrations; a test holds the two
against each other. A change here needs a new migration and a new `REVISION`.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    false,
)

import mailresponder.store.schema_themes  # noqa: F401 - more tables of the same metadata
from mailresponder.store.column_types import Key, SafeText, UtcDateTime
from mailresponder.store.schema_base import ID, JSON_VALUE
from mailresponder.store.schema_base import metadata as metadata

REVISION = "0012"
"""The migration that builds the tables below."""

desk = Table(
    "desk",
    metadata,
    Column("key", Key, primary_key=True),
    Column("value", SafeText, nullable=False),
)

mailboxes = Table(
    "mailboxes",
    metadata,
    Column("name", Key, primary_key=True),
    Column("started_at", UtcDateTime),
    Column("last_pass_at", UtcDateTime),
    Column("last_ok_at", UtcDateTime),
    Column("failing_since", UtcDateTime),
    Column("error", SafeText),
    Column("told_at", UtcDateTime),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("retry_at", UtcDateTime),
    Column("send_failures", Integer, nullable=False, server_default="0"),
    Column("send_retry_at", UtcDateTime),
    Column("send_failing_since", UtcDateTime),
    Column("send_error", SafeText),
    Column("send_told_at", UtcDateTime),
    Column("reconciled_at", UtcDateTime),
    Column("start_from", Key),
)

folders = Table(
    "folders",
    metadata,
    Column("mailbox", Key, primary_key=True),
    Column("folder", Key, primary_key=True),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("last_uid", BigInteger, nullable=False),
    Column("floor", UtcDateTime),
    Column("first_uid", BigInteger),
    Column("compared_uid", BigInteger, nullable=False, server_default="0"),
)

tickets = Table(
    "tickets",
    metadata,
    Column("id", ID, primary_key=True),
    Column("reference", Key, nullable=False, unique=True),
    Column("mailbox", Key, nullable=False),
    Column("state", Key, nullable=False),
    Column("subject", SafeText, nullable=False),
    Column("subject_key", Key, nullable=False),
    Column("customer_email", SafeText, nullable=False),
    Column("customer_name", SafeText, nullable=False),
    Column("language", Key, nullable=False),
    Column("anger", Float, nullable=False),
    Column("angry", Boolean, nullable=False),
    Column("because", JSON_VALUE, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("waiting_since", UtcDateTime),
    Column("due_at", UtcDateTime),
    Column("answered_at", UtcDateTime),
    Column("escalation_level", Integer, nullable=False),
    Column("escalated_at", UtcDateTime),
    Column("next_escalation_at", UtcDateTime),
    Column("snoozed_until", UtcDateTime),
    Column("acknowledged_at", UtcDateTime),
    Column("suppressed_by", JSON_VALUE, nullable=False),
    Column("linked_to", Key),
    Column("unreachable_at", UtcDateTime),
    Column("unreachable_told_at", UtcDateTime),
    Column("judged_by", SafeText),
    Column("calm_until", UtcDateTime),
    Column("language_from", Key),
    Column("anger_rising", Boolean, nullable=False, server_default=false()),
    Column("assigned_to", Key),
    Column("warned_at", UtcDateTime),
    Column("rests_since", UtcDateTime),
    Column("asked_at", UtcDateTime),
    Column("solved", Boolean),
    Column("merged_into", Key),
    Column("spam", Boolean, nullable=False, server_default=false()),
    Index(None, "mailbox", "state", "next_escalation_at"),
    Index(None, "mailbox", "state", "rests_since"),
    Index(None, "state", "due_at"),
    Index(None, "mailbox", "unreachable_at"),
)

participants = Table(
    "participants",
    metadata,
    Column("ticket_id", ForeignKey(tickets.c.id), primary_key=True),
    Column("address", Key, primary_key=True, index=True),
    Column("role", Key, primary_key=True),
)

messages = Table(
    "messages",
    metadata,
    Column("id", ID, primary_key=True),
    Column("dedup_key", Key, nullable=False, unique=True),
    Column("mailbox", Key, nullable=False),
    Column("ticket_id", ForeignKey(tickets.c.id)),
    Column("direction", Key, nullable=False),
    Column("kind", Key, nullable=False),
    Column("outcome", Key, nullable=False),
    Column("message_id", Key, index=True),
    Column("in_reply_to", JSON_VALUE, nullable=False),
    Column("references", JSON_VALUE, nullable=False),
    Column("from", SafeText, nullable=False),
    Column("to", SafeText, nullable=False),
    Column("subject", SafeText, nullable=False),
    Column("new_text", SafeText, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("language", Key),
    Column("anger", Float),
    Column("angry", Boolean, nullable=False),
    Column("because", JSON_VALUE, nullable=False),
    Column("reasons", JSON_VALUE, nullable=False),
    Index(None, "ticket_id", "at"),
)

labels = Table(
    "labels",
    metadata,
    Column("message_row", ForeignKey(messages.c.id), primary_key=True, autoincrement=False),
    Column("angry", Boolean, nullable=False),
    Column("by", SafeText, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

corrections = Table(
    "corrections",
    metadata,
    Column("id", ID, primary_key=True),
    Column("model", Key, nullable=False),
    Column("content", SafeText, nullable=False),
    Column("labels", Integer, nullable=False),
    Column("figures", JSON_VALUE, nullable=False),
    Column("by", SafeText, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("undone_by", SafeText),
    Column("undone_at", UtcDateTime),
)

answers = Table(
    "answers",
    metadata,
    Column("id", ID, primary_key=True),
    Column("ticket_id", ForeignKey(tickets.c.id), nullable=False, index=True),
    Column("waiting_since", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime),
    Column("answered_at", UtcDateTime, nullable=False, index=True),
    Column("how", Key, nullable=False),
    Column("by", SafeText, nullable=False),
    Column("angry", Boolean, nullable=False),
    Column("outbox_id", ForeignKey("outbox.id"), index=True),
)

untold = Table(
    "untold",
    metadata,
    Column("ticket_id", ForeignKey(tickets.c.id), primary_key=True, autoincrement=False),
    Column("recipient_key", Key, primary_key=True),
    Column("recipient", SafeText, nullable=False),
)

drafts = Table(
    "drafts",
    metadata,
    Column("ticket_id", ForeignKey(tickets.c.id), primary_key=True, autoincrement=False),
    Column("mailbox", Key, nullable=False),
    Column("message_id", Key, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("state", Key, nullable=False),
    Column("folder", SafeText),
    Column("uidvalidity", BigInteger),
    Column("uid", BigInteger),
    Index(None, "mailbox", "state"),
)

sightings = Table(
    "sightings",
    metadata,
    Column("mailbox", Key, primary_key=True),
    Column("folder", Key, primary_key=True),
    Column("uidvalidity", BigInteger, primary_key=True, autoincrement=False),
    Column("uid", BigInteger, primary_key=True, autoincrement=False),
    Column("message_row", ForeignKey(messages.c.id), index=True),
    Column("outcome", Key, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("id", ID, primary_key=True),
    Column("ticket_id", ForeignKey(tickets.c.id), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("what", SafeText, nullable=False),
    Column("why", SafeText, nullable=False),
    Column("by", SafeText, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", ID, primary_key=True),
    Column("mailbox", Key, nullable=False),
    Column("ticket_id", ForeignKey(tickets.c.id), index=True),
    Column("kind", Key, nullable=False),
    Column("recipient", SafeText, nullable=False),
    Column("recipient_key", Key, nullable=False),
    Column("subject_key", Key, nullable=False),
    Column("message_id", Key, nullable=False, unique=True),
    Column("dedup_key", Key, nullable=False, unique=True),
    Column("content", LargeBinary, nullable=False),
    Column("promise_until", UtcDateTime),
    Column("state", Key, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("maybe_sent", Boolean, nullable=False),
    Column("owner", Key),
    Column("lease_expires_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("next_attempt_at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime),
    Column("last_error", SafeText),
    Column("sent_as", Key, index=True),
    Index(None, "state", "mailbox", "next_attempt_at"),
    Index(None, "mailbox", "settled_at"),
    Index(None, "recipient_key", "settled_at"),
)

notice_tickets = Table(
    "notice_tickets",
    metadata,
    Column(
        "outbox_id",
        ForeignKey(outbox.c.id, ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("ticket_id", ForeignKey(tickets.c.id), primary_key=True, autoincrement=False),
)

mailbox_tasks = Table(
    "mailbox_tasks",
    metadata,
    Column("id", ID, primary_key=True),
    Column("mailbox", Key, nullable=False),
    Column("kind", Key, nullable=False),
    Column("folder", SafeText, nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("argument", JSON_VALUE, nullable=False),
    Column("outbox_id", ForeignKey(outbox.c.id), index=True),
    Column("dedup_key", Key, nullable=False, unique=True),
    Column("state", Key, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", UtcDateTime, nullable=False),
    Column("last_error", SafeText),
    Index(None, "mailbox", "state", "next_attempt_at"),
)

leases = Table(
    "leases",
    metadata,
    Column("name", Key, primary_key=True),
    Column("owner", Key, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", ID, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("by", SafeText, nullable=False),
    Column("what", Key, nullable=False),
    Column("about", SafeText, nullable=False),
    Index(None, "what", "at"),
)

ended_sessions = Table(
    "ended_sessions",
    metadata,
    Column("session", Key, primary_key=True),
    Column("until", UtcDateTime, nullable=False),
)

erased = Table(
    "erased",
    metadata,
    Column("key", Key, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)
"""Mails of which nothing is kept but a keyed hash, by which a copy is known."""
