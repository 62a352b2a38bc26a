"""Is a mail that waited in the outbox still true when it is to be sent? If not it is taken back, or
says what is true now, under its own Message-ID."""

from functools import partial

from mailresponder.jobs import escalation, known_problems
from mailresponder.jobs.story import original_of
from mailresponder.jobs.withdrawal import (
    QUESTION,
    WITHDRAWN,
    not_repeated,
    withdraw_notices,
    withdraw_question,
)
from mailresponder.jobs.work import Work
from mailresponder.mail.compose import compose
from mailresponder.mail.message import Address
from mailresponder.policy import notices
from mailresponder.policy.opening import true_until
from mailresponder.policy.ticket import TicketState
from mailresponder.store import notice_tickets, outbox, tickets, withdrawn
from mailresponder.store.outbox import Claimed


def is_moot(work: Work, row: Claimed) -> bool:
    """Was the ticket answered while the mail about it waited, or did the customer write while the
    question to them did? Then it is taken back; what may have been sent is not sent again."""
    if row.ticket_id is None or row.kind not in WITHDRAWN:
        return False
    now = work.clock()
    with work.store.begin() as conn:
        ticket = tickets.ticket_by_id(conn, row.ticket_id)
        if ticket is None:
            return False
        is_open = ticket.state is TicketState.OPEN
        if ticket.state is TicketState.ANSWERED if row.kind in QUESTION else is_open:
            return False
        if row.repeat:
            if outbox.overtaken(conn, row.id, owner=work.owner, now=now):
                not_repeated(conn, ticket, row.kind, now=now)
            return True
        outbox.defer(conn, [row.id], owner=work.owner, until=now)
        # What else waits about a ticket that is open again is true.
        (withdraw_question if is_open else withdraw_notices)(conn, ticket, now=now)
    return True


def brought_up_to_date(work: Work, row: Claimed) -> bytes | None:
    """The content to send now; None where the mail was taken back."""
    if _is_untrue(work, row) or _is_late(work, row):
        return None
    content: bytes | None = row.content
    if row.repeat and row.kind == "escalation_list":
        content = _who_still_waits(work, row)
    if content is not None and row.promise_until is not None and work.clock() >= row.promise_until:
        content = _written_anew(work, row)
    return content


def _is_untrue(work: Work, row: Claimed) -> bool:
    """Was one of several tickets answered while the mail about them waited? Then it is taken back;
    escalation tells of the others."""
    if row.repeat or row.kind != "escalation_list":
        return False
    now = work.clock()
    with work.store.read() as conn:
        if not notice_tickets.is_untrue(conn, row.id, now=now):
            return False
    with work.store.begin() as conn:
        outbox.defer(conn, [row.id], owner=work.owner, until=now)
        notice_tickets.take_back(conn, [row.id])
    return True


def _who_still_waits(work: Work, row: Claimed) -> bytes | None:
    """The list that may have been sent, with those of its tickets that still wait, under its own
    Message-ID; None where none does."""
    now = work.clock()
    with work.store.read() as conn:
        if not notice_tickets.is_untrue(conn, row.id, now=now):
            return row.content
    with work.store.begin() as conn:
        waiting = notice_tickets.still_waiting(conn, row.id, now=now)
        about = [t for t in map(partial(tickets.ticket_by_id, conn), waiting) if t is not None]
        if not about:
            outbox.overtaken(conn, row.id, owner=work.owner, now=now)
            return None
        sheet = work.sheet(Address(email=row.recipient), message_id=row.message_id)
        content = compose(notices.escalation_list(sheet, about))
        outbox.rewrite(conn, row.id, owner=work.owner, content=content, promise_until=None)
    return content


def _is_late(work: Work, row: Claimed) -> bool:
    """Has the morning passed that a digest tells of? Then it is taken back; the next one tells what
    happened since the one before."""
    now = work.clock()
    late = row.promise_until is not None and now >= row.promise_until
    if row.repeat or row.kind != "digest" or not late:
        return False
    with work.store.begin() as conn:
        outbox.defer(conn, [row.id], owner=work.owner, until=now)
        withdrawn.late(conn, row.kind, now=now)
    work.tell("digest_too_late", outbox=row.id)
    return True


def _written_anew(work: Work, row: Claimed) -> bytes:
    """The notice without what is no longer true, an answer-by time that has passed, that the desk
    is closed or that a problem is known, under its own Message-ID."""
    with work.store.begin() as conn:
        ticket = tickets.ticket_by_id(conn, row.ticket_id) if row.ticket_id else None
        if ticket is None:
            return row.content
        if row.kind == "escalation":
            # A warning that was put off past the deadline: it says now that this has passed.
            reader = Address(email=row.recipient)
            sheet = work.sheet(reader, ticket, message_id=row.message_id)
            content = compose(escalation.notice_of(conn, sheet, ticket))
            outbox.rewrite(conn, row.id, owner=work.owner, content=content, promise_until=None)
            return content
        sheet = work.sheet(ticket.customer, ticket, message_id=row.message_id)
        original, also = original_of(conn, ticket), None
        if row.kind == "follow_up":
            notice = notices.follow_up(sheet, ticket, original, quote=False)
        else:
            known = known_problems.told_of(conn, work.config, ticket, original, now=sheet.now)
            said = known.sentence if known else None
            notice = notices.acknowledgement(
                sheet, ticket, original, quote=False, known_problem=said
            )
            also = known.until if known else None
        content = compose(notice)
        until = true_until(ticket, work.desk.deadlines.hours, sheet.now, also=also)
        outbox.rewrite(conn, row.id, owner=work.owner, content=content, promise_until=until)
    return content
