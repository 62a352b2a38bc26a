"""Does what staff order by mail, and tells them what came of it.

Rows of one open transaction; `taking` says when. Where a command is not understood nothing is done
at all; one that cannot be done is reported, and the others are done. Nothing of what staff wrote is
logged.
"""

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum

from mailresponder.errors import PermanentFailure
from mailresponder.jobs import acts, defects
from mailresponder.jobs.acts import Done, Hand, Impossible
from mailresponder.jobs.answers import answer_writer
from mailresponder.jobs.assigning import tell_assigned
from mailresponder.jobs.defects import Unnamed
from mailresponder.jobs.obeying import perform
from mailresponder.jobs.step import Step, Taken
from mailresponder.jobs.work import log
from mailresponder.policy import decisions, notices
from mailresponder.policy.command_report import Outcome, Report, Text
from mailresponder.policy.desk import Desk
from mailresponder.policy.facts import Outcome as Became
from mailresponder.policy.identifiers import full_reference
from mailresponder.policy.orders import Command, Obstacle, Order
from mailresponder.policy.ticket import Ticket
from mailresponder.store import tickets
from mailresponder.templating import TemplateError

PassOn = Callable[[Ticket, str], StrEnum | None]
"""Sends a text to a ticket's customer; gives the reason where it must not be sent."""

_FOR_ANY_TICKET = "authenticated"
"""The proof that holds for every ticket: the token of a notice proves its reader for one."""
_BEFORE_TEXT = frozenset({Order.SPAM, Order.NOT_SPAM})
"""Commands that say whether anything may be sent to the customer at all."""
_DEFECTS = frozenset({Order.DEFECT, Order.NEW_DEFECT})
_NO_TEXT = frozenset({"empty", "only_signature"})
"""Reasons for which there was nothing to send in the first place."""


def obey(step: Step, decision: decisions.StaffCommand, *, pass_on: PassOn) -> Taken:
    """Do the commands of a mail, pass on the text below them and report both to the writer."""
    orders, ticket = decision.orders, decision.ticket
    taken = step.write_down(
        Became.COMMANDED, ticket=ticket, reasons=(decision.proof,), direction="staff"
    )
    if orders.mistakes:
        if ticket is not None:
            faults = ", ".join(dict.fromkeys(mistake.fault for mistake in orders.mistakes))
            step.event(ticket, "not_understood", faults, by=decision.by.key)
        text = Text.MISTAKEN if orders.rest else Text.NONE
        _report(
            step,
            decision,
            Report(mistakes=orders.mistakes, text=text, rest=orders.rest, help=True),
        )
        return taken
    obeying = _Obeying(step, decision)
    # The text before the other commands, so that it counts as the answer to one who still waits.
    outcomes = [obeying.one(one) for one in orders.commands if one.order in _BEFORE_TEXT]
    text, refused = _pass_on(step, decision, pass_on)
    outcomes += [obeying.one(one) for one in orders.commands if one.order not in _BEFORE_TEXT]
    _report(
        step,
        decision,
        Report(
            outcomes=outcomes,
            text=text,
            refused=refused,
            rest=orders.rest if text not in (Text.NONE, Text.SENT) else "",
            help=any(command.order is Order.HELP for command in orders.commands),
        ),
    )
    return taken


def _pass_on(step: Step, decision: decisions.StaffCommand, pass_on: PassOn) -> tuple[Text, str]:
    rest = decision.orders.rest
    if not rest:
        return Text.NONE, ""
    about = decision.ticket
    named = {_full(step, one.reference) for one in decision.orders.commands if one.reference}
    if about is None or named - {about.reference}:
        return Text.NO_TICKET, ""
    ticket = tickets.followed(step.conn, about.reference)
    refused = pass_on(ticket or about, rest)
    if refused is None:
        return Text.SENT, ""
    if refused.value in _NO_TEXT:
        return Text.NONE, ""
    return Text.REFUSED, refused.value


def _full(step: Step, reference: str) -> str:
    """The reference as stored; none where none was named."""
    return reference and full_reference(reference, step.work.desk.reference_prefix)


class _Obeying:
    """Does one command after another, each to its ticket as the one before left it."""

    def __init__(self, step: Step, decision: decisions.StaffCommand) -> None:
        self._step, self._decision = step, decision
        self._hand = Hand(conn=step.conn, now=step.now, by=decision.by.key)

    def one(self, command: Command) -> Outcome:
        """Do it, or say what is in the way."""
        if command.order is Order.HELP:
            return Outcome(command=command)
        ticket: Ticket | None = None
        try:
            ticket = self._ticket(command)
            return self._done(command, ticket)
        except Impossible as error:
            self._step.work.tell(
                "command_not_done",
                ticket=ticket.reference if ticket is not None else None,
                command=command.order.value,
                reason=error.obstacle.value,
            )
            named = (
                ticket.reference
                if ticket is not None
                else _full(self._step, command.reference or "")
            )
            return Outcome(
                command=command,
                reference=named,
                obstacle=error.obstacle,
                into=_full(self._step, command.into),
                defect=command.text if command.order in _DEFECTS else "",
                names=error.names if isinstance(error, Unnamed) else (),
            )

    def _ticket(self, command: Command) -> Ticket:
        conn, about = self._step.conn, self._decision.ticket
        reference = _full(self._step, command.reference or "")
        if about is not None and reference in ("", about.reference):
            # What was merged by a command before this one is meant by this one too.
            return tickets.followed(conn, about.reference) or about
        if not reference:
            raise Impossible(Obstacle.NO_TICKET, "no ticket is named")
        self._require_proof()
        ticket = acts.named(conn, reference)
        if ticket.mailbox != self._step.work.desk.mailbox:
            raise Impossible(Obstacle.UNKNOWN, f"{reference} is in another mailbox")
        return ticket

    def _require_proof(self) -> None:
        if self._decision.proof != _FOR_ANY_TICKET:
            raise Impossible(Obstacle.UNPROVEN, "the notice's token is for one ticket")

    def _done(self, command: Command, ticket: Ticket) -> Outcome:
        told = False
        done = self._do(command, ticket)
        if command.order is Order.ASSIGN and done.changed:
            told = tell_assigned(self._hand, self._step.work, done.ticket)
        return Outcome(
            command=command,
            reference=ticket.reference,
            changed=done.changed,
            until=done.ticket.snoozed_until if command.order is Order.SNOOZE else None,
            into=done.ticket.reference if command.order is Order.MERGE else "",
            told=told,
            due_at=done.ticket.due_at,
            defect=(
                defects.named(self._step.conn, command.text).name
                if command.order in _DEFECTS
                else ""
            ),
        )

    def _do(self, command: Command, ticket: Ticket) -> Done:
        if command.order is Order.MERGE:
            self._require_proof()
        return perform(
            self._hand,
            ticket,
            replace(command, into=_full(self._step, command.into)),
            config=self._step.work.config,
            desk=self._desk(ticket),
            writer=self._decision.by,
        )

    def _desk(self, ticket: Ticket) -> Desk:
        """A notice of one mailbox may be answered to another: each has hours of its own."""
        work = self._step.work
        own = ticket.mailbox == work.desk.mailbox
        return work.desk if own else work.config.desk_for(ticket.mailbox)


def _report(step: Step, decision: decisions.StaffCommand, report: Report) -> None:
    conn, work, to = step.conn, step.work, decision.by
    ticket = decision.ticket
    if ticket is not None:
        # As the commands left it; a reply to the report is to find it, merged or not.
        ticket = tickets.followed(conn, ticket.reference) or ticket
    sheet = work.sheet(to, ticket)
    try:
        with conn.begin_nested():
            answer_writer(
                step,
                ticket,
                to,
                lambda: notices.command_report(sheet, ticket, step.original, report),
                kind="command_report",
                silent="not_reported",
            )
    except (PermanentFailure, TemplateError) as error:
        # What was ordered is done all the same.
        log.error("commands_not_reported", mailbox=work.desk.mailbox, reason=error.message)
