"""What one process does for the whole desk, in the pass of whichever mailbox comes first."""

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from mailresponder.store import leases
from mailresponder.store.database import Store

LEASE = timedelta(minutes=5)
"""Nothing of the kind takes so long; who takes more of it renews it."""
_AT_IT: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
"""The lease keeps other instances away, and not the other threads of this one."""


@contextmanager
def only_one(store: Store, name: str, owner: str, now: datetime) -> Iterator[bool]:
    """Be the only one, of all threads and instances, at what goes by this name; yields False where
    somebody is at it."""
    lock = _AT_IT[name]
    if not lock.acquire(blocking=False):
        yield False
        return
    try:
        with store.begin() as conn:
            mine = leases.acquire(conn, name, owner, LEASE, now)
        try:
            yield mine
        finally:
            if mine:
                with store.begin() as conn:
                    leases.release(conn, name, owner)
    finally:
        lock.release()
