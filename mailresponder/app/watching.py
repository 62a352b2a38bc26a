"""Waits in one thread for what the servers of many mailboxes tell in IDLE.

It only listens: connecting, signing in and reading may take long, and is done by the passes. A
connection is either here or a pass's, never both.
"""

import selectors
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, Self

from mailresponder.transport.imap_idle import Heard

IDLE_FOR = timedelta(minutes=9)
"""A server may hang up on IDLE after 30 minutes (RFC 2177 §3), and routers forget a quiet
connection sooner."""


class Connection(Protocol):
    """A server that was asked to tell of news; `transport.imap` provides it."""

    def fileno(self) -> int: ...
    def heard(self) -> Heard: ...


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Watched:
    name: str
    connection: Connection
    ends: float
    """By the monotonic clock."""


class Watching:
    """The connections nobody works on just now. Any thread may call its methods."""

    def __init__(
        self, told: Callable[[str, Heard], None], *, idle_for: timedelta = IDLE_FOR
    ) -> None:
        """`told` is called in the watching thread with the name of a mailbox whose server said
        something or went away, or with NOTHING after `idle_for`; it must not wait. The connection
        has been handed back by then."""
        self._told = told
        self._idle_for = idle_for.total_seconds()
        self._selector = selectors.DefaultSelector()
        self._mine, self._theirs = socket.socketpair()
        for end in (self._mine, self._theirs):
            end.setblocking(False)
        self._selector.register(self._mine, selectors.EVENT_READ)
        self._lock = threading.Lock()
        self._watched: dict[str, _Watched] = {}
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="idle")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._ended = True
        self._wake()
        self._thread.join()
        self._selector.close()
        self._mine.close()
        self._theirs.close()

    def watch(self, name: str, connection: Connection) -> None:
        """Listen on a mailbox's connection from now on."""
        with self._lock:
            if self._ended:
                return
            ends = time.monotonic() + self._idle_for
            watched = _Watched(name=name, connection=connection, ends=ends)
            self._watched[name] = watched
            self._selector.register(connection, selectors.EVENT_READ, watched)
        # It waits for the next end it knows of: this may be an earlier one.
        self._wake()

    def hand_back(self, name: str) -> None:
        """Listen to a mailbox no more; does nothing where nobody does."""
        with self._lock:
            if not self._ended and name in self._watched:
                self._forget(self._watched[name])

    def _forget(self, watched: _Watched) -> None:
        del self._watched[watched.name]
        self._selector.unregister(watched.connection)

    def _wake(self) -> None:
        try:
            self._theirs.send(b"!")
        except BlockingIOError:
            # So many calls wait that it wakes anyway.
            return

    def _run(self) -> None:
        while True:
            with self._lock:
                ends = min((watched.ends for watched in self._watched.values()), default=None)
            timeout = None if ends is None else max(0.0, ends - time.monotonic())
            for key, _ in self._selector.select(timeout):
                if key.data is None:
                    self._mine.recv(4096)
                else:
                    self._listen(key.data)
            now = time.monotonic()
            with self._lock:
                if self._ended:
                    return
                over = [watched for watched in self._watched.values() if watched.ends <= now]
                for watched in over:
                    self._forget(watched)
            for watched in over:
                self._told(watched.name, Heard.NOTHING)

    def _listen(self, watched: _Watched) -> None:
        with self._lock:
            if self._watched.get(watched.name) is not watched:
                # A pass has it since.
                return
            heard = watched.connection.heard()
            if heard is Heard.NOTHING:
                return
            self._forget(watched)
        self._told(watched.name, heard)
