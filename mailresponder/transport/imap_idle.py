"""One IDLE command, for whoever waits on many connections at once (RFC 2177).

It never waits by itself: the caller polls the socket and asks here what the server has said.
"""

import re
import socket
import ssl
from enum import Enum

from imapclient import IMAPClient

END_TIMEOUT = 10.0
"""Seconds to wait for the answer to DONE: a server that is there has nothing to think about."""

_TOO_MUCH = 64 * 1024
"""Bytes at once that no server says in IDLE."""

_MAIL = re.compile(rb"\* \d+ EXISTS\s*", re.IGNORECASE)
_BYE = re.compile(rb"\* BYE\b", re.IGNORECASE)


class Heard(Enum):
    """What a server said while nobody asked it anything."""

    NOTHING = "nothing"
    """Nothing, or what is no news: that it still lives, a flag, a message deleted."""
    MAIL = "mail"
    """More messages are there than before."""
    GONE = "gone"
    """The connection has ended, or is no good any more."""


class Idle:
    """The server is in IDLE from here until `end`; imapclient must not be used meanwhile."""

    def __init__(self, client: IMAPClient) -> None:
        client.idle()
        self._client = client
        self._rest = b""
        """The line the server is in the middle of."""

    def heard(self) -> Heard:
        """What has come since the last call. Never waits and never raises."""
        # imapclient's `idle_check` takes half a line, and silence, for the end of the connection.
        said, gone = self._read()
        *lines, self._rest = (self._rest + said).split(b"\n")
        if any(_MAIL.fullmatch(line) for line in lines):
            return Heard.MAIL
        if gone or any(_BYE.match(line) for line in lines):
            return Heard.GONE
        return Heard.NOTHING

    def end(self) -> None:
        """Send DONE and wait for the answer. Raises what imaplib and the network raise."""
        sock = self._client.socket()
        timeout = sock.gettimeout()
        sock.settimeout(END_TIMEOUT)
        self._client._imap.send(b"DONE\r\n")
        if self._rest:
            # imaplib reads whole lines, and the beginning of this one has been taken from it.
            self._client._imap.readline()
        self._client._consume_until_tagged_response(self._client._idle_tag, "IDLE")
        sock.settimeout(timeout)

    def _read(self) -> tuple[bytes, bool]:
        """All that has come, and whether nothing more can."""
        sock = self._client.socket()
        timeout = sock.gettimeout()
        # In IDLE a server speaks unasked, whenever it likes.
        self._client._imap.patience.renew(None)
        said = b""
        try:
            sock.settimeout(0)
            while chunk := self._client._imap.file.read1(_TOO_MUCH):
                said += chunk
                if len(self._rest) + len(said) > _TOO_MUCH:
                    return said, True
            gone = _has_ended(sock)
            sock.settimeout(timeout)
        except ssl.SSLWantReadError:
            sock.settimeout(timeout)
            return said, False
        except (OSError, ValueError):
            return said, True
        return said, gone


def _has_ended(sock: socket.socket) -> bool:
    """Without TLS, reading gives nothing both when there is nothing and when there never will be
    anything; with TLS only then."""
    if isinstance(sock, ssl.SSLSocket):
        return True
    try:
        return not sock.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return False
