"""Where a browser on this machine comes back to after somebody signed in (RFC 8252 §7.3).

A socket on the loopback that takes one answer: the one with the state that was sent along. All else
that comes by is turned away, and no more is read of anything than an answer can have.
"""

import contextlib
import os
import select
import socket
import time
from collections.abc import Callable
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from mailresponder.errors import TemporaryFailure

_REQUEST_LIMIT = 16 * 1024
"""Bytes of a request. A code of Microsoft's has some 1.5 KiB."""

_REQUEST_TIME = 5.0
"""Seconds that a request may take as a whole."""

_PAGE = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>mailresponder</title>"
    "<p>{words}</p></html>"
)
_DONE = "mailresponder has its answer. Close this window: the rest is told where you started it."
_UNKNOWN = "This is not the answer to a sign-in that is under way here."


class Loopback:
    """Listens on a free port of the loopback, from entering to leaving."""

    def __init__(self, name: str = "127.0.0.1") -> None:
        """`name`: the host in `redirect_uri`. Microsoft takes any port only of `localhost`:
        https://learn.microsoft.com/entra/identity-platform/reply-url#localhost-exceptions."""
        self._name = name
        self._socket = socket.create_server(("127.0.0.1", 0))
        # A browser may have gone again between being seen and being taken in.
        self._socket.setblocking(False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    @property
    def redirect_uri(self) -> str:
        """What the authorization server sends the browser to. Without a path, as it is registered:
        Microsoft compares that."""
        return f"http://{self._name}:{self._socket.getsockname()[1]}"

    def wait(
        self,
        state: str,
        *,
        seconds: float,
        typed: int | None = None,
        mistyped: Callable[[], None] = lambda: None,
    ) -> dict[str, str]:
        """The fields that the browser came back with, once it brings `state`.

        `typed`: a file descriptor where somebody may enter the address it ended at, whose browser
        runs on another machine; `mistyped` is called for a line that is not it.
        Raises TemporaryFailure after `seconds`.
        """
        ends, entered = time.monotonic() + seconds, b""
        while (left := ends - time.monotonic()) > 0:
            watched: list[socket.socket | int] = [self._socket]
            if typed is not None:
                watched.append(typed)
            ready, _, _ = select.select(watched, [], [], left)
            fields = None
            if self._socket in ready:
                fields = self._answered(state)
            elif typed is not None and typed in ready:
                more = os.read(typed, _REQUEST_LIMIT)
                *lines, entered = (entered + more).split(b"\n")
                found = (_fields(line.decode("ascii", "replace").strip(), state) for line in lines)
                fields = next((one for one in found if one is not None), None)
                if fields is None and any(map(bytes.strip, lines)):
                    mistyped()
                typed = typed if more else None
            if fields is not None:
                return fields
        raise TemporaryFailure("nobody signed in in time", mend="start mailresponder login again")

    def _answered(self, state: str) -> dict[str, str] | None:
        with contextlib.suppress(OSError):
            connection, _ = self._socket.accept()
            with connection:
                fields = _fields(_target(_head(connection)), state)
                page = _PAGE.format(words=_UNKNOWN if fields is None else _DONE).encode()
                status = "400 Bad Request" if fields is None else "200 OK"
                head = (
                    f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\n"
                    f"Content-Length: {len(page)}\r\nCache-Control: no-store\r\n"
                    # The address holds the code: it goes nowhere from here.
                    "Referrer-Policy: no-referrer\r\nConnection: close\r\n\r\n"
                )
                # What came is worth having, also where the browser has gone.
                with contextlib.suppress(OSError):
                    connection.sendall(head.encode("ascii") + page)
                return fields
        return None


def _head(connection: socket.socket) -> bytes:
    """A request's lines, or as much as came in time."""
    ends, head = time.monotonic() + _REQUEST_TIME, b""
    while b"\r\n\r\n" not in head and len(head) < _REQUEST_LIMIT:
        left = ends - time.monotonic()
        if left <= 0:
            break
        connection.settimeout(left)
        received = connection.recv(4096)
        if not received:
            break
        head += received
    return head


def _target(head: bytes) -> str:
    """The address in `GET /?code=… HTTP/1.1`; empty where it is no such request."""
    words = head.split(b"\r\n", 1)[0].split(b" ")
    if len(words) != 3 or words[0] != b"GET":
        return ""
    return words[1].decode("ascii", "replace")


def _fields(address: str, state: str) -> dict[str, str] | None:
    """The fields of an address that brings the state; None for any other."""
    try:
        fields = dict(parse_qsl(urlsplit(address).query, max_num_fields=30))
    except ValueError:
        return None
    return fields if fields.get("state") == state else None
