"""The users of the page and their passwords."""

import secrets
import threading
from collections.abc import Sequence

from mailresponder.config import WebUser
from mailresponder.config.password_hash import SALT_BYTES, PasswordHash
from mailresponder.config.serving import folded

_AT_ONCE = 2
"""Comparisons under way: each takes 32 MiB and a processor for a fifth of a second."""


class Passwords:
    """Knows the users. Safe among threads."""

    def __init__(self, users: Sequence[WebUser]) -> None:
        self._users = {folded(user.name): user for user in users}
        self._slots = threading.BoundedSemaphore(_AT_ONCE)
        hashes = [PasswordHash.read(user.password_hash) for user in users]
        # What an unknown name is compared with, so that it takes as long as a known one.
        self._decoy = max(hashes, key=lambda known: known.cost, default=None)

    def find(self, name: str) -> WebUser | None:
        """The user of that name, however it is capitalised."""
        return self._users.get(folded(name))

    def fit(self, name: str, password: str) -> WebUser | None:
        """The user whose name and password these are. Takes as long for a name nobody has."""
        user = self.find(name)
        known = PasswordHash.read(user.password_hash) if user else self._decoy
        if known is None:
            return None
        with self._slots:
            fits = known.fits(password)
        return user if fits else None


def new_hash(password: str) -> PasswordHash:
    """What to keep of a new password."""
    return PasswordHash.of(password, salt=secrets.token_bytes(SALT_BYTES))
