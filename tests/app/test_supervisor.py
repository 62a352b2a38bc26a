"""What the service manager is told, over a real socket."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from managers import Manager

from mailresponder.app.supervisor import Supervisor


def test_signs_of_life_stop_while_something_hangs() -> None:
    """Each look gives one as long as nothing hangs; what hangs is told instead, once."""
    looks = iter([[], [], ["the scheduler"], ["the scheduler"], []])
    with Manager() as manager:
        supervisor = Supervisor.of(manager.environ(pings_within=0.03), pid=1)
        with supervisor.watched(lambda: "all is well", lambda: next(looks, [])):
            told = [manager.next() for _ in range(4)]

    well = ["STATUS=all is well", "WATCHDOG=1"]
    assert told == [well, ["WATCHDOG=1"], ["STATUS=stuck: the scheduler"], well]


def test_a_reload_says_when_it_began() -> None:
    """By the clock the manager asks, between the moments before and after; then it is ready."""
    with TemporaryDirectory() as folder, Manager(str(Path(folder) / "s")) as manager:
        supervisor = Supervisor.of(manager.environ(), pid=1)
        before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        supervisor.reloading()
        after = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        supervisor.remark = "the new one was refused"
        supervisor.ready("all is well")

        word, at, _ = manager.next()
        assert word == "RELOADING=1"
        assert before <= int(at.removeprefix("MONOTONIC_USEC=")) <= after
        assert manager.next() == ["READY=1", "STATUS=all is well; the new one was refused"]


def test_who_stops_is_not_ready_again() -> None:
    """A reload that ends while the process stops does not call it back."""
    with Manager() as manager:
        supervisor = Supervisor.of(manager.environ(), pid=1)
        supervisor.stopping()
        supervisor.ready("all is well")
        supervisor.reloading()

        assert [manager.next()[0] for _ in range(2)] == ["STOPPING=1", "RELOADING=1"]


def test_what_it_starts_does_not_hear_of_the_manager() -> None:
    """Its variables are taken out of the environment, and others are left."""
    environ = {"NOTIFY_SOCKET": "@x", "WATCHDOG_USEC": "9", "WATCHDOG_PID": "7", "LANG": "C"}
    Supervisor.of(environ, pid=7)
    assert environ == {"LANG": "C"}


@pytest.mark.parametrize("meant", ["8", "no number"])
def test_signs_of_life_are_for_the_process_that_was_asked(meant: str) -> None:
    """Where the manager wants them from another one, only the status is told."""
    with Manager() as manager:
        environ = manager.environ(pings_within=0.03) | {"WATCHDOG_PID": meant}
        supervisor = Supervisor.of(environ, pid=7)
        supervisor._look_every = 0.01
        with supervisor.watched(lambda: "all is well", list):
            assert manager.next() == ["STATUS=all is well"]


@pytest.mark.parametrize("address", ["", "@nobody-listens-here", "vsock:2:1234"])
def test_without_a_manager_nothing_is_told(address: str) -> None:
    """Nor does it fail where one is named that is gone, or that is none we can speak to."""
    supervisor = Supervisor.of({"NOTIFY_SOCKET": address}, pid=1)
    with supervisor.watched(lambda: "all is well", list):
        supervisor.ready("all is well")
        supervisor.stopping()


def test_a_status_is_one_line() -> None:
    """What is wrong with a configuration names its keys, and a key may be anything."""
    with Manager() as manager:
        supervisor = Supervisor.of(manager.environ(), pid=1)
        supervisor.remark = "it was refused: a\nMAINPID=1: unknown key"
        supervisor.ready("all is well")

        _, status = manager.next()
        assert status.endswith("a MAINPID=1: unknown key")
