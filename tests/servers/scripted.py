"""A server that says exactly what a test tells it to: for what no well-behaved server does."""

import contextlib
import select
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Self

Reply = bytes | None
"""`{tag}` stands for the tag of the client's command; None closes the connection."""


class ScriptedServer:
    """Greets, then answers each line by the first rule whose word is in it, else with `OK`."""

    host = "127.0.0.1"

    def __init__(
        self,
        *,
        greeting: Reply,
        rules: list[tuple[bytes, Reply]],
        otherwise: Reply = b"{tag} OK done\r\n",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._greeting, self._rules, self._otherwise, self._tls = greeting, rules, otherwise, tls
        self._listener = socket.create_server((self.host, 0))
        self.port: int = self._listener.getsockname()[1]
        self._connections: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._speaking = threading.Lock()
        self.lines: list[bytes] = []
        """What clients sent."""

    def __enter__(self) -> Self:
        self._spawn(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        for sock in (self._listener, *self._connections):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        for thread in self._threads:
            thread.join(10)

    def say(self, content: bytes) -> None:
        """Say something on the latest connection that nobody asked for."""
        self._tell(self._connections[-1], content)

    def _spawn(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self._connections.append(sock)
            self._spawn(lambda sock=sock: self._serve(sock))  # type: ignore[misc]

    def _serve(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            if self._tls is not None:
                sock = self._tls.wrap_socket(sock, server_side=True)
                self._connections.append(sock)
            with contextlib.closing(sock):
                if self._greeting is None:
                    return
                self._tell(sock, self._greeting)
                tag = b""
                for line in self._lines(sock):
                    self.lines.append(line)
                    words = line.split()
                    tag = words[0] if len(words) > 1 else tag  # DONE has none of its own
                    reply = next((r for word, r in self._rules if word in line), self._otherwise)
                    if reply is None:
                        return
                    self._tell(sock, reply.replace(b"{tag}", tag))

    def _lines(self, sock: socket.socket) -> Iterator[bytes]:
        """What the client sends, line by line."""
        rest = b""
        while True:
            # Waited for without the lock: a test may want to say something meanwhile.
            if not (isinstance(sock, ssl.SSLSocket) and sock.pending()):
                select.select([sock], [], [])
            with self._speaking:
                chunk = sock.recv(65_536)
            if not chunk:
                return
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                yield line + b"\n"

    def _tell(self, sock: socket.socket, content: bytes) -> None:
        # Two threads at once are more than a TLS connection bears.
        with self._speaking:
            sock.sendall(content)


_SELECTED = b"""* 1 EXISTS\r
* FLAGS (\\Seen \\Flagged)\r
* OK [PERMANENTFLAGS (\\Seen \\Flagged)] x\r
* OK [UIDVALIDITY 5] x\r
* OK [UIDNEXT 8] x\r
"""


def imap_rules(*rules: tuple[bytes, Reply]) -> list[tuple[bytes, Reply]]:
    """A small IMAP server with a mail of UID 7 in its INBOX, except for `rules`."""
    return [
        *rules,
        (b"CAPABILITY", b"* CAPABILITY IMAP4rev1 IDLE\r\n{tag} OK done\r\n"),
        (b"EXAMINE", _SELECTED + b"{tag} OK [READ-ONLY] done\r\n"),
        (b"SELECT", _SELECTED + b"{tag} OK [READ-WRITE] done\r\n"),
        (b"SEARCH", b"* SEARCH 7\r\n{tag} OK done\r\n"),
        (b"LOGOUT", b"* BYE\r\n{tag} OK done\r\n"),
    ]


IMAP_GREETING = b"* OK ready\r\n"
