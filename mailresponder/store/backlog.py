"""What waits in each mailbox, to be sent or to be done: numbers, for whoever looks after the desk.
Changes nothing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from mailresponder.policy.digest import Some
from mailresponder.store.outbox import State
from mailresponder.store.outbox_view import LISTED, OutboxRow, row_of
from mailresponder.store.schema import drafts, mailbox_tasks, outbox, tickets

_WAITS: tuple[State, ...] = ("queued", "sending")
_FAILED: tuple[State, ...] = ("failed",)


@dataclass(frozen=True, kw_only=True, slots=True)
class Backlog:
    """The numbers of one mailbox."""

    waiting: int = 0
    """Mails to be sent, now or later, or being sent."""
    not_taken: int = 0
    """Those of them that no server would take so far, for a reason that lies with none of them."""
    why: str = ""
    """That reason, in words; empty where there are none."""
    failed: int = 0
    """Mails given up lately."""
    tasks: int = 0
    """Flags, moves, copies and drafts to be done in the mailbox."""
    tasks_failed: int = 0
    """Those given up."""
    drafts: int = 0
    """Answers drafted and not yet in Drafts."""


@dataclass(frozen=True, kw_only=True, slots=True)
class UnsentMail:
    """A mail of ours that waits or was given up."""

    mail: OutboxRow
    reference: str | None
    """Of the ticket it is about; None where it is about none, or about several."""


def backlogs(conn: Connection, names: Collection[str], *, since: datetime) -> Mapping[str, Backlog]:
    """The numbers of those of these mailboxes that have any, by name; mails given up count from
    `since`."""
    found: dict[str, Backlog] = {}
    # A server that cannot be used at all costs a mail no attempt: that tells it from a mail that
    # was refused for now.
    not_taken = and_(outbox.c.attempts == 0, outbox.c.last_error.is_not(None))
    gave_up = outbox.c.state == "failed"
    mails = (
        select(
            outbox.c.mailbox,
            func.count(case((~gave_up, 1))),
            func.count(case((and_(~gave_up, not_taken), 1))),
            func.max(case((and_(~gave_up, not_taken), outbox.c.last_error))),
            func.count(case((gave_up, 1))),
        )
        .where(
            outbox.c.mailbox.in_(names),
            outbox.c.state.in_([*_WAITS, *_FAILED]),
            or_(~gave_up, outbox.c.settled_at >= since),
        )
        .group_by(outbox.c.mailbox)
    )
    for mailbox, waiting, stuck, why, failed in conn.execute(mails):
        found[mailbox] = Backlog(waiting=waiting, not_taken=stuck, why=why or "", failed=failed)
    pending, lost = mailbox_tasks.c.state == "pending", mailbox_tasks.c.state == "failed"
    tasks = (
        select(mailbox_tasks.c.mailbox, func.count(case((pending, 1))), func.count(case((lost, 1))))
        .where(mailbox_tasks.c.mailbox.in_(names), mailbox_tasks.c.state.in_(["pending", "failed"]))
        .group_by(mailbox_tasks.c.mailbox)
    )
    for mailbox, waiting, failed in conn.execute(tasks):
        known = found.get(mailbox, Backlog())
        found[mailbox] = replace(known, tasks=waiting, tasks_failed=failed)
    unfiled = (
        select(drafts.c.mailbox, func.count())
        .where(drafts.c.mailbox.in_(names), drafts.c.state == "waiting")
        .group_by(drafts.c.mailbox)
    )
    for mailbox, waiting in conn.execute(unfiled):
        found[mailbox] = replace(found.get(mailbox, Backlog()), drafts=waiting)
    return found


def waiting(conn: Connection, names: Collection[str], *, most: int) -> Some[UnsentMail]:
    """The mails of these mailboxes that wait or are being sent, the next one first."""
    return _some(conn, names, _WAITS, outbox.c.next_attempt_at, outbox.c.id, most=most)


def given_up(conn: Connection, names: Collection[str], *, most: int) -> Some[UnsentMail]:
    """The mails of these mailboxes that were given up, whenever that was, the newest first."""
    # Not by `settled_at` itself: its index would lead through all that was ever sent.
    newest = func.coalesce(outbox.c.settled_at, outbox.c.created_at).desc()
    return _some(conn, names, _FAILED, newest, outbox.c.id.desc(), most=most)


def _some(
    conn: Connection,
    names: Collection[str],
    states: Collection[State],
    *order: ColumnElement[Any],
    most: int,
) -> Some[UnsentMail]:
    # By mailbox and state there is an index; without, the content of every mail would be read.
    which = and_(outbox.c.mailbox.in_(names), outbox.c.state.in_(states))
    columns = [*LISTED, tickets.c.reference]
    query = (
        select(*columns)
        .outerjoin(tickets, tickets.c.id == outbox.c.ticket_id)
        .where(which)
        .order_by(*order)
        .limit(most)
    )
    rows = conn.execute(query).all()
    first = tuple(UnsentMail(mail=row_of(row), reference=row.reference) for row in rows)
    if len(first) < most:
        return Some(first=first)
    number = conn.execute(select(func.count()).where(which)).scalar_one()
    return Some(first=first, more=number - len(first))
