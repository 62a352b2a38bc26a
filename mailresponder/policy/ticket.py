"""A ticket: one customer's matter, and whether somebody still waits for an answer."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailresponder.mail.message import Address

Because = tuple[tuple[str, float], ...]
"""The words and cues that made a text angry, each with its weight, strongest first."""


class TicketState(StrEnum):
    """Who waits for whom."""

    OPEN = "open"
    """The customer waits for us; a deadline runs."""
    ANSWERED = "answered"
    """We wait for the customer; no deadline."""
    CLOSED = "closed"
    """Nobody waits."""


class Role(StrEnum):
    """What a participant is to the ticket."""

    CUSTOMER = "customer"
    """An address of the customer: From or Reply-To of the mail that opened the ticket."""
    OTHER = "other"
    """Copied in, or wrote into the thread. Never told anything by us."""


class LanguageSource(StrEnum):
    """How the language of a ticket or a message is known, the surest first."""

    TEXT = "text"
    """Its text is in it."""
    THREAD = "thread"
    """Its ticket is in it, and the text does not tell."""
    LAST = "last"
    """The customer spoke it in their latest earlier ticket."""
    HINT = "hint"
    """A header, the sender's country, the charset or half a word speaks for it: a guess."""
    DEFAULT = "default"
    """It is the desk's first, and nothing tells."""

    @property
    def is_sure(self) -> bool:
        """Is it more than a guess?"""
        return self not in (LanguageSource.HINT, LanguageSource.DEFAULT)


@dataclass(frozen=True, kw_only=True, slots=True)
class Participant:
    """Somebody who takes part in a ticket."""

    address: str
    """`local@domain`, casefolded."""
    role: Role


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticket:
    """A ticket as it stands. Times are aware; `id` is 0 until the store has given one."""

    id: int = 0
    reference: str
    """As `MR-7F3K2`."""
    mailbox: str
    """The name of the mailbox it came to."""
    state: TicketState
    subject: str
    """As the customer wrote it; may be empty."""
    subject_key: str
    """The subject normalised: no prefixes, no reference, casefolded."""
    customer: Address
    """Fixed when the ticket opens; our mail about it goes here."""
    participants: frozenset[Participant]
    language: str
    anger: float
    """0..1, the highest among the customer's unanswered messages."""
    angry: bool
    because: Because
    opened_at: datetime
    """INTERNALDATE of the mail that opened it."""
    waiting_since: datetime | None
    """The oldest unanswered customer message; None unless open."""
    due_at: datetime | None
    """By when a person is to answer; None unless open."""
    answered_at: datetime | None = None
    """The last answer a customer could see."""
    escalation_level: int = 0
    """How many steps of the ladder have been taken since the customer waits."""
    escalated_at: datetime | None = None
    """When a step was last taken or repeated."""
    next_escalation_at: datetime | None = None
    """When somebody must be told next; None where nobody needs to be."""
    snoozed_until: datetime | None = None
    acknowledged_at: datetime | None = None
    """When the SMTP server accepted the acknowledgement."""
    suppressed_by: tuple[str, ...] = ()
    """Why the customer was not acknowledged; empty where they are."""
    linked_to: str | None = None
    """The reference of the ticket in whose thread this matter came up."""
    unreachable_at: datetime | None = None
    """When mail to the customer came back for good; None where none has since they last wrote."""
    unreachable_told_at: datetime | None = None
    """When staff were told of that: once a ticket."""
    judged_by: str | None = None
    """Who of staff said whether it is angry; None where `angry` is what was heard."""
    calm_until: datetime | None = None
    """Staff said that it is not angry: of what the customer wrote until then, nothing is."""
    anger_rising: bool = False
    """Is the newest unanswered mail angrier than every unanswered one before it?"""
    language_from: LanguageSource = LanguageSource.TEXT
    """How `language` is known."""
    assigned_to: str | None = None
    """Who of staff took it or was given it, casefolded; None: nobody in particular."""
    warned_at: datetime | None = None
    """When somebody was told that the deadline is near, since the customer waits."""
    rests_since: datetime | None = None
    """Since when we wait for the customer and nothing was written; None unless answered."""
    asked_at: datetime | None = None
    """When the customer was asked whether it is solved: once a ticket."""
    solved: bool | None = None
    """What the customer said to that; None where they have not."""
    merged_into: str | None = None
    """The reference of the ticket that holds its messages now."""
    spam: bool = False
    """Staff said that no customer wrote it."""

    def takes_part(self, address: Address) -> bool:
        """Is this address the customer's or another participant's?"""
        return any(p.address == address.key for p in self.participants)

    def is_customer(self, address: Address) -> bool:
        """Is this an address of the customer?"""
        return any(p.address == address.key and p.role is Role.CUSTOMER for p in self.participants)


@dataclass(frozen=True, kw_only=True, slots=True)
class OtherTicket:
    """Another ticket of the same customer, in a line."""

    reference: str
    subject: str
    """As the customer wrote it; may be empty."""
    state: TicketState
    opened_at: datetime
    angry: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class OtherTickets:
    """What else a customer has written about."""

    newest: tuple[OtherTicket, ...] = ()
    """The newest first."""
    more: int = 0
    """How many there are beside these."""
