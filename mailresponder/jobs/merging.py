"""Makes two tickets one, where a customer wrote about one matter twice.

Only what is surely one customer's in one mailbox: whoever takes part in a ticket is threaded into
it, so merging two customers would show one what the other wrote.
"""

from dataclasses import replace

from mailresponder.jobs.acts import Done, Hand, Impossible
from mailresponder.jobs.story import summed, waiting_messages
from mailresponder.policy import lifecycle
from mailresponder.policy.desk import Desk
from mailresponder.policy.joining import joined
from mailresponder.policy.orders import Obstacle
from mailresponder.policy.ticket import Role, Ticket
from mailresponder.store import defects, merging, outbox, tickets, withdrawn
from mailresponder.store.messages import forget

_UNTRUE: tuple[outbox.Kind, ...] = ("escalation", "closing_question")
"""Kinds that ask for something in a ticket that is gone."""


def merge(hand: Hand, ticket: Ticket, into: str, *, desk: Desk) -> Done:
    """Move all of a ticket to another, `into` or what that was merged into, and close it.

    Hands back the other one, which waits since the older of both. Raises Impossible where the two
    are not one customer's, or the same already.
    """
    conn = hand.conn
    target = tickets.followed(conn, into.upper())
    if target is None:
        raise Impossible(
            Obstacle.UNKNOWN,
            f"there is no ticket {into}",
            mend="`mailresponder tickets` lists them",
        )
    _require_mergeable(ticket, target)
    # 1. What still waits is read while each message hangs on the ticket it was judged with.
    rest = summed(
        [(one, message) for one in (ticket, target) for message in waiting_messages(conn, one)]
    )
    # 2. Nobody is to be told of a ticket that is gone; what the customer was promised holds.
    forget(conn, withdrawn.of_ticket(conn, ticket.id, _UNTRUE))
    merging.move(conn, ticket, target)
    defects.move(conn, ticket.id, target.id)
    # 3. Both as they are from now on.
    after = joined(target, ticket, rest=rest, desk=desk, now=hand.now)
    tickets.save_ticket(conn, after)
    gone = replace(lifecycle.closed(ticket), merged_into=target.reference)
    tickets.save_ticket(conn, gone)
    hand.event(ticket, "merged", f"into {target.reference}")
    hand.event(target, "merged", f"{ticket.reference} into this one")
    return Done(ticket=after, changed=True)


def _require_mergeable(ticket: Ticket, target: Ticket) -> None:
    if target.id == ticket.id:
        raise Impossible(Obstacle.ITSELF, f"{ticket.reference} cannot be merged into itself")
    if target.mailbox != ticket.mailbox:
        raise Impossible(
            Obstacle.OTHER_MAILBOX,
            f"{target.reference} belongs to another mailbox, {target.mailbox}",
        )
    if not _addresses(ticket) & _addresses(target):
        raise Impossible(Obstacle.OTHER_CUSTOMER, f"{target.reference} is another customer's")


def _addresses(ticket: Ticket) -> set[str]:
    return {p.address for p in ticket.participants if p.role is Role.CUSTOMER and p.address}
