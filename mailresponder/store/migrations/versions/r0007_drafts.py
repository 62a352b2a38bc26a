"""Drafts of answers that we put into the Drafts folder."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

BIG = sa.BigInteger()
TEXT = sa.Text()


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "drafts",
        sa.Column(
            "ticket_id",
            BIG.with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            autoincrement=False,
        ),
        sa.Column("mailbox", TEXT, nullable=False),
        sa.Column("message_id", TEXT, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("folder", TEXT),
        sa.Column("uidvalidity", BIG),
        sa.Column("uid", BIG),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_drafts_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("ticket_id", name="pk_drafts"),
    )
    op.create_index("ix_drafts_mailbox_state", "drafts", ["mailbox", "state"])
