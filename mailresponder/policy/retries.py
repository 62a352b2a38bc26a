"""When to try again what failed for now."""

from datetime import datetime, timedelta

FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=4)
MAX_ATTEMPTS = 52
"""With these waits about five days, as RFC 5321 §4.5.4.1 asks of a mail queue."""
SIGN_IN_PAUSE = timedelta(minutes=15)
"""After a refused sign-in: who tries a wrong password every minute gets the account locked."""


def next_attempt(attempts: int, *, now: datetime, jitter: float) -> datetime | None:
    """When to try again after `attempts` failures; None: never. `jitter` is 0..1 and spreads
    the attempts of many rows over the half of the wait that follows the first half."""
    if attempts >= MAX_ATTEMPTS:
        return None
    wait = min(FIRST_WAIT * 2.0 ** min(attempts - 1, 20), LONGEST_WAIT)
    return now + wait * (0.5 + jitter / 2)
