"""Invented reports of commands, one for each thing that can come of one: for `samples`."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from mailresponder.policy.command_report import Outcome, Report, Text, for_report
from mailresponder.policy.desk import Desk
from mailresponder.policy.orders import WORDS, Command, Fault, Mistake, Obstacle, Order
from mailresponder.policy.ticket import Ticket
from mailresponder.policy.variables import Variables

_DEFECT, _OTHER = "App crashes on login", "App crashes on start"
_COLLEAGUE = "jane@example.com"


def reports(ticket: Ticket, reply: str, *, desk: Desk, now: datetime) -> Mapping[str, Variables]:
    """The variables of each case by its name; the first is the one a preview shows."""
    done = [_outcome(order, ticket, now) for order in Order]
    close = done[0]
    failed = [
        replace(_outcome(_order_of(obstacle), ticket, now), obstacle=obstacle)
        for obstacle in Obstacle
    ]
    mistakes = [
        Mistake(fault=fault, written="#cloze <b>x</b> https://evil.test/", nearest="#close")
        for fault in Fault
    ]
    unlike = Mistake(fault=Fault.UNKNOWN, written="#1 is sold out")
    nobody = replace(close, reference="", obstacle=Obstacle.NO_TICKET)
    cases = {
        "ordinary": Report(outcomes=done[1:3], text=Text.SENT),
        "one": Report(outcomes=[close]),
        "everything": Report(outcomes=done, help=True),
        "so already": Report(outcomes=[replace(one, changed=False, told=False) for one in done]),
        "with a deadline": Report(
            outcomes=[replace(one, due_at=now + timedelta(hours=2)) for one in done]
        ),
        "not done": Report(outcomes=failed, text=Text.REFUSED, refused="spam", rest=reply),
        "refused without words": Report(text=Text.REFUSED, refused="something_else", rest=reply),
        "not understood": Report(
            mistakes=[*mistakes, unlike], text=Text.MISTAKEN, rest=reply, help=True
        ),
        "hostile": Report(
            mistakes=mistakes[:1], text=Text.MISTAKEN, rest=f"{ticket.subject}\n<script>", help=True
        ),
    }
    several = Report(outcomes=[close, nobody], text=Text.NO_TICKET, rest=reply)
    return {
        **{name: for_report(case, ticket, desk=desk, now=now) for name, case in cases.items()},
        "about several tickets": for_report(several, None, desk=desk, now=now),
    }


def _outcome(order: Order, ticket: Ticket, now: datetime) -> Outcome:
    is_assignment = order is Order.ASSIGN
    return Outcome(
        command=Command(
            order=order,
            written=f"#{WORDS[order][0]}",
            address=_COLLEAGUE if is_assignment else "",
        ),
        reference=ticket.reference,
        until=now + timedelta(days=2) if order is Order.SNOOZE else None,
        into="MR-2B4CD" if order is Order.MERGE else "",
        told=is_assignment,
        defect=_DEFECT if order in (Order.DEFECT, Order.NEW_DEFECT) else "",
        names=(_DEFECT, _OTHER) if order is Order.DEFECT else (),
    )


def _order_of(obstacle: Obstacle) -> Order:
    """A command that the obstacle may stand in the way of."""
    match obstacle:
        case Obstacle.NOT_OPEN | Obstacle.NOT_AHEAD:
            return Order.SNOOZE
        case Obstacle.NOT_STAFF:
            return Order.ASSIGN
        case Obstacle.ITSELF | Obstacle.OTHER_CUSTOMER | Obstacle.OTHER_MAILBOX | Obstacle.MERGED:
            return Order.MERGE
        case Obstacle.NO_DEFECT | Obstacle.SEVERAL_DEFECTS:
            return Order.DEFECT
        case Obstacle.NO_NAME:
            return Order.NEW_DEFECT
        case _:
            return Order.CLOSE
