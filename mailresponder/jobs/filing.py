"""Does in the mailbox what earlier jobs wrote down: flags, moves, copies in Sent, drafts.

Everything here may be repeated without harm: flags are sets, and a copy is looked for before it
is appended a second time.
"""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection

from mailresponder.errors import MailresponderError, ServerUnavailable
from mailresponder.jobs.drafts_folder import Drafting, put, take_away
from mailresponder.jobs.work import Work
from mailresponder.policy.retries import next_attempt
from mailresponder.store import mailbox_tasks, messages, outbox_view
from mailresponder.store.mailbox_tasks import DueTask
from mailresponder.store.messages import MessageRecord

_BATCH = 200
_random = random.SystemRandom()


class Files(Drafting, Protocol):
    """What filing needs of an IMAP mailbox; `transport.imap` provides it."""

    def sent_folder(self) -> str | None: ...
    def flags(self, uids: Sequence[int]) -> dict[int, frozenset[str]]: ...
    def add_flags(self, uids: Sequence[int], flags: Sequence[str]) -> None: ...
    def remove_flags(self, uids: Sequence[int], flags: Sequence[str]) -> None: ...
    def contains(self, folder: str, message_id: str) -> bool: ...
    def move(self, uids: Sequence[int], folder: str) -> None: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class FilingReport:
    """What one pass did."""

    done: int = 0
    postponed: int = 0


def run(work: Work, mailbox: Files) -> FilingReport:
    """Do all that is due. Raises ServerUnavailable where the mailbox went away: the rest waits."""
    done = postponed = 0
    while True:
        with work.store.begin() as conn:
            due = mailbox_tasks.due(conn, work.desk.mailbox, work.clock(), limit=_BATCH)
        if not due:
            return FilingReport(done=done, postponed=postponed)
        for tasks in _alike(due):
            ok = _do(work, mailbox, tasks)
            done += len(tasks) if ok else 0
            postponed += 0 if ok else len(tasks)


def _alike(due: Sequence[DueTask]) -> list[list[DueTask]]:
    """The tasks in groups that one command can do; flags before moves, because a moved message
    has another UID."""
    groups: dict[tuple[int, str, int, tuple[str, ...]], list[DueTask]] = defaultdict(list)
    order = ("flag", "unflag", "move", "sent_copy", "draft", "undraft")
    for task in due:
        key = (order.index(task.kind), task.folder, task.uidvalidity, task.argument)
        groups[key].append(task)
    return [groups[key] for key in sorted(groups, key=lambda key: key[0])]


def _do(work: Work, mailbox: Files, tasks: list[DueTask]) -> bool:
    try:
        match tasks[0].kind:
            case "sent_copy":
                one = _copy
            case "draft":
                one = put
            case "undraft":
                one = take_away
            case _:
                _mark(work, mailbox, tasks)
                return True
        for task in tasks:
            one(work, mailbox, task)
    except ServerUnavailable:
        raise
    except MailresponderError as error:
        _later(work, tasks, error)
        return False
    return True


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


def _copy(work: Work, mailbox: Files, task: DueTask) -> None:
    folder = mailbox.sent_folder()
    if folder is None:
        raise MailresponderError("the mailbox has no Sent folder", mend="set imap.sent_folder")
    with work.store.read() as conn:
        # Who was frozen since it was handed out may find that another has done it.
        if not mailbox_tasks.still_pending(conn, [task.id]):
            return
        row = outbox_view.row(conn, task.outbox_id or 0)
        content = outbox_view.content(conn, task.outbox_id or 0)
    if row is not None and content is not None:
        # The attempt before this one may have been cut off after the server had the copy.
        there = task.attempts > 0 and mailbox.contains(folder, row.message_id)
        if not there:
            mailbox.append(folder, content, at=row.settled_at or work.clock())
    with work.store.begin() as conn:
        mailbox_tasks.done(conn, [task.id])


def _later(work: Work, tasks: list[DueTask], error: MailresponderError) -> None:
    now = work.clock()
    with work.store.begin() as conn:
        for task in tasks:
            again = next_attempt(task.attempts + 1, now=now, jitter=_random.random())
            if again is None:
                mailbox_tasks.failed(conn, task.id, error=error.message)
            else:
                mailbox_tasks.retry_later(conn, task.id, error=error.message, next_attempt_at=again)
    work.tell("not_filed", kind=tasks[0].kind, messages=len(tasks), reason=error.message)
