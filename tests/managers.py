"""A service manager as sd_notify(3) knows it: a datagram socket that keeps what it is told."""

import os
import socket
from itertools import count
from typing import Self

_numbers = count(1)


class Manager:
    """Listens as long as the block."""

    def __init__(self, path: str = "") -> None:
        """`path` of its socket; empty: an abstract one."""
        self.address = path or f"@mailresponder-test-{os.getpid()}-{next(_numbers)}"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.settimeout(20)
        self._socket.bind(path or f"\0{self.address[1:]}")

    def environ(self, *, pings_within: float | None = None) -> dict[str, str]:
        """What it puts into the environment of a service, without the process id."""
        found = {"NOTIFY_SOCKET": self.address}
        if pings_within is not None:
            found["WATCHDOG_USEC"] = str(int(pings_within * 1_000_000))
        return found

    def next(self) -> list[str]:
        """What it is told next, line by line. Raises TimeoutError."""
        return self._socket.recv(4096).decode().splitlines()

    def until(self, word: str) -> list[str]:
        """What it is told when it is told that, signs of life and all else left out."""
        while word not in (told := self.next()):
            continue
        return told

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
