"""How values are kept in columns, so that both databases give back what they were handed."""

from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy import DateTime, Dialect, Text, TypeDecorator

KEY_BYTES = 900
"""What an indexed text may weigh: PostgreSQL refuses an index row of more than 2704 bytes, and a
header line holds at most 998 (RFC 5322 §2.1.1)."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, in UTC when it comes back. A naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time must be aware")
        utc = value.astimezone(UTC)
        # SQLite keeps text: without an offset all of it sorts as times do.
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class SafeText(TypeDecorator[str]):
    """Text of any length. NUL is dropped and a lone surrogate becomes `?`: PostgreSQL takes
    neither, and one odd mail must not stop the next."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        return None if value is None else storable(value)


class Key(TypeDecorator[str]):
    """Text that is looked up. Beyond `KEY_BYTES` it is cut and a digest stands for the rest, when
    it is stored and when it is looked for alike."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        return None if value is None else as_key(value)


def as_key(value: str) -> str:
    """The text as it stands in a column of `Key`."""
    text = storable(value)
    # No letter has more than four bytes: most are not worth encoding.
    if len(text) * 4 <= KEY_BYTES or len(encoded := text.encode()) <= KEY_BYTES:
        return text
    head = encoded[: KEY_BYTES - 80].decode(errors="ignore")
    return f"{head}#{sha256(encoded).hexdigest()}"


def storable(text: str) -> str:
    """The text as both databases take it: plain `str`, no NUL, no lone surrogate."""
    text = str(text).replace("\0", "")
    return text if text.isascii() else text.encode(errors="replace").decode()
