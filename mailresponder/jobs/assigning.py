"""Tells a member of staff that somebody else gave them a ticket: the mail of an escalation, which
says all there is to know, with who assigned it."""

from collections.abc import Callable
from datetime import datetime

from mailresponder.errors import PermanentFailure
from mailresponder.jobs import acts
from mailresponder.jobs.acts import Done, Hand
from mailresponder.jobs.story import history_of, original_of, others_of
from mailresponder.jobs.work import Work, log, post, within_caps
from mailresponder.mail.message import Address
from mailresponder.policy import notices
from mailresponder.policy.ticket import Ticket, TicketState
from mailresponder.store.database import Store
from mailresponder.store.outbox import ASSIGNED
from mailresponder.templating import TemplateError


def assign(
    store: Store,
    reference: str,
    to: Address,
    *,
    work_of: Callable[[str], Work],
    now: datetime,
    by: str,
) -> tuple[Done, bool]:
    """As `acts.assign`, in a transaction of its own, and whether they get a mail about it."""
    with store.begin() as conn:
        ticket = acts.named(conn, reference)
        work = work_of(ticket.mailbox)
        hand = Hand(conn=conn, now=now, by=by)
        done = acts.assign(hand, ticket, to=to, desk=work.desk)
        return done, done.changed and tell_assigned(hand, work, done.ticket)


def tell_assigned(hand: Hand, work: Work, ticket: Ticket) -> bool:
    """Queue the mail; False where there is nothing to tell, because they did it themselves or no
    customer waits, and where they had as many notices as they may get."""
    conn, to = hand.conn, ticket.assigned_to
    if to is None or to == hand.by or ticket.state is not TicketState.OPEN:
        return False
    if not within_caps(work, conn, to, now=hand.now):
        hand.event(ticket, "not_told", f"{to} has had too many notices lately")
        return False
    try:
        with conn.begin_nested():
            notice = notices.escalation(
                work.sheet(Address(email=to), ticket),
                ticket,
                original_of(conn, ticket),
                history_of(conn, ticket),
                others=others_of(conn, ticket),
                assigned_by=hand.by,
            )
            queued = post(
                conn,
                work,
                notice,
                kind="escalation",
                dedup_key=f"{ASSIGNED}{ticket.reference}:{hand.now.isoformat()}:{to}",
                ticket=ticket,
            )
            return queued is not None
    except (PermanentFailure, TemplateError) as error:
        log.error("assigned_not_told", mailbox=work.desk.mailbox, reason=error.message)
        return False
