"""How often a mailbox has failed in a row, to read and to send, when it is tried again, and when it
was last compared with what the server holds; from which message on each folder is compared."""

import sqlalchemy as sa
from alembic import op

from mailresponder.store.column_types import UtcDateTime

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the columns; nothing failed so far as far as they know. Turn an index round."""
    for column in (
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("retry_at", UtcDateTime()),
        sa.Column("send_failures", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("send_retry_at", UtcDateTime()),
        sa.Column("send_failing_since", UtcDateTime()),
        sa.Column("send_error", sa.Text()),
        sa.Column("send_told_at", UtcDateTime()),
        sa.Column("reconciled_at", UtcDateTime()),
        sa.Column("start_from", sa.Text()),
    ):
        op.add_column("mailboxes", column)
    op.add_column("folders", sa.Column("first_uid", sa.BigInteger()))
    op.add_column(
        "folders", sa.Column("compared_uid", sa.BigInteger(), nullable=False, server_default="0")
    )
    # By state first: what a dead process held is looked for in all mailboxes at once.
    op.drop_index("ix_outbox_mailbox_state_next_attempt_at", "outbox")
    op.create_index(
        "ix_outbox_state_mailbox_next_attempt_at", "outbox", ["state", "mailbox", "next_attempt_at"]
    )
