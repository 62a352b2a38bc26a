"""Grants in the system's key store (Secret Service, KWallet, Keychain), by the library keyring.

A backend that writes secrets where anybody with the file can read them is refused.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mailresponder.errors import ConfigError, ConfigProblem, TemporaryFailure
from mailresponder.transport.byte_locks import ByteLocks, number_of
from mailresponder.transport.kept_grants import Kept, dumped, loaded


class KeyringStore:
    """The system's key store, an entry for each mailbox."""

    def __init__(self, desk: str, locks: ByteLocks, backend: Any) -> None:
        """`desk` tells one desk's entries from another's. Raises ConfigError for a backend that
        keeps secrets readable, or nothing at all."""
        self._service = f"mailresponder {desk}"
        self._locks = locks
        self._backend = _fit(backend)

    def read(self, mailbox: str) -> Kept | None:
        with _key_store():
            content = self._backend.get_password(self._service, mailbox)
        if content is None:
            return None
        try:
            found = json.loads(content)
        except ValueError:
            found = None
        return loaded(found, self._service)

    def save(self, mailbox: str, kept: Kept) -> None:
        with _key_store():
            self._backend.set_password(self._service, mailbox, json.dumps(dumped(kept)))

    def forget(self, mailbox: str) -> bool:
        with _key_store():
            found = self._backend.get_password(self._service, mailbox) is not None
            if found:
                self._backend.delete_password(self._service, mailbox)
        return found

    @contextmanager
    def alone(self, mailbox: str) -> Iterator[None]:
        with self._locks.byte(number_of(mailbox), f"the sign-in of mailbox {mailbox}"):
            yield


_NO_KEY_STORES = ("keyring.backends.fail", "keyring.backends.null")
_PLAIN = ("plaintext", "keyrings.alt.file")
"""Names of backends that write secrets where anybody with the file can read them."""


def _fit(backend: Any) -> Any:
    """The backend, or the first of those it is made of. Raises ConfigError where it is not fit."""
    chained = getattr(backend, "backends", None)
    if type(backend).__module__ == "keyring.backends.chainer" and chained:
        backend = next(iter(chained))
    name = f"{type(backend).__module__}.{type(backend).__qualname__}"
    if name.startswith(_NO_KEY_STORES):
        raise _no_key_store("this system has no key store that this user can open")
    if any(part in name.lower() for part in _PLAIN):
        raise _no_key_store(f"the key store {name} keeps secrets as plain text")
    return backend


def system_keyring() -> Any:
    """The key store that the library finds."""
    import keyring

    return keyring.get_keyring()


@contextmanager
def _key_store() -> Iterator[None]:
    """Whatever a key store raises: it may be locked now and open later. Its words may hold what was
    to be kept, so they are left out."""
    try:
        yield
    except Exception as error:
        raise TemporaryFailure(
            f"the system's key store cannot be used now ({type(error).__name__})",
            mend='unlock it, or set token_store = "file" under [desk] and sign in again',
        ) from None


def _no_key_store(why: str) -> ConfigError:
    hint = 'set token_store = "file": a file that nobody else can read'
    return ConfigError([ConfigProblem(path="desk.token_store", message=why, hint=hint)])
