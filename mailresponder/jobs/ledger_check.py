"""Is every message of a mailbox in the ledger? Counts both and takes nothing, beside a service that
may be at work; where something is missing, the next pass is asked to compare and take it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from mailresponder.config import Config, Mailbox
from mailresponder.errors import PermanentFailure
from mailresponder.jobs import folders
from mailresponder.jobs.reconciling import EVERY
from mailresponder.jobs.results import Found
from mailresponder.policy import starting
from mailresponder.store import ledger, mailboxes
from mailresponder.store.database import Store
from mailresponder.store.mailboxes import Cursor
from mailresponder.transport.imap import FolderState

_NAMED = 5
"""UIDs of a folder that are named."""


class Counted(folders.Searched, Protocol):
    """What counting needs of an IMAP mailbox; `transport.imap` provides it."""

    def select(self, folder: str, *, readonly: bool) -> FolderState: ...
    def sent_folder(self) -> str | None: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """One folder."""

    folder: str
    messages: int
    """On the server, of those that were read or should have been."""
    missing: tuple[int, ...] = ()
    """UIDs of them that the ledger does not know."""
    new: int = 0
    """Messages that came since the last pass."""

    @property
    def in_words(self) -> str:
        """As `INBOX 1,204 = ledger 1,204`."""
        known = self.messages - len(self.missing)
        sign = "but" if self.missing else "="
        said = f"{self.folder} {self.messages:,} {sign} ledger {known:,}"
        if self.missing:
            uids = ", ".join(str(uid) for uid in self.missing[:_NAMED])
            said += f" (missing: UID {uids}{', …' if len(self.missing) > _NAMED else ''})"
        return said + (f" ({self.new:,} new, not read yet)" if self.new else "")


def compared(
    config: Config, mailbox: Mailbox, imap: Counted, store: Store, clock: Callable[[], datetime]
) -> Found:
    """What stands on the server and what in the ledger. Raises PermanentFailure where messages are
    missing from it."""
    name = mailbox.name
    with store.read() as conn:
        state = mailboxes.state(conn, name)
    if state is None or state.started_at is None:
        return "no mail was read yet", ""
    if state.start_from not in (None, str(mailbox.start_from)):
        return f"start_from is another one than before ({state.start_from}): all is read again", ""
    said: list[str] = []
    missing = 0
    for folder in dict.fromkeys([mailbox.imap.folder, imap.sent_folder()]):
        if folder is None:
            continue
        found = imap.select(folder, readonly=True)
        with store.read() as conn:
            cursor = mailboxes.cursor(conn, name, folder)
        if cursor is None or cursor.first_uid is None:
            said.append(f"{folder} is counted from the next pass on")
        elif cursor.uidvalidity != found.uidvalidity:
            said.append(f"{folder} was made anew on the server: the next pass reads it again")
        else:
            count = _count(name, folder, imap, store, cursor)
            said.append(count.in_words)
            missing += len(count.missing)
    zone = config.desk.timezone
    start = starting.start(
        mailbox.start_from, connected=state.started_at, now=clock(), zone=zone
    ).at
    since = f"since {start.astimezone(zone):%Y-%m-%d}" if start is not None else "of all time"
    detail = f"{', '.join(said)}, {since}"
    if missing:
        with store.begin() as conn:
            mailboxes.reconciled(conn, name, clock() - EVERY)
        raise PermanentFailure(
            detail, mend="the next pass takes what is missing; `mailresponder run --once` is one"
        )
    return detail, ""


def _count(name: str, folder: str, imap: Counted, store: Store, cursor: Cursor) -> Count:
    messages = new = 0
    missing: list[int] = []
    for uids in folders.uids_of(imap, cursor, after=0):
        read = [uid for uid in uids if uid <= cursor.last_uid]
        messages, new = messages + len(read), new + len(uids) - len(read)
        with store.read() as conn:
            missing += ledger.unknown(conn, name, folder, cursor.uidvalidity, read)
    return Count(folder=folder, messages=messages, missing=tuple(missing), new=new)
