"""Which themes each message of a person is about: what was found, and what is still to be looked
at.

Messages are walked through from the newest to the oldest, a stretch of rows at a time, so that no
statement takes longer the more there are. All that is kept hangs on the row of the message, and
goes with it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
    tuple_,
    update,
)

from mailresponder.policy.facts import Outcome
from mailresponder.store.inserting import insert_missing, insert_or
from mailresponder.store.messages import OF_PEOPLE
from mailresponder.store.schema import desk, messages, tickets
from mailresponder.store.schema_themes import OWING, message_themes, themed
from mailresponder.store.tickets import chunks

How = Literal["words", "alike"]
"""By the words of a kept theme; near where a found theme lies."""

_ABOUT = message_themes.c.message_row == messages.c.id


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Where the desk stands."""

    last: int
    """The newest row of all messages, 0: there is none."""
    noted: str | None
    """What was noted under the key that was asked for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What a person wrote."""

    row: int
    at: datetime
    language: str | None
    person: str
    """Their address, in small letters."""
    name: str
    """Of the ticket's customer; may be empty."""
    outcome: Outcome
    subject: str
    """The one that their ticket was opened with: that of a reply may be ours."""
    new_text: str
    vector: bytes | None = None
    """Its place in the space, where it has one."""
    placed: bool = False
    """Has it a place, or is it near a found theme already?"""


@dataclass(frozen=True, kw_only=True, slots=True)
class About:
    """A theme that a message is about."""

    theme: str
    how: How
    weight: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Looked:
    """What was found in a message."""

    row: int
    about: tuple[About, ...]
    """Empty: no kept theme covers it."""
    is_open: bool
    """May it be about a found theme as well? So it may where none covers it, or not for sure."""
    praise: float
    owes: str | None = None
    """The space in which it is still to be given a place."""


def standing(conn: Connection, key: str) -> Standing:
    """What there is, and what the desk has noted under a key."""
    noted = select(desk.c.value).where(desk.c.key == key).scalar_subquery()
    last = select(func.max(messages.c.id)).scalar_subquery()
    row = conn.execute(select(last.label("last"), noted.label("noted"))).one()
    return Standing(last=row.last or 0, noted=row.noted)


def unlooked(conn: Connection, taxonomy: str, *, above: int, below: int, limit: int) -> list[Said]:
    """Messages of a stretch of rows that were not looked at with this taxonomy (its digest), the
    newest first."""
    near_one = and_(_ABOUT, message_themes.c.how == "alike")
    placed = or_(themed.c.vector.is_not(None), exists().where(near_one))
    query = (
        _said(placed.label("placed"))
        .outerjoin(themed, themed.c.message_row == messages.c.id)
        .where(
            messages.c.id > above,
            messages.c.id < below,
            or_(themed.c.message_row.is_(None), themed.c.taxonomy != taxonomy),
        )
        .limit(limit)
    )
    return [_as_said(row, placed=row.placed) for row in conn.execute(query)]


def put(conn: Connection, looked: Sequence[Looked], *, taxonomy: str, at: datetime) -> None:
    """Write down what was found in some messages. One that may be about a found theme as well stays
    near the one it was near before, or where it lies."""
    there = _there(conn, [one.row for one in looked])
    looked = [one for one in looked if one.row in there]
    if not looked:
        return
    covered = [one.row for one in looked if not one.is_open]
    open_ = [one.row for one in looked if one.is_open]
    conn.execute(delete(message_themes).where(message_themes.c.message_row.in_(covered)))
    said = [(one.row, about.theme) for one in looked if one.is_open for about in one.about]
    pair = tuple_(message_themes.c.message_row, message_themes.c.theme)
    conn.execute(
        delete(message_themes).where(
            message_themes.c.message_row.in_(open_),
            or_(message_themes.c.how == "words", pair.in_(said)),
        )
    )
    insert = insert_or(conn, themed)
    changes: dict[str, ColumnElement[Any]] = {
        name: insert.excluded[name] for name in ("taxonomy", "praise", "at")
    }
    changes["space"] = func.coalesce(insert.excluded.space, themed.c.space)
    conn.execute(
        insert.on_conflict_do_update(index_elements=["message_row"], set_=changes),
        [
            {
                "message_row": one.row,
                "taxonomy": taxonomy,
                "space": one.owes,
                "praise": one.praise,
                "at": at,
            }
            for one in looked
        ],
    )
    _add(conn, [(one.row, about) for one in looked for about in one.about])
    _let_go(conn, covered)


def owing(conn: Connection, limit: int) -> list[Said]:
    """Messages that are still to be given a place, the newest first."""
    query = _said().join(themed, themed.c.message_row == messages.c.id).where(OWING).limit(limit)
    return [_as_said(row) for row in conn.execute(query)]


def is_placing_due(conn: Connection, *, at_least: int) -> bool:
    """Are there messages without a place, and so many about nothing in all that they are to be
    given theirs?"""
    bare = ~exists().where(message_themes.c.message_row == themed.c.message_row)
    placed = select(themed.c.message_row).where(themed.c.space.is_not(None), bare)
    if len(conn.execute(placed.limit(at_least)).all()) < at_least:
        return False
    return conn.execute(select(themed.c.message_row).where(OWING).limit(1)).first() is not None


def place(conn: Connection, vectors: Mapping[int, bytes | None]) -> None:
    """Write down where messages lie, by their rows; None: nowhere, for they say nothing."""
    for row, vector in vectors.items():
        space = {"space": None} if vector is None else {"vector": vector}
        conn.execute(update(themed).where(themed.c.message_row == row, OWING).values(space))


def near(conn: Connection, about: Mapping[int, About]) -> None:
    """Messages, by their rows, are near a found theme. They are not looked through again, so where
    they lie is forgotten."""
    there = _there(conn, list(about))
    _add(conn, [(row, one) for row, one in about.items() if row in there])
    _let_go(conn, list(about))


def uncovered(conn: Connection, *, since: datetime, limit: int, space: str | None) -> list[Said]:
    """The messages of a window that opened tickets, are about no theme and not without words, the
    newest first; with a `space` those that have a place in it, or are to be given one."""
    here = themed.c.space == space if space is not None else themed.c.space.is_(None)
    query = (
        _said(themed.c.vector)
        .join(themed, themed.c.message_row == messages.c.id)
        .where(
            here,
            ~exists().where(_ABOUT),
            messages.c.outcome == Outcome.OPENED,
            messages.c.at >= since,
            messages.c.new_text != "",
        )
        .limit(limit)
    )
    return [_as_said(row, vector=row.vector) for row in conn.execute(query)]


def owe(conn: Connection, rows: Collection[int], space: str | None) -> None:
    """These messages are to be given a place."""
    for some in chunks(list(rows)):
        bare = themed.c.message_row.in_(some), themed.c.space.is_(None)
        conn.execute(update(themed).where(*bare).values(space=space))


def unsure(conn: Connection, *, since: datetime, limit: int, most: float) -> list[Said]:
    """The messages of a window that opened tickets and are about kept themes alone, none of which
    weighs more than `most`, the newest first."""
    sure = or_(message_themes.c.how == "alike", message_themes.c.weight > most)
    query = (
        _said(themed.c.vector)
        .join(themed, themed.c.message_row == messages.c.id)
        .where(
            exists().where(_ABOUT),
            ~exists().where(_ABOUT, sure),
            messages.c.outcome == Outcome.OPENED,
            messages.c.at >= since,
            messages.c.new_text != "",
        )
        .limit(limit)
    )
    return [_as_said(row, vector=row.vector) for row in conn.execute(query)]


def latest(conn: Connection, language: str, limit: int) -> list[Said]:
    """The last messages in a language, whatever they are about."""
    query = _said().where(messages.c.language == language, messages.c.new_text != "")
    return [_as_said(row) for row in conn.execute(query.limit(limit))]


def of_themes(conn: Connection, keys: Collection[str], limit: int) -> list[Said]:
    """The last messages about any of some themes."""
    # Each theme has an index of its messages: most are about few of all messages.
    about = message_themes.c.theme.in_(keys)
    query = _said().join(message_themes, _ABOUT).where(about, messages.c.new_text != "")
    found = [_as_said(row) for row in conn.execute(query.limit(limit))]
    return list({one.row: one for one in found}.values())


def begin_anew(conn: Connection, space: str | None, *, since: datetime) -> None:
    """What no theme covers is compared in another space from now on: forget where messages lie,
    and have those of a window given a place there. None: they are compared by their words."""
    conn.execute(update(themed).where(themed.c.space.is_not(None)).values(space=None, vector=None))
    if space is not None:
        young = exists().where(
            messages.c.id == themed.c.message_row,
            messages.c.outcome == Outcome.OPENED,
            messages.c.at >= since,
            messages.c.new_text != "",
        )
        bare = ~exists().where(message_themes.c.message_row == themed.c.message_row)
        conn.execute(update(themed).where(young, bare).values(space=space))


def forget_places(conn: Connection, before: datetime) -> None:
    """Forget where messages from before a moment lie, and those whose text is gone: nothing is
    found among them any more."""
    old = exists().where(
        messages.c.id == themed.c.message_row,
        or_(messages.c.at < before, messages.c.new_text == ""),
    )
    conn.execute(
        update(themed).where(themed.c.space.is_not(None), old).values(space=None, vector=None)
    )


def _add(conn: Connection, about: Sequence[tuple[int, About]]) -> None:
    insert_missing(
        conn,
        message_themes,
        [
            {"message_row": row, "theme": one.theme, "how": one.how, "weight": one.weight}
            for row, one in about
        ],
    )


def _there(conn: Connection, rows: Sequence[int]) -> frozenset[int]:
    """Those of some messages that were not erased since they were looked at, nor will be before
    this transaction ends."""
    found: set[int] = set()
    for some in chunks(rows):
        query = select(messages.c.id).where(messages.c.id.in_(some))
        found.update(conn.execute(query.with_for_update(read=True, key_share=True)).scalars())
    return frozenset(found)


def _let_go(conn: Connection, rows: Sequence[int]) -> None:
    for some in chunks(rows):
        gone = update(themed).where(themed.c.message_row.in_(some), themed.c.space.is_not(None))
        conn.execute(gone.values(space=None, vector=None))


def _said(*more: ColumnElement[Any]) -> Select[Any]:
    """Messages of people, the newest first. Those of spam are nobody's business."""
    return (
        select(
            messages.c.id,
            messages.c.at,
            messages.c.language,
            messages.c["from"],
            messages.c.outcome,
            messages.c.subject,
            messages.c.new_text,
            tickets.c.subject.label("opened_with"),
            tickets.c.customer_name,
            *more,
        )
        .join(tickets, tickets.c.id == messages.c.ticket_id)
        .where(*OF_PEOPLE, ~tickets.c.spam)
        .order_by(messages.c.id.desc())
    )


def _as_said(row: Row[Any], *, vector: bytes | None = None, placed: bool = False) -> Said:
    outcome = Outcome(row.outcome)
    return Said(
        row=row.id,
        at=row.at,
        language=row.language,
        person=row._mapping[messages.c["from"]].casefold(),
        name=row.customer_name,
        outcome=outcome,
        subject=row.subject if outcome is Outcome.OPENED else row.opened_with,
        new_text=row.new_text,
        vector=vector,
        placed=placed,
    )
