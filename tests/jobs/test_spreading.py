"""How mails are spread over connections."""

from collections.abc import Callable, Iterator
from itertools import count
from threading import Barrier

import pytest

from mailresponder.clock import Spent
from mailresponder.jobs.spreading import spread
from mailresponder.policy.connections import Pace

NEAR, FAR = 1.2, 60.0
"""Milliseconds that a mail takes, of which it is worked on for one."""


def watch(milliseconds: float) -> Callable[[], Spent]:
    """Each mail takes so long, and one millisecond of work."""
    mails = count()
    return lambda: Spent(passed=(number := next(mails)) * milliseconds, worked=float(number))


@pytest.fixture
def mails() -> Iterator[int]:
    return iter(range(13))


def test_a_near_server_gets_one_connection(mails: Iterator[int]) -> None:
    """Where nobody waits, all goes over the first."""
    sent: list[tuple[str, int]] = []

    def send_next(connection: str) -> bool:
        mail = next(mails, None)
        if mail is None:
            return False
        sent.append((connection, mail))
        return True

    spread("abcd", send_next, pace=Pace(), spent=watch(NEAR))
    assert sent == [("a", mail) for mail in range(13)]


def test_a_far_server_gets_all_from_the_second_mail_on(mails: Iterator[int]) -> None:
    """The first mail goes alone; from then on four are under way at a time."""
    together = Barrier(4, timeout=10)
    first: list[str] = []

    def send_next(connection: str) -> bool:
        mail = next(mails, None)
        if mail is None:
            return False
        if mail == 0:
            first.append(connection)
        else:
            together.wait()
        return True

    pace = spread("abcd", send_next, pace=Pace(), spent=watch(FAR))
    assert first == ["a"]
    assert pace.connections(4) == 4


def test_what_is_known_before_counts_at_once(mails: Iterator[int]) -> None:
    """The next mails for a server that is known to be far go over all connections."""
    together = Barrier(4, timeout=10)

    def send_next(connection: str) -> bool:
        mail = next(mails, None)
        if mail is None or mail == 12:
            return False
        together.wait()
        return True

    far = Pace().after(passed=FAR, worked=1.0)
    spread("abcd", send_next, pace=far, spent=watch(FAR))


def test_a_mistake_in_another_thread_is_raised() -> None:
    """Nothing that goes wrong is lost with its thread."""

    def send_next(connection: str) -> bool:
        if connection == "b":
            raise RuntimeError("no")
        return False

    far = Pace().after(passed=FAR, worked=1.0)
    with pytest.raises(RuntimeError, match="no"):
        spread("ab", send_next, pace=far, spent=watch(FAR))
