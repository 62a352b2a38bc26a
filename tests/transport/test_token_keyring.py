"""Grants in a key store, and which key stores are none."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as Fail
from keyring.backends.null import Keyring as Null
from keyring.errors import KeyringLocked

from mailresponder.errors import ConfigError, TemporaryFailure
from mailresponder.transport.byte_locks import ByteLocks
from mailresponder.transport.grants import Grant
from mailresponder.transport.kept_grants import Kept
from mailresponder.transport.token_keyring import KeyringStore

NOW = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
KEPT = Kept(
    grant=Grant(access_token="acc3ss", expires_at=NOW + timedelta(hours=1), obtained_at=NOW),
    given_to="other person desk",
    renewed_at=NOW,
)


class Wallet(KeyringBackend):
    """A key store in memory, as an unlocked one of the system's behaves."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        self._open()
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._open()
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._open()
        del self.held[service, username]

    def _open(self) -> None:
        if self.locked:
            raise KeyringLocked("acc3ss")


class PlaintextKeyring(Wallet):
    """Named as the backend of keyrings.alt that writes a readable file."""


def store(folder: Path, backend: KeyringBackend, desk: str = "desk") -> KeyringStore:
    return KeyringStore(desk, ByteLocks(folder / "lock"), backend)


def test_an_entry_for_each_desk_and_mailbox(tmp_path: Path) -> None:
    """What is kept comes back, to its own desk and mailbox alone."""
    wallet = Wallet()
    one = store(tmp_path, wallet)
    with one.alone("support"):
        one.save("support", KEPT)
    assert one.read("support") == KEPT
    assert one.read("sales") is None
    assert store(tmp_path, wallet, "other desk").read("support") is None
    assert one.forget("support")
    assert not one.forget("support")


def test_a_locked_key_store_is_temporary(tmp_path: Path) -> None:
    """Somebody will unlock it; what it said is not passed on."""
    wallet = Wallet()
    wallet.locked = True
    with pytest.raises(TemporaryFailure, match="KeyringLocked") as caught:
        store(tmp_path, wallet).save("support", KEPT)
    assert "acc3ss" not in str(caught.value)
    assert "unlock" in caught.value.mend


@pytest.mark.parametrize("backend", [Fail(), Null(), PlaintextKeyring()])
def test_what_is_no_key_store(tmp_path: Path, backend: KeyringBackend) -> None:
    """A backend that keeps nothing, or keeps it readable, is refused before anything is kept."""
    with pytest.raises(ConfigError, match="token_store"):
        store(tmp_path, backend)
