"""The outbox: every mail we send is a row here before it is a network call.

THE STATES OF A ROW

    queued     to be sent at next_attempt_at   claim -> sending
                                               withdrawn -> gone: there is nothing to say any more
    sending    leased to an owner until        sent -> sent
               lease_expires_at                retry_later -> queued, later; the attempt counts
                                               defer -> queued, later; the attempt does not count
                                               failed -> failed
                                               overtaken -> overtaken
                                               its lease ends -> claim again (sending)
                                               its owner is dead -> release_dead (SQLite),
                                                 taking_over.free (PostgreSQL) -> queued
                                               its owner begins anew -> release_left -> queued
    sent       accepted by the SMTP server     (stays)
    failed     refused, or out of attempts     retry_now -> queued
    overtaken  may have been sent, and is not  (stays; an owner who was frozen may still say: sent)
               repeated: no longer true

`maybe_sent` beside it: an earlier attempt ended without a verdict. Once set it stays, and each
claim from then on is a `repeat`. Only a row that is `queued` without it can be withdrawn.

WHAT A CRASH LEAVES

Every step is one commit. A crash before it leaves what the step before has left; nothing is half
done. The dead owner's rows come free on SQLite when the next process starts, which a lock on a
file tells that no other lives; on PostgreSQL when their lease ends, or the dead instance's. Where
only the database was away, the process lives on, and takes them up when it sends the next time.

    a crash after                   leaves                      and the next start
 1  mail was fetched                the cursor before it        reads it again, the whole batch
 2  intake's commit: messages,      row queued, tasks pending,  claims it, does them; reads on
    tickets, mail and tasks that    cursor behind the batch     behind the batch
    follow from them, ledger, cursor
 3  the claim's commit              sending                     claims it as a repeat
 4  MAIL, RCPT, DATA; 4xx or 5xx    sending                     as 3: it is tried anew
    before the commit that says so
 5  the server took the mail,       sending                     as 3, and the mail goes out once
    before the commit of `sent`                                 more: THE WINDOW
 6  the commit of `sent`, which     sent, task pending          files the copy; never sends it again
    brings acknowledged_at, the
    event and the task of the copy
 7  retry_later, defer              queued, later               claims it when it is due
 8  retry_later after a reply that  queued, later, maybe_sent   claims it as a repeat when due
    never came
 9  failed                          failed; event and alert     nothing, unless retry_now
                                    are of the same commit
10  rewrite                         sending, the new words      as 3, with the new words
11  withdrawn                       no row, no message          nothing: it was never said
12  overtaken                       overtaken                   nothing

A repeat is first looked for in Sent, where the provider files what it sends (then it is settled as
sent), and is overtaken where its ticket was answered meanwhile. Else it is sent: a crash may repeat
one mail for each connection, which is what was between its final dot and our commit. A row that was
only claimed (3) cannot be told from one that was taken (5), so it counts as a repeat too. The
Message-ID is written with the row and never changes, and `dedup_key` is unique, so no reason makes
two mails.

A frozen process is one that crashed and does not know it. It asks `owns` just before it hands over
the mail, and ends there if another has its row by then; what else it has claimed it gives back. If
it was frozen behind that question both may send the mail: the first to say `sent` is believed, the
second is told that it was sent twice.

The tasks of `mailbox_tasks` are rows of the same kind; their table stands there. How long to wait
and when to give up is policy's; the network is transport's.
"""

from collections.abc import Collection
from dataclasses import fields
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from mailresponder.store.gathering import gathered
from mailresponder.store.inserting import insert_new
from mailresponder.store.leases import given_lease_end, lease_clock, lease_given, lives
from mailresponder.store.outbox_due import first_due
from mailresponder.store.outgoing import ASSIGNED as ASSIGNED
from mailresponder.store.outgoing import TO_CUSTOMERS as TO_CUSTOMERS
from mailresponder.store.outgoing import TO_STAFF as TO_STAFF
from mailresponder.store.outgoing import Claimed as Claimed
from mailresponder.store.outgoing import Draft as Draft
from mailresponder.store.outgoing import Kind as Kind
from mailresponder.store.outgoing import State as State
from mailresponder.store.outgoing import name_of as name_of
from mailresponder.store.schema import outbox

WAITS = and_(outbox.c.state == "queued", outbox.c.maybe_sent.is_(False))
"""It is neither being sent nor may have been: it can be taken back."""


_AS_STORED = tuple(field.name for field in fields(Claimed) if field.name != "repeat")


def enqueue(conn: Connection, draft: Draft, now: datetime) -> int | None:
    """Queue a mail, due at once. Returns its id, or None where its `dedup_key` is there already."""
    return insert_new(conn, outbox, _values(draft, now), key="dedup_key")


def enqueue_first(conn: Connection, draft: Draft, now: datetime) -> int:
    """As `enqueue`, with what else is gathered, of a mail whose `dedup_key` nobody can have used.
    Where somebody has, writing it raises IntegrityError."""
    return gathered(conn).add_new(conn, outbox, _values(draft, now))


def claim(
    conn: Connection, mailbox: str, *, owner: str, now: datetime, lease: timedelta, limit: int
) -> list[Claimed]:
    """Take up to `limit` due mails of a mailbox, the longest due first; commit before sending.

    Nobody else gets them until they are settled, given back, or the lease has ended.
    """
    dialect = conn.dialect.name
    asked = {"its_mailbox": mailbox, "its_owner": owner, "now": now, "most": limit}
    found = conn.execute(_claim(dialect), asked | lease_given(dialect, now, lease)).all()
    rows = sorted(found, key=lambda row: (row.next_attempt_at, row.id))
    return [_claimed(row) for row in rows]


def owns(conn: Connection, outbox_id: int, owner: str, now: datetime) -> bool:
    """Is this mail still this owner's to send? Asked just before it is handed over."""
    asked = {"its_id": outbox_id, "its_owner": owner, "now": now}
    return conn.execute(_owns(conn.dialect.name), asked).first() is not None


def rewrite(
    conn: Connection, outbox_id: int, owner: str, content: bytes, promise_until: datetime | None
) -> bool:
    """Put other words in a claimed mail; False where it is not this owner's any more."""
    return _settle(conn, outbox_id, owner, content=content, promise_until=promise_until)


def renamed(conn: Connection, message_id: str, sent_as: str) -> None:
    """The provider sent this mail under another Message-ID: answers will name that one."""
    statement = update(outbox).where(outbox.c.message_id == message_id, outbox.c.sent_as.is_(None))
    conn.execute(statement.values(sent_as=sent_as))


def sent(conn: Connection, outbox_id: int, owner: str, now: datetime) -> bool:
    """The server accepted the mail. True unless it was marked as sent before.

    This holds even where the lease has ended meanwhile: what was sent is not to be sent again.
    """
    changes = {
        "state": "sent",
        "owner": owner,
        "lease_expires_at": None,
        "settled_at": now,
        "last_error": None,
    }
    return conn.execute(_SENT, {"its_id": outbox_id, **changes}).rowcount == 1


def retry_later(
    conn: Connection,
    outbox_id: int,
    owner: str,
    error: str,
    next_attempt_at: datetime,
    *,
    maybe_sent: bool = False,
) -> bool:
    """A temporary failure: due again later. False where it is not this owner's any more.

    `maybe_sent`: the connection broke after DATA, so nobody knows; the next claim is a `repeat`.
    """
    changes: dict[str, object] = {"maybe_sent": True} if maybe_sent else {}
    return _settle(
        conn,
        outbox_id,
        owner,
        state="queued",
        lease_expires_at=None,
        next_attempt_at=next_attempt_at,
        last_error=error,
        **changes,
    )


def defer(
    conn: Connection, ids: Collection[int], owner: str, until: datetime, error: str | None = None
) -> int:
    """Give mails back untried: due again later, and the attempt does not count. How many were.

    `error`: why, where there is a reason to show.
    """
    statement = (
        update(outbox)
        .where(outbox.c.id.in_(ids), outbox.c.owner == owner, outbox.c.state == "sending")
        .values(
            state="queued",
            lease_expires_at=None,
            next_attempt_at=until,
            attempts=outbox.c.attempts - 1,
            last_error=error,
        )
    )
    return conn.execute(statement).rowcount


def failed(conn: Connection, outbox_id: int, owner: str, error: str, now: datetime) -> bool:
    """Given up: refused, or out of attempts. False where it is not this owner's any more."""
    return _settle(
        conn,
        outbox_id,
        owner,
        state="failed",
        lease_expires_at=None,
        settled_at=now,
        last_error=error,
    )


def overtaken(conn: Connection, outbox_id: int, owner: str, now: datetime) -> bool:
    """It may have been sent, and is not to be sent again: it is not true any more. False where it
    is not this owner's any more.

    The row stays, so that an answer to the mail is known for one.
    """
    return _settle(
        conn,
        outbox_id,
        owner,
        state="overtaken",
        lease_expires_at=None,
        settled_at=now,
        last_error=None,
    )


def retry_now(conn: Connection, outbox_id: int, now: datetime) -> bool:
    """Make a queued or failed mail due at once; a failed one starts counting attempts anew.

    False where it is being sent, was or may have been sent for good, or it or its bytes are gone.
    """
    statement = (
        update(outbox)
        .where(
            outbox.c.id == outbox_id,
            outbox.c.state.in_(["queued", "failed"]),
            func.length(outbox.c.content) > 0,
        )
        .values(state="queued", next_attempt_at=now, attempts=0, settled_at=None, last_error=None)
    )
    return conn.execute(statement).rowcount == 1


def release_dead(conn: Connection, owner: str) -> int:
    """Free what every other owner holds, who must be known to be dead. Returns how many.

    They are claimed again as a `repeat`: a dead process may have sent them.
    """
    statement = (
        update(outbox)
        .where(outbox.c.state == "sending", outbox.c.owner != owner)
        .values(state="queued", lease_expires_at=None, maybe_sent=True)
    )
    return conn.execute(statement).rowcount


def release_left(conn: Connection, mailbox: str, owner: str) -> int:
    """Free what this very owner still holds of a mailbox, where it has nothing in its hands: what
    became of that could not be written down. Returns how many; they are claimed as a `repeat`."""
    statement = (
        update(outbox)
        .where(outbox.c.mailbox == mailbox, outbox.c.state == "sending", outbox.c.owner == owner)
        .values(state="queued", lease_expires_at=None, maybe_sent=True)
    )
    return conn.execute(statement).rowcount


def _settle(conn: Connection, outbox_id: int, owner: str, **changes: object) -> bool:
    where = {"its_id": outbox_id, "its_owner": owner}
    return conn.execute(_SETTLE, {**where, **changes}).rowcount == 1


# Built once: building a statement costs several times what SQLite takes to run it.
_ROW = outbox.c.id == bindparam("its_id")
_HELD = and_(_ROW, outbox.c.owner == bindparam("its_owner"), outbox.c.state == "sending")
_SETTLE = update(outbox).where(_HELD)
_SENT = update(outbox).where(_ROW, outbox.c.state != "sent")


@cache
def _claim(dialect: str) -> ReturningUpdate[Any]:
    return (
        update(outbox)
        .where(outbox.c.id.in_(first_due(dialect)))
        .values(
            state="sending",
            owner=bindparam("its_owner"),
            lease_expires_at=given_lease_end(dialect),
            attempts=outbox.c.attempts + 1,
            maybe_sent=or_(outbox.c.maybe_sent, outbox.c.state == "sending"),
        )
        .returning(outbox)
    )


@cache
def _owns(dialect: str) -> Select[int]:
    held = and_(_HELD, outbox.c.lease_expires_at > lease_clock(dialect))
    if dialect == "postgresql":
        # Who was taken for dead, and is not, must find out before it sends anything.
        held = and_(held, lives(outbox.c.owner, dialect))
    return select(outbox.c.id).where(held)


def _values(draft: Draft, now: datetime) -> dict[str, object]:
    return {
        "mailbox": draft.mailbox,
        "ticket_id": draft.ticket_id,
        "kind": draft.kind,
        "recipient": draft.recipient,
        "recipient_key": draft.recipient.casefold(),
        "subject_key": draft.subject_key,
        "message_id": draft.message_id,
        "dedup_key": draft.dedup_key,
        "content": draft.content,
        "promise_until": draft.promise_until,
        "state": "queued",
        "attempts": 0,
        "maybe_sent": False,
        "created_at": now,
        "next_attempt_at": now,
    }


def _claimed(row: Row[Any]) -> Claimed:
    return Claimed(repeat=row.maybe_sent, **{name: getattr(row, name) for name in _AS_STORED})
