"""Takes mails and tickets out of the database, and leaves of each mail a keyed hash by which a copy
of it is known: a folder that is read anew must not bring it back.

Where a mail lay stays in the ledger, without what it was. Whose mails go is the caller's to say.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, Table, delete, func, select, update

from mailresponder.policy.facts import Outcome
from mailresponder.store.inserting import insert_missing
from mailresponder.store.schema import (
    answers,
    corrections,
    drafts,
    erased,
    events,
    labels,
    mailbox_tasks,
    messages,
    notice_tickets,
    outbox,
    participants,
    sightings,
    tickets,
    untold,
)
from mailresponder.store.schema_themes import (
    announced,
    defect_tickets,
    message_themes,
    themed,
)
from mailresponder.store.tickets import chunks

T = TypeVar("T")

Tombstone = Callable[[str], str]
"""Gives what is kept of a name that is erased."""

_NOTHING = "erased"
"""The kind of a row that is no message any more."""
_EMPTY: dict[str, object] = {
    **dict.fromkeys(("ticket_id", "message_id", "language", "anger")),
    **dict.fromkeys(("mailbox", "from", "to", "subject", "new_text"), ""),
    **{name: [] for name in ("in_reply_to", "references", "because", "reasons")},
    "dedup_key": _NOTHING,
    "direction": "in",
    "kind": _NOTHING,
    "outcome": Outcome.ERASED,
    "angry": False,
}
_OF_MESSAGE = (labels, themed, message_themes)
_OF_TICKET = (
    *(notice_tickets, announced, answers, untold, drafts, events, defect_tickets, participants),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Gone:
    """What was taken out."""

    tickets: int = 0
    messages: int = 0
    mails: int = 0
    """Of ours, in the outbox."""
    references: tuple[str, ...] = ()
    """Of the tickets."""
    message_ids: tuple[str, ...] = ()
    """Of messages and mails, with their angle brackets."""
    first_at: datetime | None = None
    """When the oldest of the messages came; None where there are none."""
    learnt_from: datetime | None = None
    """When the first of them came that has a label; None where none has."""


def tickets_whole(
    conn: Connection, ids: Collection[int], *, tombstone: Tombstone, now: datetime
) -> Gone:
    """Take out tickets with all that hangs on them; what names them elsewhere names them no more.

    Of their mails none may be on its way at this moment (`is_sending`): what becomes of it is
    written down by its number.
    """
    if not ids:
        return Gone()
    found = _column(conn, tickets.c.reference, tickets.c.id, ids)
    rows = _column(conn, messages.c.id, messages.c.ticket_id, ids)
    gone = messages_whole(conn, rows, tombstone=tombstone, now=now)
    mails = _column(conn, outbox.c.id, outbox.c.ticket_id, ids)
    named = _mail_names(conn, mails)
    _bury(conn, named, tombstone, now)
    mails_whole(conn, mails)
    drafted = [f"{kind}:{number}" for number in ids for kind in ("draft", "undraft")]
    _call_off(conn, mailbox_tasks.c.dedup_key, drafted)
    for table in _OF_TICKET:
        _delete(conn, table, table.c.ticket_id, ids)
    for some in chunks(found):
        for column in (tickets.c.linked_to, tickets.c.merged_into):
            conn.execute(update(tickets).where(column.in_(some)).values({column.name: None}))
    _delete(conn, tickets, tickets.c.id, ids)
    return Gone(
        tickets=len(ids),
        messages=gone.messages,
        mails=gone.mails + len(mails),
        references=tuple(found),
        message_ids=(*gone.message_ids, *named),
        first_at=gone.first_at,
        learnt_from=gone.learnt_from,
    )


def is_sending(conn: Connection, ids: Collection[int], now: datetime) -> bool:
    """Is a mail of these tickets in somebody's hands?"""
    return any(
        conn.execute(
            select(outbox.c.id)
            .where(
                outbox.c.ticket_id.in_(some),
                outbox.c.state == "sending",
                outbox.c.lease_expires_at > now,
            )
            .limit(1)
        ).first()
        for some in chunks(list(ids))
    )


def messages_whole(
    conn: Connection, ids: Collection[int], *, tombstone: Tombstone, now: datetime
) -> Gone:
    """Take out messages, with what was heard in them and said of them, and the mails of ours that
    they are."""
    names: list[str] = []
    ids_of: list[str] = []
    labelled: list[datetime] = []
    came: list[datetime] = []
    for some in chunks(list(ids)):
        for row in conn.execute(select(messages).where(messages.c.id.in_(some))):
            names.append(row.dedup_key)
            came.append(row.at)
            if row.message_id is not None:
                ids_of.append(row.message_id)
        # Not when the label was given: one that is given anew was learnt from before.
        wrote = select(messages.c.at).join(labels, labels.c.message_row == messages.c.id)
        labelled += conn.execute(wrote.where(messages.c.id.in_(some))).scalars()
        at = sightings.c.message_row.in_(some)
        conn.execute(update(sightings).where(at).values(message_row=None))
    mails = _column(conn, outbox.c.id, outbox.c.message_id, ids_of)
    named = _mail_names(conn, mails)
    _bury(conn, [*names, *named], tombstone, now)
    mails_whole(conn, mails)
    for table in _OF_MESSAGE:
        _delete(conn, table, table.c.message_row, ids)
    _delete_messages(conn, ids)
    return Gone(
        messages=len(ids),
        mails=len(mails),
        message_ids=(*ids_of, *named),
        first_at=min(came, default=None),
        learnt_from=min(labelled, default=None),
    )


def mails_whole(conn: Connection, ids: Collection[int]) -> None:
    """Take mails of ours out of the outbox, with what is still to be done in the mailbox for them.
    That an answer or an announcement was given stays, where its ticket does."""
    for table in (answers, announced):
        for some in chunks(list(ids)):
            where = table.c.outbox_id.in_(some)
            conn.execute(update(table).where(where).values(outbox_id=None))
    _call_off(conn, mailbox_tasks.c.outbox_id, ids)
    _delete(conn, notice_tickets, notice_tickets.c.outbox_id, ids)
    _delete(conn, outbox, outbox.c.id, ids)


def mails_emptied(conn: Connection, ids: Collection[int]) -> None:
    """Let go of the bytes of mails that were sent; a copy that is owed to Sent is not put there."""
    _call_off(conn, mailbox_tasks.c.outbox_id, ids)
    for some in chunks(list(ids)):
        conn.execute(update(outbox).where(outbox.c.id.in_(some)).values(content=b""))


def corrections_since(conn: Connection, at: datetime) -> int:
    """Take out what was learnt since a mail came that was learnt from. How many."""
    return conn.execute(delete(corrections).where(corrections.c.at >= at)).rowcount


def texts_of(conn: Connection, ticket_ids: Collection[int], *, written: tuple[str, ...]) -> None:
    """Let go of what people wrote in these tickets: subjects, texts, the words in events with the
    names `written`, and what was heard word by word. Who wrote when, and how it was judged,
    stays."""
    for some in chunks(list(ticket_ids)):
        rows = select(messages.c.id).where(messages.c.ticket_id.in_(some))
        of_ticket = messages.c.ticket_id.in_(some)
        conn.execute(update(messages).where(of_ticket).values(subject="", new_text="", because=[]))
        nowhere = {"space": None, "vector": None}
        conn.execute(update(themed).where(themed.c.message_row.in_(rows)).values(nowhere))
        its = {"subject": "", "subject_key": "", "because": []}
        conn.execute(update(tickets).where(tickets.c.id.in_(some)).values(its))
        words = events.c.ticket_id.in_(some) & events.c.what.in_(written)
        conn.execute(update(events).where(words).values(why=""))
        conn.execute(update(drafts).where(drafts.c.ticket_id.in_(some)).values(content=b""))
        over = outbox.c.state.in_(["sent", "overtaken", "failed"])
        mails = select(outbox.c.id).where(outbox.c.ticket_id.in_(some), over)
        mails_emptied(conn, conn.execute(mails).scalars().all())


def _call_off(conn: Connection, column: Column[Any], values: Collection[object]) -> None:
    """Nothing is to be done in a mailbox for these any more. The rows stay: whoever has one in hand
    will say that it is done, by its number, which must not be another's by then."""
    for task in _column(conn, mailbox_tasks.c.id, column, values):
        nothing = {"outbox_id": None, "state": "done", "dedup_key": f"erased:{task}"}
        conn.execute(update(mailbox_tasks).where(mailbox_tasks.c.id == task).values(nothing))


def _delete_messages(conn: Connection, ids: Collection[int]) -> None:
    """SQLite gives the number of the newest row once more where that is deleted, and much is
    remembered by the number of a message: its row stays, empty, until there is a newer one."""
    gone = set(ids)
    if conn.dialect.name == "sqlite" and gone:
        newest = conn.execute(select(func.max(messages.c.id))).scalar_one()
        empty = messages.c.kind == _NOTHING
        conn.execute(delete(messages).where(empty, messages.c.id != newest))
        if newest in gone:
            gone.remove(newest)
            conn.execute(update(messages).where(messages.c.id == newest).values(_EMPTY))
    _delete(conn, messages, messages.c.id, gone)


def _mail_names(conn: Connection, mails: Collection[int]) -> list[str]:
    """By what mails of ours are known when they are seen in a folder."""
    named = (outbox.c.message_id, outbox.c.sent_as)
    return [name for column in named for name in _column(conn, column, outbox.c.id, mails) if name]


def _bury(conn: Connection, names: Iterable[str], tombstone: Tombstone, now: datetime) -> None:
    rows = [{"key": tombstone(name), "at": now} for name in dict.fromkeys(names)]
    for some in chunks(rows):
        insert_missing(conn, erased, list(some))


def _column(
    conn: Connection, wanted: Column[T], by: Column[Any], values: Collection[object]
) -> list[T]:
    found: list[T] = []
    for some in chunks(list(values)):
        found += conn.execute(select(wanted).where(by.in_(some))).scalars()
    return found


def _delete(
    conn: Connection, table: Table, column: Column[Any], values: Collection[object]
) -> None:
    for some in chunks(list(values)):
        conn.execute(delete(table).where(column.in_(some)))
