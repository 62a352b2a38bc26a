"""Two tickets made one: whatever hangs on the one hangs on the other from then on.

Participants and the ticket itself are saved as policy made them; a ticket's events stay its own.
"""

from sqlalchemy import Connection, update

from mailresponder.policy.ticket import Ticket
from mailresponder.store.schema import answers, messages, outbox, tickets


def move(conn: Connection, merged: Ticket, into: Ticket) -> None:
    """Hang messages, with their labels and places in the mailbox, mail of ours and answers on
    another ticket; so whatever names one of these mails finds that ticket.

    What was merged into the first before points there too, so nothing is more than a step away.
    """
    for table in (messages, outbox, answers):
        conn.execute(update(table).where(table.c.ticket_id == merged.id).values(ticket_id=into.id))
    earlier = tickets.c.merged_into == merged.reference
    conn.execute(update(tickets).where(earlier).values(merged_into=into.reference))
