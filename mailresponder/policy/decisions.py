"""What can be decided about a message. Data only: triage decides, the jobs carry it out."""

from dataclasses import dataclass
from enum import StrEnum

from mailresponder.mail.automatic import Kind
from mailresponder.mail.message import Address
from mailresponder.policy.facts import Outcome
from mailresponder.policy.orders import Orders
from mailresponder.policy.ticket import Ticket


class FoundBy(StrEnum):
    """How it is known which ticket a mail belongs to."""

    THREAD = "thread"
    """In-Reply-To or References name a mail of the ticket (RFC 5322 §3.6.4)."""
    SUBJECT = "subject_reference"
    """The ticket's reference stands in the subject, and the sender takes part in the ticket."""
    QUOTE = "quoted_reference"
    """It stands in the text, as in a quote of our mail, and the sender takes part: all there is
    where a provider gave our mail another Message-ID."""
    SAME_MATTER = "same_matter"
    """The same sender and subject as a ticket that nobody has answered yet."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenTicket:
    """A person wrote about something new."""

    kind: Kind
    customer: Address
    suppressed_by: tuple[str, ...]
    """Why they are not acknowledged; empty: they are."""
    linked_to: Ticket | None = None
    """The ticket in whose thread the new matter came up."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowUp:
    """Somebody wrote again about a ticket."""

    kind: Kind
    ticket: Ticket
    found_by: FoundBy
    suppressed_by: tuple[str, ...]
    """Why no follow-up notice may be sent."""
    answers_question: bool = False
    """It answers our question whether the matter is solved."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StaffAnswer:
    """Staff answered, and the customer can see it."""

    ticket: Ticket
    proof: str
    """What makes us believe it: `sent_folder`, `authenticated` or `escalation_token`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReturnToStaff:
    """Staff wrote to us, and no customer will ever see it unless they are told."""

    ticket: Ticket | None
    """None: they answered a notice about several tickets, or about none."""
    to: Address
    proof: str
    reason: str = ""
    """Why it went no further, one of `relaying.Refusal`; empty: it was no answer to a notice."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Relay:
    """Staff answered a notice of ours: what they wrote is the customer's, if it is safe to send."""

    ticket: Ticket
    by: Address
    proof: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StaffCommand:
    """Staff said what is to be done, in a reply to a notice of ours."""

    ticket: Ticket | None
    """None: the notice was about several tickets, or about none."""
    by: Address
    proof: str
    """As in `StaffAnswer`."""
    orders: Orders
    """What they ordered, or what of it is not understood."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryFailure:
    """A mail of ours, or an answer of staff, came back for good."""

    ticket: Ticket | None
    """None: it was a notice to staff about several."""
    reasons: tuple[str, ...]
    status: str | None
    """The enhanced status code, as `5.1.1` (RFC 3463)."""
    relay: int | None = None
    """The id in the outbox of the answer that we had passed on, where that is what came back."""
    staff: str = ""
    """Whom our notice was meant for; empty where it was mail to the customer that came back."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """Nothing to act on: it is written down with its reasons."""

    kind: Kind
    outcome: Outcome
    reasons: tuple[str, ...]
    ticket: Ticket | None = None
    """What it belongs to, where that is known."""
    renamed_from: str | None = None
    """Our own Message-ID of a mail of ours that the provider gave another one."""


Decision = (
    OpenTicket
    | FollowUp
    | StaffAnswer
    | Relay
    | StaffCommand
    | ReturnToStaff
    | DeliveryFailure
    | Record
)
