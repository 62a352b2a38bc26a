"""What must hold in every month of a desk, kept in books of its own: who waits since when, who was
told, and what went out. Knows nothing of the program but its tickets, its outbox and its mails."""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from clients import Person
from desks import text_of
from offices import BOSS, OPS

from mailresponder.policy.ticket import Ticket, TicketState
from mailresponder.store.outbox_view import REPLIES, OutboxRow

ZONE = ZoneInfo("Europe/Madrid")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WINDOWS = dict.fromkeys(range(4), ((9, 14), (15, 18))) | {4: ((9, 15),)}
CLOSED = {date(2025, 4, 9), date(2025, 4, 17), date(2025, 4, 18)}
"""A day off of the desk's own, and Easter in Madrid."""
WITHIN, ANGRY_WITHIN, WARN_BEFORE = 8 * HOUR, 2 * HOUR, HOUR
BOSS_AFTER = 4 * HOUR
ASK_AFTER = 3 * DAY
DRAFTED_WITHIN = 7 * DAY
"""Older matters get no draft any more."""
PACED = timedelta(minutes=90)
"""Working time in which somebody is told where they had much mail before."""
PER_HOUR, PER_DAY, SAME_SUBJECT = 10, 25, 2
TO_CUSTOMERS = {"acknowledgement", "follow_up", "closing_question"}
ESCALATIONS = {"escalation", "escalation_list"}
WHILE_OPEN = {*ESCALATIONS, "unreachable", "closing_question"}
"""What nobody gets at night."""
QUESTION = "closing_question"
REPORT, RETURNED = "command_report", "not_sent"
SIGNATURES = {"", "Sent from my iPhone", "Enviado desde mi iPhone"}
"""What may stand below a text that is passed on: the writers' own clients put it there."""
_NUMBER = re.compile(r"\b\d{5}\b")
_REFERENCE = re.compile(r"\bMR-[0-9A-Z]+")


class WorkingTime:
    """Every minute the desk is open, one by one."""

    def __init__(self, first: datetime, days: int) -> None:
        self._minutes = [
            minute
            for minute in (first + n * MINUTE for n in range(days * 24 * 60))
            if self._is_open(minute.astimezone(ZONE))
        ]
        self._open = frozenset(self._minutes)

    @staticmethod
    def _is_open(local: datetime) -> bool:
        windows = () if local.date() in CLOSED else WINDOWS.get(local.weekday(), ())
        return any(opens <= local.hour < closes for opens, closes in windows)

    def is_open(self, at: datetime) -> bool:
        """Is the desk open?"""
        return at.replace(second=0, microsecond=0) in self._open

    def add(self, start: datetime, working: timedelta) -> datetime:
        """When so much working time has gone by."""
        return self._minutes[bisect_left(self._minutes, start) + working // MINUTE - 1] + MINUTE

    def before(self, end: datetime, working: timedelta) -> datetime:
        """When so much working time is left."""
        return self._minutes[max(bisect_left(self._minutes, end) - working // MINUTE, 0)]

    def next(self, start: datetime, minutes: int = 0) -> datetime:
        """An open minute, this many working minutes later."""
        return self._minutes[bisect_left(self._minutes, start) + minutes]


@dataclass(frozen=True)
class Want:
    """A customer's mail that asks for an answer."""

    at: datetime
    furious: bool


@dataclass(frozen=True)
class Settled:
    """An answer that the customer can see, or an end by staff."""

    at: datetime
    seen_from: datetime
    """When the program can know of it."""
    read_until: datetime | None = None
    """Of the customer's mails its writer has read those until then; None: all."""


@dataclass(eq=False)
class Matter:
    """One thing a customer writes about, which is to be one ticket."""

    number: int
    customer: Person
    subject: str
    wants: list[Want] = field(default_factory=list)
    settled: list[Settled] = field(default_factory=list)
    message_ids: set[str] = field(default_factory=set)
    """Of the customer's mails."""
    meant: dict[str, datetime] = field(default_factory=dict)
    """Texts staff wrote for this customer to be passed on, and when."""
    relayed: list[Settled] = field(default_factory=list)
    """Of `settled` what rests on mail of ours, which may come back."""
    unfiled: dict[str, Settled] = field(default_factory=dict)
    """Answers whose copy comes late, by Message-ID."""
    calm_until: datetime | None = None
    """Staff said that it is not angry: of what came until then, nothing is."""
    snoozed: tuple[datetime, datetime] | None = None
    to_staff: bytes = b""
    """The customer's latest mail."""
    to_customer: EmailMessage | bytes = b""
    """What the customer had last from us."""
    unreachable: bool = False
    """Mail to the customer came back, and they have not written since."""
    answers: int = 0
    """Texts staff wrote."""
    reference: str = ""
    linked_to: "Matter | None" = None
    merged: list["Matter"] = field(default_factory=list)
    """Others that staff have found to be the same."""
    merged_into: "Matter | None" = None

    @property
    def final(self) -> "Matter":
        """Itself, or the one it was found to be the same as."""
        return self.merged_into or self

    @property
    def all(self) -> list["Matter"]:
        """Itself and those that are the same."""
        return [self, *self.merged]

    @property
    def references(self) -> set[str]:
        """Under which notices name it."""
        return {one.reference for one in self.all}

    @property
    def is_fresh(self) -> bool:
        """Has nobody at the desk done anything about it yet?"""
        done = self.settled or self.answers or self.calm_until or self.snoozed
        return not (done or self.linked_to or self.merged_into)

    def take_in(self, other: "Matter") -> None:
        """Staff say that another one, as fresh as this, is the same: it waits since the older."""
        for one in other.all:
            one.merged_into = self
        self.merged += other.all
        other.merged = []
        self.to_staff = max(self, other, key=lambda one: one.wants[-1].at).to_staff
        self.wants = sorted(self.wants + other.wants, key=lambda want: want.at)
        self.message_ids |= other.message_ids
        self.to_customer = self.to_customer or other.to_customer
        self.unreachable |= other.unreachable

    def waiting(self, now: datetime) -> list[Want]:
        """What is unanswered, as far as the program can know."""
        known = (s for s in self.settled if s.seen_from <= now)
        last = max((s.read_until or s.at for s in known), default=None)
        return [w for w in self.wants if w.at <= now and (last is None or w.at > last)]

    def quoted(self, message_id: str, now: datetime) -> None:
        """The customer's mail shows an answer: it is known of from now on."""
        answer = self.unfiled.pop(message_id, None)
        if answer in self.settled and answer.seen_from > now:
            self.settled[self.settled.index(answer)] = Settled(answer.at, now)

    def is_snoozed(self, now: datetime) -> bool:
        """Has staff asked not to be reminded, and nothing furious come since?"""
        if self.snoozed is None:
            return False
        since, until = self.snoozed
        return now < until + HOUR and not any(w.furious and since < w.at <= now for w in self.wants)


@dataclass(frozen=True)
class Sent:
    """A mail that the SMTP server took."""

    at: datetime
    recipient: str
    kind: str
    mail: EmailMessage


@dataclass(frozen=True)
class Told:
    """A notice to staff that names tickets."""

    at: datetime
    kind: str
    recipient: str
    references: frozenset[str]


@dataclass(frozen=True)
class Assigned:
    """Somebody gave a matter to somebody else."""

    at: datetime
    matter: Matter
    to: str


class Oracle:
    """The books, and the checks."""

    def __init__(self, work: WorkingTime) -> None:
        self.work = work
        self.matters: list[Matter] = []
        self.numbers: dict[int, Matter | None] = {}
        """Whose a number in a text is; None: it is for nobody outside."""
        self.staff_addresses: set[str] = set()
        self.sent: list[Sent] = []
        self.told: list[Told] = []
        self._seen: dict[tuple[str, str, datetime], datetime] = {}
        """When the first pass in working time met what is overdue."""
        self.orders: dict[str, tuple[datetime, str]] = {}
        """Mails of staff with commands: Message-ID to when, and by whom."""
        self.refused: dict[str, tuple[datetime, str]] = {}
        """Answers that cannot be passed on, likewise."""
        self.assigned: list[Assigned] = []

    def due(self, matter: Matter, now: datetime, *, calmed: bool = True) -> datetime | None:
        """By when what waits is to be answered."""
        waiting, calm_until = matter.waiting(now), matter.calm_until if calmed else None
        if not waiting:
            return None
        angry = [w.at for w in waiting if w.furious and (calm_until is None or w.at > calm_until)]
        return min(
            [
                self.work.add(waiting[0].at, WITHIN),
                *(self.work.add(at, ANGRY_WITHIN) for at in angry),
            ]
        )

    def boss_by(self, matter: Matter, now: datetime) -> datetime:
        """By when the boss is to hear of one that waits."""
        due, calm_until = self.due(matter, now), matter.calm_until
        assert due is not None
        angry = [
            self.work.add(want.at, ANGRY_WITHIN)
            for want in matter.waiting(now)
            if want.furious and (calm_until is None or want.at > calm_until)
        ]
        return min([self.work.add(due, BOSS_AFTER), *angry])

    # --- after each pass

    def check_tickets(
        self, now: datetime, tickets: Iterable[Ticket], owners: dict[str, str]
    ) -> None:
        """Each matter is one ticket, which waits since and until when it should: so nothing but
        persons moved its clock. `owners`: the ticket's reference of each Message-ID."""
        by_reference = {ticket.reference: ticket for ticket in tickets}
        for matter in self.matters:
            for other in matter.merged:
                gone = by_reference.pop(other.reference)
                assert (gone.state, gone.due_at) == (TicketState.CLOSED, None)
                assert gone.merged_into == matter.reference
            [reference] = {owners[one] for one in matter.message_ids}
            assert matter.reference in ("", reference)
            matter.reference = reference
            ticket = by_reference[reference]
            waiting = matter.waiting(now)
            assert (ticket.state is TicketState.OPEN) == bool(waiting), self.story(matter, ticket)
            if waiting:
                expected = (waiting[0].at, self.due(matter, now))
                assert (ticket.waiting_since, ticket.due_at) == expected, self.story(matter, ticket)
            if matter.linked_to is not None:
                assert ticket.linked_to == matter.linked_to.reference
        assert len({m.reference for m in self.matters}) == len(self.matters)
        assert len(by_reference) == len(self.matters), "a ticket nobody wrote for"

    def check_told(self, now: datetime, new: Sequence[Told]) -> None:
        """Whoever waits past the deadline is told of, and nobody else."""
        self.told += new
        assigned = [one for one in self.assigned if one.at <= now]
        self.assigned = [one for one in self.assigned if one.at > now]
        for one in assigned:
            self._check_assigned(now, one, new)
        overdue = [m for m in self.matters if (due := self.due(m, now)) is not None and due <= now]
        near = {
            reference
            for m in self.matters
            if (due := self.due(m, now)) is not None and self.work.before(due, WARN_BEFORE) <= now
            for reference in m.references
        }
        given = {(one.to, one.matter.final.reference) for one in assigned}
        for notice in new:
            if notice.kind in ESCALATIONS and not _is_given(notice, given):
                assert notice.references <= near, (now, notice, "nobody was to be told")
                assert self.work.is_open(now)
        if not self.work.is_open(now):
            return
        patience = PACED if self._is_paced(now) else timedelta(0)
        for matter in overdue:
            since = self.due(matter, now, calmed=False)
            assert since is not None
            heard = {
                notice.recipient
                for notice in self.told
                if notice.kind in ESCALATIONS
                and matter.references & notice.references
                and notice.at >= since
            }
            if self._is_to_be_known(now, matter, "somebody", since, patience):
                assert heard, (now, matter, "nobody was told")
            boss_by = self.boss_by(matter, now)
            if boss_by <= now and self._is_to_be_known(now, matter, BOSS, boss_by, patience):
                assert BOSS in heard, (now, matter, "the boss was not told")

    def _is_to_be_known(
        self, now: datetime, matter: Matter, to: str, since: datetime, patience: timedelta
    ) -> bool:
        """Has the time come, in a pass before this one where they had much mail?"""
        seen = self._seen.setdefault((matter.reference, to, since), now)
        waits = patience and self.work.add(seen, patience) > now
        return not (matter.is_snoozed(now) or waits)

    def _check_assigned(self, now: datetime, one: Assigned, new: Sequence[Told]) -> None:
        """Whom a matter is given to hears of it at once, while the customer waits."""
        matter = one.matter.final
        if not matter.waiting(now) or self._may_be_full(now, one.to):
            return
        assert any(
            notice.kind == "escalation"
            and notice.recipient == one.to
            and matter.references & notice.references
            for notice in new
        ), (now, one.to, matter, "who is to take it was not told")

    def _may_be_full(self, now: datetime, to: str) -> bool:
        """Had they as much as they may get, whether what waited for a server counts when it was
        written or when it went out?"""
        times = [sent.at for sent in self.sent if sent.recipient == to]
        times += [told.at for told in self.told if told.recipient == to]
        hour, day = (sum(at > now - span for at in times) for span in (HOUR, DAY))
        return hour >= PER_HOUR or day >= PER_DAY

    def check_drafts(self, now: datetime, drafts: Iterable[EmailMessage]) -> None:
        """A draft lies ready for each who is furious and was never answered, and for nobody whose
        matter is settled. It is theirs alone, and bears no mark of ours."""
        drafted: list[Matter] = []
        for draft in drafts:
            [matter] = [m for m in self.matters if str(draft["In-Reply-To"]) in m.message_ids]
            drafted.append(matter)
            assert matter.waiting(now), (now, matter, "a draft for who was answered")
            assert any(want.furious for want in matter.wants)
            assert matter.customer.email in str(draft["To"])
            assert draft["Auto-Submitted"] is None
            named = {int(n) for n in _NUMBER.findall(text_of(draft))} & set(self.numbers)
            assert named <= {one.number for one in matter.all}, "a number of somebody else"
        assert len({m.number for m in drafted}) == len(drafted), "two drafts for one matter"
        for matter in self.matters:
            waiting = matter.waiting(now)
            if matter.is_fresh and waiting and not matter.unreachable:
                lacks = any(want.furious for want in waiting) and matter not in drafted
                assert not lacks or now - waiting[0].at > DRAFTED_WITHIN, (now, matter, "no draft")

    def _is_paced(self, now: datetime) -> bool:
        """Had somebody so many mails that what is left of the caps is to be used with care?"""
        times = defaultdict(int)
        for sent in self.sent:
            times[sent.recipient] += sent.at > now - DAY
        return any(times[one] >= PER_DAY // 5 for one in self.staff_addresses)

    def check_sent(self, sent: Sent) -> None:
        """To customers goes what is meant for them; to staff nothing while they rest."""
        self.sent.append(sent)
        theirs = [m for m in self.matters if m.customer.email == sent.recipient]
        if not theirs:
            assert sent.recipient in {*self.staff_addresses, OPS}, (sent.recipient, sent.kind)
            self._check_notice(sent)
            return
        text = f"{sent.mail['Subject']}\n{text_of(sent.mail)}"
        assert not [one for one in self.staff_addresses if one in f"{sent.mail}{text}"]
        if sent.kind == QUESTION:
            self._check_question(sent)
        if sent.kind in TO_CUSTOMERS:
            assert str(sent.mail["Auto-Submitted"]).startswith("auto-")
            named = {int(n) for n in _NUMBER.findall(text)} & set(self.numbers)
            known = {one.number for m in theirs for one in m.all}
            assert named <= known, "a number of somebody else"
        else:
            assert sent.kind == "relay", sent.kind
            assert sent.mail["Auto-Submitted"] is None
            written = text_of(sent.mail)
            [meant] = [t for m in theirs for t in m.meant if _same(written).startswith(_same(t))]
            assert _same(written).removeprefix(_same(meant)).strip() in SIGNATURES
            numbers = {str(one.number) for m in theirs for one in m.all}
            numbers |= set(_NUMBER.findall(meant))
            assert {n for n in _NUMBER.findall(text) if int(n) in self.numbers} <= numbers

    def _check_question(self, sent: Sent) -> None:
        """It is asked once, in working time, of whoever can be reached and is quiet."""
        [matter] = [m for m in self.matters if m.references & references_in(sent.mail)]
        assert self.work.is_open(sent.at)
        assert not matter.unreachable
        assert not matter.waiting(sent.at)
        assert sent.at - matter.settled[-1].at >= ASK_AFTER
        asked = [one for one in self.sent if one.kind == QUESTION]
        assert sum(matter.reference in references_in(one.mail) for one in asked) == 1

    def _check_notice(self, sent: Sent) -> None:
        """It comes in working time, and not when all it names have been answered meanwhile."""
        if sent.kind in WHILE_OPEN:
            assert self.work.is_open(sent.at), (sent.at, sent.kind, "staff rest")
        if sent.kind in ESCALATIONS:
            named = references_in(sent.mail)
            about = [m for m in self.matters if m.references & named]
            told = any(m.waiting(sent.at) for m in about)
            # It may name the ticket in whose thread the matter came up, and a list that the server
            # put off for hours may name some who were answered since.
            assert told, (sent.at, named)

    # --- at the end

    def check_month(self, rows: Sequence[OutboxRow]) -> None:
        """Caps held, nothing was sent twice, and all that staff asked for was done."""
        last = max(sent.at for sent in self.sent) - 3 * DAY
        for kind, asked in ((REPORT, self.orders), (RETURNED, self.refused)):
            replies = [
                str(sent.mail["In-Reply-To"]).strip() for sent in self.sent if sent.kind == kind
            ]
            for message_id, (at, _) in asked.items():
                times = replies.count(message_id)
                assert times == 1 or at > last, (at, kind, message_id, times)
        for matter in self.matters:
            passed_on = [
                _same(text_of(sent.mail))
                for sent in self.sent
                if sent.kind == "relay" and sent.recipient == matter.customer.email
            ]
            for text, at in matter.meant.items():
                times = sum(written.startswith(_same(text)) for written in passed_on)
                assert times == 1 or at > last, (at, matter.reference, times)
        ids = [str(sent.mail["Message-ID"]) for sent in self.sent]
        assert len(ids) == len(set(ids))
        assert not [row for row in rows if row.state != "sent" and row.created_at <= last]
        assert not [row for row in rows if row.state == "failed"]
        acknowledged = Counter(row.ticket_id for row in rows if row.kind == "acknowledgement")
        # What hung on a ticket hangs on the one it was merged into.
        again = sum(times - 1 for times in acknowledged.values())
        assert again <= sum(len(matter.merged) for matter in self.matters)
        mails = defaultdict(list)
        for sent in self.sent:
            if sent.kind not in ("relay", "admin"):
                # What answers staff's own mail is counted by itself.
                mails[sent.recipient, sent.kind in REPLIES].append(sent)
        for (recipient, _), all_of_them in mails.items():
            times = [sent.at for sent in all_of_them]
            assert _most_within(times, HOUR) <= PER_HOUR, recipient
            assert _most_within(times, DAY) <= PER_DAY, recipient
            subjects = defaultdict(list)
            for sent in all_of_them:
                subjects[str(sent.mail["Subject"])].append(sent.at)
            if recipient in self.staff_addresses:
                continue
            for same in subjects.values():
                assert _most_within(same, 3 * HOUR) <= SAME_SUBJECT, recipient

    def story(self, matter: Matter, ticket: Ticket) -> str:
        """What went on, for whoever reads a failure."""
        return "\n".join(
            map(
                str,
                [matter.customer.email, *sorted(map(_line, matter.wants + matter.settled)), ticket],
            )
        )


def references_in(mail: EmailMessage) -> frozenset[str]:
    """The tickets that a notice names."""
    return frozenset(_REFERENCE.findall(f"{mail['Subject']}\n{text_of(mail)}"))


def _is_given(notice: Told, given: Collection[tuple[str, str]]) -> bool:
    """Is it the word to somebody of what a colleague gave them?"""
    [*named] = notice.references
    return len(named) == 1 and (notice.recipient, named[0]) in given


def _same(text: str) -> str:
    """A text but for where its lines end."""
    return " ".join(text.split())


def _line(event: Want | Settled) -> str:
    return f"{event.at:%m-%d %H:%M} {event}"


def _most_within(times: Sequence[datetime], span: timedelta) -> int:
    return max((sum(start <= at < start + span for at in times) for start in times), default=0)


BEGIN = datetime(2025, 3, 25, 5, 0, tzinfo=UTC)
"""A Tuesday; the clocks change on the 30th."""
