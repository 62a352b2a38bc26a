"""When to try again what failed for now."""

from datetime import datetime, timedelta

FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=4)
MAX_ATTEMPTS = 52
"""With these waits about five days, as RFC 5321 §4.5.4.1 asks of a mail queue."""
SIGN_IN_PAUSE = timedelta(minutes=15)
"""After a refused sign-in: who tries a wrong password every minute gets the account locked."""
LONGEST_PAUSE = timedelta(minutes=15)
"""How long a server that is away is left alone, and so how late it may be noticed that it is back:
about as long as customers notice no delay."""
LONGEST_REST = timedelta(hours=4)
"""How long a server is left alone at most, whatever it asks."""
PATIENCE = timedelta(minutes=5)
"""How long reading or sending may fail before the admins hear of it."""

_SPREAD = 0.1
"""By how much of it a rest that was asked for may be exceeded: not all are to come back at once."""


def next_attempt(attempts: int, *, now: datetime, jitter: float) -> datetime | None:
    """When to try again after `attempts` failures; None: never. `jitter` is 0..1 and spreads
    the attempts of many rows over the half of the wait that follows the first half."""
    if attempts >= MAX_ATTEMPTS:
        return None
    wait = min(FIRST_WAIT * 2.0 ** min(attempts - 1, 20), LONGEST_WAIT)
    return now + wait * (0.5 + jitter / 2)


def pause(
    failures: int,
    *,
    every: timedelta,
    jitter: float,
    asked: timedelta | None = None,
    refused: bool = False,
) -> timedelta:
    """How long to leave a mailbox's server alone after so many failures in a row, the first of
    which costs no pass.

    `every` is the interval of passes. The wait doubles up to a quarter of an hour, or `every` where
    that is longer; `jitter` is 0..1 and takes up to half of it away, so that many mailboxes of one
    server do not come back together. What the server `asked` for is waited in full, up to four
    hours, and after a `refused` sign-in a quarter of an hour.
    """
    ceiling = max(every, LONGEST_PAUSE)
    wait = min(every * 2.0 ** min(failures - 1, 20), ceiling) * (0.5 + jitter / 2)
    floor = max(asked or timedelta(), SIGN_IN_PAUSE if refused else timedelta())
    return max(wait, min(floor, LONGEST_REST) * (1 + _SPREAD * jitter))


def is_due(retry_at: datetime | None, *, now: datetime) -> bool:
    """May what failed be tried again? Nobody ever waits longer than `pause` says at most: a moment
    further ahead was written down by a clock that has been put back since."""
    return retry_at is None or not now < retry_at <= now + LONGEST_REST * (1 + _SPREAD)


def is_overdue(since: datetime, *, refused: bool, now: datetime) -> bool:
    """Is it time to tell the admins of what fails since then? A refused sign-in at once: nothing
    but a person will mend it."""
    return refused or now - since >= PATIENCE
