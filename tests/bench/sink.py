"""An SMTP server that is quick enough not to be what is measured: it takes every mail, keeps none,
and writes down when and for whom it took it. It offers PIPELINING (RFC 2920), as Postfix does."""

import asyncio
import time
from typing import Self

from mailresponder.demo.server import LoopThread

OFFERS = b"250-localhost\r\n250-PIPELINING\r\n250-SIZE 52428800\r\n250 8BITMIME\r\n"
END = b"\r\n.\r\n"


class QuickSink:
    """Serves on `port` while entered."""

    host = "127.0.0.1"

    def __init__(self) -> None:
        self.port = 0
        self.accepted: list[tuple[float, str]] = []
        """Monotonic time and recipient of every mail taken."""

    def __enter__(self) -> Self:
        self._thread = LoopThread("sink")
        self._server = self._thread.run(self._start())
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.loop.call_soon_threadsafe(self._server.close)
        self._thread.close()

    async def _start(self) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        return await loop.create_server(lambda: _Session(self), self.host, 0)


class _Session(asyncio.Protocol):
    """One connection."""

    def __init__(self, sink: QuickSink) -> None:
        self._sink = sink
        self._unread = bytearray()
        self._in_data = False
        self._recipients: list[str] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(b"220 localhost ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self._unread += data
        replies = bytearray()
        while (end := self._unread.find(ending := END if self._in_data else b"\r\n")) >= 0:
            line = bytes(self._unread[:end])
            del self._unread[: end + len(ending)]
            replies += self._taken() if self._in_data else self._reply(line)
        if replies:
            self._transport.write(replies)

    def _taken(self) -> bytes:
        self._in_data = False
        now = time.monotonic()
        self._sink.accepted += [(now, recipient) for recipient in self._recipients]
        return b"250 2.0.0 taken\r\n"

    def _reply(self, line: bytes) -> bytes:
        match line[:4].upper():
            case b"EHLO":
                return OFFERS
            case b"MAIL" | b"RSET":
                self._recipients = []
            case b"RCPT":
                address = line.partition(b"<")[2].partition(b">")[0]
                self._recipients.append(address.decode("ascii"))
            case b"DATA":
                self._in_data = True
                return b"354 go on\r\n"
            case b"QUIT":
                self._transport.write(b"221 bye\r\n")
                self._transport.close()
                return b""
        return b"250 OK\r\n"
