"""Great folders, however their messages are numbered."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date

import pytest

from mailresponder.transport.imap_search import SEARCH_LIMIT, uids_after


class Folder:
    """A folder of messages with these UIDs, all received today."""

    def __init__(self, uids: Sequence[int]) -> None:
        self._uids = uids
        self.asked: list[str] = []

    def search(self, criteria: str) -> Sequence[int]:
        self.asked.append(criteria)
        first, _, end = criteria.removeprefix("UID ").partition(":")
        if end == "*":
            # It names the last message in any case.
            return self._uids[min(bisect_left(self._uids, int(first)), len(self._uids) - 1) :]
        return self._uids[bisect_left(self._uids, int(first)) : bisect_right(self._uids, int(end))]


@pytest.mark.parametrize(
    ("uids", "searches"),
    [
        (range(1, 1_000_001), 21),
        (range(1, 4_000_000_000, 4_000), 110),
        ([*range(1, 10), *range(4_294_967_000, 4_294_967_200)], 10),
    ],
    ids=["a million", "a million far apart", "a great gap"],
)
def test_all_are_listed_in_few_searches_and_bounded_lists(
    uids: Sequence[int], searches: int
) -> None:
    """Of a million none is left out, and never all of them are held at once."""
    folder = Folder(uids)
    found = longest = reached = 0
    while True:
        more = uids_after(folder.search, reached, uidnext=uids[-1] + 1, since=None)
        assert more == list(uids[found : found + len(more)])
        found, longest = found + len(more), max(longest, len(more))
        if len(more) < SEARCH_LIMIT:
            break
        reached = more[-1]

    assert found == len(uids)
    assert longest < 5 * SEARCH_LIMIT
    assert len(folder.asked) <= searches


def test_mail_above_uidnext_is_listed() -> None:
    """What came since the server told of UIDNEXT is there too, and costs no further command."""
    folder = Folder([7, 8, 9])

    assert uids_after(folder.search, 7, uidnext=8, since=None) == [8, 9]
    assert uids_after(folder.search, 9, uidnext=8, since=None) == []
    assert folder.asked == ["UID 8:*", "UID 10:*"]


def test_a_day_is_asked_for_in_the_words_of_the_protocol() -> None:
    """In English, whatever the machine speaks, and without a leading zero."""
    asked: list[str] = []

    def search(criteria: str) -> list[int]:
        asked.append(criteria)
        return []

    uids_after(search, 0, uidnext=5, since=date(2026, 3, 1))
    assert asked == ["UID 1:* SINCE 1-Mar-2026"]
