r"""Takes \Answered on a customer's mail for an answer, where the configuration says so.

The mark does not tell to whom somebody wrote, so nobody but the desk can say whether it proves
anything: `answered_flag` is false unless they do. A mark counts from the pass that first finds it,
also where it stood there before the mail was read; the moment it was set, no server tells.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from mailresponder.errors import PermanentFailure
from mailresponder.jobs.answers import note_answer
from mailresponder.jobs.story import unanswered
from mailresponder.jobs.withdrawal import withdraw_notices
from mailresponder.jobs.work import Work
from mailresponder.policy import lifecycle
from mailresponder.policy.ticket import TicketState
from mailresponder.store import messages, tickets
from mailresponder.store.messages import Waiting
from mailresponder.transport.imap import FolderState

PROOF = "answered_flag"


class Marks(Protocol):
    """What this job needs of an IMAP mailbox; `transport.imap` provides it."""

    def select(self, folder: str, *, readonly: bool) -> FolderState: ...
    def flags(self, uids: Sequence[int]) -> dict[int, frozenset[str]]: ...


def run(work: Work, mailbox: Marks) -> int:
    """Look at the mails that wait for an answer; gives how many tickets were found answered.

    Asks the server nothing where the key is off or nobody waits. Raises TemporaryFailure where
    the mailbox cannot be used.
    """
    if not work.desk.answered_flag:
        return 0
    now = work.clock()
    with work.store.read() as conn:
        waiting = messages.waiting(conn, work.desk.mailbox)
    marked = [mail for folder in _by_folder(waiting) for mail in _marked(work, mailbox, *folder)]
    if not marked:
        return 0
    # One answered mail answers what came before it, so of a ticket's only the latest counts.
    latest: dict[int, Waiting] = {}
    for mail in sorted(marked, key=lambda mail: mail.at):
        latest[mail.ticket_id] = mail
    with work.store.begin() as conn:
        return sum(_answered(conn, work, mail, now=now) for mail in latest.values())


def _by_folder(waiting: Sequence[Waiting]) -> Sequence[tuple[str, int, Sequence[Waiting]]]:
    places: dict[tuple[str, int], list[Waiting]] = defaultdict(list)
    for mail in waiting:
        places[mail.folder, mail.uidvalidity].append(mail)
    return [(folder, uidvalidity, mails) for (folder, uidvalidity), mails in places.items()]


def _marked(
    work: Work, mailbox: Marks, folder: str, uidvalidity: int, mails: Sequence[Waiting]
) -> Sequence[Waiting]:
    """Those of a folder's mails that bear the mark; what is gone or moved bears none."""
    try:
        state = mailbox.select(folder, readonly=True)
    except PermanentFailure as error:
        work.tell("marks_not_read", folder=folder, reason=error.message)
        return ()
    # After a change of UIDVALIDITY these UIDs are other messages.
    if state.uidvalidity != uidvalidity:
        return ()
    flags: Mapping[int, frozenset[str]] = mailbox.flags([mail.uid for mail in mails])
    return [mail for mail in mails if "\\answered" in _folded(flags.get(mail.uid, frozenset()))]


def _folded(flags: frozenset[str]) -> set[str]:
    return {flag.casefold() for flag in flags}


def _answered(conn: Connection, work: Work, mail: Waiting, *, now: datetime) -> bool:
    """Stop the ticket's clock, or let it run from what was written after the marked mail."""
    before = tickets.ticket_by_id(conn, mail.ticket_id)
    # It may have been answered in another way since it was looked up.
    if before is None or before.state is not TicketState.OPEN:
        return False
    rest = unanswered(conn, before, since=mail.at, answered_ids=())
    # What came later than the marked mail must not count as answered by when we saw the mark.
    at = now if rest is None else mail.at
    after = lifecycle.answered(before, at=at, rest=rest, desk=work.desk)
    tickets.save_ticket(conn, after)
    note_answer(conn, before, at=now, how=PROOF, by="")
    after = withdraw_notices(conn, after, now=now)
    tickets.add_event(
        conn, after.id, at=now, what="answered", why=f"seen by {PROOF}", by="mailresponder"
    )
    work.tell("answered", ticket=after.reference, reason=PROOF)
    return True
