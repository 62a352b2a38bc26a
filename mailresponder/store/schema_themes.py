"""The tables of what customers write about: themes, defects, and who was told that one is mended.

Part of `schema`, whose rules hold here too. Messages and tickets are named as text because their
tables stand there.
"""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, LargeBinary, Table, and_

from mailresponder.store.column_types import Key, SafeText, UtcDateTime
from mailresponder.store.schema_base import ID, JSON_VALUE, metadata

themes = Table(
    "themes",
    metadata,
    Column("key", Key, primary_key=True),
    Column("state", Key, nullable=False),
    Column("merged_into", Key),
    Column("names", JSON_VALUE, nullable=False),
    Column("words", JSON_VALUE, nullable=False),
    Column("space", Key),
    Column("centroid", LargeBinary),
    Column("size", Integer, nullable=False),
    Column("found_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("changed_by", SafeText, nullable=False),
)

themed = Table(
    "themed",
    metadata,
    Column(
        "message_row",
        ForeignKey("messages.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("taxonomy", Key, nullable=False),
    Column("space", Key, index=True),
    Column("vector", LargeBinary),
    Column("praise", Float, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
OWING = and_(themed.c.space.is_not(None), themed.c.vector.is_(None))
"""Messages that are still to be given their place in the space."""

message_themes = Table(
    "message_themes",
    metadata,
    Column(
        "message_row",
        ForeignKey("messages.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("theme", Key, primary_key=True),
    Column("how", Key, nullable=False),
    Column("weight", Float, nullable=False),
    Index(None, "theme", "message_row"),
)

defects = Table(
    "defects",
    metadata,
    Column("id", ID, primary_key=True),
    Column("name", SafeText, nullable=False),
    Column("name_key", Key, nullable=False, unique=True),
    Column("owner", SafeText, nullable=False),
    Column("state", Key, nullable=False),
    Column("theme", Key),
    Column("words", JSON_VALUE, nullable=False),
    Column("known", JSON_VALUE, nullable=False),
    Column("known_until", UtcDateTime),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("opened_by", SafeText, nullable=False),
    Column("fixed_at", UtcDateTime),
    Column("fixed_by", SafeText),
)

defect_tickets = Table(
    "defect_tickets",
    metadata,
    Column("defect_id", ForeignKey("defects.id"), primary_key=True, autoincrement=False),
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    Column("state", Key, nullable=False),
    Column("how", Key, nullable=False),
    Column("by", SafeText, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "ticket_id"),
)

announcements = Table(
    "announcements",
    metadata,
    Column("id", ID, primary_key=True),
    Column("defect_id", ForeignKey("defects.id"), nullable=False, index=True),
    Column("words", JSON_VALUE, nullable=False),
    Column("by", SafeText, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
)

announced = Table(
    "announced",
    metadata,
    Column("defect_id", ForeignKey("defects.id"), primary_key=True, autoincrement=False),
    Column("customer_key", Key, primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False, index=True),
    Column("outbox_id", ForeignKey("outbox.id"), index=True),
    Column("at", UtcDateTime, nullable=False),
)
