"""What is remembered of each mailbox: how far its folders were read, and how it fares.

Cursors name what was read, never what was decided: the ledger of sightings does that.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

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


@dataclass(frozen=True, kw_only=True, slots=True)
class MailboxState:
    """How a mailbox fares."""

    name: str
    started_at: datetime | None = None
    """The first successful connection."""
    last_pass_at: datetime | None = None
    """The end of the last pass, well or not."""
    last_ok_at: datetime | None = None
    """The end of the last pass that went well."""
    failing_since: datetime | None = None
    """None while it is well."""
    error: str | None = None
    """Why the last pass failed, in words."""
    told_at: datetime | None = None
    """When the admins were told of this failure."""
    reconciled_at: datetime | None = None
    """When all of it was last compared with the ledger."""
    start_from: str | None = None
    """What `start_from` was when it was last read; None: that was not remembered."""


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
    row = conn.execute(select(mailboxes).where(mailboxes.c.name == name)).first()
    if row is None:
        return None
    return MailboxState(
        name=row.name,
        started_at=row.started_at,
        last_pass_at=row.last_pass_at,
        last_ok_at=row.last_ok_at,
        failing_since=row.failing_since,
        error=row.error,
        told_at=row.told_at,
        reconciled_at=row.reconciled_at,
        start_from=row.start_from,
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


def well(conn: Connection, name: str, now: datetime) -> MailboxState | None:
    """A pass went well. Returns how the mailbox fared before; None if nothing was ever tried."""
    before = state(conn, name)
    _ensure(conn, name)
    conn.execute(
        update(mailboxes)
        .where(mailboxes.c.name == name)
        .values(last_pass_at=now, last_ok_at=now, failing_since=None, error=None, told_at=None)
    )
    return before


def failed(conn: Connection, name: str, now: datetime, error: str) -> MailboxState:
    """A pass failed. Returns how the mailbox fares now; `told_at` None: nobody was told yet."""
    _ensure(conn, name)
    before = state(conn, name) or MailboxState(name=name)
    after = replace(
        before, last_pass_at=now, failing_since=before.failing_since or now, error=error
    )
    conn.execute(
        update(mailboxes)
        .where(mailboxes.c.name == name)
        .values(last_pass_at=now, failing_since=after.failing_since, error=error)
    )
    return after


def told(conn: Connection, name: str, now: datetime) -> None:
    """The admins were told that this mailbox fails."""
    conn.execute(update(mailboxes).where(mailboxes.c.name == name).values(told_at=now))


def _ensure(conn: Connection, name: str) -> None:
    insert_missing(conn, mailboxes, [{"name": name}])
