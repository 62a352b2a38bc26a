"""Who writes in a storm, and what is to become of it: each mail with what the desk owes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from itertools import count
from random import Random
from typing import Literal

import month_people as texts
from clients import Person
from desks import parsed
from letters import letter
from offices import LEAD, PROVEN, SUPPORT

Kind = Literal["matter", "follow_up", "thanks", "machine", "answer", "relay"]
OVERDUE = timedelta(hours=9)
"""So long ago a late matter came: its deadline has passed."""


@dataclass(kw_only=True, slots=True)
class Letter:
    """A mail that lies in the mailbox."""

    kind: Kind
    message_id: str
    sender: str
    content: bytes
    matter: str = ""
    """The Message-ID of the mail that began the thread; its own for a matter, empty for none."""
    language: str = "en"
    angry: bool = False
    late: bool = False
    """Nobody answered in time: its ticket is overdue when it is opened."""
    folder: str = "INBOX"
    seen: bool = False
    """Has somebody of staff looked at it?"""
    received_at: datetime | None = None
    """Its INTERNALDATE; None: when it is delivered."""
    delivered_at: int = -1
    """The moment (`Moments`) it was; -1: not yet."""


class People:
    """Everybody who writes to the desk, and the staff."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._numbers = count(20_117, 37)
        self.letters: list[Letter] = []

    def write(self, number: int, *, at_rest: bool, notices: Sequence[EmailMessage]) -> list[Letter]:
        """What so many people write next.

        `at_rest`: the program does not run, so that staff can answer what is overdue before it is
        looked at. `notices`: escalations that the lead got.
        """
        written: list[Letter] = []
        for _ in range(number):
            roll = self._random.random()
            if roll < 0.55:
                written.append(self._matter())
            elif roll < 0.67:
                written.append(self._follow_up())
            elif roll < 0.74:
                written.append(self._machine())
            elif roll < 0.92:
                written.append(self._answer(at_rest=at_rest))
            elif roll < 0.96:
                written.append(self._thanks())
            else:
                written.append(self._relay(notices))
            self.letters.append(written[-1])
        return written

    def matters(self) -> list[Letter]:
        """What began a ticket."""
        return [one for one in self.letters if one.kind == "matter"]

    def answers(self, matter: str) -> list[Letter]:
        """What staff answered in a thread, in the order they did."""
        kinds = ("answer", "relay")
        return [one for one in self.letters if one.kind in kinds and one.matter == matter]

    def _matter(self) -> Letter:
        number = next(self._numbers)
        language = self._random.choice(("en", "es"))
        angry, late = self._random.random() < 0.25, self._random.random() < 0.3
        sender = f"emma{number}@customer{number}.test"
        message_id = f"<matter-{number}@customer{number}.test>"
        text = self._say(texts.FURIOUS if angry else texts.CALM, language, number)
        subject = f"{number}: {texts.SUBJECTS[language][number % 5].format(number)}"
        return Letter(
            kind="matter",
            message_id=message_id,
            sender=sender,
            content=letter(
                sender=f"Emma <{sender}>", subject=subject, text=text, message_id=message_id
            ),
            matter=message_id,
            language=language,
            angry=angry,
            late=late,
            seen=self._random.random() < 0.2,
            received_at=datetime.now(UTC) - OVERDUE if late else None,
        )

    def _follow_up(self) -> Letter:
        if not (known := self.matters()):
            return self._matter()
        first, number = self._random.choice(known), next(self._numbers)
        angry = self._random.random() < 0.2
        said = self._say(texts.FURIOUS if angry else texts.AGAIN, first.language, number)
        return self._in_thread(first, "follow_up", said, number, angry=angry)

    def _thanks(self) -> Letter:
        known = [one for one in self.matters() if self.answers(one.matter)]
        if not known:
            return self._follow_up()
        first, number = self._random.choice(known), next(self._numbers)
        said = texts.THANKS[first.language].format("Emma")
        return self._in_thread(first, "thanks", said, number)

    def _in_thread(
        self, first: Letter, kind: Kind, text: str, number: int, *, angry: bool = False
    ) -> Letter:
        message_id = f"<{kind}-{number}@customer.test>"
        content = letter(
            sender=f"Emma <{first.sender}>",
            subject=f"Re: {_subject(first)}",
            text=text,
            message_id=message_id,
            In_Reply_To=first.message_id,
            References=first.message_id,
        )
        return Letter(
            kind=kind,
            message_id=message_id,
            sender=first.sender,
            content=content,
            matter=first.message_id,
            angry=angry,
        )

    def _machine(self) -> Letter:
        number = next(self._numbers)
        make = self._random.choice((texts.newsletter, texts.parcel_notice))
        name = "news" if make is texts.newsletter else "parcel"
        domain = "list.test" if make is texts.newsletter else "parcels.test"
        return Letter(
            kind="machine",
            message_id=f"<{name}-{number}@{domain}>",
            sender=domain,
            content=make(number),
        )

    def _answer(self, *, at_rest: bool) -> Letter:
        """Staff answer in their mail program: what is overdue, or has come with this very mail,
        only while nobody looks."""
        open_ = [one for one in self.matters() if not self.answers(one.matter)]
        open_ = [o for o in open_ if at_rest or not (o.late or o.delivered_at < 0)]
        if not open_:
            return self._matter()
        first, number = self._random.choice(open_), next(self._numbers)
        message_id = f"<answer-{number}@example.com>"
        content = letter(
            sender=f"Acme Support <{SUPPORT}>",
            to=first.sender,
            subject=f"Re: {_subject(first)}",
            text=self._say(texts.ANSWERS, first.language, number),
            message_id=message_id,
            In_Reply_To=first.message_id,
            References=first.message_id,
        )
        return Letter(
            kind="answer",
            message_id=message_id,
            sender=SUPPORT,
            content=content,
            matter=first.message_id,
            folder="Sent",
            seen=True,
        )

    def _relay(self, notices: Sequence[EmailMessage]) -> Letter:
        """The lead replies to a notice, and the desk is to pass that on to the customer."""
        by_number = {_number(str(notice["Subject"])): notice for notice in notices}
        open_ = [one for one in self.matters() if not self.answers(one.matter)]
        told = [one for one in open_ if _number(_subject(one)) in by_number]
        if not told:
            return self._matter()
        first, number = self._random.choice(told), next(self._numbers)
        lead = Person(name="Lena Ruiz", email=LEAD, headers=(("Authentication-Results", PROVEN),))
        text = self._say(texts.ANSWERS, first.language, number)
        content = lead.reply(by_number[_number(_subject(first))], text, at=datetime.now(UTC))
        return Letter(
            kind="relay",
            message_id=_header(content, "Message-ID"),
            sender=LEAD,
            content=content,
            matter=first.message_id,
        )

    def _say(self, among: dict[str, list[str]], language: str, number: int) -> str:
        return self._random.choice(among[language]).format(number, "Emma")


def _subject(first: Letter) -> str:
    return _header(first.content, "Subject")


def _number(subject: str) -> str:
    """The number that a matter's subject has and no other."""
    return next((word for word in subject.replace(":", " ").split() if word.isdigit()), "")


def _header(content: bytes, name: str) -> str:
    return str(parsed(content)[name])
