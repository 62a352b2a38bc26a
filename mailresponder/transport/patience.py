"""How much of an answer is waited for: no server, however hostile, may keep a connection for good
or fill our memory. A timeout of the socket alone ends only silence, not a byte every minute.

Both clients read through here. What is meant is told by `imaplib` and `smtplib`.
"""

import imaplib
import io
import smtplib
import socket
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from imapclient import IMAPClient
from imapclient.imap4 import IMAP4WithTimeout
from imapclient.tls import IMAP4_TLS

if TYPE_CHECKING:
    from typing_extensions import Buffer

SECONDS = 600.0
"""For the whole answer to what we sent last: four megabytes over a very slow line."""
BYTES = 128 * 1024 * 1024
"""Of such an answer; the largest we ask for is a colleague's mail with its attachments."""
LINES = 100_000
"""Of an IMAP answer: we ask for some hundred messages at once, and for the list of folders."""
REPLY_BYTES = 256 * 1024
"""Of the replies to an SMTP command, or to a few in a row."""
_BUFFER = 64 * 1024


class AnswerWithoutEnd(OSError):  # noqa: N818 - what it is
    """A server says more, or takes longer to say it, than any that means well."""


class Patience:
    """What is left of it, since we last said something."""

    def __init__(
        self, *, seconds: float, most: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds, self._most, self._clock = seconds, most, clock
        self.renew()

    def renew(self) -> None:
        """We said something: an answer may come."""
        self._until = self._clock() + self._seconds
        self._left = self._most
        self._lines = LINES

    def spend(self, count: int) -> None:
        """So many bytes came. Raises AnswerWithoutEnd."""
        self._left -= count
        if self._left < 0:
            raise AnswerWithoutEnd(f"the server's answer is longer than {self._most} bytes")
        if self._clock() > self._until:
            raise AnswerWithoutEnd(f"the server's answer took more than {self._seconds:.0f} s")

    def spend_line(self) -> None:
        """A line came. Raises AnswerWithoutEnd."""
        self._lines -= 1
        if self._lines < 0:
            raise AnswerWithoutEnd(f"the server's answer has more than {LINES} lines")

    def reader(self, sock: socket.socket) -> io.BufferedReader:
        """What the socket brings, as far as patience lasts."""
        return _Reader(_Raw(sock, self), _BUFFER)


class _Reader(io.BufferedReader):
    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(size)
        # The clients would call it a refusal: of this mail, this folder, whatever was asked.
        if size is not None and len(line) == size:
            raise AnswerWithoutEnd(f"a line of the server's has more than {size - 1} bytes")
        return line


class _Raw(io.RawIOBase):
    def __init__(self, sock: socket.socket, patience: Patience) -> None:
        self._sock, self._patience = sock, patience

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int | None:
        try:
            count = self._sock.recv_into(into)
        except BlockingIOError:
            return None  # as socket.SocketIO: nothing has come, which is not the end
        self._patience.spend(count)
        return count


class _PatientImap(imaplib.IMAP4):
    """Reads with patience. `file` is what imaplib reads from: it makes one anew after STARTTLS."""

    patience: Patience

    @property
    def file(self) -> io.BufferedReader:
        return self._reader

    @file.setter
    def file(self, made: io.BufferedReader) -> None:
        made.close()
        if not hasattr(self, "patience"):
            self.patience = Patience(seconds=SECONDS, most=BYTES)
        self._reader = self.patience.reader(self.sock)

    def read(self, size: int) -> bytes:
        # The server names the size of a literal; room for it would be made at once.
        if size > BYTES:
            raise AnswerWithoutEnd(f"the server announces {size} bytes")
        return super().read(size)

    def readline(self) -> bytes:
        self.patience.spend_line()
        return super().readline()

    def send(self, data: "Buffer") -> None:
        self.patience.renew()
        super().send(data)


# imapclient has no types.
class _PatientPlain(_PatientImap, IMAP4WithTimeout):  # type: ignore[misc]
    """Until STARTTLS, or on the loopback."""


class _PatientTls(_PatientImap, IMAP4_TLS):  # type: ignore[misc]
    """From the first byte on."""


class PatientClient(IMAPClient):  # type: ignore[misc]
    """imapclient, on connections that are read with patience."""

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802 - imapclient's name
        timeout = getattr(self._timeout, "connect", None)
        if self.ssl:
            return _PatientTls(self.host, self.port, self.ssl_context, timeout)  # type: ignore[call-arg]
        return _PatientPlain(self.host, self.port, timeout)


class PatientSmtp(smtplib.SMTP):
    """smtplib, read with patience."""

    patience: Patience
    _reader: io.BufferedReader | None = None

    @property
    def file(self) -> io.BufferedReader | None:
        return self._reader

    @file.setter
    def file(self, made: io.BufferedReader | None) -> None:
        if made is None:
            self._reader = None
            return
        made.close()
        if not hasattr(self, "patience"):
            self.patience = Patience(seconds=SECONDS, most=REPLY_BYTES)
        assert self.sock is not None  # noqa: S101 - it was made of it
        self._reader = self.patience.reader(self.sock)

    def send(self, s: Any) -> None:
        if hasattr(self, "patience"):
            self.patience.renew()
        super().send(s)


class PatientSmtpTls(PatientSmtp, smtplib.SMTP_SSL):
    """The same, with TLS from the first byte on."""
