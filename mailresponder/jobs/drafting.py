"""Writes down which drafts of answers are to be put into the Drafts folder, and which are to be
taken away again. `drafts_folder` does it in the mailbox."""

import secrets

from sqlalchemy import Connection

from mailresponder.errors import PermanentFailure
from mailresponder.jobs.story import original_of
from mailresponder.jobs.work import Work
from mailresponder.mail.compose import compose
from mailresponder.policy import drafts as rules
from mailresponder.policy.desk import Drafts
from mailresponder.policy.ticket import Ticket
from mailresponder.store import drafts, mailbox_tasks
from mailresponder.store.drafts import ReplyDraft
from mailresponder.store.mailbox_tasks import Kind, Task
from mailresponder.templating import TemplateError


def run(work: Work) -> int:
    """One pass; gives how many drafts were written. Raises nothing but what the store does."""
    name, now = work.desk.mailbox, work.clock()
    with work.store.read() as conn:
        settled = drafts.settled(conn, name)
        lacking = [] if work.desk.drafts is Drafts.NONE else _lacking(conn, work)
    if not settled and not lacking:
        return 0
    with work.store.begin() as conn:
        for ticket in drafts.settled(conn, name):
            drafts.leave(conn, ticket.id)
            mailbox_tasks.add(conn, _task(ticket, "undraft"), now)
        wanted = [] if work.desk.drafts is Drafts.NONE else _lacking(conn, work)
        return sum(_write(conn, work, ticket) for ticket in wanted)


def _lacking(conn: Connection, work: Work) -> list[Ticket]:
    found = drafts.undrafted(conn, work.desk.mailbox, since=work.clock() - rules.NEW)
    return [ticket for ticket in found if rules.is_wanted(ticket, work.desk)]


def _write(conn: Connection, work: Work, ticket: Ticket) -> bool:
    # Not one of ours: what staff make of it and send is theirs.
    message_id = f"<{secrets.token_hex(16)}@{work.desk.domain}>"
    draft = ReplyDraft(
        ticket_id=ticket.id, mailbox=ticket.mailbox, message_id=message_id, content=b""
    )
    sheet = work.sheet(ticket.customer, message_id=message_id)
    try:
        written = rules.reply_draft(sheet, ticket, original_of(conn, ticket))
        content = compose(written, marked=False)
    except (PermanentFailure, TemplateError) as error:
        work.tell("not_drafted", ticket=ticket.reference, reason=error.message)
        drafts.add(conn, draft)
        drafts.gone(conn, ticket.id)
        return False
    drafts.add(
        conn,
        ReplyDraft(
            ticket_id=ticket.id,
            mailbox=ticket.mailbox,
            message_id=message_id,
            content=content,
        ),
    )
    mailbox_tasks.add(conn, _task(ticket, "draft"), work.clock())
    return True


def _task(ticket: Ticket, kind: Kind) -> Task:
    return Task(
        mailbox=ticket.mailbox,
        kind=kind,
        argument=(str(ticket.id),),
        dedup_key=f"{kind}:{ticket.id}",
    )
