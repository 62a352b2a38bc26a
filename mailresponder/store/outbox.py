"""The outbox: every mail we send is a row here before it is a network call.

    state      what it is                      leaves by
    queued     to be sent at next_attempt_at   claim -> sending
                                               withdrawn -> gone: there is nothing to say any more
    sending    leased to an owner until        sent -> sent
               lease_expires_at                retry_later -> queued, later; the attempt counts
                                               defer -> queued, later; the attempt does not count
                                               failed -> failed
                                               its lease ends -> claim again (sending)
                                               its owner is dead -> release_dead -> queued
    sent       accepted by the SMTP server     (stays)
    failed     refused, or out of attempts     retry_now -> queued

What a crash leaves: before the claim's commit, a `queued` row; after it, a `sending` row, of which
nobody knows whether the mail went out. It is claimed again with `repeat` set, so that the Sent
folder can be searched for its Message-ID first. A repeat carries the same Message-ID: it is written
with the row and never changes. `dedup_key` is unique, so no reason makes two mails.

How long to wait and when to give up is policy's; the network is transport's.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    or_,
    select,
    update,
)

from mailresponder.store.inserting import insert_new
from mailresponder.store.leases import lease_clock, lease_end
from mailresponder.store.schema import outbox

Kind = Literal[
    "acknowledgement",
    "follow_up",
    "closing_question",
    "relay",
    "escalation",
    "escalation_list",
    "not_sent",
    "unreachable",
    "answers_unseen",
    "command_report",
    "digest",
    "admin",
    "test",
]
"""What a mail of ours is: the first four go to customers, the fourth written by staff; the next
seven to staff."""

WAITS = and_(outbox.c.state == "queued", outbox.c.maybe_sent.is_(False))
"""It is neither being sent nor may have been: it can be taken back."""

TO_CUSTOMERS: tuple[Kind, ...] = ("acknowledgement", "follow_up", "closing_question", "relay")
"""Kinds that go to customers."""

TO_STAFF: tuple[Kind, ...] = (
    *("escalation", "escalation_list", "not_sent", "unreachable", "command_report", "digest"),
)
"""Kinds that go to staff, who may act on them by reply."""

ASSIGNED = "assigned:"
"""How the `dedup_key` of an escalation begins that tells somebody of a ticket given to them."""


def name_of(kind: Kind, dedup_key: str) -> str:
    """What a mail is, where people read it: its kind, or `assignment`."""
    return "assignment" if kind == "escalation" and dedup_key.startswith(ASSIGNED) else kind


State = Literal["queued", "sending", "sent", "failed", "overtaken"]
"""Where a mail is on its way; the table above says how it moves."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A mail to be queued."""

    mailbox: str
    """The mailbox it is sent from."""
    ticket_id: int | None
    kind: Kind
    recipient: str
    """`local@domain`."""
    message_id: str
    """With its angle brackets; fixed from here on."""
    dedup_key: str
    """Names the reason for this mail: a second draft with the same one is dropped."""
    content: bytes
    """The mail, CRLF."""
    subject_key: str
    """Its subject normalised, for the cap on equal subjects."""
    promise_until: datetime | None = None
    """From this moment on the mail says something untrue and must be written anew."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Claimed:
    """A mail that is ours to send until the lease ends."""

    id: int
    mailbox: str
    ticket_id: int | None
    kind: Kind
    recipient: str
    message_id: str
    dedup_key: str
    content: bytes
    promise_until: datetime | None
    attempts: int
    """This one included."""
    repeat: bool
    """An earlier attempt ended without a verdict: the mail may have been sent."""
    created_at: datetime


def enqueue(conn: Connection, draft: Draft, now: datetime) -> int | None:
    """Queue a mail, due at once. Returns its id, or None where its `dedup_key` is there already."""
    values = {
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
    return insert_new(conn, outbox, values, key="dedup_key")


def claim(
    conn: Connection, mailbox: str, *, owner: str, now: datetime, lease: timedelta, limit: int
) -> list[Claimed]:
    """Take up to `limit` due mails of a mailbox, the longest due first; commit before sending.

    Nobody else gets them until they are settled, given back, or the lease has ended.
    """
    due = select(outbox.c.id).where(outbox.c.mailbox == mailbox, claimable(conn, now))
    due = due.order_by(outbox.c.next_attempt_at, outbox.c.id).limit(limit)
    # As a CTE, because PostgreSQL may run a subquery more than once and lock more than `limit`.
    picked = due.with_for_update(skip_locked=True).cte("picked")
    statement = (
        update(outbox)
        .where(outbox.c.id.in_(select(picked.c.id)))
        .values(
            state="sending",
            owner=owner,
            lease_expires_at=lease_end(conn.dialect.name, now, lease),
            attempts=outbox.c.attempts + 1,
            maybe_sent=or_(outbox.c.maybe_sent, outbox.c.state == "sending"),
        )
        .returning(outbox)
    )
    rows = sorted(conn.execute(statement).all(), key=lambda row: (row.next_attempt_at, row.id))
    return [_claimed(row) for row in rows]


def owns(conn: Connection, outbox_id: int, owner: str, now: datetime) -> bool:
    """Is this mail still this owner's to send? Asked just before DATA."""
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

    False where it is being sent, was or may have been sent for good, or is not there.
    """
    statement = (
        update(outbox)
        .where(
            outbox.c.id == outbox_id,
            outbox.c.state.in_(["queued", "failed"]),
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


def claimable(conn: Connection, now: datetime) -> ColumnElement[bool]:
    """Due, or in the hands of somebody whose lease has ended."""
    return or_(
        and_(outbox.c.state == "queued", outbox.c.next_attempt_at <= now),
        and_(
            outbox.c.state == "sending",
            outbox.c.lease_expires_at <= lease_clock(conn.dialect.name, now),
        ),
    )


def _settle(conn: Connection, outbox_id: int, owner: str, **changes: object) -> bool:
    where = {"its_id": outbox_id, "its_owner": owner}
    return conn.execute(_SETTLE, {**where, **changes}).rowcount == 1


# Built once: building a statement costs several times what SQLite takes to run it.
_ROW = outbox.c.id == bindparam("its_id")
_HELD = and_(_ROW, outbox.c.owner == bindparam("its_owner"), outbox.c.state == "sending")
_SETTLE = update(outbox).where(_HELD)
_SENT = update(outbox).where(_ROW, outbox.c.state != "sent")


@cache
def _owns(dialect: str) -> Select[int]:
    return select(outbox.c.id).where(_HELD, outbox.c.lease_expires_at > lease_clock(dialect))


def _claimed(row: Row[Any]) -> Claimed:
    return Claimed(
        id=row.id,
        mailbox=row.mailbox,
        ticket_id=row.ticket_id,
        kind=row.kind,
        recipient=row.recipient,
        message_id=row.message_id,
        dedup_key=row.dedup_key,
        content=row.content,
        promise_until=row.promise_until,
        attempts=row.attempts,
        repeat=row.maybe_sent,
        created_at=row.created_at,
    )
