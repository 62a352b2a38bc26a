"""Sends what waits in the outbox: claim (commit), SMTP, settle (commit).

A row that was claimed and never settled is claimed again when it is let go of, or when its lease
ends; the Message-ID was fixed when the row was written, so the worst a crash can do is to repeat
one mail under the same Message-ID.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from queue import Empty, SimpleQueue
from typing import Protocol

from sqlalchemy import Connection

from mailresponder.errors import (
    ConfigError,
    MailresponderError,
    ServerUnavailable,
    SignInRefused,
    TemporaryFailure,
)
from mailresponder.jobs import escalation, holding, settling
from mailresponder.jobs.alerts import tell_admins
from mailresponder.jobs.settling import DeliveryReport
from mailresponder.jobs.story import original_of
from mailresponder.jobs.withdrawal import (
    QUESTION,
    WITHDRAWN,
    not_repeated,
    withdraw_notices,
    withdraw_question,
)
from mailresponder.jobs.work import Work
from mailresponder.mail.compose import compose
from mailresponder.mail.message import Address
from mailresponder.policy import notices
from mailresponder.policy.opening import true_until
from mailresponder.policy.ticket import TicketState
from mailresponder.store import notice_tickets, outbox, outbox_view, tickets, withdrawn
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
    filed: Callable[[str], bool] | None = None,
    go_on: Callable[[], bool] = lambda: True,
) -> DeliveryReport:
    """Send everything of this mailbox that is due, over all its connections at once.

    `filed` says whether Sent holds a Message-ID; it is asked before a possible repeat where the
    provider itself files what it sends. `go_on` is asked before each mail: False leaves the rest
    for another pass.
    """
    report = DeliveryReport()
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
                limit=min(room, _ROWS_PER_CONNECTION * len(senders)),
            )
            due = 0 if rows else outbox_view.due_count(conn, work.desk.mailbox, now)
            if due:
                _breaker(conn, work, due, now)
        report.count(postponed=due)
        if not rows:
            break
        _send_all(work, senders, rows, report, filed, go_on)
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
) -> None:
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

    def drain(sender: Sender) -> None:
        while report.may_go_on and go_on():
            try:
                row = waiting.get_nowait()
            except Empty:
                return
            _deliver(work, sender, row, report)

    busy = senders[: max(1, waiting.qsize() // _WORTH_A_CONNECTION)]
    if len(busy) == 1:
        drain(busy[0])
    else:
        with ThreadPoolExecutor(len(busy), thread_name_prefix="smtp") as pool:
            for done in [pool.submit(drain, sender) for sender in busy]:
                done.result()
    left = []
    while not waiting.empty():
        left.append(waiting.get_nowait().id)
    if left:
        settling.give_back(work, left, report, report.error)


def _deliver(work: Work, sender: Sender, row: Claimed, report: DeliveryReport) -> None:
    # A mail given up long ago is tried again as if for the first time.
    late = row.attempts > 1 or work.clock() - row.created_at > LEASE
    if late and _is_moot(work, row):
        return
    if holding.held_back(work, row) or _is_untrue(work, row) or _is_late(work, row):
        return
    content = row.content
    if row.repeat and row.kind == "escalation_list":
        rest = _who_still_waits(work, row)
        if rest is None:
            return
        content = rest
    if row.promise_until is not None and work.clock() >= row.promise_until:
        content = _written_anew(work, row)
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


def _is_moot(work: Work, row: Claimed) -> bool:
    """Was the ticket answered while the mail about it waited, or did the customer write while the
    question to them did? Then it is taken back; what may have been sent is not sent again."""
    if row.ticket_id is None or row.kind not in WITHDRAWN:
        return False
    now = work.clock()
    with work.store.begin() as conn:
        ticket = tickets.ticket_by_id(conn, row.ticket_id)
        if ticket is None:
            return False
        is_open = ticket.state is TicketState.OPEN
        if ticket.state is TicketState.ANSWERED if row.kind in QUESTION else is_open:
            return False
        if row.repeat:
            if outbox.overtaken(conn, row.id, owner=work.owner, now=now):
                not_repeated(conn, ticket, row.kind, now=now)
            return True
        outbox.defer(conn, [row.id], owner=work.owner, until=now)
        # What else waits about a ticket that is open again is true.
        (withdraw_question if is_open else withdraw_notices)(conn, ticket, now=now)
    return True


def _is_untrue(work: Work, row: Claimed) -> bool:
    """Was one of several tickets answered while the mail about them waited? Then it is taken back;
    escalation tells of the others."""
    if row.repeat or row.kind != "escalation_list":
        return False
    now = work.clock()
    with work.store.read() as conn:
        if not notice_tickets.is_untrue(conn, row.id, now=now):
            return False
    with work.store.begin() as conn:
        outbox.defer(conn, [row.id], owner=work.owner, until=now)
        notice_tickets.take_back(conn, [row.id])
    return True


def _who_still_waits(work: Work, row: Claimed) -> bytes | None:
    """The list that may have been sent, with those of its tickets that still wait, under its own
    Message-ID; None where none does."""
    now = work.clock()
    with work.store.read() as conn:
        if not notice_tickets.is_untrue(conn, row.id, now=now):
            return row.content
    with work.store.begin() as conn:
        waiting = notice_tickets.still_waiting(conn, row.id, now=now)
        about = [t for t in map(partial(tickets.ticket_by_id, conn), waiting) if t is not None]
        if not about:
            outbox.overtaken(conn, row.id, owner=work.owner, now=now)
            return None
        sheet = work.sheet(Address(email=row.recipient), message_id=row.message_id)
        content = compose(notices.escalation_list(sheet, about))
        outbox.rewrite(conn, row.id, owner=work.owner, content=content, promise_until=None)
    return content


def _is_late(work: Work, row: Claimed) -> bool:
    """Has the morning passed that a digest tells of? Then it is taken back; the next one tells what
    happened since the one before."""
    now = work.clock()
    late = row.promise_until is not None and now >= row.promise_until
    if row.repeat or row.kind != "digest" or not late:
        return False
    with work.store.begin() as conn:
        outbox.defer(conn, [row.id], owner=work.owner, until=now)
        withdrawn.late(conn, row.kind, now=now)
    work.tell("digest_too_late", outbox=row.id)
    return True


def _written_anew(work: Work, row: Claimed) -> bytes:
    """The notice without what is no longer true, an answer-by time that has passed or that the
    desk is closed, under its own Message-ID."""
    with work.store.begin() as conn:
        ticket = tickets.ticket_by_id(conn, row.ticket_id) if row.ticket_id else None
        if ticket is None:
            return row.content
        if row.kind == "escalation":
            # A warning that was put off past the deadline: it says now that this has passed.
            reader = Address(email=row.recipient)
            sheet = work.sheet(reader, ticket, message_id=row.message_id)
            content = compose(escalation.notice_of(conn, sheet, ticket))
            outbox.rewrite(conn, row.id, owner=work.owner, content=content, promise_until=None)
            return content
        write = notices.follow_up if row.kind == "follow_up" else notices.acknowledgement
        sheet = work.sheet(ticket.customer, ticket, message_id=row.message_id)
        notice = write(sheet, ticket, original_of(conn, ticket), quote=False)
        content = compose(notice)
        until = true_until(ticket, work.desk.deadlines.hours, sheet.now)
        outbox.rewrite(conn, row.id, owner=work.owner, content=content, promise_until=until)
    return content
