"""Messages as rows, one for each mail however often it is seen, and the ledger of where it lies.

Subject and text are kept as policy handed them over; nothing is parsed or judged here.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, Select, and_, delete, or_, select, union

from mailresponder.policy.facts import Outcome
from mailresponder.policy.ticket import Because, TicketState
from mailresponder.store import outbox
from mailresponder.store.gathering import gathered
from mailresponder.store.inserting import insert_new, insert_over
from mailresponder.store.schema import labels, sightings, tickets
from mailresponder.store.schema import messages as rows
from mailresponder.store.schema import outbox as outgoing
from mailresponder.store.tickets import chunks

Direction = Literal["in", "out", "staff"]
"""To us; automatic mail from us; written by staff."""


OF_PEOPLE = (
    rows.c.direction == "in",
    rows.c.outcome.in_([Outcome.OPENED, Outcome.FOLLOWED_UP]),
    rows.c.kind.in_(["human", "unreadable"]),
)
"""Mails of persons to us."""
NO_MACHINES = ("human", "unreadable", "own")
"""Kinds that no machine but ours wrote."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageRecord:
    """What is kept of one mail. Times are aware; `id` is 0 until the store has given one."""

    id: int = 0
    dedup_key: str
    """Equal for two copies of one mail."""
    mailbox: str
    """Where it was first taken."""
    ticket_id: int | None
    """None where it belongs to no ticket."""
    direction: Direction
    kind: str
    """As `mail.automatic.Kind`; `own` for what we send."""
    outcome: Outcome
    message_id: str | None
    """With its angle brackets."""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    """Oldest first, as written."""
    from_: str
    """`local@domain`, or empty."""
    to: str
    """As text; may be empty."""
    subject: str
    new_text: str
    at: datetime
    """INTERNALDATE; for mail of ours, when it was written."""
    language: str | None = None
    anger: float | None = None
    """0..1; None where nobody listened: a machine's mail, or our own."""
    angry: bool = False
    """Was it judged to be angry, by the threshold of its day?"""
    because: Because = ()
    reasons: tuple[str, ...] = ()
    """The suppression rules that fired."""
    outgoing_kind: outbox.Kind | None = None
    """What a mail of ours is; filled in by the store, from the outbox."""
    judged: bool | None = None
    """What staff said of its anger, None: nothing; filled in by the store, from the labels."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Location:
    """Where a mail lies on the IMAP server."""

    message_row: int
    mailbox: str
    folder: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """A mail that its sender waits for an answer to, and where it was seen."""

    ticket_id: int
    at: datetime
    """INTERNALDATE."""
    folder: str
    uidvalidity: int
    uid: int


def add_message(conn: Connection, record: MessageRecord) -> int:
    """Insert a message of which no copy was found, with what else is gathered; returns its id.
    Where another process has recorded one since, writing it raises IntegrityError."""
    return gathered(conn).add_new(conn, rows, _values(record))


def record_message(conn: Connection, record: MessageRecord, *, replace: bool = False) -> int:
    """Insert a message and return its id.

    Where a row with the same `dedup_key` is there already, its id is returned; it is overwritten
    with this record if told to `replace` it, else left as it is.
    """
    if replace:
        return insert_over(conn, rows, _values(record), key="dedup_key")
    row = insert_new(conn, rows, _values(record), key="dedup_key")
    return row if row is not None else _existing(conn, record.dedup_key)


def forget(conn: Connection, message_ids: Collection[str]) -> None:
    """Remove mails of ours that were never sent."""
    conn.execute(delete(rows).where(rows.c.direction == "out", rows.c.message_id.in_(message_ids)))


def forget_stand_in(conn: Connection, dedup_key: str) -> None:
    """Remove what was written down for a mail that nobody had seen."""
    conn.execute(delete(rows).where(rows.c.dedup_key == dedup_key))


def of_ticket(conn: Connection, ticket_id: int) -> list[MessageRecord]:
    """The messages of a ticket, oldest first."""
    return [_record(row) for row in conn.execute(_of_ticket(ticket_id))]


def unanswered(
    conn: Connection,
    ticket_id: int,
    *,
    answered_at: datetime | None = None,
    answered_ids: Collection[str] = (),
) -> list[MessageRecord]:
    """The mails of persons to us that no staff answer covers, oldest first.

    Args:
        conn: A connection of the store.
        ticket_id: The ticket.
        answered_at: Mail up to this moment counts as answered.
        answered_ids: Message-IDs that an answer replied to: answered whenever they came.
    """
    query = _of_ticket(ticket_id).where(*OF_PEOPLE)
    if answered_at is not None:
        query = query.where(rows.c.at > answered_at)
    if answered_ids:
        unnamed = rows.c.message_id.is_(None)
        query = query.where(or_(unnamed, rows.c.message_id.not_in(answered_ids)))
    return [_record(row) for row in conn.execute(query)]


def record_sighting(
    conn: Connection,
    *,
    mailbox: str,
    folder: str,
    uidvalidity: int,
    uid: int,
    message_row: int | None,
    outcome: Outcome,
    at: datetime,
) -> None:
    """Enter in the ledger that this UID was taken; a second entry of the same UID does nothing.

    `message_row` is the row of the message, or None where none was recorded; `at` is when it came
    there, as far as that is known.
    """
    entry = {
        "mailbox": mailbox,
        "folder": folder,
        "uidvalidity": uidvalidity,
        "uid": uid,
        "message_row": message_row,
        "outcome": outcome,
        "at": at,
    }
    gathered(conn).add(sightings, [entry])


def known_ids(conn: Connection, message_ids: Collection[str]) -> frozenset[str]:
    """Those of some Message-IDs that a mail we read or wrote bears, whatever it belongs to."""
    if not message_ids:
        return frozenset()
    named = (rows.c.message_id, outgoing.c.message_id, outgoing.c.sent_as)
    query = union(*(select(column).where(column.in_(message_ids)) for column in named))
    return frozenset(conn.execute(query).scalars())


def by_dedup_key(conn: Connection, dedup_key: str) -> MessageRecord | None:
    """What was recorded of the mail with this key, or None."""
    row = conn.execute(_all().where(rows.c.dedup_key == dedup_key)).first()
    return None if row is None else _record(row)


def message_at(
    conn: Connection, *, mailbox: str, folder: str, uidvalidity: int, uid: int
) -> MessageRecord | None:
    """The message that was seen there, or None."""
    seen = select(sightings.c.message_row).where(
        sightings.c.mailbox == mailbox,
        sightings.c.folder == folder,
        sightings.c.uidvalidity == uidvalidity,
        sightings.c.uid == uid,
    )
    row = conn.execute(_all().where(rows.c.id.in_(seen))).first()
    return None if row is None else _record(row)


def locations(conn: Connection, ticket_id: int) -> list[Location]:
    """Where each message of a ticket was seen last in the mailbox that took it, oldest first. Of
    two places of one moment, a folder made anew has the greater UIDVALIDITY (RFC 9051 §2.3.1.1)."""
    query = (
        select(sightings)
        .join(
            rows, and_(rows.c.id == sightings.c.message_row, rows.c.mailbox == sightings.c.mailbox)
        )
        .where(rows.c.ticket_id == ticket_id)
        .order_by(rows.c.at, rows.c.id, sightings.c.at, sightings.c.uidvalidity, sightings.c.uid)
    )
    latest = {row.message_row: row for row in conn.execute(query)}
    return [
        Location(
            message_row=row.message_row,
            mailbox=row.mailbox,
            folder=row.folder,
            uidvalidity=row.uidvalidity,
            uid=row.uid,
        )
        for row in latest.values()
    ]


def waiting(conn: Connection, mailbox: str) -> list[Waiting]:
    """The mails of persons that the open tickets of a mailbox wait since, or later ones, in each
    folder where they were seen. In a folder made anew the greater UIDVALIDITY is the one of now
    (RFC 9051 §2.3.1.1)."""
    # In two steps, the places by their message alone: else SQLite begins with every place that
    # the mailbox ever had.
    query = (
        select(rows.c.id, rows.c.ticket_id, rows.c.at)
        .join(tickets, tickets.c.id == rows.c.ticket_id)
        .where(
            tickets.c.mailbox == mailbox,
            tickets.c.state == TicketState.OPEN,
            rows.c.mailbox == mailbox,
            rows.c.at >= tickets.c.waiting_since,
            *OF_PEOPLE,
        )
        .order_by(rows.c.at, rows.c.id)
    )
    found = conn.execute(query).all()
    places: dict[int, dict[str, Row[Any]]] = defaultdict(dict)
    for some in chunks([row.id for row in found]):
        seen = select(sightings).where(sightings.c.message_row.in_(some))
        for row in conn.execute(seen.order_by(sightings.c.uidvalidity, sightings.c.uid)):
            if row.mailbox == mailbox:
                places[row.message_row][row.folder] = row
    return [
        Waiting(
            ticket_id=row.ticket_id,
            at=row.at,
            folder=place.folder,
            uidvalidity=place.uidvalidity,
            uid=place.uid,
        )
        for row in found
        for place in places[row.id].values()
    ]


def _existing(conn: Connection, dedup_key: str) -> int:
    return int(conn.execute(select(rows.c.id).where(rows.c.dedup_key == dedup_key)).scalar_one())


def _of_ticket(ticket_id: int) -> Select[Any]:
    return _all().where(rows.c.ticket_id == ticket_id).order_by(rows.c.at, rows.c.id)


def _all() -> Select[Any]:
    ours = and_(rows.c.direction == "out", outgoing.c.message_id == rows.c.message_id)
    wanted = select(
        rows, outgoing.c.kind.label("outgoing_kind"), labels.c.angry.label("judged")
    ).outerjoin(outgoing, ours)
    return wanted.outerjoin(labels, labels.c.message_row == rows.c.id)


def _values(record: MessageRecord) -> dict[str, object]:
    return {
        "dedup_key": record.dedup_key,
        "mailbox": record.mailbox,
        "ticket_id": record.ticket_id,
        "direction": record.direction,
        "kind": record.kind,
        "outcome": record.outcome,
        "message_id": record.message_id,
        "in_reply_to": record.in_reply_to,
        "references": record.references,
        "from": record.from_,
        "to": record.to,
        "subject": record.subject,
        "new_text": record.new_text,
        "at": record.at,
        "language": record.language,
        "anger": record.anger,
        "angry": record.angry,
        "because": record.because,
        "reasons": record.reasons,
    }


def _record(row: Row[Any]) -> MessageRecord:
    return MessageRecord(
        id=row.id,
        dedup_key=row.dedup_key,
        mailbox=row.mailbox,
        ticket_id=row.ticket_id,
        direction=row.direction,
        kind=row.kind,
        outcome=Outcome(row.outcome),
        message_id=row.message_id,
        in_reply_to=tuple(row.in_reply_to),
        references=tuple(row.references),
        from_=row._mapping[rows.c["from"]],
        to=row.to,
        subject=row.subject,
        new_text=row.new_text,
        at=row.at,
        language=row.language,
        anger=row.anger,
        angry=row.angry,
        because=tuple((words, weight) for words, weight in row.because),
        reasons=tuple(row.reasons),
        outgoing_kind=row.outgoing_kind,
        judged=row.judged,
    )
