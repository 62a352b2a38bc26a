"""The program as the first process of a container."""

import os
import pty
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
AT_TERMINAL = "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0)"
COUNTING = """
import threading
told, ends = [], threading.Event()
signal.signal(signal.SIGINT, lambda *_: told.append(1))
signal.signal(signal.SIGTERM, lambda *_: ends.set())
print("waits", flush=True)
while not ends.wait(0.01):
    continue
sys.exit(len(told))
"""


def started(then: str, stdin: int | None = None) -> subprocess.Popen[str]:
    """Where it is given a terminal, that is its own."""
    first = "" if stdin is None else AT_TERMINAL
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND.format(then=then, first=first)],
        cwd=ROOT,
        stdin=stdin,
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


def test_a_key_is_heard_once() -> None:
    """The terminal tells the command as it tells the first process: Ctrl-C is not passed on, and
    what is sent to the first process after it is."""
    ours, theirs = pty.openpty()
    process = started(COUNTING, stdin=theirs)
    os.close(theirs)
    assert process.stdout is not None
    with process.stdout, os.fdopen(ours, "wb", buffering=0) as keys:
        assert process.stdout.readline() == "waits\n"
        keys.write(b"\x03")
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 1
