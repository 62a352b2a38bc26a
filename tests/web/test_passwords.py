import threading
from concurrent.futures import ThreadPoolExecutor
from time import process_time

import pytest
from sites import PASSWORD

from mailresponder.config import WebUser
from mailresponder.config.password_hash import PasswordHash
from mailresponder.web import passwords
from mailresponder.web.passwords import Passwords, new_hash

CHEAP = PasswordHash(salt=b"a salt for tests", digest=bytes(32), ln=14, r=8, p=1)


def user(name: str, *, kept: PasswordHash = CHEAP) -> WebUser:
    return WebUser(name=name, role="viewer", password_hash=str(kept.made(PASSWORD)))


def test_a_user_is_known_by_name_and_password() -> None:
    """Only the two together are right; capitals, accents in two parts and spaces do not matter."""
    known = Passwords([user("Íñigo"), user("eva")])

    found = known.fit(" i\u0301n\u0303igo ", PASSWORD)
    assert found is not None
    assert found.name == "Íñigo"
    for name, password in (("eva", "wrong"), ("eva", ""), ("nobody", PASSWORD), ("", "")):
        assert known.fit(name, password) is None


def test_a_name_that_nobody_has_costs_as_much() -> None:
    """From the time an answer takes nobody learns which names there are."""
    dear = PasswordHash(salt=b"a salt for tests", digest=bytes(32), ln=15, r=8, p=3)
    known = Passwords([user("ana", kept=dear), user("eva")])
    spent = {}
    for name in ("ana", "nobody"):
        begun = process_time()
        known.fit(name, "wrong")
        spent[name] = process_time() - begun

    assert 0.5 < spent["nobody"] / spent["ana"] < 2


def test_without_users_nothing_fits() -> None:
    """Where nobody has a password none lets anybody in."""
    assert Passwords([]).fit("", "") is None


def test_few_are_compared_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A crowd at the door takes no more memory than two."""
    lock, inside, most = threading.Lock(), [0], [0]
    both = threading.Barrier(2, timeout=10)

    def fits(self: PasswordHash, password: str) -> bool:
        with lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        both.wait()
        with lock:
            inside[0] -= 1
        return False

    monkeypatch.setattr(passwords.PasswordHash, "fits", fits)
    known = Passwords([user("ana")])
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda _: known.fit("ana", "wrong"), range(12)))

    assert most == [2]


def test_the_same_password_is_never_kept_the_same() -> None:
    """Each hash has a salt of its own."""
    assert new_hash(PASSWORD).salt != new_hash(PASSWORD).salt
