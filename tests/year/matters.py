"""What becomes of customers' matters: they write, are acknowledged and answered, ask again, thank,
are not content; what nobody answered is escalated; what stays quiet is closed.

States and deadlines are the program's own (`policy.lifecycle`, `policy.escalating`).
"""

import heapq
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from random import Random

from year import plan
from year.desk import STAFF
from year.people import Person
from year.recording import Label, Matter, Recorder
from year.rows import Rows
from year.writing import Text, Writer

from mailresponder.listening.anger import Anger
from mailresponder.listening.solved import Said
from mailresponder.mail.automatic import Kind
from mailresponder.mail.message import Address
from mailresponder.policy import escalating, lifecycle, resting
from mailresponder.policy.desk import Desk
from mailresponder.policy.escalating import Occasion
from mailresponder.policy.facts import Outcome
from mailresponder.policy.identifiers import new_reference
from mailresponder.policy.languages import Spoken
from mailresponder.policy.replies import ONLY_THANKS, SOLVED
from mailresponder.policy.ticket import LanguageSource, TicketState

Hear = Callable[[str, str, bool], Anger]
"""How angry a text is, given its language and whether it was meant to be."""
Act = Callable[[datetime], None]
"""What happens at some moment, which it is told."""

_YES = {"en": "Yes, it's solved.", "es": "Sí, está resuelto."}
_SECOND, _HOUR, _DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


class Matters:
    """All matters of the year as they go on."""

    def __init__(
        self, random: Random, rows: Rows, desks: Mapping[str, Desk], writer: Writer, hear: Hear
    ) -> None:
        self._random, self._rows, self._desks = random, rows, desks
        self._writer, self._hear = writer, hear
        self._recorder = Recorder(rows)
        self._coming: list[tuple[datetime, int, Act]] = []
        self._order = count()
        self._references: set[str] = set()

    @property
    def labels(self) -> dict[int, Label]:
        """What is true of each message of a person, by its row."""
        return self._recorder.labels

    def at(self, when: datetime, act: Act) -> None:
        """Something is to happen then."""
        heapq.heappush(self._coming, (when, next(self._order), act))

    def go_on(self, until: datetime) -> None:
        """All that happens before this moment."""
        while self._coming and self._coming[0][0] < until:
            when, _, act = heapq.heappop(self._coming)
            act(when)

    def machine(self, kind: Kind, at: datetime) -> None:
        """A machine writes."""
        self._recorder.machine(kind, at)

    # --- the customer

    def begin(self, person: Person, themes: tuple[str, ...], *, angry: bool, at: datetime) -> None:
        """Somebody writes about something new."""
        random = self._random
        mailbox = random.choices(tuple(self._desks), weights=(7, 3))[0]
        matter = Matter(person=person, themes=themes, desk=self._desks[mailbox], rows=self._rows)
        upset = random.random() < 0.12
        text = self._writer.first(person, themes, angry=angry, day=at.date(), upset=upset)
        message = self._recorder.message(matter, text, at)
        heard = self._hear(f"{text.subject}\n{text.body}", person.language, angry)
        opened = lifecycle.opened(
            message,
            customer=Address(email=person.email, name=person.name),
            suppressed_by=(),
            reference=self._new_reference(),
            spoken=Spoken(language=person.language, source=LanguageSource.TEXT),
            anger=heard,
            desk=matter.desk,
        )
        matter.ticket = replace(opened, id=self._rows.new_ticket_id())
        self._recorder.taken(matter, message, heard, angry=angry, outcome=Outcome.OPENED)
        matter.event(at, "opened", "human mail; it belongs to no earlier ticket")
        if heard.angry:
            matter.event(at, "angry", f"{heard.score:.2f}")
        self._acknowledge(matter, at + 5 * _SECOND)
        self._wait(matter, at)

    def _new_reference(self) -> str:
        """One that no other ticket has: among so many, some would be drawn twice."""
        while (drawn := new_reference("MR", self._random.randrange)) in self._references:
            pass
        self._references.add(drawn)
        return drawn

    def _write_again(self, matter: Matter, kind: str, at: datetime) -> None:
        before, language = matter.ticket, matter.person.language
        thanks = kind == "thanks"
        chance = 0.0 if thanks else 1.5 * plan.anger(plan.week_of(at))
        angry = self._random.random() < chance
        text = self._writer.reply(matter.person, kind, angry=angry, day=at.date())
        subject = f"Re: {before.subject}"
        message = self._recorder.message(matter, replace(text, subject=subject), at)
        heard = self._hear(text.body, language, angry)
        matter.ticket = lifecycle.followed_up(
            before,
            message,
            anger=heard,
            language=language,
            no_clock=thanks,
            thanks=thanks,
            desk=matter.desk,
        )
        self._recorder.taken(
            matter,
            message,
            heard,
            angry=angry,
            outcome=Outcome.FOLLOWED_UP,
            reasons=(ONLY_THANKS,) if thanks else (),
        )
        matter.event(at, "followed_up", "the customer wrote again; found by in_reply_to")
        if before.state is TicketState.CLOSED and not thanks:
            matter.event(at, "reopened", "the customer wrote")
        if heard.angry:
            matter.event(at, "angry", f"{heard.score:.2f}")
        if matter.ticket.waiting_since == at:
            self._wait(matter, at)
        else:
            # Who turns angry is to be answered sooner.
            self._plan_telling(matter)

    def _ask_again(self, matter: Matter, at: datetime) -> None:
        if matter.ticket.state is TicketState.OPEN and matter.asked_again < 3:
            matter.asked_again += 1
            self._write_again(matter, "again", at)

    def _reply(self, matter: Matter, kind: str, at: datetime) -> None:
        if matter.ticket.state is not TicketState.OPEN:
            self._write_again(matter, kind, at)

    def _say_solved(self, matter: Matter, at: datetime) -> None:
        if matter.ticket.state is not TicketState.ANSWERED:
            return
        language = matter.person.language
        text = Text(subject=f"Re: {matter.ticket.subject}", body=_YES[language])
        message = self._recorder.message(matter, text, at)
        heard = self._hear(text.body, language, False)
        matter.ticket = resting.said(matter.ticket, Said.SOLVED)
        self._recorder.taken(
            matter, message, heard, angry=False, outcome=Outcome.FOLLOWED_UP, reasons=(SOLVED,)
        )
        matter.event(at, "solved", "the customer says so")
        matter.event(at, "closed", "the customer says that it is solved")

    def _say_not_solved(self, matter: Matter, at: datetime) -> None:
        if matter.ticket.state is TicketState.ANSWERED:
            self._write_again(matter, "unsolved", at)
            matter.ticket = resting.said(matter.ticket, Said.NOT_SOLVED)
            matter.event(at, "not_solved", "the customer says so")

    # --- the desk

    def _acknowledge(self, matter: Matter, at: datetime) -> None:
        fate = self._random.random()
        refused = "550 5.1.1 no such user" if fate < 0.003 else ""
        matter.mail(at, "acknowledgement", matter.person.email, failed=refused)
        if not refused:
            matter.ticket = replace(matter.ticket, acknowledged_at=at)
        if fate < 0.007:
            matter.ticket = lifecycle.unreachable(matter.ticket, at=at)
            matter.event(at, "unreachable", "mail was refused" if refused else "mail came back")
        if 0.003 <= fate < 0.007:
            self._recorder.machine(Kind.BOUNCE, at, matter)

    def _wait(self, matter: Matter, since: datetime) -> None:
        """Plan what follows from a mail that somebody waits for an answer to."""
        random = self._random
        slow = 3.0 if plan.week_of(since) == plan.HOLIDAY else 1.0
        work = slow * self._work(angry=matter.ticket.angry) * _HOUR
        answered_at = matter.desk.deadlines.hours.add(since, work)
        self.at(answered_at, partial(self._answer, matter))
        if random.random() < 0.07 or answered_at - since > 6 * _DAY:
            again = since + random.uniform(0.2, 1) * (answered_at - since)
            self.at(again, partial(self._ask_again, matter))
        self._plan_telling(matter)

    def _work(self, *, angry: bool) -> float:
        """Hours of working time until somebody answers; eight are promised, and two to the
        angry."""
        random = self._random
        fate = random.random()
        if fate < 0.008:
            return random.uniform(60, 160)
        if fate < 0.07:
            return random.uniform(9, 30)
        return random.triangular(0.1, 2.6, 0.8) if angry else random.triangular(0.2, 8.5, 2)

    def _plan_telling(self, matter: Matter) -> None:
        when = matter.ticket.next_escalation_at
        if when is not None:
            self.at(when, partial(self._tell, matter))

    def _tell(self, matter: Matter, at: datetime) -> None:
        if matter.ticket.next_escalation_at != at:
            return
        telling = escalating.due(matter.ticket, now=at, desk=matter.desk)
        if telling is None:
            matter.ticket = escalating.rescheduled(matter.ticket, matter.desk, now=at)
        else:
            matter.ticket = telling.ticket
            for person in telling.people:
                matter.mail(at, "escalation", person, key=f"{at.isoformat()}:{person}")
            why = f"told {', '.join(telling.people)}"
            if telling.occasion is Occasion.WARNING:
                matter.event(at, "warned", why)
            else:
                level = telling.ticket.escalation_level
                matter.event(at, "escalated", f"level {level}, {why}")
        self._plan_telling(matter)

    def _answer(self, matter: Matter, at: datetime) -> None:
        before, random = matter.ticket, self._random
        if before.waiting_since is None:
            return
        matter.ticket = lifecycle.answered(before, at=at, rest=None, desk=matter.desk)
        self._rows.answer(before, at=at, by=random.choice(STAFF))
        self._recorder.answer(matter, self._writer.answer(matter.person, at.date()), at)
        matter.event(at, "answered", "seen by sent_folder", by="staff")
        fate = random.random()
        if fate < 0.2:
            self.at(at + random.uniform(0.1, 20) * _HOUR, partial(self._reply, matter, "thanks"))
        elif fate < 0.29:
            hours = random.choices((random.uniform(0.5, 30), random.uniform(250, 500)), (6, 1))[0]
            self.at(at + hours * _HOUR, partial(self._reply, matter, "unsolved"))
        elif fate < 0.45:
            ask = matter.desk.deadlines.hours.next_open(at + 3 * _DAY)
            self.at(ask, partial(self._ask_whether_solved, matter))
        self.at(at + 10 * _DAY, partial(self._close, matter))

    def _ask_whether_solved(self, matter: Matter, at: datetime) -> None:
        if matter.ticket.state is not TicketState.ANSWERED or matter.ticket.asked_at is not None:
            return
        matter.ticket = resting.asked(matter.ticket, at=at)
        matter.mail(at, "closing_question", matter.person.email)
        matter.event(at, "asked", "whether it is solved")
        fate, later = self._random.random(), at + self._random.uniform(0.2, 40) * _HOUR
        if fate < 0.4:
            self.at(later, partial(self._say_solved, matter))
        elif fate < 0.5:
            self.at(later, partial(self._say_not_solved, matter))

    def _close(self, matter: Matter, at: datetime) -> None:
        ticket = matter.ticket
        if ticket.state is not TicketState.ANSWERED or ticket.rests_since is None:
            return
        quiet_until = ticket.rests_since + 10 * _DAY
        if quiet_until > at:
            self.at(quiet_until, partial(self._close, matter))
            return
        matter.ticket = lifecycle.closed(ticket)
        matter.event(at, "closed", "quiet for 10 days")
