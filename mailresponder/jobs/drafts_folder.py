"""Puts drafts of answers into the Drafts folder, and takes away those that nobody made theirs.

A mail in a folder never changes (RFC 9051 §2.3.1.1): whoever edits a draft puts another one beside
it, with a UID of its own, and deletes ours. So what still lies at our UID is as we wrote it; what
lies elsewhere is ours only where it is, letter for letter, what we wrote.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from mailresponder.errors import MailresponderError
from mailresponder.jobs.work import Work
from mailresponder.mail.message import RawMessage
from mailresponder.store import drafts, mailbox_tasks, tickets
from mailresponder.store.drafts import Place, ReplyDraft
from mailresponder.store.mailbox_tasks import DueTask
from mailresponder.transport.imap import FolderState

FLAGS = ("\\Draft", "\\Seen")


class Drafting(Protocol):
    """What drafts need of an IMAP mailbox; `transport.imap` provides it."""

    def select(self, folder: str, *, readonly: bool) -> FolderState: ...
    def drafts_folder(self) -> str | None: ...
    def flags(self, uids: Sequence[int]) -> dict[int, frozenset[str]]: ...
    def fetch(self, uids: Sequence[int]) -> Iterator[RawMessage]: ...
    def find(self, folder: str, message_id: str, *, readonly: bool) -> list[int]: ...
    def append(
        self, folder: str, content: bytes, *, at: datetime, flags: Sequence[str] = ...
    ) -> None: ...
    def remove(self, uids: Sequence[int]) -> None: ...


def put(work: Work, mailbox: Drafting, task: DueTask) -> None:
    """Append a draft that is still wanted. Raises MailresponderError where there is no folder."""
    draft = _draft(work, task)
    uid = uidvalidity = None
    folder = ""
    if draft is not None and draft.state == "waiting":
        folder = mailbox.drafts_folder() or ""
        if not folder:
            raise MailresponderError(
                "the mailbox has no Drafts folder", mend="set imap.drafts_folder"
            )
        # The attempt before this one may have been cut off after the server had the draft, and
        # somebody may have edited it since.
        there = mailbox.find(folder, draft.message_id, readonly=True) if task.attempts else []
        if not there:
            mailbox.append(folder, draft.content, at=work.clock(), flags=FLAGS)
            there = mailbox.find(folder, draft.message_id, readonly=True)
        uidvalidity = mailbox.select(folder, readonly=True).uidvalidity
        uid = next(iter(_as_written(mailbox, there, draft) if task.attempts else there), None)
    with work.store.begin() as conn:
        if draft is not None and uid is not None and uidvalidity is not None:
            place = Place(folder=folder, uidvalidity=uidvalidity, uid=uid)
            drafts.filed(conn, draft.ticket_id, place)
            _event(conn, work, draft, "drafted", "a draft of the answer lies in Drafts")
        elif draft is not None and draft.state == "waiting":
            drafts.gone(conn, draft.ticket_id)
        mailbox_tasks.done(conn, [task.id])


def take_away(work: Work, mailbox: Drafting, task: DueTask) -> None:
    """Remove a draft that nobody needs, unless somebody made it theirs."""
    draft = _draft(work, task)
    ours: Sequence[int] = ()
    if draft is not None and draft.state == "leaving":
        ours = _ours(mailbox, draft)
        mailbox.remove(ours)
    with work.store.begin() as conn:
        if draft is not None:
            drafts.gone(conn, draft.ticket_id)
            if ours:
                _event(conn, work, draft, "draft_removed", "nobody used it")
        mailbox_tasks.done(conn, [task.id])


def _ours(mailbox: Drafting, draft: ReplyDraft) -> Sequence[int]:
    """The UIDs at which the draft lies as we wrote it; leaves its folder open for changes."""
    place = draft.place
    folder = place.folder if place is not None else mailbox.drafts_folder()
    if folder is None:
        return ()
    state = mailbox.select(folder, readonly=False)
    if place is not None and state.uidvalidity == place.uidvalidity:
        return list(mailbox.flags([place.uid]))
    found = mailbox.find(folder, draft.message_id, readonly=False)
    return _as_written(mailbox, found, draft)


def _as_written(mailbox: Drafting, uids: Sequence[int], draft: ReplyDraft) -> list[int]:
    """Those whose content is the draft's: where a server changed it, none, and ours stays."""
    ours = draft.content.split()
    return [raw.uid for raw in mailbox.fetch(uids) if raw.content.split() == ours]


def _draft(work: Work, task: DueTask) -> ReplyDraft | None:
    with work.store.read() as conn:
        return drafts.of_ticket(conn, int(task.argument[0]))


def _event(conn: Connection, work: Work, draft: ReplyDraft, what: str, why: str) -> None:
    tickets.add_event(
        conn, draft.ticket_id, at=work.clock(), what=what, why=why, by="mailresponder"
    )
