"""Where a folder is read from, and which of its messages belong into the ledger."""

from datetime import UTC, date, datetime

import pytest

from mailresponder.jobs import folders
from mailresponder.jobs.folders import beginning, uids_of
from mailresponder.policy.starting import Start
from mailresponder.store.mailboxes import Cursor
from mailresponder.transport.imap import FolderState

MARCH = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ALL = Start(at=None, arrivals=None)
SINCE_MARCH = Start(at=MARCH, arrivals=MARCH)
THERE = FolderState(uidvalidity=5, uidnext=101, exists=40, keywords=False)
"""A folder whose latest message has UID 100."""


class Folder:
    """Messages by UID, each received on some day; answers as many at once as it is told to."""

    def __init__(self, days: dict[int, date], *, at_once: int = 1000) -> None:
        self._days, self._at_once = days, at_once
        self.asked: list[tuple[int, date | None]] = []

    def uids_after(self, uid: int, *, since: date | None = None) -> list[int]:
        self.asked.append((uid, since))
        found = [u for u, day in self._days.items() if u > uid and (since is None or day >= since)]
        return sorted(found)[: self._at_once]


def test_now_begins_with_the_next_message() -> None:
    """At the first connection nothing that lies there is read, and nothing of it counted."""
    cursor = beginning(None, THERE, SINCE_MARCH, is_new=True, from_now=True)

    assert cursor == Cursor(uidvalidity=5, last_uid=100, first_uid=101)


def test_all_begins_with_the_first_message() -> None:
    """With "all" every message is read and counted."""
    cursor = beginning(None, THERE, ALL, is_new=True, from_now=False)

    assert cursor == Cursor(uidvalidity=5, last_uid=0, first_uid=1)


@pytest.mark.parametrize(
    "known", [None, Cursor(uidvalidity=4, last_uid=77, first_uid=3)], ids=["new", "made anew"]
)
def test_what_lies_in_a_folder_met_later_is_told_by_its_date(known: Cursor | None) -> None:
    """In a folder met later, or made anew, what lies there is ours by its INTERNALDATE; what comes
    after that is ours by its UID."""
    cursor = beginning(known, THERE, SINCE_MARCH, is_new=False, from_now=True)

    assert cursor == Cursor(uidvalidity=5, last_uid=0, first_uid=101, floor=MARCH)


def test_a_folder_read_by_an_earlier_version_is_counted_from_now_on() -> None:
    """Where nobody had written down the first UID, counting begins above what was read."""
    known = Cursor(uidvalidity=5, last_uid=90)
    dated = Cursor(uidvalidity=5, last_uid=90, floor=MARCH)

    assert beginning(known, THERE, ALL, is_new=False, from_now=True).first_uid == 91
    # Below UIDNEXT its date still says what is ours.
    assert beginning(dated, THERE, SINCE_MARCH, is_new=False, from_now=True).first_uid == 101


@pytest.mark.parametrize(("first", "begins"), [(3, 3), (101, 101), (140, 101)])
def test_uids_that_the_server_gives_anew_are_read_anew(first: int, begins: int) -> None:
    """A cursor ahead of UIDNEXT is set back to it: nothing above it is there, and what comes is
    counted; what lies below stays as it was."""
    known = Cursor(uidvalidity=5, last_uid=150, first_uid=first, floor=MARCH, compared_uid=120)
    cursor = beginning(known, THERE, SINCE_MARCH, is_new=False, from_now=True)

    assert cursor == Cursor(uidvalidity=5, last_uid=100, first_uid=begins, floor=MARCH)


def test_of_what_lay_there_only_the_days_since_the_start_are_searched() -> None:
    """The server is asked by its days, and one more for its zone; arrivals are not asked for their
    age, so that what was moved in is seen too."""
    cursor = Cursor(uidvalidity=5, last_uid=0, first_uid=10, floor=MARCH)
    old, new = date(2020, 1, 1), date(2026, 3, 2)
    folder = Folder({1: old, 2: new, 3: old, 9: new, 10: old, 11: new})

    assert list(uids_of(folder, cursor, after=0)) == [[2, 9], [10, 11]]
    assert folder.asked == [(0, date(2026, 2, 28)), (9, None)]


def test_long_lists_come_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of more messages than one SEARCH gives is asked until it has no more."""
    monkeypatch.setattr(folders, "SEARCH_LIMIT", 3)
    cursor = Cursor(uidvalidity=5, last_uid=0, first_uid=8, floor=MARCH)
    folder = Folder(dict.fromkeys(range(1, 13), date(2026, 3, 2)), at_once=3)

    found = list(uids_of(folder, cursor, after=0))

    assert [uid for uids in found for uid in uids] == list(range(1, 13))
    assert max(map(len, found)) == 3


def test_what_lay_there_at_the_first_connection_is_never_asked_for() -> None:
    """With "now" the UIDs of before belong into no ledger, however far back somebody looks."""
    cursor = Cursor(uidvalidity=5, last_uid=120, first_uid=101)
    folder = Folder(dict.fromkeys([50, 100, 101, 120], date(2026, 3, 2)))

    assert list(uids_of(folder, cursor, after=0)) == [[101, 120]]
