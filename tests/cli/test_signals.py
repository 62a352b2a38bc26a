"""How the program hears that it is to end."""

import os
import pty
import signal
import subprocess
import sys

from program import ROOT

RELOADING = """
import threading
from mailresponder.cli.signals import stop_on_signals

stop = threading.Event()
stop_on_signals(stop, lambda: print("reload", flush=True))
print("waits", flush=True)
stop.wait()
"""
AT_TERMINAL = "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0)"
WAITING = """
import signal, threading
from mailresponder.cli.signals import stop_on_signals

stop = threading.Event()
stop_on_signals(stop)
other = threading.Thread(target=threading.Event().wait, daemon=True)
other.start()
print("waits", flush=True)
{then}
stop.wait()
"""


def waiting(then: str = "") -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-c", WAITING.format(then=then)], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == b"waits\n"
    return process


def test_a_signal_ends_the_wait() -> None:
    """SIGTERM from outside."""
    process = waiting()
    try:
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()


def test_a_signal_that_another_thread_gets_ends_the_wait() -> None:
    """The kernel may hand it to any thread, and does where the main one has just been thawed."""
    kill = "threading.Timer(0.1, signal.pthread_kill, (other.ident, signal.SIGTERM)).start()"
    process = waiting(kill)
    try:
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()


def test_another_signal_ends_nothing() -> None:
    """A profiler's, or any other that Python handles: only SIGTERM and Ctrl-C end the program."""
    other = "signal.signal(signal.SIGUSR1, lambda *_: None); signal.raise_signal(signal.SIGUSR1)"
    process = waiting(f"{other}; stop.wait(0.2) and exit('ended'); signal.raise_signal(15)")
    assert process.wait(10) == 0


def test_a_hangup_reloads_and_ends_nothing() -> None:
    """A service, which has no terminal, is told to read its configuration anew, and goes on."""
    process = subprocess.Popen(
        [sys.executable, "-c", RELOADING],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    with process.stdout:
        for _ in range(2):
            assert process.stdout.readline() in ("waits\n", "reload\n")
            process.send_signal(signal.SIGHUP)
        assert process.stdout.readline() == "reload\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_a_terminal_that_is_closed_ends_the_program() -> None:
    """Whoever started it there is gone; as long as the terminal is there a hangup reloads."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", AT_TERMINAL + RELOADING],
        cwd=ROOT,
        stdin=theirs,
        stdout=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    with os.fdopen(ours, "rb", buffering=0) as shown:
        assert shown.readline() == b"waits\r\n"
        process.send_signal(signal.SIGHUP)
        assert shown.readline() == b"reload\r\n"
    assert process.wait(10) == 0


def test_nohup_outlives_the_terminal() -> None:
    """Who started it so does not want it to end with the terminal; it reads its configuration."""
    ours, theirs = pty.openpty()
    reading, writing = os.pipe()
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"import signal; signal.signal(1, signal.SIG_IGN)\n{AT_TERMINAL}{RELOADING}",
        ],
        cwd=ROOT,
        stdin=theirs,
        stdout=writing,
        start_new_session=True,
    )
    os.close(theirs)
    os.close(writing)
    with os.fdopen(reading) as shown:
        assert shown.readline() == "waits\n"
        # The kernel tells the leader of the session, as a shell tells its jobs.
        os.close(ours)
        assert shown.readline() == "reload\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
