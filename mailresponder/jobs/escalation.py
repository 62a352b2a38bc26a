"""Tells people about tickets nobody answered in time, one step of the ladder after another.

Runs right after intake has read Sent, and only where it could: nobody is accused who answered.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from mailresponder.errors import PermanentFailure
from mailresponder.jobs.alerts import tell_admins
from mailresponder.jobs.story import history_of, original_of, others_of
from mailresponder.jobs.work import Work, log, post, within_caps
from mailresponder.mail.message import Address
from mailresponder.policy import lifecycle, notices
from mailresponder.policy.ticket import Ticket
from mailresponder.store import mailbox_tasks, tickets
from mailresponder.store.mailbox_tasks import Task
from mailresponder.store.messages import locations
from mailresponder.templating import TemplateError


@dataclass(frozen=True, kw_only=True, slots=True)
class EscalationReport:
    """What one pass told."""

    escalated: int = 0
    waiting: int = 0
    """Due tickets whose people had as much mail as they may get: told in a later pass."""


def run(work: Work) -> EscalationReport:
    """Escalate every ticket of the mailbox that is due; one commit for all of them. Outside
    working time nobody is told anything."""
    now = work.clock()
    if not work.desk.deadlines.hours.is_open(now):
        return EscalationReport()
    with work.store.read() as conn:
        if not tickets.due_tickets(conn, work.desk.mailbox, now):
            return EscalationReport()
    with work.store.begin() as conn:
        due = sorted(
            tickets.due_tickets(conn, work.desk.mailbox, now),
            key=lambda t: (not t.angry, t.due_at or now),
        )
        plan = _Plan(conn, work, now)
        for ticket in due:
            plan.add(ticket)
        return plan.carry_out()


class _Plan:
    """Who is told of which tickets, so that a person over the cap gets one mail for the rest."""

    def __init__(self, conn: Connection, work: Work, now: datetime) -> None:
        self._conn, self._work, self._now = conn, work, now
        self._told: dict[str, list[Ticket]] = defaultdict(list)
        self._people: dict[int, list[str]] = {}
        self._after: list[Ticket] = []

    def add(self, ticket: Ticket) -> None:
        after, steps = lifecycle.escalated(ticket, now=self._now, desk=self._work.desk)
        if not steps:
            # The ladder was changed since: by the new one, nobody is to be told yet.
            return
        people = list(dict.fromkeys(to for step in steps for to in step.to))
        for recipient in people:
            self._told[recipient].append(after)
        self._people[after.id] = people
        self._after.append(after)

    def carry_out(self) -> EscalationReport:
        room = {r: within_caps(self._work, self._conn, r, now=self._now) for r in self._told}
        # A ticket moves up only once somebody is told of it.
        waiting = {
            ticket_id
            for ticket_id, people in self._people.items()
            if not any(room[recipient] for recipient in people)
        }
        for recipient, told in self._told.items():
            # Who has no room where others have gets one mail all the same: nobody is left out.
            now = [ticket for ticket in told if ticket.id not in waiting]
            if now:
                self._try_to_tell(recipient, now, max(1, room[recipient]))
        for ticket in self._after:
            if ticket.id not in waiting:
                self._settle(ticket)
        if waiting:
            self._work.tell("escalations_over_cap", tickets=len(waiting))
        return EscalationReport(escalated=len(self._after) - len(waiting), waiting=len(waiting))

    def _try_to_tell(self, recipient: str, told: list[Ticket], room: int) -> None:
        """Tell one person; where that fails for good, the others are still told."""
        try:
            with self._conn.begin_nested():
                self._tell(recipient, told, room)
        except (PermanentFailure, TemplateError) as error:
            log.error("not_escalated", mailbox=self._work.desk.mailbox, reason=error.message)
            tell_admins(
                self._conn,
                self._work,
                "not_escalated",
                key=f"not_escalated:{recipient}:{self._now:%Y-%m-%d}",
                detail=f"{recipient}: {error.message}",
            )

    def _tell(self, recipient: str, told: list[Ticket], room: int) -> None:
        singles, rest = (told, []) if len(told) <= room else (told[: room - 1], told[room - 1 :])
        for ticket in singles:
            self._escalate(ticket, recipient)
        if rest:
            self._merge(rest, recipient)

    def _escalate(self, ticket: Ticket, recipient: str) -> None:
        notice = notices.escalation(
            self._work.sheet(Address(email=recipient), ticket),
            ticket,
            original_of(self._conn, ticket),
            history_of(self._conn, ticket),
            others=others_of(self._conn, ticket),
        )
        post(
            self._conn,
            self._work,
            notice,
            kind="escalation",
            dedup_key=f"escalation:{ticket.reference}:{self._now.isoformat()}:{recipient}",
            ticket=ticket,
        )

    def _merge(self, rest: list[Ticket], recipient: str) -> None:
        notice = notices.escalation_list(self._work.sheet(Address(email=recipient)), rest)
        post(
            self._conn,
            self._work,
            notice,
            kind="escalation_list",
            dedup_key=f"escalation_list:{self._now.isoformat()}:{recipient}",
            ticket=None,
        )

    def _settle(self, ticket: Ticket) -> None:
        conn, work = self._conn, self._work
        tickets.save_ticket(conn, ticket)
        people = ", ".join(self._people[ticket.id])
        why = f"level {ticket.escalation_level}, told {people}"
        tickets.add_event(
            conn, ticket.id, at=self._now, what="escalated", why=why, by="mailresponder"
        )
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
