"""What customers write about: themes and the messages they are found in, defects with their
tickets, and who was told that one is mended."""

import sqlalchemy as sa
from alembic import op

from mailresponder.store.column_types import UtcDateTime

revision = "0011"
down_revision = "0010"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables; what was written so far is looked at later, by the job that fills them."""
    _themes()
    _defects()
    _announcements()


def _themes() -> None:
    op.create_table(
        "themes",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("merged_into", sa.Text()),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("space", sa.Text()),
        sa.Column("centroid", sa.LargeBinary()),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_themes"),
    )
    op.create_table(
        "themed",
        sa.Column("message_row", ID, nullable=False),
        sa.Column("taxonomy", sa.Text(), nullable=False),
        sa.Column("space", sa.Text()),
        sa.Column("vector", sa.LargeBinary()),
        sa.Column("praise", sa.Float(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("message_row", name="pk_themed"),
        sa.ForeignKeyConstraint(
            ["message_row"],
            ["messages.id"],
            name="fk_themed_message_row_messages",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_themed_space", "themed", ["space"])
    op.create_table(
        "message_themes",
        sa.Column("message_row", ID, nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("message_row", "theme", name="pk_message_themes"),
        sa.ForeignKeyConstraint(
            ["message_row"],
            ["messages.id"],
            name="fk_message_themes_message_row_messages",
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        "ix_message_themes_theme_message_row", "message_themes", ["theme", "message_row"]
    )


def _defects() -> None:
    op.create_table(
        "defects",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("theme", sa.Text()),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("known", sa.JSON(), nullable=False),
        sa.Column("known_until", UtcDateTime()),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("fixed_at", UtcDateTime()),
        sa.Column("fixed_by", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_defects"),
        sa.UniqueConstraint("name_key", name="uq_defects_name_key"),
    )
    op.create_table(
        "defect_tickets",
        sa.Column("defect_id", ID, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("defect_id", "ticket_id", name="pk_defect_tickets"),
        sa.ForeignKeyConstraint(
            ["defect_id"], ["defects.id"], name="fk_defect_tickets_defect_id_defects"
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name="fk_defect_tickets_ticket_id_tickets"
        ),
    )
    op.create_index("ix_defect_tickets_ticket_id", "defect_tickets", ["ticket_id"])


def _announcements() -> None:
    op.create_table(
        "announcements",
        sa.Column("id", ID, nullable=False),
        sa.Column("defect_id", ID, nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_announcements"),
        sa.ForeignKeyConstraint(
            ["defect_id"], ["defects.id"], name="fk_announcements_defect_id_defects"
        ),
    )
    op.create_index("ix_announcements_defect_id", "announcements", ["defect_id"])
    op.create_table(
        "announced",
        sa.Column("defect_id", ID, nullable=False),
        sa.Column("customer_key", sa.Text(), nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("outbox_id", ID),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("defect_id", "customer_key", name="pk_announced"),
        sa.ForeignKeyConstraint(
            ["defect_id"], ["defects.id"], name="fk_announced_defect_id_defects"
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name="fk_announced_ticket_id_tickets"
        ),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name="fk_announced_outbox_id_outbox"),
    )
    op.create_index("ix_announced_ticket_id", "announced", ["ticket_id"])
    op.create_index("ix_announced_outbox_id", "announced", ["outbox_id"])
