"""Sends what waits in the outbox: claim (commit), SMTP, settle (commit).

A row that was claimed and never settled is claimed again when it is let go of, or when its lease
ends; the Message-ID was fixed when the row was written, so the worst a crash can do is to repeat
one mail under the same Message-ID.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue
from typing import Protocol

from sqlalchemy import Connection

from mailresponder.clock import Spent
from mailresponder.errors import (
    ConfigError,
    MailresponderError,
    ServerUnavailable,
    SignInRefused,
    TemporaryFailure,
)
from mailresponder.jobs import holding, outdated, settling
from mailresponder.jobs.alerts import tell_admins
from mailresponder.jobs.settling import DeliveryReport
from mailresponder.jobs.spreading import spread
from mailresponder.jobs.work import Work
from mailresponder.policy.connections import Pace
from mailresponder.store import outbox, outbox_view
from mailresponder.store.outbox import Claimed
from mailresponder.transport.smtp import FINAL_REPLY_TIMEOUT, OwnershipLost

LEASE = timedelta(minutes=10)
"""Of the mails that one claim hands out. What a slow server leaves too little of it for is given
back, and claimed anew."""

_HANDING_OVER = timedelta(seconds=FINAL_REPLY_TIMEOUT)
"""So long a server may take for one mail. Its lease must not end meanwhile, or another process
sends it too."""

_ROWS_PER_CONNECTION = 25

_WORTH_A_CONNECTION = 4
"""Mails for which another connection is used: to open one takes as long as to send some."""


class Sender(Protocol):
    """What delivery needs of an SMTP connection; `transport.smtp` provides it."""

    def send(
        self,
        *,
        envelope_sender: str,
        recipient: str,
        content: bytes,
        before_data: Callable[[], bool] | None = None,
    ) -> None: ...


def run(
    work: Work,
    senders: Sequence[Sender],
    *,
    spent: Callable[[], Spent],
    filed: Callable[[str], bool] | None = None,
    go_on: Callable[[], bool] = lambda: True,
) -> DeliveryReport:
    """Send everything of this mailbox that is due, over as many of its connections as help, which
    `spent` tells.

    `filed` says whether Sent holds a Message-ID; it is asked before a possible repeat where the
    provider itself files what it sends. `go_on` is asked before each mail: False leaves the rest
    for another pass.
    """
    report, pace = DeliveryReport(), Pace()
    while report.may_go_on and go_on():
        now = work.clock()
        with work.store.begin() as conn:
            room = _room(
                work, outbox_view.sent_since(conn, work.desk.mailbox, now - timedelta(minutes=1))
            )
            rows = outbox.claim(
                conn,
                work.desk.mailbox,
                owner=work.owner,
                now=now,
                lease=LEASE,
                limit=min(room, _ROWS_PER_CONNECTION * pace.connections(len(senders))),
            )
            due = 0 if rows else outbox_view.due_count(conn, work.desk.mailbox, now)
            if due:
                _breaker(conn, work, due, now)
        report.count(postponed=due)
        if not rows:
            break
        pace = _send_all(work, senders, rows, report, filed, go_on, pace, spent)
    return report


def _room(work: Work, sent_in_last_minute: int) -> int:
    return max(0, work.config.acknowledge.max_per_mailbox_per_minute - sent_in_last_minute)


def _breaker(conn: Connection, work: Work, due: int, now: datetime) -> None:
    work.tell("breaker_open", waiting=due)
    tell_admins(
        conn,
        work,
        "breaker_open",
        key=f"breaker:{work.desk.mailbox}:{now:%Y-%m-%dT%H}",
        detail=f"{due} mails wait; the limit is "
        f"{work.config.acknowledge.max_per_mailbox_per_minute} a minute",
    )


def _send_all(
    work: Work,
    senders: Sequence[Sender],
    rows: Sequence[Claimed],
    report: DeliveryReport,
    filed: Callable[[str], bool] | None,
    go_on: Callable[[], bool],
    pace: Pace,
    spent: Callable[[], Spent],
) -> Pace:
    waiting: SimpleQueue[Claimed] = SimpleQueue()
    for row in rows:
        # One IMAP connection, one thread: this is asked before the senders' threads start.
        try:
            there = row.repeat and filed is not None and filed(row.message_id)
        except MailresponderError as error:
            # Nobody can tell whether it went out: better late than twice.
            settling.later(work, row, error, report)
            continue
        if there:
            settling.sent(work, row, report)
        else:
            waiting.put(row)

    def send_next(sender: Sender) -> bool:
        if not report.may_go_on or not go_on():
            return False
        try:
            row = waiting.get_nowait()
        except Empty:
            return False
        _deliver(work, sender, row, report)
        return True

    some = senders[: max(1, waiting.qsize() // _WORTH_A_CONNECTION)]
    pace = spread(some, send_next, pace=pace, spent=spent)
    left = []
    while not waiting.empty():
        left.append(waiting.get_nowait().id)
    if left:
        settling.give_back(work, left, report, report.error)
    return pace


def _deliver(work: Work, sender: Sender, row: Claimed, report: DeliveryReport) -> None:
    # A mail given up long ago is tried again as if for the first time.
    late = row.attempts > 1 or work.clock() - row.created_at > LEASE
    if (late and outdated.is_moot(work, row)) or holding.held_back(work, row):
        return
    content = outdated.brought_up_to_date(work, row)
    if content is None:
        return
    try:
        sender.send(
            envelope_sender=work.settings.envelope_sender,
            recipient=row.recipient,
            content=content,
            before_data=lambda: _still_ours(work, row),
        )
    except OwnershipLost:
        work.tell("lease_lost", outbox=row.id)
        report.lost = True
        # Nobody's, perhaps: then it need not wait until somebody finds out that we are gone.
        settling.give_back(work, [row.id], report)
    except (ServerUnavailable, SignInRefused, ConfigError) as error:
        with report.lock:
            report.error = error
        settling.give_back(work, [row.id], report, error)
    except TemporaryFailure as error:
        settling.later(work, row, error, report)
    except MailresponderError as error:
        settling.failed(work, row, error, report)
    else:
        settling.sent(work, row, report)


def _still_ours(work: Work, row: Claimed) -> bool:
    with work.store.alone() as conn:
        return outbox.owns(conn, row.id, owner=work.owner, now=work.clock() + _HANDING_OVER)
