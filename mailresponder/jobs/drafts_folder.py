"""Puts drafts of answers into the Drafts folder, and takes away those that nobody made theirs.

A mail in a folder never changes (RFC 9051 §2.3.1.1): whoever edits a draft puts another one beside
it, with a UID of its own, and deletes ours. Not every server keeps to that, and some change what
they are handed. So what is ours is known by its content, as the server gave it when it was put
there, letter for letter.
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
    def folders(self) -> list[str]: ...
    def drafts_folder(self) -> str | None: ...
    def fetch(self, uids: Sequence[int]) -> Iterator[RawMessage]: ...
    def find(self, folder: str, message_id: str, *, readonly: bool) -> list[int]: ...
    def append(
        self, folder: str, content: bytes, *, at: datetime, flags: Sequence[str] = ...
    ) -> None: ...
    def remove(self, uids: Sequence[int]) -> None: ...


def put(work: Work, mailbox: Drafting, task: DueTask) -> None:
    """Append a draft that is still wanted. Raises MailresponderError where there is no folder."""
    draft = _draft(work, task)
    place, content = None, b""
    if draft is not None and draft.state == "waiting":
        folder = mailbox.drafts_folder()
        if folder is None:
            raise MailresponderError(
                "the mailbox has no Drafts folder", mend="set imap.drafts_folder"
            )
        # The attempt before this one may have been cut off after the server had the draft, and
        # somebody may have edited it since.
        there = mailbox.find(folder, draft.message_id, readonly=True) if task.attempts else []
        is_fresh = not there
        if is_fresh:
            mailbox.append(folder, draft.content, at=work.clock(), flags=FLAGS)
            there = mailbox.find(folder, draft.message_id, readonly=True)
        uidvalidity = mailbox.select(folder, readonly=True).uidvalidity
        for raw in mailbox.fetch(there):
            if is_fresh or _words(raw.content) == _words(draft.content):
                content = raw.content
                place = Place(folder=folder, uidvalidity=uidvalidity, uid=raw.uid)
                break
    with work.store.begin() as conn:
        if draft is not None and place is not None:
            drafts.filed(conn, draft.ticket_id, place, content)
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


def _ours(mailbox: Drafting, draft: ReplyDraft) -> list[int]:
    """The UIDs at which the draft lies as we wrote it; leaves its folder open for changes."""
    place = draft.place
    # The folder may have been renamed since.
    is_there = place is not None and place.folder in mailbox.folders()
    folder = place.folder if place is not None and is_there else mailbox.drafts_folder()
    if folder is None:
        return []
    state = mailbox.select(folder, readonly=False)
    if place is not None and state.uidvalidity == place.uidvalidity:
        there = [place.uid]
    else:
        there = mailbox.find(folder, draft.message_id, readonly=False)
    ours = _words(draft.content)
    return [raw.uid for raw in mailbox.fetch(there) if _words(raw.content) == ours]


def _words(content: bytes) -> list[bytes]:
    """However its lines end."""
    return content.split()


def _draft(work: Work, task: DueTask) -> ReplyDraft | None:
    with work.store.read() as conn:
        return drafts.of_ticket(conn, int(task.argument[0]))


def _event(conn: Connection, work: Work, draft: ReplyDraft, what: str, why: str) -> None:
    tickets.add_event(
        conn, draft.ticket_id, at=work.clock(), what=what, why=why, by="mailresponder"
    )
