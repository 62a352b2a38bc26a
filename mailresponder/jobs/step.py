"""A message while it is being taken: where it lies, what became of it, how it is written down.

What is done with it stands in `taking`.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection

from mailresponder.jobs.work import Work
from mailresponder.listening.anger import Anger
from mailresponder.mail.attachments import Enclosed
from mailresponder.mail.authentication import Authentication, authenticated
from mailresponder.mail.automatic import Kind
from mailresponder.mail.compose import reply_references
from mailresponder.mail.message import Address, InboundMessage
from mailresponder.policy.facts import Facts, Outcome, Questions
from mailresponder.policy.notices import Original
from mailresponder.policy.ticket import Ticket
from mailresponder.store import tickets
from mailresponder.store.messages import Direction, MessageRecord, add_message, record_message
from mailresponder.store.tickets import Event

_MAX_RECIPIENTS = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a message lies in the mailbox."""

    folder: str
    uidvalidity: int
    uid: int
    is_sent: bool
    """True in the Sent folder."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """What became of a message, ready for the ledger."""

    outcome: Outcome
    row: int
    """Its row in `messages`; 0 where it has none."""
    own: bool = False
    """True for a mail that we sent ourselves."""

    @property
    def counted_as(self) -> str:
        """The outcome, or `own`: nobody who counts what came means what we sent."""
        return Kind.OWN.value if self.own else self.outcome.value


@dataclass(frozen=True, kw_only=True)
class Step:
    """One message on its way into the store, within one open transaction."""

    conn: Connection
    work: Work
    message: InboundMessage
    asked: Questions
    facts: Facts
    """What the store answered."""
    place: Place
    enclosed: Enclosed = field(default_factory=Enclosed)
    """The files of an answer that may be passed on."""

    @property
    def now(self) -> datetime:
        """The moment the message is decided."""
        return self.asked.now

    @property
    def original(self) -> Original:
        """The message as notices about it need it."""
        return Original(
            message_id=self.message.message_id,
            references=reply_references(self.message),
            new_text=self.message.new_text,
        )

    def is_proven(self, address: Address) -> bool:
        """Did the message prove to be from this very address? Reply-To may name a stranger, who
        is not to be sent what somebody else wrote."""
        author = self.message.author
        return author is not None and author.key == address.key and self.authentication.passed

    @cached_property
    def authentication(self) -> Authentication:
        """Whether our own border vouches for From."""
        trusted = self.work.desk.staff.trusted_authserv_id
        return authenticated(self.message, trusted_authserv_id=trusted)

    def event(self, ticket: Ticket, what: str, why: str, by: str = "mailresponder") -> None:
        """Write down what was done to a ticket and why."""
        tickets.add_events(self.conn, ticket.id, [self.told(what, why, by)])

    def told(self, what: str, why: str, by: str = "mailresponder") -> Event:
        """What was done, to be written down with what else was."""
        return Event(at=self.now, what=what, why=why, by=by)

    def write_down(
        self,
        outcome: Outcome,
        *,
        kind: Kind = Kind.HUMAN,
        ticket: Ticket | None = None,
        heard: Anger | None = None,
        spoken: str | None = None,
        reasons: tuple[str, ...] = (),
        direction: Direction = "in",
    ) -> Taken:
        """Write down the message with what became of it."""
        message = self.message
        # Mail that belongs to no ticket is a line in the ledger: we keep none of its text.
        kept = _told(message) if ticket is not None else ""
        record = MessageRecord(
            dedup_key=self.asked.dedup_key,
            message_id=message.message_id,
            in_reply_to=message.in_reply_to,
            references=message.references,
            ticket_id=ticket.id if ticket is not None else None,
            mailbox=self.work.desk.mailbox,
            direction=direction,
            kind=kind,
            from_=message.author.email if message.author else "",
            to=", ".join(a.email for a in message.to[:_MAX_RECIPIENTS]),
            subject=message.subject if ticket is not None else "",
            new_text=kept,
            at=message.received_at,
            anger=heard.score if heard else None,
            angry=heard is not None and heard.angry,
            because=heard.because if heard else (),
            reasons=reasons,
            language=spoken,
            outcome=outcome,
        )
        if self.facts.seen is None:
            row = add_message(self.conn, record)
        else:
            better = self.place.is_sent and outcome is not Outcome.DUPLICATE
            row = record_message(self.conn, record, replace=better)
        self.work.tell(
            outcome.value,
            kind=kind.value,
            folder=self.place.folder,
            uid=self.place.uid,
            ticket=ticket.reference if ticket is not None else None,
            reason=",".join(reasons) or None,
        )
        return Taken(outcome=outcome, row=row, own=kind is Kind.OWN)


def _told(message: InboundMessage) -> str:
    """What staff are shown of a message: its new text, or what there was instead of words; above
    it, who passed it on and what they had to say."""
    text = message.new_text or " ".join(f"[{note}]" for note in message.notes)
    if message.forwarded_by is None:
        return text
    return f"[{': '.join(filter(None, [message.forwarded_by.email, message.remark]))}]\n\n{text}"


def remark_of(kept: str) -> str:
    """What who passed a message on had to say, in what is kept of it, as `_told` put it together;
    empty where nobody did."""
    head, _ = _parted(kept)
    return head.partition(": ")[2]


def words_of(kept: str) -> str:
    """The writer's own words in what is kept of a message, as `_told` put it together."""
    _, words = _parted(kept)
    return "" if words.startswith("[") and words.endswith("]") else words


def _parted(kept: str) -> tuple[str, str]:
    """Who passed a message on, with their remark, and the rest of it."""
    head, end, words = kept.partition("]\n\n")
    # Customers begin with brackets too, as "[Order 20417]": whoever passed it on has an address.
    passed_on = end and head.startswith("[") and "@" in head.partition(": ")[0]
    return (head[1:], words) if passed_on else ("", kept)
