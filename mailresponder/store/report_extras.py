"""What a listening report tells beside its rows: what is only counted, and the texts of the few
messages that are quoted."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, func, not_, select

from mailresponder.policy.defects import DefectState, LinkState
from mailresponder.policy.facts import Outcome
from mailresponder.store import defects
from mailresponder.store.messages import NO_MACHINES
from mailresponder.store.outbox import TO_CUSTOMERS
from mailresponder.store.report_rows import Only
from mailresponder.store.schema import mailboxes, messages, outbox, tickets
from mailresponder.store.schema_themes import defect_tickets
from mailresponder.store.tickets import chunks


class DefectRow(NamedTuple):
    """A named defect, with how many tickets it has."""

    id: int
    name: str
    owner: str
    state: str
    fixed_at: datetime | None
    tickets: int
    new: int
    """Of them, opened in the period."""
    proposed: int
    told: int
    """How many people were told that it is mended."""


class Counted(NamedTuple):
    """A number of something in the period and in the one before."""

    now: int
    before: int


def machines(
    conn: Connection, mailbox: str | None, before: datetime, since: datetime, until: datetime
) -> Counted:
    """How many mails no person wrote; of machines, no language and no theme is known."""
    holds = [
        messages.c.direction == "in",
        messages.c.kind.not_in(NO_MACHINES),
        messages.c.outcome.not_in([Outcome.DUPLICATE, Outcome.BEFORE_START]),
        messages.c.at >= before,
        messages.c.at < until,
    ]
    if mailbox is not None:
        holds.append(messages.c.mailbox == mailbox)
    return _split(conn, messages.c.at >= since, select(messages.c.id).where(*holds))


def failures(
    conn: Connection, only: Only, before: datetime, since: datetime, until: datetime
) -> Counted:
    """How many mails of ours to customers were given up."""
    query = (
        select(outbox.c.id)
        .join(tickets, tickets.c.id == outbox.c.ticket_id)
        .where(
            only.tickets,
            outbox.c.kind.in_(TO_CUSTOMERS),
            outbox.c.state == "failed",
            outbox.c.settled_at >= before,
            outbox.c.settled_at < until,
        )
    )
    return _split(conn, outbox.c.settled_at >= since, query)


def is_failing(conn: Connection, mailbox: str | None) -> bool:
    """Is a mailbox not read at the moment?"""
    query = select(func.count()).where(mailboxes.c.failing_since.is_not(None))
    if mailbox is not None:
        query = query.where(mailboxes.c.name == mailbox)
    return conn.execute(query).scalar_one() > 0


def references(conn: Connection, ids: Collection[int]) -> dict[int, str]:
    """The references of tickets, by id."""
    found: dict[int, str] = {}
    for some in chunks(sorted(ids)):
        query = select(tickets.c.id, tickets.c.reference).where(tickets.c.id.in_(some))
        found |= {row.id: row.reference for row in conn.execute(query)}
    return found


class TextRow(NamedTuple):
    """What somebody wrote; erased people's is empty."""

    row: int
    reference: str
    language: str
    customer_name: str
    customer_email: str
    text: str


def texts(conn: Connection, rows: Collection[int]) -> dict[int, TextRow]:
    """The texts of some messages, by row."""
    found: dict[int, TextRow] = {}
    for some in chunks(sorted(rows)):
        query = (
            select(
                messages.c.id,
                tickets.c.reference,
                func.coalesce(messages.c.language, tickets.c.language),
                tickets.c.customer_name,
                tickets.c.customer_email,
                messages.c.new_text,
            )
            .join(tickets, tickets.c.id == messages.c.ticket_id)
            .where(messages.c.id.in_(some))
        )
        found |= {row[0]: TextRow(*row) for row in conn.execute(query)}
    return found


def all_defects(conn: Connection, since: datetime, until: datetime) -> list[DefectRow]:
    """All named defects, the open ones first, then by how many complain."""
    opened = and_(tickets.c.opened_at >= since, tickets.c.opened_at < until)
    lately = (
        select(defect_tickets.c.defect_id, func.count())
        .join(tickets, tickets.c.id == defect_tickets.c.ticket_id)
        .where(defect_tickets.c.state == LinkState.LINKED, opened)
        .group_by(defect_tickets.c.defect_id)
    )
    new: dict[int, int] = {row[0]: row[1] for row in conn.execute(lately)}
    counts = defects.counts(conn)
    found = []
    for defect in defects.all_defects(conn):
        number = counts.get(defect.id, defects.Counts())
        one = DefectRow(
            id=defect.id,
            name=defect.name,
            owner=defect.owner,
            state=defect.state.value,
            fixed_at=defect.fixed_at,
            tickets=number.linked,
            new=new.get(defect.id, 0),
            proposed=number.proposed,
            told=number.told,
        )
        found.append(one)
    return sorted(found, key=lambda one: (one.state != DefectState.OPEN, -one.tickets))


def _split(conn: Connection, is_now: ColumnElement[bool], rows: Select[tuple[int]]) -> Counted:
    numbers = rows.with_only_columns(
        func.count().filter(is_now), func.count().filter(not_(is_now)), maintain_column_froms=True
    )
    return Counted(*conn.execute(numbers).one())
