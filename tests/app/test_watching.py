"""One thread that listens to many servers."""

import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from queue import Empty, SimpleQueue

import pytest

from mailresponder.app.watching import Watching
from mailresponder.transport.imap_idle import Heard

SOON = 10
"""Seconds."""


class Line:
    """A connection to a server that says one letter at a time: `m` is mail, `g` goodbye."""

    def __init__(self) -> None:
        self.mine, self.server = socket.socketpair()

    def fileno(self) -> int:
        return self.mine.fileno()

    def heard(self) -> Heard:
        said = {b"m": Heard.MAIL, b"g": Heard.GONE}
        return said.get(self.mine.recv(1), Heard.NOTHING)

    def close(self) -> None:
        self.mine.close()
        self.server.close()


@pytest.fixture
def lines() -> Iterator[list[Line]]:
    """Connections to three hundred servers."""
    made = [Line() for _ in range(300)]
    yield made
    for line in made:
        line.close()


@pytest.fixture
def told() -> SimpleQueue[tuple[str, Heard]]:
    """What the watching thread tells."""
    return SimpleQueue()


def test_one_thread_listens_to_all(lines: list[Line], told: SimpleQueue[tuple[str, Heard]]) -> None:
    """Three hundred servers take one thread; each one's news is told, of whom it is."""
    before = threading.active_count()
    with Watching(lambda *what: told.put(what)) as watching:
        for number, line in enumerate(lines):
            watching.watch(str(number), line)
        assert threading.active_count() == before + 1
        for number in (299, 0, 150):
            lines[number].server.send(b"m")
            assert told.get(timeout=SOON) == (str(number), Heard.MAIL)
    assert threading.active_count() == before


def test_what_is_no_news_is_not_told(
    lines: list[Line], told: SimpleQueue[tuple[str, Heard]]
) -> None:
    """A server's sign of life is heard and kept quiet; what it says next is told."""
    with Watching(lambda *what: told.put(what)) as watching:
        watching.watch("support", lines[0])
        lines[0].server.send(b"..g")
        assert told.get(timeout=SOON) == ("support", Heard.GONE)


def test_a_connection_that_was_handed_back_is_its_owner_s(
    lines: list[Line], told: SimpleQueue[tuple[str, Heard]]
) -> None:
    """Nobody listens to a connection that a pass has; afterwards it may be watched again."""
    with Watching(lambda *what: told.put(what)) as watching:
        watching.watch("support", lines[0])
        watching.hand_back("support")
        watching.hand_back("support")
        lines[0].server.send(b"m")
        watching.watch("sales", lines[1])
        lines[1].server.send(b"m")
        assert told.get(timeout=SOON) == ("sales", Heard.MAIL)
        with pytest.raises(Empty):
            told.get_nowait()
        watching.watch("support", lines[0])
        assert told.get(timeout=SOON) == ("support", Heard.MAIL)


def test_who_was_told_of_has_the_connection_back(
    lines: list[Line], told: SimpleQueue[tuple[str, Heard]]
) -> None:
    """After news nobody listens until the connection is watched again."""
    with Watching(lambda *what: told.put(what)) as watching:
        for _ in range(3):
            watching.watch("support", lines[0])
            lines[0].server.send(b"m")
            assert told.get(timeout=SOON) == ("support", Heard.MAIL)


def test_no_idle_lasts_for_ever(lines: list[Line], told: SimpleQueue[tuple[str, Heard]]) -> None:
    """A server that says nothing is asked anew before it hangs up."""
    with Watching(lambda *what: told.put(what), idle_for=timedelta(milliseconds=50)) as watching:
        watching.watch("support", lines[0])
        assert told.get(timeout=SOON) == ("support", Heard.NOTHING)


def test_after_its_end_it_listens_to_nobody(
    lines: list[Line], told: SimpleQueue[tuple[str, Heard]]
) -> None:
    """A pass that ends after everything else was told to end breaks nothing."""
    with Watching(lambda *what: told.put(what)) as watching:
        pass
    watching.watch("support", lines[0])
    watching.hand_back("support")
