"""An answer of staff that is to be passed on, and what its ticket's story says of it."""

from dataclasses import dataclass, field
from datetime import datetime

from mailresponder.mail import quoting
from mailresponder.mail.attachments import Enclosed
from mailresponder.mail.message import Address, InboundMessage
from mailresponder.policy.desk import Desk
from mailresponder.policy.ticket import Ticket


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """What happened in the ticket, as far as it counts here."""

    noticed_at: datetime | None = None
    """When the notice was written that is answered; None where that is not known."""
    noticed_by: str = ""
    """Of which kind that notice was, as in the outbox."""
    answered_at: datetime | None = None
    """When somebody else of staff last answered."""
    staff: tuple[str, ...] = ()
    """Addresses of staff who wrote in it."""
    to_colleague: bool = False
    """Does the mail answer one that somebody else of staff wrote below a notice?"""
    closed_at: datetime | None = None
    """When the ticket was last closed, by staff."""
    notes: tuple[str, ...] = ()
    """What staff wrote down for each other."""
    notices: tuple[str, ...] = ()
    """What we wrote to staff, with their subjects."""
    among_staff: tuple[str, ...] = ()
    """What staff wrote to each other and to us."""
    known: tuple[str, ...] = ()
    """What the customer wrote or was sent, with their subjects."""
    returned: tuple[str, ...] = ()
    """What staff wanted to send and got back for reasons other than what it gives away."""
    relayed: tuple[str, ...] = ()
    """What was passed on before."""
    of_writer: tuple[str, ...] = ()
    """Mails of the writer's that gave nothing away, and end as theirs do."""
    references: frozenset[str] = frozenset()
    """Of the customer's own tickets."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """An answer that is to be passed on, and all that may speak against it."""

    message: InboundMessage
    """The mail it stands in."""
    text: str
    """What would be sent: it stands above the quote, signature included."""
    by: Address
    ticket: Ticket
    desk: Desk
    past: Past = Past()
    enclosed: Enclosed = field(default_factory=Enclosed)
    reply: quoting.Reply = field(init=False)
    """The mail taken apart."""
    words: str = field(init=False)
    """The text without a signature."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "reply", quoting.reply(self.message.text))
        # The text ends where the quote begins: what looks like one within it is its writer's own.
        text = quoting.reply(self.text)
        object.__setattr__(self, "words", self.text if text.is_quoting else text.words)
