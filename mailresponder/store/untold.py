"""Who is still to hear of a ticket: a step was taken, and they had as much mail as they may get, or
it could not be sent."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection, delete, exists, select

from mailresponder.policy.ticket import Ticket, TicketState
from mailresponder.store.inserting import insert_missing
from mailresponder.store.schema import tickets, untold
from mailresponder.store.tickets import chunks, load


def add(conn: Connection, ticket_id: int, recipient: str) -> bool:
    """Write down that somebody is to hear of a ticket as soon as they may; False where it stands
    there already."""
    query = select(untold.c.ticket_id).where(
        untold.c.ticket_id == ticket_id, untold.c.recipient_key == recipient.casefold()
    )
    if conn.execute(query).first() is not None:
        return False
    row = {
        "ticket_id": ticket_id,
        "recipient_key": recipient.casefold(),
        "recipient": recipient,
    }
    insert_missing(conn, untold, [row])
    return True


def of_mailbox(conn: Connection, mailbox: str) -> list[tuple[Ticket, tuple[str, ...]]]:
    """The open tickets of a mailbox that somebody is to hear of, and their addresses."""
    people: dict[int, list[str]] = defaultdict(list)
    rows = (
        select(untold.c.ticket_id, untold.c.recipient)
        # Not a join: SQLite may begin it with all tickets of the mailbox.
        .where(exists().where(tickets.c.id == untold.c.ticket_id, tickets.c.mailbox == mailbox))
        .order_by(untold.c.recipient_key)
    )
    for row in conn.execute(rows):
        people[row.ticket_id].append(row.recipient)
    if not people:
        return []
    found = load(
        conn,
        tickets.c.id.in_(select(untold.c.ticket_id)),
        tickets.c.mailbox == mailbox,
        tickets.c.state == TicketState.OPEN,
    )
    return [(ticket, tuple(people[ticket.id])) for ticket in found]


def told(conn: Connection, ticket_ids: Sequence[int], recipient: str) -> None:
    """They have heard of these tickets, or need not any more."""
    for some in chunks(ticket_ids):
        conn.execute(
            delete(untold).where(
                untold.c.ticket_id.in_(some), untold.c.recipient_key == recipient.casefold()
            )
        )


def forget_settled(conn: Connection, mailbox: str) -> None:
    """Of tickets that wait for nothing any more nobody is to hear."""
    settled = exists().where(
        tickets.c.id == untold.c.ticket_id,
        tickets.c.mailbox == mailbox,
        tickets.c.state != TicketState.OPEN,
    )
    conn.execute(delete(untold).where(settled))
