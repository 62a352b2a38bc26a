"""What staff do in the simulated month: answer in every way there is, confer, command, and say
things that are not for the customer."""

from dataclasses import replace
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, parsedate_to_datetime
from functools import partial
from typing import TYPE_CHECKING

import month_people as people
from clients import Person
from desks import parsed
from month_oracle import DAY, Assigned, Matter, Sent, Settled

from mailresponder.jobs import actions

if TYPE_CHECKING:
    from month_world import World

ORDERS = {
    "close": ("#close", "#cerrar"),
    "answered": ("#answered", "#contestado"),
    "wait": ("#wait", "#esperar"),
    "snooze": ("#snooze 2d", "#posponer 2d"),
    "not_angry": ("#not-angry", "#no-enfadado"),
    "mine": ("#mine", "#mío"),
    "assign": ("#assign {}", "#asignar {}"),
    "note": ("#note {}", "#nota {}"),
    "mistake": ("#clsoe", "#cerar todo"),
}

TIDYING = 12
"""Notes in less than an hour."""


class Staff:
    """The people at the desk."""

    def __init__(self, world: "World") -> None:
        self.world = world

    def attend(self, matter: Matter) -> None:
        """Somebody of staff looks at what waits."""
        matter = matter.final
        if not matter.waiting(self.world.now):
            return
        way = self.world.random.choices(
            (
                self._answer_from_sent,
                self._answer_with_copy,
                self._answer_late,
                self._answer_from_draft,
                self._confer,
                self._close,
            ),
            weights=(4, 3, 1, 5, 2, 1),
        )[0]
        way(matter)

    def _said(self, matter: Matter) -> str:
        """An answer in the customer's language, not the one they had before."""
        said = people.ANSWERS[matter.customer.language]
        matter.answers += 1
        return said[matter.answers % len(said)].format(self._number())

    def _answer(self, matter: Matter, writer: Person, **more: object) -> bytes:
        text = self._said(matter)
        mail = writer.reply(matter.to_staff, text, at=self.world.now, **more)  # type: ignore[arg-type]
        matter.to_customer = mail
        return mail

    def _answer_from_sent(self, matter: Matter) -> None:
        cc = [self.world.cast.staff[0].address] if self.world.random.random() < 0.2 else []
        mail = self._answer(matter, self.world.cast.at_desk(), everybody=True, cc=cc)
        self.world.office.receive(mail, folder="Sent")
        self._answered(matter, self.world.now)

    def _answer_from_draft(self, matter: Matter) -> None:
        """Somebody finishes the draft in their client and sends it; it leaves Drafts by that."""
        found = self.world.take_draft(matter)
        if found is None:
            self._answer_from_sent(matter)
            return
        text = self._said(matter)
        body = found.get_body(("plain",))
        assert body is not None
        quote = "\n".join(
            line for line in str(body.get_content()).splitlines() if line.startswith(">")
        )
        mail = EmailMessage(policy=policy.SMTP)
        for name in ("From", "To", "Subject", "In-Reply-To", "References"):
            if found[name]:
                mail[name] = str(found[name])
        mail["Date"] = format_datetime(self.world.now)
        mail["Message-ID"] = f"<sent-{matter.number}-{matter.answers}@example.com>"
        mail.set_content(f"{text}\n\n{quote}\n")
        matter.to_customer = mail
        self.world.office.receive(mail.as_bytes(), folder="Sent")
        self._answered(matter, self.world.now)

    def _answer_late(self, matter: Matter) -> None:
        """Its client files the copy hours later; what the customer quotes may tell first."""
        mail = self._answer(matter, self.world.cast.at_desk())
        written = self.world.now

        def file() -> None:
            self.world.office.receive(mail, folder="Sent", at=written)
            self.world.at(self.world.soon(), self.world.run_pass)

        self._answered(matter, self.world.at(self.world.soon(400), file))
        matter.unfiled[str(parsed(mail)["Message-ID"]).strip()] = matter.settled[-1]

    def _answer_with_copy(self, matter: Matter) -> None:
        writer = self.world.random.choice(self.world.cast.staff)
        mail = self._answer(matter, writer, cc=[people.DESK])
        self.world.office.receive(mail)
        self._answered(matter, self.world.now)

    def _answered(self, matter: Matter, seen_from: datetime) -> None:
        matter.settled.append(Settled(self.world.now, seen_from))
        self.world.at(self.world.soon(), self.world.run_pass)
        then = self.world.soon(3000)
        fate = self.world.random.random()
        if fate < 0.35:
            self.world.at(then, lambda: self.world.thank(matter))
        elif fate < 0.55:
            self.world.at(then, lambda: self.world.ask_again(matter))
        elif fate < 0.65:
            self.world.at(then, lambda: self.world.raise_another(matter))

    def _confer(self, matter: Matter) -> None:
        """Only colleagues read this; the answer comes later."""
        writer = self.world.random.choice(self.world.cast.staff)
        text = people.NOTES[writer.language].format(self._number())
        if self.world.random.random() < 0.5:
            desk = self.world.cast.at_desk()
            mail = desk.reply(
                matter.to_staff, text, to=[self.world.cast.lead.address], at=self.world.now
            )
            self.world.office.receive(mail, folder="Sent")
        else:
            mail = writer.forward(
                matter.to_staff,
                self.world.cast.lead.address,
                text,
                cc=[people.DESK],
                at=self.world.now,
            )
            self.world.office.receive(mail)
        self.world.at(self.world.soon(), self.world.run_pass)
        self.world.at(self.world.work.next(self.world.now, 100), lambda: self.attend(matter))

    def _close(self, matter: Matter) -> None:
        """Settled by telephone."""
        self.world.run_pass()
        if not self.world.can_act() or not matter.reference:
            self.world.at(self.world.work.next(self.world.now, 60), lambda: self.attend(matter))
            return
        actions.close(
            self.world.office.app.store,
            matter.reference,
            now=self.world.now,
            by="jane.roe@example.com",
        )
        matter.settled.append(Settled(self.world.now, self.world.now))

    # --- in reply to notices

    def act_on(self, matter: Matter, reader: Person, sent: Sent) -> None:
        """Somebody who was told of a matter replies to that mail."""
        if matter.merged_into is not None:
            return  # What the notice names is gone.
        if not matter.waiting(self.world.now) or not self.world.can_act():
            return
        if any(settled.at > sent.at for settled in matter.settled):
            return  # The notice is of what a colleague has answered since.
        other = self._same_as(matter)
        if other is not None and self.world.random.random() < 0.7:
            self._merge(matter, other, reader, sent)
            return
        way = self.world.random.choice(("relay", "relay", "order", "order", "order_and_relay"))
        if matter.unreachable:
            way = "relay"
        order = self.world.random.choice([*ORDERS, "assign"]) if way != "relay" else ""
        colleague = self.world.random.choice(
            [one for one in self.world.cast.everybody if one is not reader]
        )
        text = self._order(order, colleague) if order else ""
        passed_on = way == "relay" or (way != "order" and order in ("close", "mine", "note"))
        if passed_on:
            said = self._said(matter)
            text = f"{text}\n\n{said}".strip()
        files = ["offer.pdf"] if passed_on and self.world.random.random() < 0.2 else []
        mail = reader.reply(sent.mail, text, attachments=files, at=self.world.now)
        message_id = str(parsed(mail)["Message-ID"]).strip()
        if order:
            self.world.oracle.orders[message_id] = (self.world.now, reader.email)
        if passed_on and matter.unreachable:
            self.world.oracle.refused[message_id] = (self.world.now, reader.email)
        elif passed_on:
            matter.meant[said] = self.world.now
            self._answered(matter, self.world.now)
            if order != "close":
                noticed = parsedate_to_datetime(str(sent.mail["Date"]))
                matter.settled[-1] = replace(matter.settled[-1], read_until=noticed)
            matter.relayed.append(matter.settled[-1])
        else:
            self._settle(matter, order)
        if order == "assign":
            self.world.oracle.assigned.append(Assigned(self.world.now, matter, colleague.email))
        self.world.receive(mail)

    def tidy(self) -> None:
        """Somebody writes down what they know of what they were told of last, all in one go: more
        mails than may be answered in an hour."""
        told = [
            one
            for one in self.world.oracle.sent
            if one.kind == "escalation" and one.recipient == self.world.cast.boss.email
        ]
        for sent in told[-1:] * TIDYING:
            self.world.at(self.world.soon(40), partial(self._note, sent))

    def _note(self, sent: Sent) -> None:
        boss = self.world.cast.boss
        mail = boss.reply(sent.mail, self._order("note", boss), at=self.world.now)
        message_id = str(parsed(mail)["Message-ID"]).strip()
        self.world.oracle.orders[message_id] = (self.world.now, boss.email)
        self.world.receive(mail)

    def _same_as(self, matter: Matter) -> Matter | None:
        """An older one of the same customer that waits too."""
        if not self._is_fresh(matter):
            return None
        return next(
            (
                one
                for one in self.world.oracle.matters
                if one is not matter
                and one.customer is matter.customer
                and one.reference
                and self._is_fresh(one)
            ),
            None,
        )

    def _is_fresh(self, matter: Matter) -> bool:
        return matter.is_fresh and bool(matter.waiting(self.world.now))

    def _merge(self, matter: Matter, other: Matter, reader: Person, sent: Sent) -> None:
        """Somebody sees that a customer wrote twice of one thing."""
        word = self.world.random.choice(("#merge", "#unir"))
        mail = reader.reply(sent.mail, f"{word} {other.reference}", at=self.world.now)
        message_id = str(parsed(mail)["Message-ID"]).strip()
        self.world.oracle.orders[message_id] = (self.world.now, reader.email)
        self.world.oracle.matters.remove(matter)
        other.take_in(matter)
        self.world.receive(mail)

    def _order(self, order: str, colleague: Person) -> str:
        english, spanish = ORDERS[order]
        said = self.world.random.choice((english, spanish))
        if order == "note":
            return said.format(f"no money back, file {self._number()}")
        return said.format(colleague.email)

    def _settle(self, matter: Matter, order: str) -> None:
        """What the books say of it."""
        now = self.world.now
        if order in ("close", "answered", "wait"):
            matter.settled.append(Settled(now, now))
        elif order == "snooze":
            matter.snoozed = (now, now + 2 * DAY)
        elif order == "not_angry":
            matter.calm_until = now

    def _number(self) -> int:
        number = self.world.cast.number()
        self.world.oracle.numbers[number] = None
        return number
