"""Tells people about tickets nobody answered in time, and of deadlines that are near.

Runs right after intake has read Sent, and only where it could: nobody is accused who answered.
Whom and when is policy's (`escalating`), and so is how many mails somebody gets (`pacing`): who has
had too many is written down and told in a later pass, so that the caps hold and nobody is left out.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mailresponder.errors import PermanentFailure
from mailresponder.jobs.alerts import tell_admins
from mailresponder.jobs.story import history_of, original_of, others_of
from mailresponder.jobs.work import Work, log, post, room_for
from mailresponder.mail.message import Address, OutboundMessage
from mailresponder.policy import escalating, notices, pacing
from mailresponder.policy.escalating import Occasion, Telling
from mailresponder.policy.notices import Sheet
from mailresponder.policy.pacing import Notice
from mailresponder.policy.ticket import Ticket
from mailresponder.store import mailbox_tasks, notice_tickets, tickets, untold
from mailresponder.store.database import take_turns
from mailresponder.store.mailbox_tasks import Task
from mailresponder.store.messages import locations
from mailresponder.templating import TemplateError

OLD = timedelta(hours=1)
"""So long after it was written, a mail that could not be sent tells what is no longer so."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EscalationReport:
    """What one pass told."""

    escalated: int = 0
    """Tickets of which a step was taken or repeated."""
    warned: int = 0
    """Tickets whose deadline is near."""
    waiting: int = 0
    """Tickets of which somebody is yet to hear, who had as much mail as they may get."""


def run(work: Work) -> EscalationReport:
    """Tell of every ticket of the mailbox that is due; one commit for all of them. Outside working
    time nobody is told anything."""
    now = work.clock()
    if not work.desk.deadlines.hours.is_open(now):
        return EscalationReport()
    with work.store.read() as conn:
        due = tickets.due_tickets(conn, work.desk.mailbox, now)
        owed = untold.of_mailbox(conn, work.desk.mailbox)
        if not due and not owed and not _untrue(conn, work, now):
            return EscalationReport()
    with work.store.begin() as conn:
        # Caps are a person's, whichever mailbox they are told of.
        take_turns(conn, "telling staff")
        return _Pass(conn, work, now).carry_out()


def notice_of(conn: Connection, sheet: Sheet, ticket: Ticket) -> OutboundMessage:
    """The mail that tells somebody of one ticket as it stands now. Raises TemplateError."""
    return notices.escalation(
        sheet,
        ticket,
        original_of(conn, ticket),
        history_of(conn, ticket),
        others=others_of(conn, ticket),
        warning=escalating.is_ahead(ticket, now=sheet.now),
    )


def _untrue(conn: Connection, work: Work, now: datetime) -> list[int]:
    return notice_tickets.untrue(conn, work.desk.mailbox, now=now, old=now - OLD)


class _Pass:
    """Who is to hear of which tickets, and who did."""

    def __init__(self, conn: Connection, work: Work, now: datetime) -> None:
        self._conn, self._work, self._now = conn, work, now
        self._addresses: dict[str, str] = {}
        self._due: dict[str, dict[int, Notice]] = defaultdict(dict)
        self._tickets: dict[int, Ticket] = {}
        self._told: dict[int, list[str]] = defaultdict(list)
        self._later: dict[int, list[str]] = defaultdict(list)
        self._over_cap = False
        """Has somebody no room for a notice that did not wait before?"""

    def carry_out(self) -> EscalationReport:
        # 1. What is due, what could not be sent while it was true, and what somebody had no room
        #    for.
        anew = notice_tickets.take_back(self._conn, _untrue(self._conn, self._work, self._now))
        tellings = self._tellings()
        for telling in tellings:
            again = telling.occasion is Occasion.REPEAT
            for person in telling.people:
                self._add(person, telling.ticket, again=again)
        self._add_untold()
        # 2. Every person on their own, so that a failure leaves nobody else out.
        for person in self._due:
            self._tell(self._addresses[person], self._due[person])
        # 3. What the tickets keep of it.
        for telling in tellings:
            self._settle(telling)
        anew |= {telling.ticket.id for telling in tellings}
        for ticket_id in sorted(self._told.keys() - anew):
            why = f"{', '.join(self._told[ticket_id])}, who could not be told before"
            self._event(self._tickets[ticket_id], "told_later", why)
        warned = sum(telling.occasion is Occasion.WARNING for telling in tellings)
        if self._over_cap:
            self._work.tell("escalations_over_cap", tickets=len(self._later))
        return EscalationReport(
            escalated=len(tellings) - warned, warned=warned, waiting=len(self._later)
        )

    def _tellings(self) -> list[Telling]:
        found = []
        for ticket in tickets.due_tickets(self._conn, self._work.desk.mailbox, self._now):
            telling = escalating.due(ticket, now=self._now, desk=self._work.desk)
            if telling is not None:
                found.append(telling)
                continue
            # The ladder was changed, or a warning was missed: by now, nobody is to be told yet.
            after = escalating.rescheduled(ticket, self._work.desk, now=self._now)
            tickets.save_ticket(self._conn, after)
        return found

    def _add(self, person: str, ticket: Ticket, *, again: bool) -> None:
        notice = Notice(
            ticket_id=ticket.id, angry=ticket.angry, due_at=ticket.due_at or self._now, again=again
        )
        self._addresses.setdefault(person.casefold(), person)
        self._due[person.casefold()].setdefault(ticket.id, notice)
        self._tickets[ticket.id] = ticket

    def _add_untold(self) -> None:
        untold.forget_settled(self._conn, self._work.desk.mailbox)
        for ticket, people in untold.of_mailbox(self._conn, self._work.desk.mailbox):
            current = self._tickets.get(ticket.id, ticket)
            # Since then it may have been answered and asked about anew: that is another matter.
            stale = not current.escalation_level and current.warned_at is None
            snoozed = current.snoozed_until is not None and current.snoozed_until > self._now
            for person in people:
                is_staff = self._work.desk.is_staff(Address(email=person))
                if stale or not is_staff:
                    untold.told(self._conn, [ticket.id], person)
                if stale or snoozed:
                    continue
                instead = escalating.whom_instead(current, self._work.desk)
                for to in (person,) if is_staff else instead:
                    self._add(to, current, again=True)

    def _tell(self, person: str, due: dict[int, Notice]) -> None:
        found = pacing.mails(
            due.values(),
            room=room_for(self._work, self._conn, person, now=self._now),
            digest_from=self._work.desk.staff.digest_from,
        )
        if not found:
            for ticket_id in due:
                self._later[ticket_id].append(person)
                self._over_cap |= untold.add(self._conn, ticket_id, person)
            return
        untold.told(self._conn, list(due), person)
        try:
            with self._conn.begin_nested():
                for mail in found:
                    self._write(person, [self._tickets[notice.ticket_id] for notice in mail])
        except (PermanentFailure, TemplateError) as error:
            log.error("not_escalated", mailbox=self._work.desk.mailbox, reason=error.message)
            tell_admins(
                self._conn,
                self._work,
                "not_escalated",
                key=f"not_escalated:{person}:{self._now:%Y-%m-%d}",
                detail=f"{person}: {error.message}",
            )
        else:
            for ticket_id in due:
                self._told[ticket_id].append(person)

    def _write(self, person: str, about: list[Ticket]) -> None:
        queued = self._one(person, about[0]) if len(about) == 1 else self._list(person, about)
        if queued is not None:
            notice_tickets.add(self._conn, queued, [ticket.id for ticket in about])

    def _list(self, person: str, about: list[Ticket]) -> int | None:
        conn, work = self._conn, self._work
        notice = notices.escalation_list(work.sheet(Address(email=person)), about)
        key = f"escalation_list:{work.desk.mailbox}:{self._now.isoformat()}:{person}"
        return post(conn, work, notice, kind="escalation_list", dedup_key=key, ticket=None)

    def _one(self, person: str, ticket: Ticket) -> int | None:
        conn, work = self._conn, self._work
        return post(
            conn,
            work,
            notice_of(conn, work.sheet(Address(email=person), ticket), ticket),
            kind="escalation",
            dedup_key=f"escalation:{ticket.reference}:{self._now.isoformat()}:{person}",
            ticket=ticket,
            # That the deadline is near is untrue from then on.
            promise_until=ticket.due_at if escalating.is_ahead(ticket, now=self._now) else None,
        )

    def _settle(self, telling: Telling) -> None:
        conn, work, ticket = self._conn, self._work, telling.ticket
        tickets.save_ticket(conn, ticket)
        why = f"told {', '.join(self._told[ticket.id]) or 'nobody yet'}"
        if ticket.id in self._later:
            why = f"{why}; when they may get more mail: {', '.join(self._later[ticket.id])}"
        if telling.occasion is Occasion.WARNING:
            self._event(ticket, "warned", why)
            work.tell("warned", ticket=ticket.reference)
            return
        self._event(ticket, "escalated", f"level {ticket.escalation_level}, {why}")
        work.tell("escalated", ticket=ticket.reference, step=ticket.escalation_level)
        for place in locations(conn, ticket.id):
            task = Task(
                mailbox=work.desk.mailbox,
                kind="flag",
                folder=place.folder,
                uidvalidity=place.uidvalidity,
                uid=place.uid,
                argument=("$Escalated",),
                dedup_key=f"escalated:{place.message_row}",
            )
            mailbox_tasks.add(conn, task, self._now)

    def _event(self, ticket: Ticket, what: str, why: str) -> None:
        tickets.add_event(
            self._conn, ticket.id, at=self._now, what=what, why=why, by="mailresponder"
        )
