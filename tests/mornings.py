"""Mails that come at an hour of the desk's day: moments in its zone, and what somebody has got."""

from datetime import UTC, datetime

from desks import text_of
from offices import LEAD, Office


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment in Madrid in March 2025, before the clocks change; the 10th is a Monday."""
    return datetime(2025, 3, day, hour - 1, minute, tzinfo=UTC)


def told(office: Office, person: str = LEAD) -> list[str]:
    """Subject and text of what somebody got, each on one line."""
    mails = office.sent_to(person)
    return [" ".join(f"{mail['Subject']} {text_of(mail)}".split()) for mail in mails]
