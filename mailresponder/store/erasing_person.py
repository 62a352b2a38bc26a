"""Takes one person out of the database: their tickets and mails, the mails to them, and their name
and address wherever else they stand. What others wrote stays theirs.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email import message_from_bytes, policy
from email.errors import MessageError
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)

from mailresponder.policy.persons import Person, exactly, listed, named
from mailresponder.policy.ticket import TicketState
from mailresponder.store import erasing, notice_tickets, scrubbing
from mailresponder.store.erasing import Gone, Tombstone
from mailresponder.store.messages import OF_PEOPLE
from mailresponder.store.outbox import TO_CUSTOMERS
from mailresponder.store.schema import drafts, events, messages, outbox, participants, tickets
from mailresponder.store.schema import notice_tickets as notices
from mailresponder.store.schema_themes import announced
from mailresponder.store.tickets import add_event, chunks

Words = re.Pattern[str]
"""Finds what else names somebody."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Erased:
    """What became of somebody's traces."""

    gone: Gone
    kept: tuple[str, ...] = ()
    """References of tickets that others wrote in: these stay, without the person."""
    changed: int = 0
    """Rows of others in which they were named."""
    notices: int = 0
    """Mails to staff about them, emptied or taken back."""
    in_flight: int = 0
    """Mails that name them and are being sent at this moment."""
    corrections: int = 0
    """What was learnt of anger with their mails among the lessons, and is taken out."""

    @property
    def is_nothing(self) -> bool:
        """Was nothing found?"""
        return not (
            self.gone.tickets
            or self.gone.messages
            or self.gone.mails
            or self.kept
            or self.changed
            or self.notices
            or self.in_flight
        )


def erase(conn: Connection, person: Person, *, tombstone: Tombstone, now: datetime) -> Erased:
    """Take somebody out, in one transaction. Done once more it finds what was written meanwhile."""
    involved = involved_tickets(conn, person)
    # Who is about to write into one of them waits, and finds it gone (PostgreSQL; on SQLite there
    # is one writer anyway).
    for some in chunks(involved):
        conn.execute(select(tickets.c.id).where(tickets.c.id.in_(some)).with_for_update())
    names = named(_names(conn, person, involved))
    whole, shared = _parted(conn, person, involved)

    # 1. Mails to staff that wait and name their tickets: staff are told of the others in them anew.
    telling = select(notices.c.outbox_id).where(notices.c.ticket_id.in_(whole))
    notice_tickets.take_back(conn, conn.execute(telling).scalars().all())

    # 2. Their tickets; of those that others wrote in, and wherever else, their mails.
    gone = erasing.tickets_whole(conn, whole, tombstone=tombstone, now=now)
    theirs = _messages_of(conn, person, shared)
    message_ids = _message_ids(conn, theirs)
    more = erasing.messages_whole(conn, theirs, tombstone=tombstone, now=now)
    to_them = select(outbox.c.id, outbox.c.recipient).where(holds(outbox.c.recipient, person))
    mails = _ids(conn, to_them, person.is_at)
    erasing.mails_whole(conn, mails)
    gone = replace(
        gone,
        messages=gone.messages + more.messages,
        mails=gone.mails + more.mails + len(mails),
        learnt_from=min(filter(None, (gone.learnt_from, more.learnt_from)), default=None),
    )

    # 3. Their name, address and references in what others keep.
    references = exactly(gone.references)
    emptied, in_flight = _notices(conn, person, [*names, *references], shared)
    changed = _disowned(conn, person, shared, [*names, *references, *exactly(message_ids)], now)
    for column in (participants.c.address, announced.c.customer_key):
        keys = select(column, column).where(holds(column, person)).distinct()
        for some in chunks(_ids(conn, keys, person.is_at)):
            conn.execute(delete(column.table).where(column.in_(some)))
    changed += scrubbing.scrub(
        conn,
        (*person.needles, *gone.references),
        lambda text: person.taken_out(text, references),
    )

    # 4. What was learnt from them.
    at = gone.learnt_from
    return Erased(
        gone=gone,
        kept=_references(conn, shared),
        changed=changed,
        notices=emptied,
        in_flight=in_flight,
        corrections=0 if at is None else erasing.corrections_since(conn, at),
    )


def involved_tickets(conn: Connection, person: Person) -> list[int]:
    """The tickets that somebody takes part in, wrote in, or was written to in, by their ids."""
    sender, to = messages.c["from"], messages.c.to
    found: set[int] = set()
    for ticket_id, column, is_theirs in (
        (participants.c.ticket_id, participants.c.address, person.is_at),
        (tickets.c.id, tickets.c.customer_email, person.is_at),
        (messages.c.ticket_id, sender, person.is_at),
        (messages.c.ticket_id, to, person.among),
    ):
        query = select(ticket_id, column).where(ticket_id.is_not(None), holds(column, person))
        found.update(_ids(conn, query, is_theirs))
    return sorted(found)


def loose_messages(conn: Connection, person: Person) -> list[int]:
    """The messages that belong to no ticket and were somebody's or to them, by their ids."""
    both = messages.c["from"] + "," + messages.c.to
    query = select(messages.c.id, both).where(messages.c.ticket_id.is_(None), holds(both, person))
    return _ids(conn, query, person.among)


def _parted(
    conn: Connection, person: Person, involved: Sequence[int]
) -> tuple[list[int], list[int]]:
    """The tickets that are theirs alone, and those that others own or wrote in."""
    whole: list[int] = []
    shared: list[int] = []
    for some in chunks(involved):
        writers: dict[int, list[str]] = defaultdict(list)
        wrote = select(messages.c.ticket_id, messages.c["from"])
        for ticket_id, writer in conn.execute(
            wrote.where(messages.c.ticket_id.in_(some), *OF_PEOPLE)
        ):
            writers[ticket_id].append(writer)
        its = select(tickets.c.id, tickets.c.customer_email).where(tickets.c.id.in_(some))
        for ticket_id, customer in conn.execute(its):
            wrote_in = writers[ticket_id]
            # Where all words are theirs it is theirs, under whichever address it was opened.
            own = person.is_at(customer) or bool(wrote_in)
            alone = own and all(map(person.is_at, wrote_in))
            (whole if alone else shared).append(ticket_id)
    return whole, shared


def _messages_of(conn: Connection, person: Person, shared: Sequence[int]) -> list[int]:
    """Their mails in tickets of others, and what was written to them alone; and those that belong
    to no ticket."""
    found = loose_messages(conn, person)
    of = messages.c
    for some in chunks(shared):
        query = select(of.id, of["from"], of.to, of.direction).where(of.ticket_id.in_(some))
        for row in conn.execute(query):
            to = listed(row.to)
            alone = row.direction != "in" and bool(to) and all(map(person.is_at, to))
            if alone or person.is_at(row[1]):
                found.append(row.id)
    return found


def _disowned(
    conn: Connection, person: Person, shared: Sequence[int], words: Sequence[Words], now: datetime
) -> int:
    """Take them out of tickets that stay: as customer, as recipient, by name and address. How many
    rows were changed."""
    changed = 0

    def clean(text: str) -> str:
        return person.taken_out(text, words)

    for some in chunks(shared):
        query = select(tickets.c.id, tickets.c.customer_email).where(tickets.c.id.in_(some))
        _without_customer(conn, _ids(conn, query, person.is_at), now)
        sent = select(messages.c.id, messages.c.to).where(messages.c.ticket_id.in_(some))
        for row in conn.execute(sent.where(holds(messages.c.to, person))).all():
            left = ", ".join(one for one in listed(row.to) if not person.is_at(one))
            conn.execute(update(messages).where(messages.c.id == row.id).values(to=left))
        its = drafts.c.ticket_id.in_(some)
        conn.execute(update(drafts).where(its).values(content=b"", state="gone"))
        changed += scrubbing.scrub_rows(conn, tickets, tickets.c.id.in_(some), clean)
        for table in (messages, events):
            changed += scrubbing.scrub_rows(conn, table, table.c.ticket_id.in_(some), clean)
    return changed


def _without_customer(conn: Connection, lost: Sequence[int], now: datetime) -> None:
    """Of tickets whose customer is erased only those stay open in which somebody else waits."""
    its = tickets.c.id.in_(lost)
    nobody = {"customer_email": "", "customer_name": "", "because": []}
    conn.execute(update(tickets).where(its).values(nobody))
    unanswered = exists().where(
        messages.c.ticket_id == tickets.c.id,
        *OF_PEOPLE,
        or_(tickets.c.answered_at.is_(None), messages.c.at > tickets.c.answered_at),
    )
    over = {
        "state": TicketState.CLOSED,
        **dict.fromkeys(("waiting_since", "due_at", "next_escalation_at", "rests_since")),
    }
    settled = or_(tickets.c.state != TicketState.OPEN, ~unanswered)
    conn.execute(update(tickets).where(its, settled).values(over))
    for ticket_id in lost:
        add_event(conn, ticket_id, at=now, what="erased", why="", by="mailresponder")


def _notices(
    conn: Connection, person: Person, words: Sequence[Words], shared: Sequence[int]
) -> tuple[int, int]:
    """Empty, or take back, mails of ours to others that name them. How many, and how many are
    still to be sent."""
    # The text of a mail about a ticket is among its messages too, where a database can look
    # through it.
    quoting = select(messages.c.message_id).where(
        messages.c.direction == "out", holds(messages.c.new_text, person)
    )
    ids: set[int] = set()
    for condition in (
        outbox.c.ticket_id.is_(None),
        outbox.c.message_id.in_(quoting),
        *(outbox.c.ticket_id.in_(some) for some in chunks(shared)),
    ):
        held = and_(condition, func.length(outbox.c.content) > 0)
        ids.update(conn.execute(select(outbox.c.id).where(held)).scalars())
    done = left = 0
    for some in chunks(sorted(ids)):
        rows = conn.execute(select(outbox).where(outbox.c.id.in_(some))).all()
        hit = [row for row in rows if _names_them(row.content, person, words)]
        over = [row.id for row in hit if row.state in ("sent", "overtaken")]
        erasing.mails_emptied(conn, over)
        # What customers are to get they get; what staff are to hear they hear in other words.
        to_staff = [row for row in hit if row.kind not in TO_CUSTOMERS]
        waits = [row.id for row in to_staff if row.state == "queued" and not row.maybe_sent]
        notice_tickets.take_back(conn, waits)
        failed = [row.id for row in to_staff if row.state == "failed"]
        erasing.mails_whole(conn, failed)
        gone = len(over) + len(waits) + len(failed)
        done, left = done + gone, left + len(hit) - gone
    return done, left


def _names_them(content: bytes, person: Person, words: Sequence[Words]) -> bool:
    text = _read(content)
    return person.is_in(text) or any(pattern.search(text) for pattern in words)


def _read(content: bytes) -> str:
    """The header and the text of a mail of ours, decoded."""
    try:
        mail = message_from_bytes(content, policy=policy.default)
        parts = [str(value) for value in mail.values()]
        parts += [
            part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"
        ]
    except (MessageError, LookupError, ValueError, AttributeError):
        return content.decode("utf-8", errors="replace")
    return "\n".join(parts)


def _names(conn: Connection, person: Person, involved: Sequence[int]) -> list[str]:
    """The display names under which they wrote."""
    names: list[str] = []
    for some in chunks(involved):
        query = select(tickets.c.customer_name, tickets.c.customer_email)
        names += _ids(conn, query.where(tickets.c.id.in_(some)), person.is_at)
    return names


def _references(conn: Connection, ids: Sequence[int]) -> tuple[str, ...]:
    found: list[str] = []
    for some in chunks(ids):
        query = select(tickets.c.reference).where(tickets.c.id.in_(some))
        found += conn.execute(query).scalars()
    return tuple(found)


def _message_ids(conn: Connection, rows: Sequence[int]) -> list[str]:
    found: list[str] = []
    for some in chunks(rows):
        query = select(messages.c.message_id).where(messages.c.id.in_(some))
        found += filter(None, conn.execute(query).scalars())
    return found


def _ids(
    conn: Connection, query: Select[Any, Any], is_theirs: Callable[[str], object]
) -> list[Any]:
    """The first column of those rows whose second is theirs."""
    return [row[0] for row in conn.execute(query) if is_theirs(row[1])]


def holds(column: ColumnElement[str], person: Person) -> ColumnElement[bool]:
    """May an address of theirs stand in a column? `Person` tells whether it does."""
    return or_(*(column.icontains(needle, autoescape=True) for needle in person.needles))
