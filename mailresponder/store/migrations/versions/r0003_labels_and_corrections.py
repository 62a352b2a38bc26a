"""What staff say of the anger in a mail, and what was learnt from it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON()
TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables, and who judged a ticket; nobody has judged what is there already."""
    op.add_column("tickets", sa.Column("judged_by", TEXT))
    op.add_column("tickets", sa.Column("calm_until", TIME))
    op.create_table(
        "labels",
        sa.Column("message_row", ID, autoincrement=False, nullable=False),
        sa.Column("angry", sa.Boolean(), nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["message_row"], ["messages.id"], name="fk_labels_message_row_messages"
        ),
        sa.PrimaryKeyConstraint("message_row", name="pk_labels"),
    )
    op.create_table(
        "corrections",
        sa.Column("id", ID, nullable=False),
        sa.Column("model", TEXT, nullable=False),
        sa.Column("content", TEXT, nullable=False),
        sa.Column("labels", sa.Integer(), nullable=False),
        sa.Column("figures", JSON, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("undone_by", TEXT),
        sa.Column("undone_at", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_corrections"),
    )
