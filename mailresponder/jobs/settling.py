"""What becomes of a mail that was handed to the SMTP server, or could not be: committed before the
next mail goes out on that connection."""

import random
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from mailresponder.errors import MailresponderError
from mailresponder.jobs import relaying
from mailresponder.jobs.alerts import tell_admins
from mailresponder.jobs.unreachable import mark_unreachable
from mailresponder.jobs.work import Work
from mailresponder.policy.retries import next_attempt
from mailresponder.store import mailbox_tasks, outbox, tickets
from mailresponder.store.mailbox_tasks import Task
from mailresponder.store.outbox import Claimed
from mailresponder.transport.smtp import ReplyLost
from mailresponder.transport.smtp_session import RecipientRefused

_random = random.SystemRandom()


@dataclass(slots=True)
class DeliveryReport:
    """What one pass sent. Filled by several threads, each counting under the lock."""

    sent: int = 0
    failed: int = 0
    postponed: int = 0
    """Rows that stay queued though they were due."""
    error: MailresponderError | None = None
    """Why the server as a whole could not be used."""
    lost: bool = False
    """Was a mail not ours any more when it was to be sent? So may be all of this pass."""
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def may_go_on(self) -> bool:
        """Is there any use in the next mail?"""
        return self.error is None and not self.lost

    def count(self, *, sent: int = 0, failed: int = 0, postponed: int = 0) -> None:
        with self.lock:
            self.sent += sent
            self.failed += failed
            self.postponed += postponed


def sent(work: Work, row: Claimed, report: DeliveryReport) -> None:
    now = work.clock()
    if not work.store.write(lambda conn: _sent(conn, work, row, now)):
        # Frozen past the lease: another process has sent and settled it too.
        work.tell("sent_twice", outbox=row.id)
        return
    report.count(sent=1)
    work.tell("sent", outbox=row.id, kind=row.kind, attempts=row.attempts)


def _sent(conn: Connection, work: Work, row: Claimed, now: datetime) -> bool:
    """False where it was settled before."""
    if not outbox.sent(conn, row.id, owner=work.owner, now=now):
        return False
    if row.ticket_id is not None and row.kind == "acknowledgement":
        tickets.mark_acknowledged(conn, row.ticket_id, now)
    if row.kind == "relay":
        relaying.arrived(conn, work, row.id)
    if row.ticket_id is not None:
        name = outbox.name_of(row.kind, row.dedup_key)
        tickets.add_event(
            conn, row.ticket_id, at=now, what=f"{name}_sent", why="", by="mailresponder"
        )
    if work.settings.smtp.save_copy:
        copy = Task(
            mailbox=work.desk.mailbox,
            kind="sent_copy",
            outbox_id=row.id,
            dedup_key=f"copy:{row.id}",
        )
        mailbox_tasks.add(conn, copy, now)
    return True


def later(work: Work, row: Claimed, error: MailresponderError, report: DeliveryReport) -> None:
    now = work.clock()
    again = next_attempt(row.attempts, now=now, jitter=_random.random())
    if again is None:
        failed(work, row, error, report)
        return
    with work.store.begin() as conn:
        is_ours = outbox.retry_later(
            conn,
            row.id,
            owner=work.owner,
            error=error.message,
            next_attempt_at=again,
            maybe_sent=isinstance(error, ReplyLost),
        )
    if not is_ours:
        _lost(work, row)
        return
    report.count(postponed=1)
    work.tell("postponed", outbox=row.id, kind=row.kind, reason=error.message)


def failed(work: Work, row: Claimed, error: MailresponderError, report: DeliveryReport) -> None:
    now = work.clock()
    with work.store.begin() as conn:
        is_ours = outbox.failed(conn, row.id, owner=work.owner, error=error.message, now=now)
        if is_ours:
            _failed(conn, work, row, error, now)
    if not is_ours:
        _lost(work, row)
        return
    report.count(failed=1)
    work.tell("not_delivered", outbox=row.id, kind=row.kind, reason=error.message)


def _failed(
    conn: Connection, work: Work, row: Claimed, error: MailresponderError, now: datetime
) -> None:
    if row.ticket_id is not None:
        tickets.add_event(
            conn,
            row.ticket_id,
            at=now,
            what="not_delivered",
            why=f"{outbox.name_of(row.kind, row.dedup_key)}: {error.message}",
            by="mailresponder",
        )
    if row.kind == "relay":
        relaying.failed(conn, work, row.id, why=error.message)
    if row.kind in outbox.TO_CUSTOMERS and isinstance(error, RecipientRefused):
        ticket = tickets.ticket_by_id(conn, row.ticket_id) if row.ticket_id else None
        if ticket is not None:
            mark_unreachable(conn, work, ticket, why="mail was refused")
    # A failure of a notice about a failure ends here, or it would go on for ever.
    if row.kind != "admin":
        # The hour is part of the key: many failures at once are one mail.
        tell_admins(
            conn,
            work,
            "not_delivered",
            key=f"not_delivered:{work.desk.mailbox}:{now:%Y-%m-%dT%H}",
            detail=f"outbox {row.id}, and whatever else fails within the hour",
        )


def _lost(work: Work, row: Claimed) -> None:
    """Frozen past the lease: what becomes of the mail is said by whoever has it now."""
    work.tell("lease_lost", outbox=row.id)


def give_back(
    work: Work, ids: Sequence[int], report: DeliveryReport, error: MailresponderError | None = None
) -> None:
    """Hand back untried the rows that are ours: due again at once, no attempt counted."""
    reason = error.message if error else None
    with work.store.begin() as conn:
        left = outbox.defer(conn, ids, owner=work.owner, until=work.clock(), error=reason)
    report.count(postponed=left)
