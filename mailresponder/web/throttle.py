"""How often somebody may try a password. Decides only; the caller brings the time.

A stranger must not be able to try for ever, nor to keep the admins out by trying: a browser that
has signed in before has tries of its own, which nobody else can use up.
"""

import threading
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from mailresponder.config.serving import folded

WINDOW = timedelta(minutes=15)
TRIES = 5
"""Within the window: from one address as one user, or with one browser that is known."""
TRIES_FROM_AN_ADDRESS = 20
"""Whatever name is tried."""
A_MINUTE = timedelta(minutes=1)
STRANGERS_A_MINUTE = 20
"""Tries of all who are not known: each costs the machine a fraction of a second."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """So many tries within a time."""

    key: Hashable
    tries: int
    within: timedelta


def limits(*, address: str, name: str, known: str) -> tuple[Limit, ...]:
    """What holds for a try from an IP address, or from an unknown one, which is empty.
    `known`: what names a browser that has signed in as that user; empty for a stranger's.
    """
    if known:
        return (Limit(key=("known", known), tries=TRIES, within=WINDOW),)
    near = _near(address)
    return (
        Limit(key=("user", near, folded(name)), tries=TRIES, within=WINDOW),
        Limit(key=("address", near), tries=TRIES_FROM_AN_ADDRESS, within=WINDOW),
        Limit(key="strangers", tries=STRANGERS_A_MINUTE, within=A_MINUTE),
    )


class Throttle:
    """Counts tries. Safe among threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tries: dict[Hashable, deque[datetime]] = {}

    def admit(self, limits: tuple[Limit, ...], now: datetime) -> timedelta:
        """Count a try and return nothing; or do not, and return how long to wait."""
        with self._lock:
            self._forget(now)
            waits = [self._wait(limit, now) for limit in limits]
            if any(waits):
                return max(waits)
            for limit in limits:
                self._tries.setdefault(limit.key, deque()).append(now)
            return timedelta()

    def forgive(self, limits: tuple[Limit, ...]) -> None:
        """The try was right: it does not count, and those before it as the same user were slips."""
        first, *wider = limits
        with self._lock:
            self._tries.pop(first.key, None)
            for limit in wider:
                # Only this one try: who has a password must not have guesses at others' for it.
                self._tries[limit.key].pop()

    def _wait(self, limit: Limit, now: datetime) -> timedelta:
        tries = self._tries.get(limit.key, ())
        recent = [at for at in tries if now - at < limit.within]
        if len(recent) < limit.tries:
            return timedelta()
        return recent[-limit.tries] + limit.within - now

    def _forget(self, now: datetime) -> None:
        for key, tries in list(self._tries.items()):
            while tries and now - tries[0] >= WINDOW:
                tries.popleft()
            if not tries:
                del self._tries[key]


def _near(address: str) -> str:
    """What one stranger has: an IPv4 address, or a whole /64 of IPv6 (RFC 6177). Those without
    an address are one."""
    parsed = ip_address(address) if address else None
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(IPv6Address(int(parsed) >> 64 << 64))
    return address
