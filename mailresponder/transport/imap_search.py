"""List the messages of a folder in few commands and bounded lists, however many there are and
however the server numbers them."""

from collections.abc import Callable, Iterable
from datetime import date

from mailresponder.transport.imap_select import number

SEARCH_LIMIT = 50_000
"""UIDs asked for by one SEARCH: of a million messages not all are to be held at once."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""As SEARCH wants them, whatever the locale (RFC 9051 §9, date-month)."""


def uids_after(
    search: Callable[[str], Iterable[int]], uid: int, *, uidnext: int, since: date | None
) -> list[int]:
    """The UIDs above `uid`, ascending. Fewer than SEARCH_LIMIT are all; of more only the first
    come: ask again above the last of them.

    Args:
        search: UID SEARCH with these criteria, in the selected folder.
        uid: Everything up to this one is known.
        uidnext: What the server expects the next UID to be; more mail may have come since.
        since: Only of mail received on this day or later, by the server's calendar.

    Raises ValueError where what was found makes no sense.
    """
    received = f" SINCE {since.day}-{_MONTHS[since.month - 1]}-{since.year}" if since else ""
    first, width = uid + 1, SEARCH_LIMIT
    found: set[int] = set()
    while True:
        # Without an end where there is no more: UIDNEXT is what the server expects.
        is_last = first + width >= uidnext
        end = "*" if is_last else first + width - 1
        there = search(f"UID {first}:{end}{received}")
        before = len(found)
        # `n:*` names the last message even where it is below n (RFC 9051 §9, seq-range).
        found.update(number(one) for one in there if one > uid)
        if is_last or len(found) >= SEARCH_LIMIT:
            return sorted(found)
        # Some servers count UIDs in seconds, and leave great gaps.
        is_sparse = len(found) - before < width / 8
        first, width = first + width, width * 4 if is_sparse else width
