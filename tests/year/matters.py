"""What becomes of a customer's matter: they write, are acknowledged and answered, ask again, thank,
are not content; what nobody answered is escalated; what stays quiet is closed.

States and deadlines are the program's own (`policy.lifecycle`, `policy.escalating`).
"""

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from random import Random

from year import plan
from year.desk import STAFF
from year.people import Person
from year.rows import Rows
from year.writing import Text, Writer

from mailresponder.listening.anger import Anger
from mailresponder.mail.automatic import Kind
from mailresponder.mail.message import Address, InboundMessage
from mailresponder.policy import escalating, lifecycle, resting
from mailresponder.policy.desk import Desk
from mailresponder.policy.escalating import Occasion
from mailresponder.policy.facts import Outcome
from mailresponder.policy.identifiers import new_reference
from mailresponder.policy.languages import Spoken
from mailresponder.policy.replies import ONLY_THANKS, SOLVED
from mailresponder.policy.ticket import LanguageSource, Ticket, TicketState

Hear = Callable[[str, str, bool], Anger]
"""How angry a text is, given its language and whether it was meant to be."""

_SECOND, _HOUR = timedelta(seconds=1), timedelta(hours=1)


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
        return plan.week_of(self.at.date())


@dataclass(kw_only=True, eq=False)
class Matter:
    """One matter of one customer."""

    person: Person
    themes: tuple[str, ...]
    desk: Desk
    ticket: Ticket | None = None
    ids: list[str] = field(default_factory=list)
    asked_again: int = 0

    @property
    def now(self) -> Ticket:
        """Its ticket, once there is one."""
        assert self.ticket is not None
        return self.ticket


class Matters:
    """All matters of the year as they go on."""

    def __init__(
        self, random: Random, rows: Rows, desks: Mapping[str, Desk], writer: Writer, hear: Hear
    ) -> None:
        self._random, self._rows, self._desks = random, rows, desks
        self._writer, self._hear = writer, hear
        self._coming: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._order = count()
        self.labels: dict[int, Label] = {}
        """By the row of the message."""

    def at(self, when: datetime, act: Callable[[datetime], None]) -> None:
        """Something is to happen then."""
        heapq.heappush(self._coming, (when, next(self._order), act))

    def go_on(self, until: datetime) -> None:
        """All that happens before this moment."""
        while self._coming and self._coming[0][0] < until:
            when, _, act = heapq.heappop(self._coming)
            act(when)

    # --- the customer

    def begin(self, person: Person, themes: tuple[str, ...], *, angry: bool, at: datetime) -> None:
        """Somebody writes about something new."""
        random = self._random
        mailbox = random.choices(tuple(self._desks), weights=(7, 3))[0]
        matter = Matter(person=person, themes=themes, desk=self._desks[mailbox])
        day = at.date()
        upset = random.random() < 0.12
        text = self._writer.first(person, themes, angry=angry, day=day, upset=upset)
        message = self._message(matter, text, at)
        heard = self._hear(f"{text.subject}\n{text.body}", person.language, angry)
        opened = lifecycle.opened(
            message,
            customer=Address(email=person.email, name=person.name),
            suppressed_by=(),
            reference=new_reference("MR", random.randrange),
            spoken=Spoken(language=person.language, source=LanguageSource.TEXT),
            anger=heard,
            desk=matter.desk,
        )
        matter.ticket = replace(opened, id=self._rows.new_ticket_id())
        self._taken(matter, message, heard, angry=angry, outcome=Outcome.OPENED)
        self._event(matter, at, "opened", "human mail; it belongs to no earlier ticket")
        if heard.angry:
            self._event(matter, at, "angry", f"{heard.score:.2f}")
        self._acknowledge(matter, at + 5 * _SECOND)
        self._wait(matter, at)

    def _write_again(self, matter: Matter, kind: str, at: datetime) -> None:
        before, random = matter.now, self._random
        angry = kind != "thanks" and random.random() < 1.5 * plan.anger(plan.week_of(at.date()))
        text = self._writer.reply(matter.person, kind, angry=angry, day=at.date())
        message = self._message(matter, replace(text, subject=f"Re: {before.subject}"), at)
        heard = self._hear(text.body, matter.person.language, angry)
        thanks = kind == "thanks"
        matter.ticket = lifecycle.followed_up(
            before,
            message,
            anger=heard,
            language=matter.person.language,
            no_clock=thanks,
            thanks=thanks,
            desk=matter.desk,
        )
        reasons = (ONLY_THANKS,) if thanks else ()
        outcome = Outcome.FOLLOWED_UP
        self._taken(matter, message, heard, angry=angry, outcome=outcome, reasons=reasons)
        self._event(matter, at, "followed_up", "the customer wrote again; found by in_reply_to")
        if before.state is TicketState.CLOSED and not thanks:
            self._event(matter, at, "reopened", "the customer wrote")
        if heard.angry:
            self._event(matter, at, "angry", f"{heard.score:.2f}")
        if matter.now.waiting_since == at:
            self._wait(matter, at)

    def _ask_again(self, matter: Matter, at: datetime) -> None:
        if matter.now.state is TicketState.OPEN and matter.asked_again < 3:
            matter.asked_again += 1
            self._write_again(matter, "again", at)

    def _say(self, matter: Matter, kind: str, at: datetime) -> None:
        if matter.now.state is not TicketState.OPEN:
            self._write_again(matter, kind, at)

    def _say_solved(self, matter: Matter, at: datetime) -> None:
        if matter.now.state is not TicketState.ANSWERED:
            return
        yes = {"en": "Yes, it's solved.", "es": "Sí, está resuelto."}[matter.person.language]
        message = self._message(matter, Text(subject=f"Re: {matter.now.subject}", body=yes), at)
        heard = self._hear(yes, matter.person.language, False)
        matter.ticket = replace(lifecycle.closed(matter.now), solved=True)
        outcome = Outcome.FOLLOWED_UP
        self._taken(matter, message, heard, angry=False, outcome=outcome, reasons=(SOLVED,))
        self._event(matter, at, "solved", "the customer says so")
        self._event(matter, at, "closed", "the customer says that it is solved")

    # --- the desk

    def _acknowledge(self, matter: Matter, at: datetime) -> None:
        ticket = matter.now
        failed = "550 5.1.1 no such user" if self._random.random() < 0.003 else ""
        self._mail(matter, at, "acknowledgement", matter.person.email, failed=failed)
        if not failed:
            matter.ticket = self._rows.save(replace(ticket, acknowledged_at=at))
        if not failed and self._random.random() > 0.004:
            return
        matter.ticket = self._rows.save(lifecycle.unreachable(ticket, at=at))
        self._event(matter, at, "unreachable", "mail came back (5.1.1)")
        if not failed:
            self.machine(Kind.BOUNCE, at, matter)

    def machine(self, kind: Kind, at: datetime, matter: Matter | None = None) -> None:
        """A mail that no person wrote."""
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
            ticket=matter.now if matter else None,
            reasons=(kind.value,),
        )

    def _wait(self, matter: Matter, since: datetime) -> None:
        """Plan what follows from a mail that somebody waits for an answer to."""
        random, hours = self._random, matter.desk.deadlines.hours
        slow = 3.0 if plan.week_of(since.date()) == plan.HOLIDAY else 1.0
        fate = random.random()
        if fate < 0.008:
            work = random.uniform(60, 160)
        elif fate < 0.07:
            work = random.uniform(9, 30)
        elif matter.now.angry:
            work = random.triangular(0.1, 2.6, 0.8)
        else:
            work = random.triangular(0.2, 8.5, 2)
        answered_at = hours.add(since, slow * work * _HOUR)
        self.at(answered_at, lambda at: self._answer(matter, at))
        if random.random() < 0.07 or answered_at - since > timedelta(days=6):
            again = since + random.uniform(0.2, 1) * (answered_at - since)
            self.at(again, lambda at: self._ask_again(matter, at))
        self._plan_telling(matter)

    def _plan_telling(self, matter: Matter) -> None:
        when = matter.now.next_escalation_at
        if when is not None:
            self.at(when, lambda at: self._tell(matter, at))

    def _tell(self, matter: Matter, at: datetime) -> None:
        if matter.now.next_escalation_at != at:
            return
        telling = escalating.due(matter.now, now=at, desk=matter.desk)
        if telling is None:
            matter.ticket = self._rows.save(escalating.rescheduled(matter.now, matter.desk, now=at))
            return self._plan_telling(matter)
        matter.ticket = self._rows.save(telling.ticket)
        for person in telling.people:
            self._mail(matter, at, "escalation", person, key=f"{at.isoformat()}:{person}")
        why = f"told {', '.join(telling.people)}"
        if telling.occasion is Occasion.WARNING:
            self._event(matter, at, "warned", why)
        else:
            level = telling.ticket.escalation_level
            self._event(matter, at, "escalated", f"level {level}, {why}")
        return self._plan_telling(matter)

    def _answer(self, matter: Matter, at: datetime) -> None:
        before, random = matter.now, self._random
        if before.waiting_since is None:
            return
        by = random.choice(STAFF)
        matter.ticket = self._rows.save(
            lifecycle.answered(before, at=at, rest=None, desk=matter.desk)
        )
        self._rows.answer(before, at=at, by=by)
        matter.ids.append(f"<answer-{next(self._order)}@example.com>")
        self._rows.message(
            at=at,
            mailbox=matter.desk.mailbox,
            message_id=matter.ids[-1],
            from_=matter.desk.address.email,
            to=matter.person.email,
            outcome=Outcome.ANSWERED,
            direction="staff",
            ticket=before,
            subject=f"Re: {before.subject}",
            text=self._writer.answer(matter.person, at.date()),
            language=matter.person.language,
            reasons=("sent_folder",),
            in_reply_to=matter.ids[:1],
        )
        self._rows.event(before, at, "answered", "seen by sent_folder", by="staff")
        fate = random.random()
        if fate < 0.2:
            self.at(at + random.uniform(0.1, 20) * _HOUR, lambda at: self._say(matter, "thanks", at))
        elif fate < 0.29:
            days = random.choices((1, 12), weights=(5, 1))[0]
            again = at + random.uniform(0.5, 30) * _HOUR * days
            self.at(again, lambda at: self._say(matter, "unsolved", at))
        elif fate < 0.45:
            ask = matter.desk.deadlines.hours.next_open(at + timedelta(days=3))
            self.at(ask, lambda at: self._ask(matter, at))
        self.at(at + timedelta(days=10), lambda at: self._close(matter, at))

    def _ask(self, matter: Matter, at: datetime) -> None:
        if matter.now.state is not TicketState.ANSWERED or matter.now.asked_at is not None:
            return
        matter.ticket = self._rows.save(resting.asked(matter.now, at=at))
        self._mail(matter, at, "closing_question", matter.person.email)
        self._event(matter, at, "asked", "whether it is solved")
        if self._random.random() < 0.4:
            self.at(at + self._random.uniform(0.2, 40) * _HOUR, lambda at: self._say_solved(matter, at))

    def _close(self, matter: Matter, at: datetime) -> None:
        ticket = matter.now
        if ticket.state is not TicketState.ANSWERED or ticket.rests_since is None:
            return
        over = ticket.rests_since + timedelta(days=10)
        if over > at:
            return self.at(over, lambda at: self._close(matter, at))
        matter.ticket = self._rows.save(lifecycle.closed(ticket))
        return self._event(matter, at, "closed", "quiet for 10 days")

    # --- rows

    def _message(self, matter: Matter, text: Text, at: datetime) -> InboundMessage:
        person = matter.person
        message_id = f"<m{next(self._order)}@{person.email.partition('@')[2]}>"
        before = tuple(matter.ids[-1:])
        matter.ids.append(message_id)
        author = Address(email=person.email, name=person.name)
        return InboundMessage(
            message_id=message_id,
            in_reply_to=before,
            references=before,
            from_=(author,),
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

    def _taken(
        self,
        matter: Matter,
        message: InboundMessage,
        heard: Anger,
        *,
        angry: bool,
        outcome: Outcome,
        reasons: tuple[str, ...] = (),
    ) -> None:
        first = outcome is Outcome.OPENED
        row = self._rows.message(
            at=message.received_at,
            mailbox=matter.desk.mailbox,
            message_id=matter.ids[-1],
            from_=matter.person.email,
            to=matter.desk.address.email,
            outcome=outcome,
            ticket=self._rows.save(matter.now),
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

    def _mail(
        self, matter: Matter, at: datetime, kind: str, to: str, *, key: str = "", failed: str = ""
    ) -> None:
        self._rows.mail(
            at=at,
            mailbox=matter.desk.mailbox,
            sender=matter.desk.address.email,
            kind=kind,
            recipient=to,
            ticket=matter.now,
            dedup_key=f"{kind}:{matter.now.reference}:{matter.now.id}:{key}",
            failed=failed,
        )

    def _event(self, matter: Matter, at: datetime, what: str, why: str) -> None:
        self._rows.event(matter.now, at, what, why)
