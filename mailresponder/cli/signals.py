"""What a process that stays is told from outside: to end, or to read its configuration anew."""

import os
import signal
import threading
from collections.abc import Callable

_ENDS = frozenset({signal.SIGTERM, signal.SIGINT})


def stop_on_signals(stop: threading.Event, reload: Callable[[], None] | None = None) -> None:
    """Set an event at SIGTERM and Ctrl-C, and where the terminal it was started at is closed, but
    not under nohup. `reload` is called at any other SIGHUP; it must not wait. Without it SIGHUP
    does what it did."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    # Python runs its handlers in the main thread, which sleeps on where the kernel hands the signal
    # to another one, as it does to a process that was frozen: so a thread listens for them too.
    signal.set_wakeup_fd(writing)
    # Who started it under nohup wants it to outlive the terminal.
    at_terminal = signal.getsignal(signal.SIGHUP) != signal.SIG_IGN and _is_terminal_there()
    # The thread does it all: a handler would run in the middle of the main thread's `stop.wait()`,
    # and wait for ever for the lock that it holds.
    for number in _ENDS | ({signal.SIGHUP} if reload is not None else set()):
        signal.signal(number, lambda *_: None)

    def listen() -> None:
        # The number of any signal that Python handles, a profiler's too.
        while _ENDS.isdisjoint(told := os.read(reading, 64)):
            if signal.SIGHUP in told and reload is not None:
                if at_terminal and not _is_terminal_there():
                    break
                reload()
        stop.set()

    threading.Thread(target=listen, name="signals", daemon=True).start()


def _is_terminal_there() -> bool:
    """Has this process a terminal, from which Ctrl-C could come? A service has none."""
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True
