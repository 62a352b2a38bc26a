"""The first tables.

A migration is history: it names its own types and never changes, whatever `schema.py` becomes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON()
TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Build every table, those that others refer to first."""
    _desk()
    _folders()
    _leases()
    _mailboxes()
    _tickets()
    _events()
    _messages()
    _outbox()
    _participants()
    _mailbox_tasks()
    _sightings()


def _desk() -> None:
    op.create_table(
        "desk",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_desk"),
    )


def _folders() -> None:
    op.create_table(
        "folders",
        sa.Column("mailbox", TEXT, nullable=False),
        sa.Column("folder", TEXT, nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        sa.Column("floor", TIME),
        sa.PrimaryKeyConstraint("mailbox", "folder", name="pk_folders"),
    )


def _leases() -> None:
    op.create_table(
        "leases",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("owner", TEXT, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )


def _mailboxes() -> None:
    op.create_table(
        "mailboxes",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("started_at", TIME),
        sa.Column("last_pass_at", TIME),
        sa.Column("last_ok_at", TIME),
        sa.Column("failing_since", TIME),
        sa.Column("error", TEXT),
        sa.Column("told_at", TIME),
        sa.PrimaryKeyConstraint("name", name="pk_mailboxes"),
    )


def _tickets() -> None:
    op.create_table(
        "tickets",
        sa.Column("id", ID, nullable=False),
        sa.Column("reference", TEXT, nullable=False),
        sa.Column("mailbox", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("subject_key", TEXT, nullable=False),
        sa.Column("customer_email", TEXT, nullable=False),
        sa.Column("customer_name", TEXT, nullable=False),
        sa.Column("language", TEXT, nullable=False),
        sa.Column("anger", sa.Float(), nullable=False),
        sa.Column("angry", sa.Boolean(), nullable=False),
        sa.Column("because", JSON, nullable=False),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("waiting_since", TIME),
        sa.Column("due_at", TIME),
        sa.Column("answered_at", TIME),
        sa.Column("escalation_level", sa.Integer(), nullable=False),
        sa.Column("escalated_at", TIME),
        sa.Column("next_escalation_at", TIME),
        sa.Column("snoozed_until", TIME),
        sa.Column("acknowledged_at", TIME),
        sa.Column("suppressed_by", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tickets"),
        sa.UniqueConstraint("reference", name="uq_tickets_reference"),
    )
    op.create_index(
        "ix_tickets_mailbox_state_next_escalation_at",
        "tickets",
        ["mailbox", "state", "next_escalation_at"],
    )
    op.create_index("ix_tickets_state_due_at", "tickets", ["state", "due_at"])


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("id", ID, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("what", TEXT, nullable=False),
        sa.Column("why", TEXT, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_events_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
    )
    op.create_index("ix_events_ticket_id", "events", ["ticket_id"])


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", ID, nullable=False),
        sa.Column("dedup_key", TEXT, nullable=False),
        sa.Column("mailbox", TEXT, nullable=False),
        sa.Column("ticket_id", ID),
        sa.Column("direction", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("outcome", TEXT, nullable=False),
        sa.Column("message_id", TEXT),
        sa.Column("in_reply_to", JSON, nullable=False),
        sa.Column("references", JSON, nullable=False),
        sa.Column("from", TEXT, nullable=False),
        sa.Column("to", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("new_text", TEXT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("language", TEXT),
        sa.Column("anger", sa.Float()),
        sa.Column("angry", sa.Boolean(), nullable=False),
        sa.Column("because", JSON, nullable=False),
        sa.Column("reasons", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name="fk_messages_ticket_id_tickets"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint("dedup_key", name="uq_messages_dedup_key"),
    )
    op.create_index("ix_messages_message_id", "messages", ["message_id"])
    op.create_index("ix_messages_ticket_id_at", "messages", ["ticket_id", "at"])


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", ID, nullable=False),
        sa.Column("mailbox", TEXT, nullable=False),
        sa.Column("ticket_id", ID),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("recipient", TEXT, nullable=False),
        sa.Column("recipient_key", TEXT, nullable=False),
        sa.Column("subject_key", TEXT, nullable=False),
        sa.Column("message_id", TEXT, nullable=False),
        sa.Column("dedup_key", TEXT, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("promise_until", TIME),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("maybe_sent", sa.Boolean(), nullable=False),
        sa.Column("owner", TEXT),
        sa.Column("lease_expires_at", TIME),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("next_attempt_at", TIME, nullable=False),
        sa.Column("settled_at", TIME),
        sa.Column("last_error", TEXT),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_outbox_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("dedup_key", name="uq_outbox_dedup_key"),
        sa.UniqueConstraint("message_id", name="uq_outbox_message_id"),
    )
    op.create_index("ix_outbox_mailbox_settled_at", "outbox", ["mailbox", "settled_at"])
    op.create_index(
        "ix_outbox_mailbox_state_next_attempt_at", "outbox", ["mailbox", "state", "next_attempt_at"]
    )
    op.create_index("ix_outbox_recipient_key_settled_at", "outbox", ["recipient_key", "settled_at"])
    op.create_index("ix_outbox_ticket_id", "outbox", ["ticket_id"])


def _participants() -> None:
    op.create_table(
        "participants",
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("address", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name="fk_participants_ticket_id_tickets"
        ),
        sa.PrimaryKeyConstraint("ticket_id", "address", "role", name="pk_participants"),
    )
    op.create_index("ix_participants_address", "participants", ["address"])


def _mailbox_tasks() -> None:
    op.create_table(
        "mailbox_tasks",
        sa.Column("id", ID, nullable=False),
        sa.Column("mailbox", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("folder", TEXT, nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("argument", JSON, nullable=False),
        sa.Column("outbox_id", ID),
        sa.Column("dedup_key", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", TIME, nullable=False),
        sa.Column("last_error", TEXT),
        sa.ForeignKeyConstraint(
            ["outbox_id"], ["outbox.id"], name="fk_mailbox_tasks_outbox_id_outbox"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_mailbox_tasks"),
        sa.UniqueConstraint("dedup_key", name="uq_mailbox_tasks_dedup_key"),
    )
    op.create_index(
        "ix_mailbox_tasks_mailbox_state_next_attempt_at",
        "mailbox_tasks",
        ["mailbox", "state", "next_attempt_at"],
    )
    op.create_index("ix_mailbox_tasks_outbox_id", "mailbox_tasks", ["outbox_id"])


def _sightings() -> None:
    op.create_table(
        "sightings",
        sa.Column("mailbox", TEXT, nullable=False),
        sa.Column("folder", TEXT, nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("uid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("message_row", ID),
        sa.Column("outcome", TEXT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["message_row"], ["messages.id"], name="fk_sightings_message_row_messages"
        ),
        sa.PrimaryKeyConstraint("mailbox", "folder", "uidvalidity", "uid", name="pk_sightings"),
    )
    op.create_index("ix_sightings_message_row", "sightings", ["message_row"])
