"""Tells the service manager how this process does, as sd_notify(3) says: one datagram for each
piece of news, to a socket that the environment names. Where nobody listens it does nothing.

The manager is told that the process lives only while its work goes on: a process whose passes hang
gets no sign of life out, and is started anew.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from contextlib import contextmanager, suppress

from mailresponder.jobs.work import log

LOOK_EVERY = 10.0
"""Seconds between two looks at how the work goes, at most."""
_PARTS = 3
"""How often a sign of life is given in the time within which the manager wants one."""


class Supervisor:
    """The service manager as this process sees it. Threads may share it."""

    def __init__(self, address: str = "", *, pings_within: float | None = None) -> None:
        """`address` of its socket, `@` first for an abstract one; empty: there is none.
        `pings_within` so many seconds it wants a sign of life; None: it wants none."""
        self._address = address.replace("@", "\0", 1) if address.startswith("@") else address
        self._look_every = LOOK_EVERY
        self._pings = pings_within is not None
        if pings_within is not None:
            self._look_every = min(LOOK_EVERY, pings_within / _PARTS)
        self._ending = False
        self.remark = ""
        """What is added to each status, as what keeps the process from its configuration."""

    @classmethod
    def of(cls, environ: MutableMapping[str, str], *, pid: int) -> "Supervisor":
        """The one that the environment of the process `pid` names. Its variables are taken out:
        they are not for the commands that this process starts."""
        address = environ.pop("NOTIFY_SOCKET", "")
        microseconds = environ.pop("WATCHDOG_USEC", "")
        meant = environ.pop("WATCHDOG_PID", str(pid))
        if not address.startswith(("/", "@")):
            return cls()
        wanted = microseconds.isdigit() and int(microseconds) > 0 and meant == str(pid)
        return cls(address, pings_within=int(microseconds) / 1_000_000 if wanted else None)

    def ready(self, status: str) -> None:
        """It works, or works on once it has read its configuration anew; `status` is a sentence
        for whoever asks how it does."""
        if not self._ending:
            self._tell("READY=1", self._status(status))

    def reloading(self) -> None:
        """It reads its configuration anew; `ready` follows."""
        # By the clock that the manager asks too, to tell this reload from an earlier one.
        now = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        self._tell("RELOADING=1", f"MONOTONIC_USEC={now}", "STATUS=reading the configuration")

    def stopping(self) -> None:
        """It ends, once what is under way has ended."""
        self._ending = True
        self._tell("STOPPING=1", "STATUS=ending what is under way")

    @contextmanager
    def watched(
        self, status: Callable[[], str], stuck: Callable[[], Sequence[str]]
    ) -> Iterator[None]:
        """While the block lasts, say how the work goes and that it does. `status` gives a
        sentence; `stuck` names what hangs: as long as it names anything, no sign of life is
        given."""
        if not self._address:
            yield
            return
        ended = threading.Event()
        thread = threading.Thread(
            target=self._watch, args=(ended, status, stuck), name="supervisor", daemon=True
        )
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _watch(
        self, ended: threading.Event, status: Callable[[], str], stuck: Callable[[], Sequence[str]]
    ) -> None:
        told: list[str] = []
        said = ""
        while not ended.wait(self._look_every):
            hanging = list(stuck())
            if hanging and hanging != told:
                log.error("stuck", what=", ".join(hanging))
            told = hanging
            news = self._status(f"stuck: {', '.join(hanging)}" if hanging else status())
            # Not what stopping() has said.
            words = [news] if news != said and not self._ending else []
            if self._pings and not hanging:
                words.append("WATCHDOG=1")
            if words:
                self._tell(*words)
            said = news

    def _status(self, words: str) -> str:
        said = f"{words}; {self.remark}" if self.remark else words
        # A line is a piece of news, and a key that keeps the file from being read may hold one.
        return f"STATUS={' '.join(said.split())}"

    def _tell(self, *words: str) -> None:
        if not self._address:
            return
        # A manager that is gone, or too busy to listen, must not keep the desk from its work.
        with (
            suppress(OSError),
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender,
        ):
            sender.settimeout(1)
            sender.sendto("\n".join(words).encode(), self._address)


NOBODY = Supervisor()
"""Where the process was started by hand."""
