"""Tickets that grew out of another, customers who cannot be reached, mail a provider renamed."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns; what is there already has none of it."""
    op.add_column("tickets", sa.Column("linked_to", TEXT))
    op.add_column("tickets", sa.Column("unreachable_at", TIME))
    op.add_column("tickets", sa.Column("unreachable_told_at", TIME))
    op.create_index("ix_tickets_mailbox_unreachable_at", "tickets", ["mailbox", "unreachable_at"])
    op.add_column("outbox", sa.Column("sent_as", TEXT))
    op.create_index("ix_outbox_sent_as", "outbox", ["sent_as"])
