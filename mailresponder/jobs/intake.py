"""Reads what is new in a mailbox: INBOX and Sent, each from its stored cursor, as one story in the
order in which it was written.

Reading leaves no trace a person could see. Every message ends in the ledger, whatever became of
it, and one that cannot be handled never keeps the next from being read.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from mailresponder.errors import PermanentFailure
from mailresponder.jobs import batches, ordering, reading
from mailresponder.jobs.alerts import tell_admins
from mailresponder.jobs.reading import Reader
from mailresponder.jobs.work import Work
from mailresponder.store import ledger, mailboxes


class Mailbox(reading.Readable, Protocol):
    """What intake needs of an IMAP mailbox; `transport.imap` provides it."""

    def sent_folder(self) -> str | None: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class IntakeReport:
    """What one pass read."""

    read: int = 0
    outcomes: tuple[tuple[str, int], ...] = ()
    """Each `Outcome` there was and how often; what we sent ourselves counts as `own`."""
    sent_folder: str | None = None
    complete: bool = True
    """False where the pass ended early: what staff answered may not have been seen."""


def run(work: Work, mailbox: Mailbox, *, go_on: Callable[[], bool]) -> IntakeReport:
    """One pass over the mailbox. `go_on` is asked before each batch: False ends the pass early,
    because the lease is lost or the program is to stop.

    Raises TemporaryFailure or PermanentFailure where the mailbox or the store cannot be used;
    what was committed until then stays.
    """
    tally: dict[str, int] = {}
    # 1. Since when is mail ours?
    with work.store.begin() as conn:
        state = mailboxes.state(conn, work.desk.mailbox)
        first = state is None or state.started_at is None
        start = reading.start_of(conn, work)
        if mailboxes.start_moved(conn, work.desk.mailbox, str(work.settings.start_from)):
            # Read all again: what is known is known, and what was left alone may be ours now.
            work.tell("start_moved", start_from=str(work.settings.start_from))
            ledger.forget_before_start(conn, work.desk.mailbox)
            mailboxes.forget_cursors(conn, work.desk.mailbox)
        work = reading.prepared(conn, work)

    # 2. Sent before INBOX, so that there is no answer whose question came too late to be seen.
    def opened(folder: str, *, is_sent: bool) -> Reader:
        reader = Reader(work, mailbox, folder=folder, is_sent=is_sent, start=start)
        reader.open(is_new=first)
        reader.refill()
        return reader

    inbox = work.settings.imap.folder
    failure: PermanentFailure | None = None
    sent: Reader | None = None
    try:
        sent = _sent(mailbox, inbox, lambda folder: opened(folder, is_sent=True))
    except PermanentFailure as error:
        # Customers are heard all the same.
        failure = error
    sent_folder = mailbox.sent_folder()
    if sent_folder is None:
        _tell_of_no_sent_folder(work)
    readers = [opened(inbox, is_sent=False), *([sent] if sent is not None else [])]

    # 3. Both, message by message.
    complete = True
    for batch in ordering.in_order(readers):
        if not batch or not go_on():
            complete = False
            break
        for outcome in batches.take(work, batch):
            tally[outcome] = tally.get(outcome, 0) + 1
    if complete:
        for reader in readers:
            reader.finish()
    if failure is not None:
        raise failure
    return IntakeReport(
        read=sum(tally.values()),
        outcomes=tuple(sorted(tally.items())),
        sent_folder=sent_folder,
        complete=complete and go_on(),
    )


def _sent(mailbox: Mailbox, inbox: str, opened: Callable[[str], Reader]) -> Reader | None:
    """The Sent folder, where there is one beside INBOX. Raises PermanentFailure."""
    folder = mailbox.sent_folder()
    if folder is None or folder == inbox:
        return None
    try:
        return opened(folder)
    except PermanentFailure:
        # Renamed since it was found, perhaps.
        again = mailbox.sent_folder()
        if again == folder:
            raise
        return None if again is None or again == inbox else opened(again)


def _tell_of_no_sent_folder(work: Work) -> None:
    work.tell("no_sent_folder")
    with work.store.begin() as conn:
        # Once; and once more where it was there, and was read, since.
        since = mailboxes.sent_read(conn, work.desk.mailbox, inbox=work.settings.imap.folder)
        tell_admins(
            conn,
            work,
            "no_sent_folder",
            key=f"no_sent_folder:{work.desk.mailbox}{since}",
            detail="set sent_folder under [mailbox.imap]",
        )
