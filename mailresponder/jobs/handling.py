"""What somebody on the page does to a ticket: unless it changed since they looked at it."""

from collections.abc import Callable, Mapping
from datetime import datetime

from mailresponder.errors import MailresponderError
from mailresponder.jobs import acts, audit
from mailresponder.jobs.acts import Done, Hand
from mailresponder.jobs.assigning import tell_assigned
from mailresponder.jobs.audit import Deed
from mailresponder.jobs.obeying import perform
from mailresponder.jobs.timeline import seen_of
from mailresponder.jobs.work import Work
from mailresponder.mail.message import Address
from mailresponder.policy.orders import Command, Order
from mailresponder.store.database import Store

DEEDS: Mapping[Order, Deed] = {
    Order.CLOSE: Deed.TICKET_CLOSED,
    Order.SNOOZE: Deed.TICKET_SNOOZED,
    Order.MINE: Deed.TICKET_ASSIGNED,
    Order.ASSIGN: Deed.TICKET_ASSIGNED,
    Order.NOT_ANGRY: Deed.TICKET_NOT_ANGRY,
    Order.ANGRY: Deed.TICKET_ANGRY,
    Order.NOTE: Deed.TICKET_NOTED,
    Order.ANSWERED: Deed.TICKET_ANSWERED,
    Order.WAIT: Deed.TICKET_WAITS,
    Order.SPAM: Deed.TICKET_SPAM,
    Order.NOT_SPAM: Deed.TICKET_NOT_SPAM,
    Order.DEFECT: Deed.TICKET_LINKED,
    Order.NEW_DEFECT: Deed.TICKET_LINKED,
}
"""What can be ordered on the page, and as what it is written down."""


class Changed(MailresponderError):  # noqa: N818 - nobody made a mistake
    """Somebody did something to the ticket, or wrote about it, since it was looked at."""


def handle(
    store: Store,
    reference: str,
    command: Command,
    *,
    seen: str,
    work_of: Callable[[str], Work],
    writer: Address | None,
    now: datetime,
    by: str,
) -> Done:
    """Do one of `DEEDS`, in a transaction of its own; whoever a ticket is given to is told.

    Args:
        store: The desk's.
        reference: The ticket's.
        command: What to do.
        seen: The ticket's mark as it was looked at (`Timeline.seen`). A note may be written
            whatever has changed: it says nothing of how the ticket stands.
        work_of: The work of a mailbox by its name; raises MailresponderError for one that is gone.
        writer: The visitor, where their name is a mail address.
        now: The time, aware.
        by: The visitor, as stories name them.

    Raises:
        Changed: The ticket is no longer as it was looked at.
        Impossible: It cannot be done to this ticket.
    """
    with store.begin() as conn:
        ticket = acts.named(conn, reference)
        if command.order is not Order.NOTE and seen != seen_of(conn, ticket):
            raise Changed(f"{ticket.reference} has changed meanwhile")
        work = work_of(ticket.mailbox)
        hand = Hand(conn=conn, now=now, by=by)
        done = perform(hand, ticket, command, config=work.config, desk=work.desk, writer=writer)
        if done.changed:
            audit.note(conn, by=by, what=DEEDS[command.order], about=ticket.reference, now=now)
            if command.order is Order.ASSIGN:
                tell_assigned(hand, work, done.ticket)
        return done
