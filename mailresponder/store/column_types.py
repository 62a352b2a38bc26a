"""How values are kept in columns, so that both databases give back what they were handed.

Each type hands SQLAlchemy one function for all that is done to a value, as a mail binds fifty: by
`process_bind_param` and the type beneath it takes twice as long.
"""

from collections.abc import Callable
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

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], object]:
        return _utc_as_text if dialect.name == "sqlite" else _utc

    def result_processor(
        self, dialect: Dialect, _coltype: object
    ) -> Callable[..., datetime | None]:
        return _from_text if dialect.name == "sqlite" else _utc


class SafeText(TypeDecorator[str]):
    """Text of any length. NUL is dropped and a lone surrogate becomes `?`: PostgreSQL takes
    neither, and one odd mail must not stop the next."""

    impl = Text
    cache_ok = True

    def bind_processor(self, _dialect: Dialect) -> Callable[[str | None], str | None]:
        return _bound_text


class Key(TypeDecorator[str]):
    """Text that is looked up. Beyond `KEY_BYTES` it is cut and a digest stands for the rest, when
    it is stored and when it is looked for alike."""

    impl = Text
    cache_ok = True

    def bind_processor(self, _dialect: Dialect) -> Callable[[str | None], str | None]:
        return _bound_key


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
    text = str(text)
    if "\0" in text:
        text = text.replace("\0", "")
    return text if text.isascii() else text.encode(errors="replace").decode()


def _bound_text(value: str | None) -> str | None:
    return None if value is None else storable(value)


def _bound_key(value: str | None) -> str | None:
    return None if value is None else as_key(value)


def _utc(value: datetime | None) -> datetime | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError("a stored time must be aware")
    return value.astimezone(UTC)


def _utc_as_text(value: datetime | None) -> str | None:
    """Without an offset, and as long as any other: all of it sorts as times do."""
    utc = _utc(value)
    return None if utc is None else utc.isoformat(" ", "microseconds").removesuffix("+00:00")


def _from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(f"{value}+00:00")
