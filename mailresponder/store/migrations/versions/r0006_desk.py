"""Who works on a ticket, who is still to hear of it, when it was answered and how, and what ends
it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns and the tables. What is answered already rests since it was."""
    for column in (
        sa.Column("assigned_to", TEXT),
        sa.Column("warned_at", TIME),
        sa.Column("rests_since", TIME),
        sa.Column("asked_at", TIME),
        sa.Column("solved", sa.Boolean()),
        sa.Column("merged_into", TEXT),
        sa.Column("spam", sa.Boolean(), nullable=False, server_default=sa.false()),
    ):
        op.add_column("tickets", column)
    op.execute("UPDATE tickets SET rests_since = answered_at WHERE state = 'answered'")
    op.create_index(
        "ix_tickets_mailbox_state_rests_since", "tickets", ["mailbox", "state", "rests_since"]
    )
    op.create_table(
        "answers",
        sa.Column("id", ID, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("waiting_since", TIME, nullable=False),
        sa.Column("due_at", TIME),
        sa.Column("answered_at", TIME, nullable=False),
        sa.Column("how", TEXT, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("angry", sa.Boolean(), nullable=False),
        sa.Column("outbox_id", ID),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_answers_ticket_id_tickets"),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name="fk_answers_outbox_id_outbox"),
        sa.PrimaryKeyConstraint("id", name="pk_answers"),
    )
    for name in ("ticket_id", "answered_at", "outbox_id"):
        op.create_index(f"ix_answers_{name}", "answers", [name])
    op.create_table(
        "untold",
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("recipient_key", TEXT, nullable=False),
        sa.Column("recipient", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_untold_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("ticket_id", "recipient_key", name="pk_untold"),
    )
