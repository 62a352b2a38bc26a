"""What triage asks of the past, and the answers. The store answers; it decides nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from mailresponder.mail.message import Address
from mailresponder.policy.ticket import Ticket


class Outcome(StrEnum):
    """What became of a message: recorded with it, and what a second copy is compared with."""

    OPENED = "opened"
    """It opened a ticket."""
    FOLLOWED_UP = "followed_up"
    """The customer, or somebody in the thread, wrote again."""
    ANSWERED = "answered"
    """A staff answer the customer can see."""
    RETURNED = "returned"
    """A staff reply that did not reach the customer, returned to its writer."""
    COMMANDED = "commanded"
    """Staff said what is to be done with a ticket."""
    RELAYED = "relayed"
    """A staff reply that we pass on to the customer."""
    RECORDED = "recorded"
    """It changes nothing: a machine's mail, our own, staff among themselves."""
    UNPROVEN = "unproven"
    """From a staff address without proof, in an existing thread: it changes nothing."""
    DUPLICATE = "duplicate"
    """Another copy of a message taken before."""
    BEFORE_START = "before_start"
    """Received before the mailbox's start: nobody acts on it."""
    ERASED = "erased"
    """Another copy of a message of which nothing may be kept any more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Questions:
    """What must be looked up before a message can be decided."""

    dedup_key: str
    """Equal for two copies of one mail."""
    tombstones: tuple[str, ...] = ()
    """What would be kept of it if it had been erased, by any of its names."""
    message_ids: tuple[str, ...]
    """Of the thread, nearest first: In-Reply-To, then References from the last to the first."""
    reported_ids: tuple[str, ...]
    """Message-IDs of the mail a delivery report may be about, the likeliest first."""
    references: tuple[str, ...]
    """Ticket references in the subject, as `MR-7F3K2`."""
    quoted: tuple[str, ...] = ()
    """Ticket references in the text."""
    addressed: tuple[str, ...] = ()
    """Ticket references in the reply tokens of our addresses the mail was sent to, unproven."""
    correspondent: Address | None
    """Whom an acknowledgement would go to."""
    subject_key: str
    mailbox: str
    recipients: tuple[str, ...] = ()
    """Casefolded addresses the message goes to beside staff and us; only where the author is
    one of these, else empty."""
    now: datetime


NOTICE_PROVES_FOR = timedelta(days=30)
"""How long the Message-ID of a notice proves that its reader is staff."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SentCounts:
    """How much automatic mail to the correspondent was queued or sent lately."""

    last_hour: int = 0
    last_day: int = 0
    same_subject: int = 0
    """With the same normalised subject, in the last 180 minutes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportedMail:
    """The mail that a delivery report is about: one of a ticket's correspondence, or of ours."""

    ticket: Ticket | None
    """None: a notice of ours about several tickets."""
    is_notice: bool = False
    """True where it was one of our notices to staff."""
    recipient: str = ""
    """Whom a mail of ours was for, casefolded; empty where people wrote it."""
    relay: int | None = None
    """Its id in the outbox where it was an answer that we passed on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """All that policy may know of the past when it decides a message."""

    seen: Outcome | None = None
    """What became of an earlier copy of this message."""
    thread: Ticket | None = None
    """The ticket of the nearest Message-ID that belongs to a ticket's correspondence with the
    customer: their mail, staff answers, our acknowledgements. Never by a notice to staff."""
    thread_subject: str = ""
    """The subject of that mail, where people wrote it."""
    answers_question: bool = False
    """Is that mail the one in which we asked the customer whether it is solved?"""
    escalated: Ticket | None = None
    """The ticket of the nearest Message-ID that is one of our notices to staff, written no
    longer than NOTICE_PROVES_FOR ago."""
    escalated_to: str = ""
    """Whom that notice was sent to, casefolded."""
    escalated_at: datetime | None = None
    """When that notice was written."""
    escalated_by: str = ""
    """Its kind, as the outbox names it."""
    listed_to: str = ""
    """Whom the nearest notice about no single ticket, as a list, a digest or a report, was sent to,
    casefolded; as old at most. Empty where there is none."""
    addressed: Ticket | None = None
    """The ticket that the address speaks of to which the mail was sent, unproven."""
    reported: ReportedMail | None = None
    """What a delivery report is about."""
    named: tuple[Ticket, ...] = ()
    """The tickets whose references stand in the subject."""
    quoted: tuple[Ticket, ...] = ()
    """The tickets whose references stand in the text."""
    of_recipients: tuple[Ticket, ...] = ()
    """The open and the answered tickets of this mailbox whose customer is among the recipients."""
    same_matter: Ticket | None = None
    """The open ticket, unanswered since it opened or reopened, of the same correspondent, the
    same normalised subject and the same mailbox."""
    sent: SentCounts = SentCounts()
    reported_as_spam: bool = False
    """Did staff say of a ticket of the correspondent that it is spam?"""
