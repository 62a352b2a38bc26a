"""Drafts of answers in the mailbox's Drafts folder, at most one for each ticket.

    state      what it is                               leaves by
    waiting    to be put into the folder                filed -> filed; leave -> leaving
    filed      put there, at `place`                    leave -> leaving
    leaving    nobody needs it: to be taken away        gone -> gone
               unless somebody made it theirs
    gone       taken away, somebody's own, or never     (stays)
               written

What a crash leaves: a `waiting` draft that may lie in the folder already, and a `leaving` one that
may be gone from it. Both are looked for first, by Message-ID and content.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, case, exists, insert, or_, select, update

from mailresponder.policy.ticket import Ticket, TicketState
from mailresponder.store.schema import drafts, tickets
from mailresponder.store.tickets import load

State = Literal["waiting", "filed", "leaving", "gone"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a draft was put."""

    folder: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplyDraft:
    """A draft as it stands."""

    ticket_id: int
    mailbox: str
    message_id: str
    """Its own, with angle brackets."""
    content: bytes
    """The mail, CRLF, once it is filed as the server has it; empty once it is gone."""
    state: State = "waiting"
    place: Place | None = None


def add(conn: Connection, draft: ReplyDraft) -> None:
    """Write a draft down."""
    conn.execute(
        insert(drafts).values(
            ticket_id=draft.ticket_id,
            mailbox=draft.mailbox,
            message_id=draft.message_id,
            content=draft.content,
            state=draft.state,
        )
    )


def of_ticket(conn: Connection, ticket_id: int) -> ReplyDraft | None:
    """The draft of a ticket, or None."""
    row = conn.execute(select(drafts).where(drafts.c.ticket_id == ticket_id)).first()
    if row is None:
        return None
    place = None
    if row.uid is not None:
        place = Place(folder=row.folder, uidvalidity=row.uidvalidity, uid=row.uid)
    return ReplyDraft(
        ticket_id=row.ticket_id,
        mailbox=row.mailbox,
        message_id=row.message_id,
        content=row.content,
        state=row.state,
        place=place,
    )


def filed(conn: Connection, ticket_id: int, place: Place, content: bytes) -> None:
    """It was put into the folder, and is there as `content`. Where it is to leave by now, it is
    known from where."""
    where = {"folder": place.folder, "uidvalidity": place.uidvalidity, "uid": place.uid}
    state = case((drafts.c.state == "waiting", "filed"), else_=drafts.c.state)
    _set(conn, ticket_id, **where, content=content, state=state)


def leave(conn: Connection, ticket_id: int) -> None:
    """It is to be taken away."""
    _set(conn, ticket_id, state="leaving")


def gone(conn: Connection, ticket_id: int) -> None:
    """There is nothing left to do; its text is not kept."""
    _set(conn, ticket_id, state="gone", content=b"")


def undrafted(conn: Connection, mailbox: str, *, since: datetime) -> list[Ticket]:
    """The open tickets of a mailbox, opened after `since`, that were never answered and never had
    a draft, oldest first."""
    return load(
        conn,
        tickets.c.mailbox == mailbox,
        tickets.c.state == TicketState.OPEN,
        tickets.c.answered_at.is_(None),
        tickets.c.opened_at > since,
        ~exists().where(drafts.c.ticket_id == tickets.c.id),
    )


def settled(conn: Connection, mailbox: str) -> list[Ticket]:
    """The tickets of a mailbox that have a draft and need none any more: answered, closed, put
    with another or spam."""
    lying = select(drafts.c.ticket_id).where(
        drafts.c.mailbox == mailbox, drafts.c.state.in_(["waiting", "filed"])
    )
    return load(
        conn,
        tickets.c.id.in_(lying),
        or_(
            tickets.c.state != TicketState.OPEN,
            tickets.c.answered_at.is_not(None),
            tickets.c.merged_into.is_not(None),
            tickets.c.spam,
        ),
    )


def _set(conn: Connection, ticket_id: int, **changes: object) -> None:
    conn.execute(update(drafts).where(drafts.c.ticket_id == ticket_id).values(**changes))
