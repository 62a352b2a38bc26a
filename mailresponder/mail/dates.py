"""The dates in a mail's header."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from mailresponder.mail.message import InboundMessage


def date_of(value: str) -> datetime | None:
    """A date as in `Date:` (RFC 5322 §3.3), aware; UTC where it says `-0000` or no zone."""
    if not value:
        return None
    try:
        date = parsedate_to_datetime(value[:200])
        date = date if date.tzinfo else date.replace(tzinfo=UTC)
        date.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return date


def stamped_at(message: InboundMessage) -> datetime | None:
    """When the last server on its way took the mail, by the topmost `Received:` (RFC 5321 §4.4);
    None where it says nothing, as in a copy that a mail client has filed."""
    _, semicolon, date = (message.header("received") or "").rpartition(";")
    return date_of(date.strip()) if semicolon else None
