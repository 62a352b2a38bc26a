"""A month of a desk, played on the real program: customers, staff and machines write, servers fail,
holidays pass; all of it drawn from one seed."""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from itertools import count
from random import Random

import month_people as people
from clients import Person, out_of_office
from desks import parsed
from month_oracle import (
    BEGIN,
    DAY,
    ESCALATIONS,
    HOUR,
    MINUTE,
    ZONE,
    Matter,
    Oracle,
    Sent,
    Told,
    Want,
    WorkingTime,
    references_in,
)
from month_staff import Staff
from offices import BOSS, LEAD, Office
from sqlalchemy import Connection, select

from mailresponder.store import outbox_view, tickets
from mailresponder.store.outbox_view import OutboxRow
from mailresponder.store.schema import messages
from mailresponder.store.schema import tickets as ticket_table

DAYS = 31
DRAFTS = "Drafts"
SETTINGS = {
    "deadlines": """
warn_before = "1h"
[deadlines.hours]
mon = ["09:00-14:00", "15:00-18:00"]
tue = ["09:00-14:00", "15:00-18:00"]
wed = ["09:00-14:00", "15:00-18:00"]
thu = ["09:00-14:00", "15:00-18:00"]
fri = ["09:00-15:00"]
[deadlines.holidays]
country = "ES"
subdivision = "MD"
extra_closed_days = ["2025-04-09"]
""",
    "ladder": f"""
[[escalation]]
after = "0m"
to = ["{LEAD}"]
[[escalation]]
after = "4h"
to = ["{LEAD}", "{BOSS}"]
repeat_every = "16h"
[[angry_escalation]]
after = "0m"
to = ["{LEAD}", "{BOSS}"]
repeat_every = "8h"
[closing]
ask_after = "3d"
after = "10d"
[digest]
to = ["{LEAD}"]
""",
    "acknowledge": "follow_up_notice = true",
    "mailbox": 'drafts = "angry"',
}


class World:
    """Everybody who has to do with the desk in a month."""

    def __init__(self, office: Office, seed: int) -> None:
        self.office = office
        self.random = Random(seed)
        self.cast = people.Cast(self.random)
        self.work = WorkingTime(BEGIN, DAYS + 15)
        self.oracle = Oracle(self.work)
        self.oracle.staff_addresses = {LEAD, BOSS, *(p.email for p in self.cast.staff)}
        self.staff = Staff(self)
        self.passes = 0
        self._events: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = count()
        self._taken: set[datetime] = set()
        self._end = BEGIN + timedelta(days=DAYS)
        self._stopped = self._deaf = False
        self._read_at = BEGIN
        self._away: dict[str, Callable[[Sent], bytes]] = {}
        self._mails = 0
        self._noted: set[str] = set()
        self._drafts: dict[int, EmailMessage] = {}

    def play(self) -> None:
        """The whole month."""
        self.office.clock.now = BEGIN
        self.office.imap().create_folder(DRAFTS)
        self.office.open(**SETTINGS)
        self._plan()
        while self._events:
            at, _, act = heapq.heappop(self._events)
            self.office.clock.now = at
            act()
        self.oracle.check_month(self.office.outbox())

    # --- when

    def at(self, when: datetime, act: Callable[[], None]) -> datetime:
        """Do something then, at a minute of its own; nothing after the month."""
        when = when.replace(second=0, microsecond=0)
        while when in self._taken:
            when += MINUTE
        if when < self._end:
            self._taken.add(when)
            heapq.heappush(self._events, (when, next(self._order), act))
        return when

    def soon(self, minutes: int = 9) -> datetime:
        return self.now + self.random.randint(1, minutes) * MINUTE

    def can_act(self) -> bool:
        """Does the program run, and reach its mailbox?"""
        return not (self._stopped or self._deaf)

    @property
    def now(self) -> datetime:
        """As the clock shows."""
        return self.office.clock.now

    def _plan(self) -> None:
        for day in range(DAYS):
            morning = BEGIN + timedelta(days=day)
            for _ in range(self.random.choice((1, 2, 3, 4))):
                # Customers write at any hour, mostly in daytime.
                minute = int(self.random.triangular(0, 24 * 60, 6 * 60))
                self.at(morning + minute * MINUTE, self._complain)
            self.at(morning + self.random.randrange(1440) * MINUTE, self._machine)
            for half in range(48):
                tick = morning + half * 30 * MINUTE
                if self.work.is_open(tick) or half % 8 == 0:
                    self.at(tick, self.run_pass)
        self.at(self._some_day() + 4 * HOUR, self._flood)
        self.at(self._some_day() + 6 * HOUR, self._pester)
        self.at(BEGIN + 20 * DAY + 5 * HOUR, self.staff.tidy)
        for start, stop in ((self._refuse, self._accept), (self._drop, self._accept)):
            self._outage(start, stop, hours=self.random.randint(2, 9))
        self._outage(self._deafen, self._restart, hours=self.random.randint(2, 9))
        self._outage(self._stop, self._restart, hours=24)

    def _some_day(self) -> datetime:
        return BEGIN + self.random.randrange(2, DAYS - 3) * timedelta(days=1)

    def _outage(self, start: Callable[[], None], stop: Callable[[], None], *, hours: int) -> None:
        begin = self.at(self._some_day() + self.random.randrange(1440) * MINUTE, start)
        self.at(begin + hours * HOUR, stop)

    # --- servers

    def _refuse(self) -> None:
        self.office.sink.answer("MAIL", "451 4.3.0 try again later", times=5000)

    def _drop(self) -> None:
        self.office.sink.answer("MAIL", "drop", times=5000)

    def _accept(self) -> None:
        self.office.sink.answer_as_usual("MAIL")

    def _deafen(self) -> None:
        """The IMAP server is gone: another port answers nothing."""
        self._deaf = True
        self.office.imap_port, self._port = 1, self.office.imap_port
        self.office.reopen()

    def _stop(self) -> None:
        self._stopped = True

    def _restart(self) -> None:
        if self._deaf:
            self.office.imap_port = self._port
        self._stopped = self._deaf = False
        self.office.reopen()

    # --- the program

    def run_pass(self) -> None:
        if self._stopped:
            return
        report = self.office.run()
        self.passes += 1
        assert report.intake is not None or self._deaf
        is_read = report.intake is not None and report.intake.complete
        if is_read:
            self._read_at = self.now
            self._look_at_tickets()
        self._look_at_mails()
        if is_read:
            self._look_at_notices()
            self._look_at_drafts()

    def _look_at_mails(self) -> None:
        new = self.office.sink.received[self._mails :]
        self._mails += len(new)
        if not new:
            return
        kinds = {row.message_id: row.kind for row in self.office.outbox()}
        for taken in new:
            mail = parsed(taken.content)
            kind = kinds[str(mail["Message-ID"])]
            sent = Sent(self.now, taken.recipient, kind, mail)
            self.oracle.check_sent(sent)
            self._react(sent)

    def _look_at_tickets(self) -> None:
        with self.office.app.store.read() as conn:
            rows = conn.execute(
                select(messages.c.message_id, ticket_table.c.reference)
                .join(ticket_table, messages.c.ticket_id == ticket_table.c.id)
                .where(messages.c.direction == "in")
            ).all()
        assert len(rows) == len(set(rows))
        self.oracle.check_tickets(self.now, self.office.tickets(), dict(map(tuple, rows)))

    def _look_at_notices(self) -> None:
        with self.office.app.store.read() as conn:
            outbox = [row for row in outbox_view.rows(conn) if row.message_id not in self._noted]
            # Not by their ids: SQLite gives that of a mail that was taken back to the next one.
            self._noted |= {row.message_id for row in outbox}
            told = [
                Told(row.created_at, row.kind, row.recipient, self._named(conn, row))
                for row in outbox
                if row.kind not in ("acknowledgement", "follow_up", "admin")
            ]
        self.oracle.check_told(self.now, told)

    def _look_at_drafts(self) -> None:
        self.oracle.check_drafts(self.now, self._read_drafts().values())

    def _read_drafts(self) -> dict[int, EmailMessage]:
        """What lies there, by UID."""
        client = self.office.imap()
        client.select_folder(DRAFTS, readonly=True)
        uids = client.search("ALL")
        if new := [uid for uid in uids if uid not in self._drafts]:
            found = client.fetch(new, ["BODY.PEEK[]"])
            self._drafts |= {uid: parsed(found[uid][b"BODY[]"]) for uid in new}
        self._drafts = {uid: self._drafts[uid] for uid in uids}
        return self._drafts

    def take_draft(self, matter: Matter) -> EmailMessage | None:
        """Take the draft for a matter out of its folder, if there is one."""
        for uid, draft in self._read_drafts().items():
            if str(draft["In-Reply-To"]) in matter.message_ids:
                client = self.office.imap()
                client.select_folder(DRAFTS)
                client.delete_messages([uid])
                client.expunge()
                return draft
        return None

    def _named(self, conn: Connection, row: OutboxRow) -> frozenset[str]:
        if row.ticket_id is not None:
            ticket = tickets.ticket_by_id(conn, row.ticket_id)
            assert ticket is not None
            return frozenset({ticket.reference})
        return references_in(parsed(outbox_view.whole(conn, [row.id])[row.id].content))

    # --- customers

    def _complain(self) -> None:
        customer = self.cast.customer()
        self._set_habit(customer)
        matter = self._write(customer)
        if self.random.random() < 0.15:
            # They write anew of the same, not as a reply.
            self.at(self.soon(300), lambda: self._write(customer))
        while self.random.random() < 0.25:
            self.at(self.soon(600), lambda: self.ask_again(matter))

    def _flood(self) -> None:
        """Something broke for many at once, and staff do not keep up."""
        for _ in range(14):
            self.at(self.soon(50), lambda: self._write(self.cast.customer(), answered_in=1200))

    def _pester(self) -> None:
        """Somebody writes about one thing after another, faster than we may acknowledge."""
        customer = self.cast.customer()
        for _ in range(13):
            self.at(self.soon(50), lambda: self._write(customer))

    def _write(self, customer: Person, *, answered_in: int = 0) -> Matter:
        """Somebody writes to us about a matter."""
        matter = self._matter(customer, people.SUBJECTS)
        furious = self.random.random() < 0.25
        text = self._say(people.FURIOUS if furious else people.CALM, matter)
        mail = customer.write(people.DESK, matter.subject, text, at=self.now)
        self._wants(matter, mail, furious=furious, answered_in=answered_in)
        return matter

    def _matter(self, customer: Person, subjects: dict[str, list[str]]) -> Matter:
        number = self.cast.number()
        subject = self.random.choice(subjects[customer.language]).format(number)
        matter = Matter(number=number, customer=customer, subject=subject)
        self.oracle.matters.append(matter)
        self.oracle.numbers[number] = matter
        return matter

    def _wants(self, matter: Matter, mail: bytes, *, furious: bool, answered_in: int = 0) -> None:
        """The customer's mail arrives, and somebody may answer it."""
        self._arrive(matter, mail)
        matter.wants.append(Want(self.now, furious))
        soon, late = self.random.randint(5, 300), self.random.randint(300, 1500)
        minutes = self.random.choices((soon, late, 4000), weights=(6, 3, 1))[0]
        when = self.work.next(self.now, answered_in or minutes)
        self.at(when, lambda: self.staff.attend(matter))

    def _arrive(self, matter: Matter, mail: bytes) -> None:
        matter.message_ids.add(str(parsed(mail)["Message-ID"]).strip())
        matter.to_staff = mail
        matter.unreachable = False
        matter.quoted(str(parsed(mail)["In-Reply-To"]).strip(), self.now)
        self.office.receive(mail)
        self.at(self.soon(), self.run_pass)

    def ask_again(self, matter: Matter) -> None:
        """A further mail: to what they had last from us, or a new one with the same subject."""
        matter = matter.final
        if not matter.to_customer and not matter.waiting(self.now):
            return  # They have nothing to reply to: it would be another matter.
        furious = self.random.random() < 0.3
        text = self._say(people.FURIOUS if furious else people.AGAIN, matter)
        self._wants(matter, self._written(matter, text), furious=furious)

    def _written(self, matter: Matter, text: str) -> bytes:
        if matter.to_customer:
            return matter.customer.reply(matter.to_customer, text, at=self.now)
        return matter.customer.write(people.DESK, matter.subject, text, at=self.now)

    def thank(self, matter: Matter) -> None:
        customer = matter.customer
        text = people.THANKS[customer.language].format(customer.name.split()[0])
        self._arrive(matter, self._written(matter, text))

    def _say_whether_solved(self, matter: Matter) -> None:
        """The reply to our question."""
        if matter.waiting(self.now):
            return
        if self.random.random() < 0.5:
            yes = people.SOLVED[matter.customer.language]
            self._arrive(matter, self._written(matter, yes.format(matter.customer.name.split()[0])))
            return
        text = self._say(people.NOT_SOLVED, matter)
        self._wants(matter, self._written(matter, text), furious=False)

    def raise_another(self, matter: Matter) -> None:
        """A new matter in the thread of one that was answered; once in a thread."""
        again = matter.linked_to or any(m.linked_to is matter for m in self.oracle.matters)
        unseen = matter.settled[-1].seen_from > self._read_at
        if matter.waiting(self.now) or again or unseen:
            return
        other = self._matter(matter.customer, people.OTHER_SUBJECTS)
        other.linked_to = matter
        text = self._say(people.CALM, other)
        self._wants(
            other,
            matter.customer.reply(matter.to_customer, text, subject=other.subject, at=self.now),
            furious=False,
        )

    def _say(self, texts: dict[str, list[str]], matter: Matter) -> str:
        return self.cast.say(texts, matter.customer, matter.number)

    # --- machines

    def _machine(self) -> None:
        number = self.cast.number()
        make = self.random.choice((people.newsletter, people.parcel_notice))
        self.office.receive(make(number))

    def _set_habit(self, customer: Person) -> None:
        """Some are away, of some the mail comes back, or is late."""
        fate = self.random.random()
        if fate < 0.1:
            headers = self.random.random() < 0.7
            self._away[customer.email] = lambda s: out_of_office(
                customer, s.mail, headers=headers, at=self.now
            )
        elif fate < 0.2:
            failed = self.random.random() < 0.5
            self._away[customer.email] = lambda s: people.delivery_report(
                str(s.mail["Message-ID"]), s.recipient, failed=failed, at=self.now
            )

    def _react(self, sent: Sent) -> None:
        """What a mail of ours brings about."""
        for matter in self.oracle.matters:
            if matter.customer.email == sent.recipient and matter.reference in str(
                sent.mail["Subject"]
            ):
                matter.to_customer = sent.mail
        answer = self._away.get(sent.recipient)
        if answer is not None and sent.kind != "admin":
            self.at(self.soon(2), lambda: self._come_back(sent, answer(sent)))
        if sent.kind == "closing_question" and self.random.random() < 0.6:
            about = self._about(sent)
            self.at(self.soon(900), lambda: self._say_whether_solved(about))
        if sent.kind not in ESCALATIONS:
            return
        reader = next(one for one in self.cast.everybody if one.email == sent.recipient)
        if reader is self.cast.lead and self._lead_is_away():
            reply = out_of_office(reader, sent.mail, at=self.now)
            self.at(self.soon(2), lambda: self.receive(reply))
        elif sent.kind == "escalation" and self.random.random() < 0.4:
            about = self._about(sent)
            if about.reference not in str(sent.mail["Subject"]):
                return  # What it names is gone.
            when = self.work.next(self.now, self.random.randint(5, 90))
            self.at(when, lambda: self.staff.act_on(about, reader, sent))

    def _about(self, sent: Sent) -> Matter:
        subject = str(sent.mail["Subject"])
        return next(m for m in self.oracle.matters if any(one in subject for one in m.references))

    def _come_back(self, sent: Sent, answer: bytes) -> None:
        """A machine answers for the customer."""
        if b"Action: failed" in answer:
            matter = self._about(sent)
            matter.unreachable = True
            if sent.kind == "relay":
                matter.settled.remove(matter.relayed.pop())
        self.receive(answer)

    def _lead_is_away(self) -> bool:
        return self.now.astimezone(ZONE).day in (3, 4, 10, 11)

    def receive(self, mail: bytes) -> None:
        """A mail comes in, and before long the program looks."""
        self.office.receive(mail)
        self.at(self.soon(2), self.run_pass)
