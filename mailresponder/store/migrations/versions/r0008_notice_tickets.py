"""Which tickets a mail of the ladder names."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table; of the mails that wait already nobody knows."""
    op.create_table(
        "notice_tickets",
        sa.Column("outbox_id", ID, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["outbox_id"],
            ["outbox.id"],
            name="fk_notice_tickets_outbox_id_outbox",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name="fk_notice_tickets_ticket_id_tickets"
        ),
        sa.PrimaryKeyConstraint("outbox_id", "ticket_id", name="pk_notice_tickets"),
    )
