"""The program as the first process of a container."""

import signal
import subprocess
import sys

import pytest
from program import ROOT

COMMAND = """
import ctypes, os, signal, subprocess, sys, time
from mailresponder.cli.first_process import stand_in_front

# Orphans come to us, as to the first process of a container.
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
parent = os.getpid()
{first}
stand_in_front()
assert os.getppid() == parent
{then}
"""
ORPHAN = """
done = subprocess.run(["sh", "-c", "sleep 0 & echo $!"], capture_output=True, text=True)
orphan = int(done.stdout)
while True:
    try:
        os.kill(orphan, 0)
    except ProcessLookupError:
        sys.exit(75)
    time.sleep(0.01)
"""
WAITING = """
import threading
from mailresponder.cli.signals import stop_on_signals

stop = threading.Event()
stop_on_signals(stop, lambda: print("reload", flush=True))
print("waits", flush=True)
stop.wait()
sys.exit(3)
"""
TOLD_LATE = """
wait = os.wait
def wait_and_hear():
    ended = wait()
    signal.raise_signal(signal.SIGTERM)
    return ended
os.wait = wait_and_hear
"""


def started(then: str, first: str = "") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND.format(then=then, first=first)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.mark.parametrize(
    ("then", "status"),
    [(ORPHAN, 75), ("os.kill(os.getpid(), 9)", 137), ("sys.exit(0)", 0)],
)
def test_orphans_are_buried_and_the_status_is_the_command_s(then: str, status: int) -> None:
    """What a password command has left behind is waited for once it ends; the process ends as the
    command does, also where a signal ended that."""
    process = started(then)
    process.communicate(timeout=30)
    assert process.returncode == status


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_signals_reach_the_command(end: signal.Signals) -> None:
    """It is told to reload, and to end, as if it were the first process itself."""
    process = started(WAITING)
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == "waits\n"
        process.send_signal(signal.SIGHUP)
        assert process.stdout.readline() == "reload\n"
        process.send_signal(end)
        assert process.wait(30) == 3


def test_a_signal_for_a_command_that_has_ended_is_nothing() -> None:
    """Told to end in the moment in which the command does, it ends with the command's status."""
    process = started("sys.exit(75)", TOLD_LATE)
    process.communicate(timeout=30)
    assert process.returncode == 75
