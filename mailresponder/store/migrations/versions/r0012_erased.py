"""What is left of mails that were erased: enough to know one again, and nothing that tells whose
it was."""

import sqlalchemy as sa
from alembic import op

from mailresponder.store.column_types import UtcDateTime

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the table; nothing was erased before there was one."""
    op.create_table(
        "erased",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_erased"),
    )
