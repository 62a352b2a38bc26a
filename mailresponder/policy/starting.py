"""From when on a mailbox's mail is the desk's to act on.

What was received before is nobody's business here, however it comes into the folder: staff tidy up,
and move into INBOX what was settled years ago; a mailbox is copied to another server, or restored
from a backup, and all that lies in it has the date of the copy.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Literal

from mailresponder.mail.message import UNDATED

SKEW = timedelta(days=1)
"""How far the server's clock may lie behind ours. "now" is a moment of our clock, INTERNALDATE one
of the server's, in whole seconds and on some servers of a wrong zone: fresh mail may seem to be
older than the start. Nobody tidies into INBOX what is a few hours old, so a day costs nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Start:
    """Since when mail is ours, by INTERNALDATE."""

    at: datetime | None
    """Of what lay in a folder before it was first read; None: all of it is ours."""
    arrivals: datetime | None
    """Of what came into the folder after that; None: likewise."""

    def is_before(
        self, received_at: datetime, *, arrived: bool, stamped_at: datetime | None = None
    ) -> bool:
        """Is a message too old to be ours? `arrived`: it came into the folder after it was first
        read. `stamped_at`: when it was received by what stands in it, and never by a customer's
        Date, for their clocks may be years behind. One without any date is ours."""
        limit = self.arrivals if arrived else self.at
        if limit is None:
            return False
        if received_at != UNDATED and received_at < limit:
            return True
        return stamped_at is not None and stamped_at < limit - SKEW


def start(
    start_from: date | Literal["now", "all"],
    *,
    connected: datetime,
    now: datetime,
    zone: tzinfo,
) -> Start:
    """What `start_from` means: `connected` is the first successful connection, aware, and `zone`
    the desk's. A date needs no tolerance: there the server's days count and nobody's clock."""
    if start_from == "all":
        return Start(at=None, arrivals=None)
    if start_from == "now":
        # INTERNALDATE has whole seconds.
        at = connected.replace(microsecond=0)
        # Where the clock was ahead when it first connected, what comes today is not before that.
        return Start(at=at, arrivals=min(at, now) - SKEW)
    midnight = datetime.combine(start_from, time(), tzinfo=zone)
    return Start(at=midnight, arrivals=midnight)
