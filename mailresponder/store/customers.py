"""What the desk knows of one customer beyond the ticket at hand. Changes nothing."""

from sqlalchemy import Connection, bindparam, func, select

from mailresponder.policy.ticket import OtherTicket, OtherTickets, Role, Ticket, TicketState
from mailresponder.store.schema import participants, tickets

MOST = 5
"""How many other tickets are told of, the newest first."""

# Built once: building a statement costs several times what SQLite takes to run it.
_OTHERS = (
    select(
        tickets.c.reference,
        tickets.c.subject,
        tickets.c.state,
        tickets.c.opened_at,
        tickets.c.angry,
        func.count().over().label("number"),
    )
    .where(
        tickets.c.id.in_(
            select(participants.c.ticket_id).where(
                participants.c.address == bindparam("customer"),
                participants.c.role == Role.CUSTOMER,
            )
        ),
        # Not any address of theirs: behind a form's stand all who use it.
        func.lower(tickets.c.customer_email) == bindparam("customer"),
        # Not the bare column: SQLite would go by its index, through all tickets of the mailbox.
        tickets.c.mailbox.concat("") == bindparam("in_mailbox"),
        tickets.c.id != bindparam("this"),
        tickets.c.spam.is_(False),
        tickets.c.merged_into.is_(None),
    )
    .order_by(tickets.c.opened_at.desc(), tickets.c.id.desc())
    .limit(MOST)
)


def other_tickets(conn: Connection, ticket: Ticket) -> OtherTickets:
    """The other tickets of a ticket's customer in its mailbox, by their very address; without
    those that are spam or were merged into another."""
    asked = {"customer": ticket.customer.key, "in_mailbox": ticket.mailbox, "this": ticket.id}
    rows = conn.execute(_OTHERS, asked).all()
    newest = tuple(
        OtherTicket(
            reference=row.reference,
            subject=row.subject,
            state=TicketState(row.state),
            opened_at=row.opened_at,
            angry=row.angry,
        )
        for row in rows
    )
    return OtherTickets(newest=newest, more=rows[0].number - len(rows) if rows else 0)
