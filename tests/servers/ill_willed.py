"""A server that means harm: it speaks to each client as a test's script says, byte for byte."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from typing import Self


class Talk:
    """One connection, as the server has it."""

    def __init__(self, sock: socket.socket, heard: list[bytes]) -> None:
        self._sock, self._heard = sock, heard
        self._secret = False

    def line(self) -> bytes:
        """The client's next line; noted, with whether TLS hid it from others. Raises OSError at the
        end."""
        said = b""
        while not said.endswith(b"\n"):
            byte = self._sock.recv(1)
            if not byte:
                raise ConnectionError
            said += byte
        self._heard.append((b"tls " if self._secret else b"plain ") + said)
        return said

    def tag(self) -> bytes:
        """The tag of the client's next command."""
        return self.line().split()[0]

    def say(self, content: bytes) -> None:
        """Send it."""
        self._sock.sendall(content)

    def flood(self, content: bytes) -> None:
        """Send it again and again, until the client has gone."""
        while True:
            self._sock.sendall(content)

    def drip(self, content: bytes) -> None:
        """Send its bytes one by one, a thousand a second at most, until the client has gone."""
        waiting = threading.Event()
        while True:
            for byte in content:
                self._sock.sendall(bytes([byte]))
                waiting.wait(0.001)

    def tls(self, context: ssl.SSLContext) -> None:
        """Go on in TLS."""
        self._sock = context.wrap_socket(self._sock, server_side=True)
        self._secret = True

    def close(self) -> None:
        self._sock.close()


class IllWilled:
    """Runs the script once for each connection."""

    host = "127.0.0.1"

    def __init__(self, script: Callable[[Talk], None]) -> None:
        self._script = script
        self._listener = socket.create_server((self.host, 0))
        self.port: int = self._listener.getsockname()[1]
        self.heard: list[bytes] = []
        """Every line of every client, behind `tls ` or `plain `."""
        self._threads = [threading.Thread(target=self._accept)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(20)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                thread = threading.Thread(target=self._serve, args=[sock])
                self._threads.append(thread)
                thread.start()

    def _serve(self, sock: socket.socket) -> None:
        sock.settimeout(20)
        talk = Talk(sock, self.heard)
        with contextlib.suppress(OSError, ValueError):
            self._script(talk)
        talk.close()
