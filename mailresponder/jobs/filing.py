"""Does in the mailbox what earlier jobs wrote down: flags, moves, copies in Sent, drafts.

Everything here may be repeated without harm: flags are sets, and a copy is looked for before it
is appended a second time.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from mailresponder.errors import (
    MailboxFull,
    MailresponderError,
    PermanentFailure,
    ServerUnavailable,
)
from mailresponder.jobs.alerts import tell_admins
from mailresponder.jobs.drafts_folder import Drafting, put, take_away
from mailresponder.jobs.work import Work
from mailresponder.policy.retries import next_attempt
from mailresponder.store import mailbox_tasks, messages, outbox_view
from mailresponder.store.mailbox_tasks import DueTask
from mailresponder.store.messages import MessageRecord

_BATCH = 200
_BYTES = 1024 * 1024
"""Of mails copied at a time: they are in memory, and while the server takes them nobody asks
whether the mailbox is still ours."""
_random = random.SystemRandom()


class Files(Drafting, Protocol):
    """What filing needs of an IMAP mailbox; `transport.imap` provides it."""

    def sent_folder(self) -> str | None: ...
    def flags(self, uids: Sequence[int]) -> dict[int, frozenset[str]]: ...
    def add_flags(self, uids: Sequence[int], flags: Sequence[str]) -> None: ...
    def remove_flags(self, uids: Sequence[int], flags: Sequence[str]) -> None: ...
    def contains(self, folder: str, message_id: str) -> bool: ...
    def move(self, uids: Sequence[int], folder: str) -> None: ...
    def append_all(self, folder: str, mails: Sequence[tuple[bytes, datetime]]) -> None: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class FilingReport:
    """What one pass did."""

    done: int = 0
    postponed: int = 0


def run(work: Work, mailbox: Files, *, is_ours: Callable[[], bool]) -> FilingReport:
    """Do all that is due. Raises ServerUnavailable where the mailbox went away: the rest waits.

    `is_ours` is asked before each step: False leaves the rest to whoever has the mailbox now.
    """
    done = postponed = 0
    while True:
        with work.store.begin() as conn:
            due = mailbox_tasks.due(conn, work.desk.mailbox, work.clock(), limit=_BATCH)
        if not due:
            return FilingReport(done=done, postponed=postponed)
        for tasks in _steps(work, due):
            if not is_ours():
                return FilingReport(done=done, postponed=postponed)
            number = _do(work, mailbox, tasks)
            done += number
            postponed += len(tasks) - number


def _steps(work: Work, due: Sequence[DueTask]) -> Iterator[list[DueTask]]:
    """The tasks in groups that are done at once."""
    for tasks in _alike(due):
        if tasks[0].kind != "sent_copy":
            yield tasks
            continue
        with work.store.read() as conn:
            sizes = outbox_view.sizes(conn, [task.outbox_id or 0 for task in tasks])
        yield from _bounded(tasks, sizes)


def _alike(due: Sequence[DueTask]) -> list[list[DueTask]]:
    """The tasks in groups that one command can do; flags before moves, because a moved message
    has another UID."""
    groups: dict[tuple[int, str, int, tuple[str, ...]], list[DueTask]] = defaultdict(list)
    order = ("flag", "unflag", "move", "sent_copy", "draft", "undraft")
    for task in due:
        key = (order.index(task.kind), task.folder, task.uidvalidity, task.argument)
        groups[key].append(task)
    return [groups[key] for key in sorted(groups, key=lambda key: key[0])]


def _do(work: Work, mailbox: Files, tasks: list[DueTask]) -> int:
    """Do tasks that are alike; gives how many were done."""
    try:
        match tasks[0].kind:
            case "sent_copy":
                return _copy(work, mailbox, tasks)
            case "draft":
                one = put
            case "undraft":
                one = take_away
            case _:
                _mark(work, mailbox, tasks)
                return len(tasks)
        for task in tasks:
            one(work, mailbox, task)
    except ServerUnavailable:
        raise
    except MailresponderError as error:
        _later(work, tasks, error)
        return 0
    return len(tasks)


def _mark(work: Work, mailbox: Files, tasks: list[DueTask]) -> None:
    first = tasks[0]
    state = mailbox.select(first.folder, readonly=False)
    added: dict[int, list[str]] = {}
    # After a change of UIDVALIDITY these UIDs are other messages.
    if state.uidvalidity == first.uidvalidity:
        if first.kind == "flag":
            added = _flag(mailbox, tasks)
        elif first.kind == "unflag":
            for task in tasks:
                _unflag(work, mailbox, task)
        else:
            mailbox.move([task.uid for task in tasks], first.argument[0])
            _follow(work, mailbox, tasks)
    with work.store.begin() as conn:
        if first.kind == "flag":
            for task in tasks:
                mailbox_tasks.flagged(conn, task.id, added.get(task.id, ()))
        mailbox_tasks.done(conn, [task.id for task in tasks])
    work.tell("filed", kind=first.kind, folder=first.folder, messages=len(tasks))


def _flag(mailbox: Files, tasks: list[DueTask]) -> dict[int, list[str]]:
    """Add the flags. Gives by task which of them its message had not got: those are ours."""
    uids, flags = [task.uid for task in tasks], tasks[0].argument
    before = mailbox.flags(uids)
    mailbox.add_flags(uids, flags)
    added = {}
    for task in tasks:
        # What is gone was not flagged, where whoever moved it has put it.
        there = {flag.casefold() for flag in before.get(task.uid, flags)}
        if task.attempts and task.uid in before:
            # The attempt before this one may have been cut off after it set them. A person sets
            # \Flagged, so that may be theirs; our keywords nobody else sets.
            there = {flag for flag in there if flag.startswith("\\")}
        added[task.id] = [flag for flag in flags if flag.casefold() not in there]
    return added


def _unflag(work: Work, mailbox: Files, task: DueTask) -> None:
    """Take away what we have set on one message, and nothing that somebody else has."""
    with work.store.read() as conn:
        record = _record_of(conn, task)
        ours = mailbox_tasks.our_flags(conn, record.id) if record else frozenset()
    meant = ours & set(task.argument)
    if record is None or not meant:
        return
    mailbox.remove_flags([task.uid], sorted(meant))
    with work.store.begin() as conn:
        mailbox_tasks.forget_flags(conn, record.id, meant)


def _record_of(conn: Connection, task: DueTask) -> MessageRecord | None:
    return messages.message_at(
        conn,
        mailbox=task.mailbox,
        folder=task.folder,
        uidvalidity=task.uidvalidity,
        uid=task.uid,
    )


def _follow(work: Work, mailbox: Files, tasks: list[DueTask]) -> None:
    """Write down where moved messages lie now: a later flag is to find them."""
    folder = tasks[0].argument[0]
    state = mailbox.select(folder, readonly=True)
    with work.store.begin() as conn:
        moved: dict[str, list[MessageRecord]] = defaultdict(list)
        for task in sorted(tasks, key=lambda task: task.uid):
            record = _record_of(conn, task)
            if record is not None and record.message_id:
                moved[record.message_id].append(record)
        for message_id, records in moved.items():
            # Two mails may share a Message-ID: the last ones there are ours, in their old order.
            found = mailbox.find(folder, message_id, readonly=True)[-len(records) :]
            for record, uid in zip(records, found, strict=False):
                messages.record_sighting(
                    conn,
                    mailbox=work.desk.mailbox,
                    folder=folder,
                    uidvalidity=state.uidvalidity,
                    uid=uid,
                    message_row=record.id,
                    outcome=record.outcome,
                    at=work.clock(),
                )


def _copy(work: Work, mailbox: Files, tasks: list[DueTask], *, again: bool = False) -> int:
    """File what was sent, many at once; where that is refused one by one, so that a mail which the
    server does not take holds up no other. Gives how many were done.

    `again`: an attempt was made, and some may be there.
    """
    folder = mailbox.sent_folder()
    if folder is None:
        raise MailresponderError("the mailbox has no Sent folder", mend="set imap.sent_folder")
    try:
        _append(work, mailbox, folder, tasks, again=again)
    except ServerUnavailable:
        raise
    except MailresponderError as error:
        if len(tasks) > 1:
            return sum(_copy(work, mailbox, [task], again=True) for task in tasks)
        _later(work, tasks, error)
        return 0
    return len(tasks)


def _bounded(tasks: Sequence[DueTask], sizes: Mapping[int, int]) -> Iterator[list[DueTask]]:
    """The tasks in groups whose mails are copied together."""
    some: list[DueTask] = []
    total = 0
    for task in tasks:
        size = sizes.get(task.outbox_id or 0, 0)
        if some and total + size > _BYTES:
            yield some
            some, total = [], 0
        some.append(task)
        total += size
    yield some


def _append(
    work: Work, mailbox: Files, folder: str, tasks: Sequence[DueTask], *, again: bool
) -> None:
    with work.store.read() as conn:
        # Who was frozen since they were handed out may find that another has done some.
        left = mailbox_tasks.still_pending(conn, [task.id for task in tasks])
        tasks = [task for task in tasks if task.id in left]
        mails = outbox_view.whole(conn, [task.outbox_id or 0 for task in tasks])
    copies = []
    for task in tasks:
        mail = mails.get(task.outbox_id or 0)
        if mail is None:
            continue
        # The attempt before this one may have been cut off after the server had the copy.
        tried = again or task.attempts > 0
        if not (tried and mailbox.contains(folder, mail.message_id)):
            copies.append((mail.content, mail.settled_at or work.clock()))
    mailbox.append_all(folder, copies)
    with work.store.begin() as conn:
        mailbox_tasks.done(conn, [task.id for task in tasks])


def _later(work: Work, tasks: list[DueTask], error: MailresponderError) -> None:
    now = work.clock()
    with work.store.begin() as conn:
        for task in tasks:
            again = next_attempt(task.attempts + 1, now=now, jitter=_random.random())
            if again is None:
                mailbox_tasks.failed(conn, task.id, error=error.message)
            else:
                mailbox_tasks.retry_later(conn, task.id, error=error.message, next_attempt_at=again)
        if isinstance(error, MailboxFull):
            tell_admins(
                conn,
                work,
                "mailbox_full",
                key=f"full:{work.desk.mailbox}:{now:%Y-%m-%d}",
                detail=error.message,
            )
        elif isinstance(error, PermanentFailure):
            # Waiting mends nothing: a folder is gone, or may not be written to.
            tell_admins(
                conn,
                work,
                "not_filed",
                key=f"not_filed:{work.desk.mailbox}:{tasks[0].kind}:{now:%Y-%m-%d}",
                detail=f"{tasks[0].kind.replace('_', ' ')}: {error.message}",
            )
    work.tell("not_filed", kind=tasks[0].kind, messages=len(tasks), reason=error.message)
