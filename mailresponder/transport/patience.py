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

SECONDS = 300.0
"""For one answer at most, and for what we send: 25 MB over a slow line. Less than what a pass may
take without getting ahead (app/liveness.py)."""
RATE = 16 * 1024
"""Bytes a second that an answer must bring once it takes longer than silence may: the socket's
timeout."""
BYTES = 128 * 1024 * 1024
"""Of such an answer; the largest we ask for is a colleague's mail with its attachments."""
LINES = 100_000
"""Of an IMAP answer: we ask for some hundred messages at once, and for the list of folders."""
REPLY_BYTES = 256 * 1024
"""Of the replies to an SMTP command, or to a few in a row."""
_BUFFER = 64 * 1024
_SIGN_IN = 6
"""Times as long as connecting may take: all of an IMAP sign-in, from the greeting on."""


class AnswerWithoutEnd(OSError):  # noqa: N818 - what it is
    """A server says more, or takes longer to say it, than any that means well."""


class Patience:
    """What is left of it, since we last said something."""

    def __init__(
        self,
        *,
        seconds: float,
        most: int,
        altogether: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`seconds` and `most` bytes for the first answer; `altogether`: seconds for it and all
        that follow, until `settle`."""
        self._most, self._clock = most, clock
        self._latest = clock() + (SECONDS if altogether is None else altogether)
        self._held = altogether is not None
        self.renew(seconds)

    def settle(self) -> None:
        """From now on each answer has time of its own."""
        self._held = False

    def hurry(self, seconds: float) -> None:
        """So much for all that is still to come."""
        self._latest, self._held = self._clock() + seconds, True

    def renew(self, seconds: float | None) -> None:
        """We said something: an answer may come, with a pause of so many seconds at most; None: as
        long as it likes."""
        self._begun = self._clock()
        self._seconds = SECONDS if seconds is None else seconds
        self._left = self._most
        self._lines = LINES

    def spend(self, count: int) -> None:
        """So many bytes came. Raises AnswerWithoutEnd."""
        self._left -= count
        if self._left < 0:
            raise AnswerWithoutEnd(f"the server's answer is longer than {self._most} bytes")
        now = self._clock()
        if self._held and now > self._latest:
            raise AnswerWithoutEnd("the server does not come to an end")
        allowed = min(self._seconds + (self._most - self._left) / RATE, SECONDS)
        if now - self._begun > allowed:
            raise AnswerWithoutEnd(f"the server's answer took more than {allowed:.0f} s")

    def spend_line(self) -> None:
        """A line came. Raises AnswerWithoutEnd."""
        self._lines -= 1
        if self._lines < 0:
            raise AnswerWithoutEnd(f"the server's answer has more than {LINES} lines")

    def send(self, sock: socket.socket, data: "Buffer") -> None:
        """All of it. `sendall` knows no end where TLS cuts it into records and each is taken a
        moment before its time is over. Raises AnswerWithoutEnd, and what the socket raises."""
        self.renew(sock.gettimeout())
        rest = memoryview(data).cast("B")
        while rest:
            rest = rest[sock.send(rest[:_BUFFER]) :]
            if self._clock() - self._begun > SECONDS:
                raise AnswerWithoutEnd(f"the server took more than {SECONDS:.0f} s to be told")
        self.renew(sock.gettimeout())

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
            seconds = self.sock.gettimeout() or SECONDS
            self.patience = Patience(seconds=seconds, most=BYTES, altogether=_SIGN_IN * seconds)
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
        self.patience.send(self.sock, data)


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
        assert self.sock is not None  # noqa: S101 - it was made of it
        made.close()
        if not hasattr(self, "patience"):
            seconds = self.sock.gettimeout() or SECONDS
            self.patience = Patience(seconds=seconds, most=REPLY_BYTES)
        self._reader = self.patience.reader(self.sock)

    def send(self, s: Any) -> None:
        data = s.encode(self.command_encoding) if isinstance(s, str) else s
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("the server closed the connection")
        try:
            self.patience.send(self.sock, data)
        except OSError as error:
            # As smtplib does; on the cause depends what is told.
            self.close()
            raise smtplib.SMTPServerDisconnected from error


class PatientSmtpTls(PatientSmtp, smtplib.SMTP_SSL):
    """The same, with TLS from the first byte on."""
