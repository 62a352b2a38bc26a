"""Reads what is new in a mailbox: INBOX first, then Sent, each from its stored cursor.

Reading leaves no trace a person could see. Every message ends in the ledger, whatever became of
it, and one that cannot be handled never keeps the next from being read.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Protocol

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from mailresponder.errors import TemporaryFailure
from mailresponder.jobs import learned
from mailresponder.jobs.alerts import tell_admins
from mailresponder.jobs.step import Overtaken, Place
from mailresponder.jobs.taking import take
from mailresponder.jobs.work import Work, log
from mailresponder.mail.attachments import Enclosed, Obstacle, enclosed
from mailresponder.mail.message import InboundMessage, RawMessage
from mailresponder.mail.parse import parse
from mailresponder.policy import staff
from mailresponder.policy.facts import Outcome
from mailresponder.store import mailboxes
from mailresponder.store.mailboxes import Cursor
from mailresponder.store.messages import record_sighting
from mailresponder.transport.imap import FolderState
from mailresponder.transport.imap_structure import WHOLE_LIMIT

BATCH = 50
"""Messages fetched, and committed, at once."""


class Mailbox(Protocol):
    """What intake needs of an IMAP mailbox; `transport.imap` provides it."""

    def select(self, folder: str, *, readonly: bool) -> FolderState: ...
    def uids_after(self, uid: int, *, since: date | None = None) -> list[int]: ...
    def fetch(self, uids: Sequence[int]) -> Iterator[RawMessage]: ...
    def fetch_whole(self, uid: int, *, limit: int) -> bytes | None: ...
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
    inbox = work.settings.imap.folder
    sent = mailbox.sent_folder()
    with work.store.begin() as conn:
        state = mailboxes.state(conn, work.desk.mailbox)
        first = state is None or state.started_at is None
        started = mailboxes.started(conn, work.desk.mailbox, work.clock())
        work = replace(work, correction=learned.current(conn))
    for folder in dict.fromkeys([inbox, sent]):
        if folder is None:
            work.tell("no_sent_folder")
            with work.store.begin() as conn:
                tell_admins(
                    conn,
                    work,
                    "no_sent_folder",
                    key=f"no_sent_folder:{work.desk.mailbox}",
                    detail="set sent_folder under [mailbox.imap]",
                )
            continue
        reader = _Reader(
            work=work,
            mailbox=mailbox,
            folder=folder,
            is_sent=folder == sent and folder != inbox,
            first=first,
            started=started,
        )
        for outcome in reader.read(go_on):
            tally[outcome] = tally.get(outcome, 0) + 1
    return IntakeReport(
        read=sum(tally.values()),
        outcomes=tuple(sorted(tally.items())),
        sent_folder=sent,
        complete=go_on(),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Reader:
    """Reads one folder."""

    work: Work
    mailbox: Mailbox
    folder: str
    is_sent: bool
    first: bool
    """True in the pass that meets this mailbox for the first time."""
    started: datetime

    def read(self, go_on: Callable[[], bool]) -> Iterator[str]:
        state = self.mailbox.select(self.folder, readonly=True)
        with self.work.store.begin() as conn:
            known = mailboxes.cursor(conn, self.work.desk.mailbox, self.folder)
            cursor = self._cursor(known, state)
            if cursor != known:
                mailboxes.save_cursor(conn, self.work.desk.mailbox, self.folder, cursor)
        # SEARCH SINCE goes by the server's days: one more day makes it safe in every zone.
        since = (cursor.floor - timedelta(days=1)).date() if cursor.floor else None
        for uids in _batches(self.mailbox.uids_after(cursor.last_uid, since=since), BATCH):
            if not go_on():
                return
            parsed = [(raw, parse(raw)) for raw in self.mailbox.fetch(uids)]
            # Before the transaction: a large mail takes long to download.
            files = {raw.uid: self._enclosed(raw, message) for raw, message in parsed}
            with self.work.store.begin() as conn:
                outcomes = [
                    self._take(conn, cursor, raw, message, files[raw.uid])
                    for raw, message in parsed
                ]
                cursor = replace(cursor, last_uid=uids[-1])
                mailboxes.save_cursor(conn, self.work.desk.mailbox, self.folder, cursor)
            yield from (outcome for outcome in outcomes if outcome is not None)

    def _cursor(self, known: Cursor | None, state: FolderState) -> Cursor:
        """Where to read from. A folder met for the first time starts where the configuration
        says; one whose UIDVALIDITY changed is read again, and the ledger knows its mail."""
        if known is not None and known.uidvalidity == state.uidvalidity:
            return known
        start_from = self.work.settings.start_from
        if known is not None:
            self.work.tell("uidvalidity_changed", folder=self.folder)
        if start_from == "all":
            return Cursor(uidvalidity=state.uidvalidity, last_uid=0, floor=None)
        if isinstance(start_from, date):
            zone = self.work.desk.deadlines.hours.timezone
            floor = datetime.combine(start_from, time(), tzinfo=zone)
            return Cursor(uidvalidity=state.uidvalidity, last_uid=0, floor=floor)
        if self.first:
            return Cursor(uidvalidity=state.uidvalidity, last_uid=state.uidnext - 1, floor=None)
        # INTERNALDATE has whole seconds.
        floor = self.started.replace(microsecond=0)
        return Cursor(uidvalidity=state.uidvalidity, last_uid=0, floor=floor)

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

    def _take(
        self,
        conn: Connection,
        cursor: Cursor,
        raw: RawMessage,
        message: InboundMessage,
        files: Enclosed | None,
    ) -> str | None:
        if cursor.floor is not None and message.received_at < cursor.floor:
            return None
        place = Place(
            folder=self.folder,
            uidvalidity=cursor.uidvalidity,
            uid=raw.uid,
            is_sent=self.is_sent,
        )
        try:
            try:
                with conn.begin_nested():
                    return take(conn, self.work, message, place, enclosed=files).counted_as
            except Overtaken:
                # Now that the other copy is there, it is a duplicate.
                with conn.begin_nested():
                    return take(conn, self.work, message, place, enclosed=files).counted_as
        except (TemporaryFailure, OperationalError):
            raise
        except Exception as error:  # one message must not block the next
            return self._give_up(conn, place, message, error)

    def _give_up(
        self, conn: Connection, place: Place, message: InboundMessage, error: Exception
    ) -> str:
        """Open a ticket with nothing but the sender, so that a person looks at the mail."""
        name = type(error).__name__
        log.error("message_not_handled", folder=place.folder, uid=place.uid, error=name)
        bare = replace(
            message,
            subject="",
            text="",
            new_text="",
            in_reply_to=(),
            references=(),
            unreadable=True,
            notes=(*message.notes, f"This mail could not be handled ({name}): read it yourself."),
        )
        try:
            with conn.begin_nested():
                return take(conn, self.work, bare, place, quiet=True).counted_as
        except (TemporaryFailure, OperationalError):
            raise
        except Exception as second:  # then the ledger and the admins are what is left
            again = type(second).__name__
            where = f"folder {place.folder}, UID {place.uid}: {again}"
            log.error("message_not_ticketed", folder=place.folder, uid=place.uid, error=again)
            tell_admins(
                conn, self.work, "message_not_ticketed", key=f"message:{where}", detail=where
            )
            record_sighting(
                conn,
                mailbox=self.work.desk.mailbox,
                folder=place.folder,
                uidvalidity=place.uidvalidity,
                uid=place.uid,
                message_row=None,
                outcome=Outcome.RECORDED,
                at=message.received_at,
            )
            return Outcome.RECORDED


def _batches(uids: Iterable[int], size: int) -> Iterator[list[int]]:
    iterator = iter(uids)
    while batch := list(islice(iterator, size)):
        yield batch
