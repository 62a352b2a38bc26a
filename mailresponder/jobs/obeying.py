"""Does to a ticket the one thing that staff order, by mail or on the page alike."""

from datetime import datetime

from mailresponder.config import Config
from mailresponder.jobs import acts, defects, merging
from mailresponder.jobs.acts import Done, Hand, Impossible
from mailresponder.mail.message import Address
from mailresponder.policy.defects import How
from mailresponder.policy.desk import Desk
from mailresponder.policy.orders import Command, Obstacle, Order
from mailresponder.policy.ticket import Ticket


def perform(
    hand: Hand,
    ticket: Ticket,
    command: Command,
    *,
    config: Config,
    desk: Desk,
    writer: Address | None,
) -> Done:
    """Do it. Raises Impossible where it cannot be done to this ticket.

    `desk`: as the ticket's mailbox has it. `writer`: who orders it, where that is an address;
    only they can take a ticket for themselves.
    """
    match command.order:
        case Order.CLOSE:
            return acts.close(hand, ticket)
        case Order.ANSWERED:
            return acts.answered(hand, ticket, desk=lambda: desk)
        case Order.WAIT:
            return acts.wait(hand, ticket)
        case Order.SNOOZE:
            zone = desk.deadlines.hours.timezone
            return acts.snooze(hand, ticket, until=_until(hand, command, desk), zone=zone)
        case Order.MINE:
            if writer is None:
                raise Impossible(Obstacle.NOT_STAFF, "who orders it has no mail address")
            return acts.assign(hand, ticket, to=writer, desk=desk)
        case Order.ASSIGN:
            return acts.assign(hand, ticket, to=Address(email=command.address), desk=desk)
        case Order.ANGRY | Order.NOT_ANGRY:
            angry = command.order is Order.ANGRY
            return acts.judge(hand, ticket, angry=angry, config=config)
        case Order.NOTE:
            return acts.note(hand, ticket, command.text)
        case Order.SPAM:
            return acts.spam(hand, ticket)
        case Order.NOT_SPAM:
            return acts.not_spam(hand, ticket, desk=desk)
        case Order.MERGE:
            return merging.merge(hand, ticket, command.into, desk=desk)
        case Order.DEFECT:
            defect = defects.named(hand.conn, command.text)
            return defects.link(hand, defect, ticket, how=How.COMMAND)
        case Order.NEW_DEFECT:
            defect = defects.named_or_new(hand, command.text)
            return defects.link(hand, defect, ticket, how=How.COMMAND)
        case Order.HELP:
            return Done(ticket=ticket, changed=False)


def _until(hand: Hand, command: Command, desk: Desk) -> datetime:
    if command.until is None:
        raise Impossible(Obstacle.NOT_AHEAD, "no moment is named")
    try:
        return command.until.moment(now=hand.now, hours=desk.deadlines.hours)
    except ValueError as error:
        raise Impossible(Obstacle.NOT_AHEAD, str(error)) from None
