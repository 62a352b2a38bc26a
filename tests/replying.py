"""Staff who reply to a notice of the desk, and what the customer gets of it."""

from email.message import EmailMessage
from typing import Any

from clients import Person
from offices import EMMA, LEAD, PROVEN, Office, complaint

BORDER = (("Authentication-Results", PROVEN),)


def lena(**changes: Any) -> Person:
    """Staff, whose mail our own border vouches for."""
    given: dict[str, Any] = {"name": "Lena Ruiz", "email": LEAD, "headers": BORDER, **changes}
    return Person(**given)


def overdue(office: Office, *mails: bytes) -> EmailMessage:
    """A customer's mail that nobody answered in time, and the notice of it."""
    office.receive(*(mails or (complaint(),)))
    office.run_well()
    office.clock.advance(hours=8, minutes=1)
    office.run_well()
    return office.sent_to(LEAD)[-1]


def relayed(office: Office, to: str = EMMA) -> list[EmailMessage]:
    """What the customer was sent beside what we write by ourselves."""
    return [mail for mail in office.sent_to(to) if mail["Auto-Submitted"] is None]
