"""One matter of one customer, and how what happens to it is written down."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from year import plan
from year.people import Person
from year.rows import Rows
from year.writing import Text

from mailresponder.listening.anger import Anger
from mailresponder.mail.automatic import Kind
from mailresponder.mail.message import Address, InboundMessage
from mailresponder.policy.desk import Desk
from mailresponder.policy.facts import Outcome
from mailresponder.policy.ticket import Ticket
from mailresponder.store.outbox import Kind as OurKind


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """What is true of a message of a person."""

    themes: tuple[str, ...]
    """The main one first; none in a further mail, which says nothing of its own."""
    language: str
    at: datetime
    angry: bool
    """Was it meant to be?"""
    first: bool
    """Does it begin a matter?"""
    text: str
    customer: str

    @property
    def week(self) -> int:
        """The week it was written in, from 1 on."""
        return plan.week_of(self.at)


@dataclass(kw_only=True, eq=False)
class Matter:
    """One matter of one customer, as it stands."""

    person: Person
    themes: tuple[str, ...]
    desk: Desk
    rows: Rows
    ids: list[str] = field(default_factory=list)
    """The Message-IDs in its thread, oldest first."""
    asked_again: int = 0
    _ticket: Ticket | None = None

    @property
    def ticket(self) -> Ticket:
        """Its ticket, once there is one."""
        assert self._ticket is not None
        return self._ticket

    @ticket.setter
    def ticket(self, after: Ticket) -> None:
        self._ticket = self.rows.save(after)

    def event(self, at: datetime, what: str, why: str, *, by: str = "mailresponder") -> None:
        """What was done to it."""
        self.rows.event(self.ticket, at, what, why, by=by)

    def mail(
        self, at: datetime, kind: OurKind, to: str, *, key: str = "", failed: str = ""
    ) -> None:
        """A mail of ours about it; `key` tells several of one kind apart."""
        self.rows.mail(
            at=at,
            mailbox=self.desk.mailbox,
            sender=self.desk.address.email,
            kind=kind,
            recipient=to,
            ticket=self.ticket,
            dedup_key=f"{kind}:{self.ticket.reference}:{self.ticket.id}:{key}",
            failed=failed,
        )


class Recorder:
    """Writes down the mails that come in, and what is true of them."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._order: Iterator[int] = count(1)
        self.labels: dict[int, Label] = {}
        """By the row of the message."""

    def message(self, matter: Matter, text: Text, at: datetime) -> InboundMessage:
        """A mail of the customer, as it was read."""
        person = matter.person
        message_id = f"<m{next(self._order)}@{person.email.partition('@')[2]}>"
        before = tuple(matter.ids[-1:])
        matter.ids.append(message_id)
        return InboundMessage(
            message_id=message_id,
            in_reply_to=before,
            references=before,
            from_=(Address(email=person.email, name=person.name),),
            sender=None,
            reply_to=(),
            to=(matter.desk.address,),
            cc=(),
            bcc=(),
            resent_to=(),
            subject=text.subject,
            sent_at=at,
            received_at=at,
            headers={},
            text=text.body,
            new_text=text.body,
            attachments=(),
            report=None,
            digest=message_id,
        )

    def taken(
        self,
        matter: Matter,
        message: InboundMessage,
        heard: Anger,
        *,
        angry: bool,
        outcome: Outcome,
        reasons: tuple[str, ...] = (),
    ) -> None:
        """A mail of the customer was read, and put with its ticket."""
        first = outcome is Outcome.OPENED
        row = self._rows.message(
            at=message.received_at,
            mailbox=matter.desk.mailbox,
            message_id=matter.ids[-1],
            from_=matter.person.email,
            to=matter.desk.address.email,
            outcome=outcome,
            ticket=matter.ticket,
            subject=message.subject,
            text=message.new_text,
            language=matter.person.language,
            heard=heard,
            reasons=reasons,
            in_reply_to=message.in_reply_to,
        )
        self.labels[row] = Label(
            themes=tuple(t for t in matter.themes if t != plan.CHATTER) if first else (),
            language=matter.person.language,
            at=message.received_at,
            angry=angry,
            first=first,
            text=message.new_text,
            customer=matter.person.email,
        )

    def answer(self, matter: Matter, text: str, at: datetime) -> None:
        """Staff wrote to the customer."""
        matter.ids.append(f"<answer-{next(self._order)}@example.com>")
        self._rows.message(
            at=at,
            mailbox=matter.desk.mailbox,
            message_id=matter.ids[-1],
            from_=matter.desk.address.email,
            to=matter.person.email,
            outcome=Outcome.ANSWERED,
            direction="staff",
            ticket=matter.ticket,
            subject=f"Re: {matter.ticket.subject}",
            text=text,
            reasons=("sent_folder",),
            in_reply_to=matter.ids[:1],
        )

    def machine(self, kind: Kind, at: datetime, matter: Matter | None = None) -> None:
        """A mail that no person wrote; of a matter, or of none."""
        number = next(self._order)
        mailbox, address = "support", "support@example.com"
        if matter is not None:
            mailbox, address = matter.desk.mailbox, matter.desk.address.email
        self._rows.message(
            at=at,
            mailbox=mailbox,
            message_id=f"<machine-{number}@machines.test>",
            from_=f"machine{number % 50}@machines.test",
            to=address,
            outcome=Outcome.RECORDED,
            kind=kind,
            ticket=matter.ticket if matter else None,
            reasons=(kind.value,),
        )
