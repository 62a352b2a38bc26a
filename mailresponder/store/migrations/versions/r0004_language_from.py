"""How the language of a ticket is known."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column; what is there already counts as heard from the text."""
    op.add_column("tickets", sa.Column("language_from", sa.Text()))
