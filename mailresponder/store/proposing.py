"""What tells that a ticket may complain of a defect: what customers wrote, and the themes found in
it. Tickets are proposed here; which ones is the job's to say."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, select

from mailresponder.policy.defects import How, LinkState
from mailresponder.store.inserting import insert_missing
from mailresponder.store.messages import OF_PEOPLE
from mailresponder.store.schema import messages, tickets
from mailresponder.store.schema_themes import defect_tickets, message_themes
from mailresponder.store.tickets import chunks

_COUNTS = and_(tickets.c.spam.is_(False), tickets.c.merged_into.is_(None))
"""A ticket that may be proposed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """What a customer wrote, to be compared with the words of defects."""

    row: int
    ticket_id: int
    text: str
    """Subject and new text."""
    language: str | None


def propose(
    conn: Connection, found: Collection[tuple[int, int]], *, how: How, by: str, at: datetime
) -> None:
    """Propose tickets, each as (defect, ticket): those that are nothing to it yet, and were not
    erased since they were looked at."""
    there: set[int] = set()
    for some in chunks(sorted({ticket_id for _, ticket_id in found})):
        query = select(tickets.c.id).where(tickets.c.id.in_(some))
        there.update(conn.execute(query.with_for_update(read=True, key_share=True)).scalars())
    insert_missing(
        conn,
        defect_tickets,
        [
            {
                "defect_id": defect_id,
                "ticket_id": ticket_id,
                "state": LinkState.PROPOSED,
                "how": how,
                "by": by,
                "at": at,
            }
            for defect_id, ticket_id in found
            if ticket_id in there
        ],
    )


def heard(conn: Connection, *, after: int, since: datetime, limit: int) -> list[Heard]:
    """What customers wrote, from the first row behind `after`, in its order; since a time only, and
    of no ticket that is spam or was merged."""
    query = (
        select(
            messages.c.id,
            messages.c.ticket_id,
            messages.c.subject,
            messages.c.new_text,
            func.coalesce(messages.c.language, tickets.c.language).label("language"),
        )
        .join(tickets, tickets.c.id == messages.c.ticket_id)
        .where(messages.c.id > after, messages.c.at >= since, *OF_PEOPLE, _COUNTS)
        .order_by(messages.c.id)
        .limit(limit)
    )
    return [
        Heard(
            row=row.id,
            ticket_id=row.ticket_id,
            text=f"{row.subject}\n{row.new_text}",
            language=row.language,
        )
        for row in conn.execute(query)
    ]


def last_heard(conn: Connection) -> int:
    """The row of the newest message; 0 where there is none."""
    return int(conn.execute(select(func.coalesce(func.max(messages.c.id), 0))).scalar_one())


def about_themes(
    conn: Connection, defect_id: int, keys: Collection[str], *, since: datetime, limit: int
) -> list[int]:
    """The ids of tickets with a message about one of these themes that are nothing to the defect
    yet, some of them."""
    known = select(defect_tickets.c.ticket_id).where(defect_tickets.c.defect_id == defect_id)
    query = (
        select(messages.c.ticket_id)
        .distinct()
        .join(message_themes, message_themes.c.message_row == messages.c.id)
        .join(tickets, tickets.c.id == messages.c.ticket_id)
        .where(
            message_themes.c.theme.in_(keys),
            messages.c.at >= since,
            messages.c.ticket_id.not_in(known),
            *OF_PEOPLE,
            _COUNTS,
        )
        .limit(limit)
    )
    return [row for row in conn.execute(query).scalars() if row is not None]
