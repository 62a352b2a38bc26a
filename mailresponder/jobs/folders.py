"""What of a folder belongs into the ledger: where reading begins, and which UIDs there are.

Intake, the daily comparison and `check` all go by this, so that none of them can miss what another
one counts.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Protocol

from mailresponder.policy.starting import Start
from mailresponder.store.mailboxes import Cursor
from mailresponder.transport.imap import FolderState
from mailresponder.transport.imap_search import SEARCH_LIMIT


class Searched(Protocol):
    """What it needs of an IMAP mailbox, its folder selected; `transport.imap` provides it."""

    def uids_after(self, uid: int, *, since: date | None = None) -> list[int]: ...


def beginning(
    known: Cursor | None, state: FolderState, start: Start, *, is_new: bool, from_now: bool
) -> Cursor:
    """Where to read a folder from.

    Args:
        known: How far it was read; None: it was not, or all of it is to be read again.
        state: What the server says of it.
        start: Since when mail is ours.
        is_new: The mailbox is met for the first time.
        from_now: Nothing counts that lies there when it is.
    """
    top = state.uidnext - 1
    if known is not None and known.uidvalidity == state.uidvalidity:
        if known.last_uid > top:
            known = set_back(known, top)
        if known.first_uid is not None:
            return known
        # Read by an earlier version: from here on every message is counted.
        return replace(known, first_uid=(top if known.floor else known.last_uid) + 1)
    if is_new and from_now:
        return Cursor(uidvalidity=state.uidvalidity, last_uid=top, first_uid=top + 1)
    if start.at is None:
        return Cursor(uidvalidity=state.uidvalidity, last_uid=0, first_uid=1)
    # What lies there now is told by its INTERNALDATE, what comes later by its UID.
    return Cursor(uidvalidity=state.uidvalidity, last_uid=0, first_uid=top + 1, floor=start.at)


def set_back(known: Cursor, top: int) -> Cursor:
    """Where to read from where the server has UIDs to give that we have read: it was restored from
    a snapshot and knows nothing of what it gave since (RFC 9051 §2.3.1.1 wants a new UIDVALIDITY
    then, and few restores see to that)."""
    first = None if known.first_uid is None else min(known.first_uid, top + 1)
    return replace(known, last_uid=top, first_uid=first, compared_uid=0)


def uids_of(mailbox: Searched, cursor: Cursor, *, after: int) -> Iterator[list[int]]:
    """The UIDs above `after` that belong into the ledger, ascending, in lists of a bounded length.
    The folder must be selected whenever the next list is asked for."""
    first = cursor.first_uid or 1
    after = max(after, cursor.begins)
    if cursor.floor is not None:
        # SEARCH SINCE goes by the server's days: one more day makes it safe in every zone.
        since = (cursor.floor - timedelta(days=1)).date()
        while after < first - 1:
            found = mailbox.uids_after(after, since=since)
            is_all = len(found) < SEARCH_LIMIT or found[-1] >= first
            if older := [uid for uid in found if uid < first]:
                yield older
            after = first - 1 if is_all else found[-1]
    is_all = False
    while not is_all:
        found = mailbox.uids_after(after)
        is_all = len(found) < SEARCH_LIMIT
        if found:
            yield found
            after = found[-1]
