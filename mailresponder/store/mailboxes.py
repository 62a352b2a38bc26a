"""What is remembered of each mailbox: how far its folders were read, and how it fares.

Cursors name what was read, never what was decided: the ledger of sightings does that.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Connection, RowMapping, delete, select, update

from mailresponder.store.inserting import insert_missing, insert_or
from mailresponder.store.schema import folders, mailboxes


@dataclass(frozen=True, kw_only=True, slots=True)
class Cursor:
    """How far a folder was read."""

    uidvalidity: int
    last_uid: int
    """Every UID up to this one was taken."""
    first_uid: int | None = None
    """From this UID on every message belongs into the ledger: what came after the folder was first
    read, or all of it. None: it was read by a version that did not ask."""
    floor: datetime | None = None
    """Of the messages below `first_uid`, those whose INTERNALDATE is not older belong there too;
    None: none of them does."""
    compared_uid: int = 0
    """How far the comparison with the server that is under way has come; 0: none is."""

    @property
    def begins(self) -> int:
        """Every UID that the ledger may have to know is above this one."""
        return 0 if self.floor is not None else (self.first_uid or self.last_uid + 1) - 1


class Way(StrEnum):
    """The two things a mailbox is for; each may fail alone."""

    READING = "reading"
    SENDING = "sending"


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """Reading or sending that fails."""

    since: datetime
    """The first failure."""
    why: str
    """The last one, in words."""
    failures: int = 1
    """How often in a row."""
    retry_at: datetime | None = None
    """When a process that stays tries again; None: with its next pass."""
    told_at: datetime | None = None
    """When the admins were told."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MailboxState:
    """How a mailbox fares."""

    name: str
    started_at: datetime | None = None
    """The first successful connection."""
    last_pass_at: datetime | None = None
    """The end of the last pass that tried to read, well or not."""
    last_ok_at: datetime | None = None
    """The end of the last pass that read well."""
    reading: Fault | None = None
    """None while it can be read."""
    sending: Fault | None = None
    """None while it can send, as far as is known."""
    reconciled_at: datetime | None = None
    """When all of it was last compared with the ledger."""
    start_from: str | None = None
    """What `start_from` was when it was last read; None: that was not remembered."""

    def fault(self, way: Way) -> Fault | None:
        """What fails there, or None."""
        return self.reading if way is Way.READING else self.sending


@dataclass(frozen=True, kw_only=True, slots=True)
class _Columns:
    """Where a fault is kept."""

    since: Column[Any]
    why: Column[Any]
    failures: Column[Any]
    retry_at: Column[Any]
    told_at: Column[Any]

    def values(self, fault: Fault | None) -> dict[str, object]:
        return {
            self.since.name: fault and fault.since,
            self.why.name: fault and fault.why,
            self.failures.name: fault.failures if fault else 0,
            self.retry_at.name: fault and fault.retry_at,
            self.told_at.name: fault and fault.told_at,
        }

    def fault(self, row: RowMapping) -> Fault | None:
        if row[self.since] is None:
            return None
        return Fault(
            since=row[self.since],
            why=row[self.why] or "",
            failures=row[self.failures],
            retry_at=row[self.retry_at],
            told_at=row[self.told_at],
        )


_COLUMNS = {
    Way.READING: _Columns(
        since=mailboxes.c.failing_since,
        why=mailboxes.c.error,
        failures=mailboxes.c.failures,
        retry_at=mailboxes.c.retry_at,
        told_at=mailboxes.c.told_at,
    ),
    Way.SENDING: _Columns(
        since=mailboxes.c.send_failing_since,
        why=mailboxes.c.send_error,
        failures=mailboxes.c.send_failures,
        retry_at=mailboxes.c.send_retry_at,
        told_at=mailboxes.c.send_told_at,
    ),
}


def cursor(conn: Connection, mailbox: str, folder: str) -> Cursor | None:
    """How far a folder was read; None if never."""
    query = select(folders).where(folders.c.mailbox == mailbox, folders.c.folder == folder)
    row = conn.execute(query).first()
    if row is None:
        return None
    return Cursor(
        uidvalidity=row.uidvalidity,
        last_uid=row.last_uid,
        first_uid=row.first_uid,
        floor=row.floor,
        compared_uid=row.compared_uid,
    )


def sent_read(conn: Connection, mailbox: str, *, inbox: str) -> str:
    """What was read of the mailbox's Sent folder by now, in letters that are others once more of it
    is read, or it is another one; empty if it never was there."""
    query = (
        select(folders.c.folder, folders.c.uidvalidity, folders.c.last_uid)
        .where(folders.c.mailbox == mailbox, folders.c.folder != inbox)
        .order_by(folders.c.folder)
    )
    return "".join(f":{row.folder}/{row.uidvalidity}/{row.last_uid}" for row in conn.execute(query))


def save_cursor(conn: Connection, mailbox: str, folder: str, at: Cursor) -> None:
    """Remember how far a folder was read."""
    values = {
        "uidvalidity": at.uidvalidity,
        "last_uid": at.last_uid,
        "first_uid": at.first_uid,
        "floor": at.floor,
        "compared_uid": at.compared_uid,
    }
    conn.execute(
        insert_or(conn, folders)
        .values(mailbox=mailbox, folder=folder, **values)
        .on_conflict_do_update(index_elements=["mailbox", "folder"], set_=values)
    )


def forget_cursors(conn: Connection, mailbox: str) -> None:
    """All folders of the mailbox are to be read anew."""
    conn.execute(delete(folders).where(folders.c.mailbox == mailbox))


def start_moved(conn: Connection, name: str, start_from: str) -> bool:
    """Is `start_from`, as configured, another one than when the mailbox was last read? It is
    remembered; a mailbox of which nothing was remembered has not moved."""
    known = conn.execute(select(mailboxes.c.start_from).where(mailboxes.c.name == name)).scalar()
    if known != start_from:
        conn.execute(
            update(mailboxes).where(mailboxes.c.name == name).values(start_from=start_from)
        )
    return known is not None and known != start_from


def reconciled(conn: Connection, name: str, at: datetime) -> None:
    """All of the mailbox was compared with the ledger at this moment; the next comparison begins
    with the first message."""
    conn.execute(update(mailboxes).where(mailboxes.c.name == name).values(reconciled_at=at))
    conn.execute(update(folders).where(folders.c.mailbox == name).values(compared_uid=0))


def state(conn: Connection, name: str) -> MailboxState | None:
    """How a mailbox fares; None if nothing was ever tried."""
    query = select(mailboxes).where(mailboxes.c.name == name)
    row = conn.execute(query).mappings().first()
    return None if row is None else _state(row)


def states(conn: Connection) -> dict[str, MailboxState]:
    """How each mailbox fares that was ever tried, by its name."""
    rows = conn.execute(select(mailboxes)).mappings()
    return {row[mailboxes.c.name]: _state(row) for row in rows}


def _state(row: RowMapping) -> MailboxState:
    return MailboxState(
        name=row[mailboxes.c.name],
        started_at=row[mailboxes.c.started_at],
        last_pass_at=row[mailboxes.c.last_pass_at],
        last_ok_at=row[mailboxes.c.last_ok_at],
        reading=_COLUMNS[Way.READING].fault(row),
        sending=_COLUMNS[Way.SENDING].fault(row),
        reconciled_at=row[mailboxes.c.reconciled_at],
        start_from=row[mailboxes.c.start_from],
    )


def started(conn: Connection, name: str, now: datetime) -> datetime:
    """When the mailbox was first connected to: `now` if this is the first time."""
    _ensure(conn, name)
    conn.execute(
        update(mailboxes)
        .where(mailboxes.c.name == name, mailboxes.c.started_at.is_(None))
        .values(started_at=now)
    )
    query = select(mailboxes.c.started_at).where(mailboxes.c.name == name)
    first: datetime = conn.execute(query).scalar_one()
    return first


def well(conn: Connection, name: str, now: datetime, way: Way = Way.READING) -> Fault | None:
    """A pass could read, or send. Returns what failed there before; None where nothing did."""
    before = state(conn, name)
    fault = before.fault(way) if before else None
    if way is Way.READING:
        _ensure(conn, name)
        _change(conn, name, last_pass_at=now, last_ok_at=now)
    if fault is not None:
        _put(conn, name, way, None)
    return fault


def failed(conn: Connection, name: str, now: datetime, why: str, way: Way = Way.READING) -> Fault:
    """A pass could not read, or not send. Returns the fault as it is now, without a moment to try
    again: `rest` names one."""
    _ensure(conn, name)
    before = state(conn, name) or MailboxState(name=name)
    known = before.fault(way)
    fault = Fault(since=now, why=why)
    if known is not None:
        # After the clock was put back, it began now.
        since = min(known.since, now)
        fault = replace(known, since=since, why=why, failures=known.failures + 1, retry_at=None)
    values = _COLUMNS[way].values(fault)
    if known is not None:
        # Whoever tells of another mailbox of the same server may tell of this one just now.
        del values[_COLUMNS[way].told_at.name]
    _change(conn, name, **values)
    if way is Way.READING:
        _change(conn, name, last_pass_at=now)
    return fault


def rest(conn: Connection, name: str, until: datetime, way: Way) -> None:
    """Leave the server alone until then."""
    _change(conn, name, **{_COLUMNS[way].retry_at.name: until})


def rest_no_more(conn: Connection, name: str) -> None:
    """Let the next pass try everything: the moments to wait for were named by another clock."""
    _change(conn, name, retry_at=None, send_retry_at=None)


def told(conn: Connection, name: str, at: datetime | None, way: Way = Way.READING) -> None:
    """The admins were told that this mailbox cannot be read, or not send. Where it is well again,
    and others of which they were told with it are not, this is kept until all are."""
    _change(conn, name, **{_COLUMNS[way].told_at.name: at})


def failing(conn: Connection, way: Way) -> dict[str, Fault]:
    """What fails, by the mailbox's name."""
    columns = _COLUMNS[way]
    query = select(mailboxes).where(columns.since.is_not(None)).order_by(mailboxes.c.name)
    found = ((row[mailboxes.c.name], columns.fault(row)) for row in conn.execute(query).mappings())
    return {name: fault for name, fault in found if fault is not None}


def told_together(conn: Connection, at: datetime, way: Way) -> list[str]:
    """The mailboxes of which the admins were told at this moment, those too that are well again."""
    query = select(mailboxes.c.name).where(_COLUMNS[way].told_at == at)
    return list(conn.execute(query.order_by(mailboxes.c.name)).scalars())


def _put(conn: Connection, name: str, way: Way, fault: Fault | None) -> None:
    _change(conn, name, **_COLUMNS[way].values(fault))


def _change(conn: Connection, name: str, **values: object) -> None:
    conn.execute(update(mailboxes).where(mailboxes.c.name == name).values(**values))


def _ensure(conn: Connection, name: str) -> None:
    insert_missing(conn, mailboxes, [{"name": name}])
