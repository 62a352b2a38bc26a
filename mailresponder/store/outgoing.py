"""A mail of ours as the outbox keeps it: what it is, as it is queued, and as it is claimed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Kind = Literal[
    "acknowledgement",
    "follow_up",
    "closing_question",
    "fixed",
    "relay",
    "escalation",
    "escalation_list",
    "not_sent",
    "unreachable",
    "answers_unseen",
    "command_report",
    "digest",
    "report",
    "admin",
    "test",
]
"""What a mail of ours is: the first five go to customers, the fifth written by staff; the next
eight to staff."""

TO_CUSTOMERS: tuple[Kind, ...] = (
    *("acknowledgement", "follow_up", "closing_question", "fixed", "relay"),
)
"""Kinds that go to customers."""

TO_STAFF: tuple[Kind, ...] = (
    *("escalation", "escalation_list", "not_sent", "unreachable", "command_report", "digest"),
    "report",
)
"""Kinds that go to staff, who may act on them by reply."""

OVERVIEWS: tuple[Kind, ...] = ("digest", "report")
"""Kinds that quote customers without saying whom."""

ASSIGNED = "assigned:"
"""How the `dedup_key` of an escalation begins that tells somebody of a ticket given to them."""


def name_of(kind: Kind, dedup_key: str) -> str:
    """What a mail is, where people read it: its kind, or `assignment`."""
    return "assignment" if kind == "escalation" and dedup_key.startswith(ASSIGNED) else kind


State = Literal["queued", "sending", "sent", "failed", "overtaken"]
"""Where a mail is on its way; the table of `outbox` says how it moves."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A mail to be queued."""

    mailbox: str
    """The mailbox it is sent from."""
    ticket_id: int | None
    kind: Kind
    recipient: str
    """`local@domain`."""
    message_id: str
    """With its angle brackets; fixed from here on."""
    dedup_key: str
    """Names the reason for this mail: a second draft with the same one is dropped."""
    content: bytes
    """The mail, CRLF."""
    subject_key: str
    """Its subject normalised, for the cap on equal subjects."""
    promise_until: datetime | None = None
    """From this moment on the mail says something untrue and must be written anew."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Claimed:
    """A mail that is ours to send until the lease ends."""

    id: int
    mailbox: str
    ticket_id: int | None
    kind: Kind
    recipient: str
    message_id: str
    dedup_key: str
    content: bytes
    promise_until: datetime | None
    attempts: int
    """This one included."""
    repeat: bool
    """An earlier attempt ended without a verdict: the mail may have been sent."""
    created_at: datetime
