"""Whose turn it is, and that nobody waits for ever."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from queue import SimpleQueue

import pytest
from offices import Office
from servers.dovecot import MailUser

from mailresponder.app import App, PassReport, liveness, threads
from mailresponder.app.threads import PassThreads
from mailresponder.app.watching import Watching

SOON = 20
"""Seconds."""


class Doors:
    """Every pass begins at a door that a test opens."""

    def __init__(self, app: App) -> None:
        self.begun: SimpleQueue[str] = SimpleQueue()
        self.opened = threading.Semaphore(0)
        for name, runner in app.mailboxes.items():
            self._put_before(name, runner.tick, vars(runner))

    def _put_before(
        self, name: str, tick: Callable[[], PassReport], runner: dict[str, object]
    ) -> None:
        def wait() -> PassReport:
            self.begun.put(name)
            assert self.opened.acquire(timeout=SOON)
            return tick()

        runner["tick"] = wait

    def next(self) -> str:
        """Whose pass begins."""
        return self.begun.get(timeout=SOON)


@pytest.fixture
def desk(
    office: Office, new_dovecot_user: Callable[[], MailUser], monkeypatch: pytest.MonkeyPatch
) -> App:
    """Two mailboxes, and one thread for both."""
    monkeypatch.setattr(threads, "MAX_THREADS", 1)
    office.add_mailbox(new_dovecot_user(), name="sales", address="sales@example.com")
    return office.open()


@pytest.fixture
def passes(desk: App) -> Iterator[tuple[PassThreads, Doors]]:
    """The threads at work."""
    doors = Doors(desk)
    with Watching(lambda *_: None) as watching, PassThreads(desk, watching) as made:
        yield made, doors
        desk.stopping.set()
        doors.opened.release(9)


def test_who_is_asked_for_during_a_pass_comes_behind_the_others(
    passes: tuple[PassThreads, Doors],
) -> None:
    """However often a busy mailbox is asked for, one pass more follows, after those who wait."""
    made, doors = passes
    made.ask("support")
    assert doors.next() == "support"
    for _ in range(3):
        made.ask("support")
    made.ask("sales")
    doors.opened.release(3)
    assert [doors.next(), doors.next()] == ["sales", "support"]
    made.ask("sales")
    doors.opened.release()
    assert doors.next() == "sales"
    assert doors.begun.empty()


def test_a_mistake_of_ours_costs_one_pass(
    desk: App, passes: tuple[PassThreads, Doors], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pass that breaks takes no thread with it, and the mailbox has its next one."""
    made, doors = passes
    broken = threading.Event()

    def watch() -> None:
        broken.set()
        raise ZeroDivisionError

    monkeypatch.setattr(desk.mailboxes["support"], "watch", watch)
    doors.opened.release(3)
    made.ask("support")
    assert doors.next() == "support"
    assert broken.wait(SOON)
    for name in ("sales", "support"):
        made.ask(name)
        assert doors.next() == name


def test_a_pass_that_hangs_is_known(
    passes: tuple[PassThreads, Doors], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it is under way and gets no further; a mailbox that waits for its turn hangs not."""
    made, doors = passes
    made.ask("support")
    made.ask("sales")
    assert doors.next() == "support"
    assert made.stuck() == []
    monkeypatch.setattr(liveness, "STUCK", timedelta(seconds=-1))
    assert made.stuck() == ["support"]
    doors.opened.release()
    assert doors.next() == "sales"
    assert made.stuck() == ["sales"]
