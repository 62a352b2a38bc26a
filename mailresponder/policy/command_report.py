"""What staff are told after a mail with commands: what was done, what was not and why, and what
became of the text below. The words are the template's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailresponder.mail.message import Address
from mailresponder.policy import variables
from mailresponder.policy.desk import Desk
from mailresponder.policy.orders import Command, Mistake, Obstacle, Order
from mailresponder.policy.ticket import Ticket
from mailresponder.policy.variables import Variables
from mailresponder.templating import Own


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What came of one command."""

    command: Command
    reference: str = ""
    """The ticket it was done to; empty where there is none."""
    obstacle: Obstacle | None = None
    """Why it was not done; None: it was."""
    changed: bool = True
    """False where it was so already."""
    until: datetime | None = None
    """Before when nobody is reminded."""
    into: str = ""
    """The ticket that holds the messages now."""
    told: bool = False
    """Had the person whom it was assigned to a mail about it?"""
    due_at: datetime | None = None
    """By when the customer is to be answered; None where they do not wait."""
    defect: str = ""
    """The defect it was linked to, or the name that none has."""
    names: tuple[str, ...] = ()
    """Of the defects that may have been meant."""


class Text(StrEnum):
    """What became of the text below the commands."""

    NONE = "none"
    """There was none."""
    SENT = "sent"
    REFUSED = "refused"
    """It is not safe to send, for the reason given."""
    NO_TICKET = "no_ticket"
    """The mail is about no one ticket, or a command names another, so nobody knows whom it is
    for."""
    MISTAKEN = "mistaken"
    """A command was not understood, so nothing was sent."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """All that a mail of commands came to."""

    outcomes: Sequence[Outcome] = ()
    mistakes: Sequence[Mistake] = ()
    """Where there are any, nothing was done."""
    text: Text = Text.NONE
    refused: str = ""
    """Why the text was not sent, as `relaying.Refusal`."""
    rest: str = ""
    """The text itself, where it was not sent: nobody has to write it twice."""
    help: bool = False
    """Is every command to be named?"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """What came of one command, for the template."""

    order: Own
    written: str
    reference: Own
    obstacle: Own
    changed: bool
    until: datetime | None
    into: Own
    to: str
    told: bool
    due_at: datetime | None
    defect: str
    names: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Wrong:
    """One mistake, for the template."""

    fault: Own
    written: str
    nearest: Own


def for_report(report: Report, ticket: Ticket | None, *, desk: Desk, now: datetime) -> Variables:
    """What the template of the report knows; `ticket` is None where the mail is about none, or
    about several."""
    nothing = dict.fromkeys(("reference", "subject", "customer_name", "customer_address"), Own(""))
    about: Variables = {
        **variables.of_desk(desk, now),
        **nothing,
        "customer": variables.customer(Address(email="")),
    }
    if ticket is not None:
        about = variables.of_ticket(ticket, desk, now)
    done = [outcome for outcome in report.outcomes if outcome.command.order is not Order.HELP]
    given: Variables = {
        **about,
        "lines": [_line(outcome) for outcome in done],
        "failed": sum(outcome.obstacle is not None for outcome in done),
        "mistakes": [_wrong(mistake) for mistake in report.mistakes],
        "sent": Own(report.text),
        "refused": Own(report.refused),
        "text": report.rest,
        "help": report.help,
    }
    return variables.dotted(given)


def _line(outcome: Outcome) -> Line:
    return Line(
        order=Own(outcome.command.order),
        written=outcome.command.written,
        reference=Own(outcome.reference),
        obstacle=Own(outcome.obstacle or ""),
        changed=outcome.changed,
        until=outcome.until,
        into=Own(outcome.into),
        to=outcome.command.address,
        told=outcome.told,
        due_at=outcome.due_at,
        defect=outcome.defect,
        names=outcome.names,
    )


def _wrong(mistake: Mistake) -> Wrong:
    return Wrong(fault=Own(mistake.fault), written=mistake.written, nearest=Own(mistake.nearest))
