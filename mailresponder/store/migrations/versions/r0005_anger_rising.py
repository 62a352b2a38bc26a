"""Whether a ticket's customer grows angrier."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the column; nobody compared the mails of what is there already."""
    op.add_column(
        "tickets",
        sa.Column("anger_rising", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
