"""Reads one folder: what of it belongs into the ledger and is not there yet.

In which order folders are read is intake's to say; `batches` puts what was read into the store.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from sqlalchemy import Connection

from mailresponder.jobs import folders, known_problems, learned, taking
from mailresponder.jobs.step import Place
from mailresponder.jobs.taking import Asked
from mailresponder.jobs.work import Work
from mailresponder.mail.attachments import Enclosed, Obstacle, enclosed
from mailresponder.mail.dates import stamped_at
from mailresponder.mail.message import InboundMessage, RawMessage
from mailresponder.mail.parse import parse
from mailresponder.policy import staff, starting
from mailresponder.policy.facts import Facts
from mailresponder.policy.starting import Start
from mailresponder.store import ledger, mailbox_tasks, mailboxes
from mailresponder.store.mailboxes import Cursor
from mailresponder.transport.imap import FolderState
from mailresponder.transport.imap_structure import WHOLE_LIMIT

BATCH = 50
"""Messages fetched, and committed, at once."""

_LOOK_BACK = 50
"""UIDs below the cursor that are looked at again: some servers give a UID before they show the
message, and show a later one first. What comes later still, the daily comparison finds."""


class Readable(folders.Searched, Protocol):
    """What reading needs of an IMAP mailbox; `transport.imap` provides it."""

    @property
    def selected(self) -> str: ...
    def select(self, folder: str, *, readonly: bool) -> FolderState: ...
    def fetch(self, uids: Sequence[int]) -> Iterator[RawMessage]: ...
    def fetch_whole(self, uid: int, *, limit: int) -> bytes | None: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetched:
    """A message on its way from the server into the store."""

    reader: "Reader"
    raw: RawMessage
    message: InboundMessage
    files: Enclosed | None
    """Its files, where it may be an answer to pass on."""


def start_of(conn: Connection, work: Work) -> Start:
    """Since when the mailbox's mail is ours; this moment is remembered if it is the first."""
    now = work.clock()
    return starting.start(
        work.settings.start_from,
        connected=mailboxes.started(conn, work.desk.mailbox, now),
        now=now,
        zone=work.desk.deadlines.hours.timezone,
    )


def prepared(conn: Connection, work: Work) -> Work:
    """With what is looked up once for all mail of a pass: what staff have taught of anger, and what
    acknowledgements may say of known problems."""
    known = known_problems.current(conn, work.config, now=work.clock())
    return replace(work, correction=learned.current(conn), known=known)


class Reader:
    """Reads one folder, beside other readers of the same connection. `open` comes first."""

    def __init__(
        self, work: Work, mailbox: Readable, *, folder: str, is_sent: bool, start: Start
    ) -> None:
        self.work = work
        self.mailbox = mailbox
        self.folder = folder
        self.is_sent = is_sent
        self.start = start
        self.fetched: deque[Fetched] = deque()
        """What is to be taken next, in the order of the folder."""
        self.cursor = Cursor(uidvalidity=0, last_uid=0)
        self._saved: Cursor | None = None
        self._batches: Iterator[list[int]] = iter(())
        self._fetched_to = 0
        self._is_done = False

    def open(self, *, is_new: bool) -> None:
        """Select the folder and find where to read from. `is_new`: the mailbox is met for the
        first time. Raises PermanentFailure where the folder is not there."""
        work = self.work
        state = self.mailbox.select(self.folder, readonly=True)
        with work.store.read() as conn:
            known = mailboxes.cursor(conn, work.desk.mailbox, self.folder)
        is_same = known is not None and known.uidvalidity == state.uidvalidity
        if known is not None and is_same and state.uidnext <= known.last_uid:
            state = self._with_true_uidnext(state, known.last_uid)
        self.cursor = folders.beginning(
            known, state, self.start, is_new=is_new, from_now=work.settings.start_from == "now"
        )
        self._saved = known
        if self.cursor != known:
            with work.store.begin() as conn:
                self.save(conn)
                if known is not None and is_same and self.cursor.last_uid < known.last_uid:
                    self._forget_above(conn, self.cursor.last_uid)
        if known is not None and not is_same:
            work.tell("uidvalidity_changed", folder=self.folder)
        self._batches = self._new()

    def _with_true_uidnext(self, state: FolderState, last_uid: int) -> FolderState:
        """Some servers name a UIDNEXT that is too low: what lies there says more."""
        if self.mailbox.uids_after(last_uid - 1):
            return replace(state, uidnext=last_uid + 1)
        return state

    def set_back(self, uid: int) -> None:
        """Read on from above this UID: the server has given the higher ones to other messages."""
        self.cursor = folders.set_back(self.cursor, uid)
        with self.work.store.begin() as conn:
            self.save(conn)
            self._forget_above(conn, uid)

    def _forget_above(self, conn: Connection, uid: int) -> None:
        """The server gives higher UIDs to other messages than those that had them."""
        self.work.tell("uids_set_back", folder=self.folder, last_uid=uid)
        name, uidvalidity = self.work.desk.mailbox, self.cursor.uidvalidity
        ledger.forget_above(conn, name, self.folder, uidvalidity, uid)
        mailbox_tasks.call_off_above(conn, name, self.folder, uidvalidity, uid)

    def read(self, batches: Iterator[list[int]]) -> None:
        """Read these UIDs instead of what is new."""
        self._batches = batches

    @property
    def is_hungry(self) -> bool:
        """Is nothing fetched, and perhaps something to fetch?"""
        return not (self.fetched or self._is_done)

    def refill(self) -> bool:
        """Fetch the next messages. False where the folder is another one by now: it was deleted
        and made anew, and its UIDs are other messages."""
        if not self.select():
            return False
        uids = next(self._batches, None)
        if uids is None:
            self._is_done = True
            return True
        self._fetch(uids)
        self._fetched_to = uids[-1]
        return True

    def select(self) -> bool:
        """Make the folder the selected one. False where it is another one by now."""
        if self.mailbox.selected == self.folder:
            return True
        state = self.mailbox.select(self.folder, readonly=True)
        is_same = state.uidvalidity == self.cursor.uidvalidity
        if not is_same:
            self.work.tell("uidvalidity_changed", folder=self.folder)
        return is_same

    def _fetch(self, uids: Sequence[int]) -> None:
        parsed = [(raw, parse(raw)) for raw in self.mailbox.fetch(uids)]
        # Not in a transaction: a large mail takes long to download.
        self.fetched.extend(
            Fetched(reader=self, raw=raw, message=message, files=self._enclosed(raw, message))
            for raw, message in parsed
        )

    def finish(self) -> None:
        """Write down that the folder was read to its end."""
        end = max(self.cursor.last_uid, self._fetched_to, (self.cursor.first_uid or 1) - 1)
        self.cursor = replace(self.cursor, last_uid=end)
        if self.cursor != self._saved:
            with self.work.store.begin() as conn:
                self.save(conn)

    def save(self, conn: Connection) -> None:
        """Write down how far the folder was read."""
        if self.cursor != self._saved:
            mailboxes.save_cursor(conn, self.work.desk.mailbox, self.folder, self.cursor)
            self._saved = self.cursor

    def _new(self) -> Iterator[list[int]]:
        """What to fetch, a batch at a time."""
        last, first = self.cursor.last_uid, self.cursor.first_uid or 1
        after = max(first - 1, last - _LOOK_BACK) if last >= first else last
        for uids in folders.uids_of(self.mailbox, self.cursor, after=after):
            below = [uid for uid in uids if uid <= last]
            late = self.unknown(below)
            if late:
                self.work.tell("late_uids", folder=self.folder, messages=len(late))
            new = [*late, *uids[len(below) :]]
            for start in range(0, len(new), BATCH):
                yield new[start : start + BATCH]

    def unknown(self, uids: Sequence[int]) -> list[int]:
        """Those UIDs that the ledger does not know."""
        if not uids:
            return []
        with self.work.store.read() as conn:
            return ledger.unknown(
                conn, self.work.desk.mailbox, self.folder, self.cursor.uidvalidity, uids
            )

    def _enclosed(self, raw: RawMessage, message: InboundMessage) -> Enclosed | None:
        """The files of a mail that may be an answer to pass on; None: of any other."""
        desk = self.work.desk
        if self.is_sent or not staff.may_be_relayed(message, desk, self.work.signer):
            return None
        limit = desk.staff.attachments_limit
        found = enclosed(raw.content, limit=limit)
        if not raw.truncated or found.obstacle is not None:
            return found
        # Encoded, files are a third larger; the text and its wrapping come on top.
        whole = self.mailbox.fetch_whole(raw.uid, limit=limit * 3 // 2 + WHOLE_LIMIT)
        if whole is None:
            return Enclosed(obstacle=Obstacle.TOO_LARGE)
        return enclosed(whole, limit=limit)

    def ask(self, message: InboundMessage) -> Asked:
        """What must be looked up before a message of this folder is taken."""
        return taking.ask(self.work, message, is_sent=self.is_sent)

    def take(self, conn: Connection, one: Fetched, asked: Asked, facts: Facts) -> str:
        """Take a message and move the cursor past it, both still to be
        committed. Gives what it is counted as. Raises whatever goes wrong with the one message."""
        message, uid = one.message, one.raw.uid
        arrived = uid >= (self.cursor.first_uid or 1)
        # No server stamps what a mail client files in Sent; its Date is a clock of staff's own.
        stamp = message.sent_at if self.is_sent else stamped_at(message)
        too_old = self.start.is_before(message.received_at, arrived=arrived, stamped_at=stamp)
        self.cursor = replace(self.cursor, last_uid=max(self.cursor.last_uid, uid))
        return taking.take(
            conn,
            self.work,
            asked,
            facts,
            self.place(uid),
            enclosed=one.files,
            before_start=too_old,
        ).counted_as

    def place(self, uid: int) -> Place:
        """Where a message of this folder lies."""
        return Place(
            folder=self.folder,
            uidvalidity=self.cursor.uidvalidity,
            uid=uid,
            is_sent=self.is_sent,
        )
