"""Holds the mailbox against the ledger once a day: every message on the server since the start is
in it, or it is taken now, by the code that intake uses.

Intake misses nothing by design, so what is found here is a fault of a server, of a restored backup
or of this program, and the admins hear of it. What the ledger knows and the server no longer has is
no fault: people delete and move mail. A server that was restored from a snapshot while nobody read,
and has given the UIDs it forgot to other mail since, is seen by nothing but that mail: intake reads
it again.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from mailresponder.jobs import batches, folders, ordering, reading
from mailresponder.jobs.alerts import tell_admins
from mailresponder.jobs.reading import BATCH, Reader
from mailresponder.jobs.work import Work
from mailresponder.mail.message import InboundMessage
from mailresponder.mail.parse import parse
from mailresponder.policy import triage
from mailresponder.policy.facts import Outcome
from mailresponder.store import ledger, mailboxes
from mailresponder.store.mailboxes import MailboxState
from mailresponder.store.messages import known_ids, record_sighting

EVERY = timedelta(days=1)
"""How often all of a mailbox is compared."""

LISTS = 4
"""Lists of UIDs, each of one SEARCH, that one pass looks at in a folder: 200,000 messages or more.
The next pass goes on from there."""
MOST = 500
"""Messages that one pass takes."""
_TOP = 10
"""Messages, the last that were read, of which each comparison looks whether they are the same."""
_FAR = 2_000
"""UIDs that it goes down from there where they are not; the next comparison goes on."""
_NAMED = 5
"""Messages named to the admins."""


class Mailbox(reading.Readable, Protocol):
    """What comparing needs of an IMAP mailbox; `transport.imap` provides it."""

    def sent_folder(self) -> str | None: ...
    def flags(self, uids: Sequence[int]) -> dict[int, frozenset[str]]: ...


def is_due(state: MailboxState | None, now: datetime) -> bool:
    """Is the mailbox to be compared? When it is first read there is nothing to compare yet."""
    if state is None or state.started_at is None:
        return False
    # A moment that lies ahead was written down by a clock that has been put back since.
    return not timedelta() <= now - (state.reconciled_at or state.started_at) < EVERY


def run(work: Work, mailbox: Mailbox, *, go_on: Callable[[], bool]) -> int:
    """Compare, or go on with it, where that is due; gives how many messages were taken. `go_on` is
    asked before each batch: False ends the pass early.

    Raises TemporaryFailure or PermanentFailure where the mailbox or the store cannot be used.
    """
    now = work.clock()
    with work.store.read() as conn:
        if not is_due(mailboxes.state(conn, work.desk.mailbox), now):
            return 0
        work = reading.prepared(conn, work)
    both = _opened(work, mailbox)

    # 1. Take what is missing, in the order in which intake would have.
    missed: list[str] = []
    ended = False
    for batch in ordering.in_order([one.reader for one in both]):
        if not batch or sum(len(one.taken) for one in both) >= MOST or not go_on():
            ended = True
            break
        for fetched, outcome in zip(batch, batches.take(work, batch), strict=True):
            folder, uid = fetched.reader.folder, fetched.raw.uid
            next(one for one in both if one.reader is fetched.reader).taken.add(uid)
            if outcome != Outcome.BEFORE_START:
                missed.append(_place(folder, uid))

    # 2. Write down what cannot be had, lest it be looked for every day.
    withheld = [] if ended else [place for one in both for place in one.give_up()]

    # 3. Remember how far it has come, and say what was found.
    with work.store.begin() as conn:
        for one in both:
            one.reader.save(conn)
        if not ended and all(one.is_complete for one in both):
            mailboxes.reconciled(conn, work.desk.mailbox, now)
            work.tell("reconciled")
        if missed or withheld:
            work.tell("mail_missed", messages=len(missed), withheld=len(withheld))
            tell_admins(
                conn,
                work,
                "mail_missed",
                key=f"mail_missed:{work.desk.mailbox}:{now:%Y-%m-%d}",
                detail=_in_words(missed, withheld),
            )
    return sum(len(one.taken) for one in both)


def _opened(work: Work, mailbox: Mailbox) -> list["_Comparison"]:
    with work.store.begin() as conn:
        start = reading.start_of(conn, work)
    inbox = work.settings.imap.folder
    both = []
    for folder in dict.fromkeys([inbox, mailbox.sent_folder()]):
        if folder is not None:
            reader = Reader(work, mailbox, folder=folder, is_sent=folder != inbox, start=start)
            reader.open(is_new=False)
            lowest = _given_anew(reader)
            if lowest is not None:
                reader.set_back(lowest - 1)
            both.append(_Comparison(reader, mailbox))
    return both


def _given_anew(reader: Reader) -> int | None:
    """From which UID on the server has other messages than were read there; None: they are the
    same."""
    lowest, some, last = None, _TOP, reader.cursor.last_uid
    uids = reader.mailbox.uids_after(max(reader.cursor.begins, last - _FAR))
    there = [uid for uid in uids if uid <= last]
    while others := _others(reader, there[-some:]):
        lowest, there, some = others[0], there[:-some], BATCH
    return lowest


def _others(reader: Reader, uids: Sequence[int]) -> list[int]:
    """Those UIDs, ascending, where other messages lie than were read there, and none that was read
    elsewhere."""
    work = reader.work
    found = {raw.uid: parse(raw) for raw in reader.mailbox.fetch(uids)}
    ids = [message.message_id for message in found.values() if message.message_id is not None]
    with work.store.read() as conn:
        uidvalidity = reader.cursor.uidvalidity
        read = ledger.read_at(conn, work.desk.mailbox, reader.folder, uidvalidity, uids)
        known = known_ids(conn, ids)

    def is_other(uid: int, message: InboundMessage) -> bool:
        if uid not in read or message.message_id is None or message.message_id in known:
            return False
        message_id, key = read[uid]
        # What staff pass on was taken under the Message-ID of the mail in it.
        return message.message_id != message_id and not triage.is_key_of(message, key)

    return sorted(uid for uid, message in found.items() if is_other(uid, message))


class _Comparison:
    """One folder held against the ledger."""

    def __init__(self, reader: Reader, mailbox: Mailbox) -> None:
        self.reader = reader
        self.taken: set[int] = set()
        self.is_complete = False
        self._mailbox = mailbox
        self._asked: list[int] = []
        reader.read(self._missing())

    def _missing(self) -> Iterator[list[int]]:
        """What the ledger does not know, a batch at a time."""
        reader = self.reader
        lists = folders.uids_of(reader.mailbox, reader.cursor, after=reader.cursor.compared_uid)
        for _ in range(LISTS):
            uids = next(lists, [])
            read = [uid for uid in uids if uid <= reader.cursor.last_uid]
            missing = reader.unknown(read)
            for start in range(0, len(missing), BATCH):
                self._asked += missing[start : start + BATCH]
                yield missing[start : start + BATCH]
            # Whoever asks for more has taken what was given.
            self.is_complete = len(read) < len(uids) or not uids
            reached = 0 if self.is_complete else read[-1]
            reader.cursor = replace(reader.cursor, compared_uid=reached)
            if self.is_complete:
                return

    def give_up(self) -> list[str]:
        """Enter what the server lists and does not give; gives where it lies. What was deleted
        meanwhile is no such."""
        reader, work = self.reader, self.reader.work
        left = [uid for uid in self._asked if uid not in self.taken]
        if not left or not reader.select():
            return []
        listed = sorted(self._mailbox.flags(left))
        with work.store.begin() as conn:
            for uid in listed:
                record_sighting(
                    conn,
                    mailbox=work.desk.mailbox,
                    folder=reader.folder,
                    uidvalidity=reader.cursor.uidvalidity,
                    uid=uid,
                    message_row=None,
                    outcome=Outcome.RECORDED,
                    at=work.clock(),
                )
        return [_place(reader.folder, uid) for uid in listed]


def _place(folder: str, uid: int) -> str:
    return f"folder {folder}, UID {uid}"


def _in_words(missed: Sequence[str], withheld: Sequence[str]) -> str:
    said = []
    if missed:
        said.append(f"{len(missed)} taken only now: {_named(missed)}")
    if withheld:
        said.append(f"{len(withheld)} listed by the server and not to be had: {_named(withheld)}")
    return "; ".join(said)


def _named(places: Sequence[str]) -> str:
    more = f" and {len(places) - _NAMED} more" if len(places) > _NAMED else ""
    return "; ".join(places[:_NAMED]) + more
