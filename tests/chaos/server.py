"""An SMTP server that refuses, stalls and hangs up as it is told, and keeps what it took.

It never forgets: what stands in `accepted` was accepted, whatever the program believes.
"""

import asyncio
import contextlib
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Literal

from chaos.listening import Listening
from chaos.moments import Moments
from desks import parsed

Where = Literal["greeting", "MAIL", "RCPT", "DATA", "dot"]
What = Literal["4xx", "5xx", "drop", "stall", "keep and drop"]
FAULTS: tuple[tuple[Where, What], ...] = (
    *(("greeting", "4xx"), ("greeting", "drop"), ("greeting", "stall")),
    *(("MAIL", "4xx"), ("MAIL", "5xx"), ("MAIL", "drop")),
    *(("RCPT", "4xx"), ("RCPT", "5xx"), ("RCPT", "drop"), ("RCPT", "stall")),
    *(("DATA", "4xx"), ("DATA", "5xx"), ("DATA", "drop")),
    *(("dot", "4xx"), ("dot", "5xx"), ("dot", "drop"), ("dot", "keep and drop"), ("dot", "stall")),
)
"""What can go wrong, and where: `dot` is the end of the mail."""
STALL = 1.5
"""Seconds."""
_REPLIES = {
    ("greeting", "4xx"): "421 4.3.2 busy",
    ("MAIL", "4xx"): "451 4.7.1 not now",
    ("MAIL", "5xx"): "550 5.7.1 not from you",
    ("RCPT", "4xx"): "451 4.7.1 greylisted",
    ("RCPT", "5xx"): "550 5.1.1 no such user",
    ("DATA", "4xx"): "451 4.3.0 not now",
    ("DATA", "5xx"): "554 5.6.0 not wanted",
    ("dot", "4xx"): "451 4.3.0 not now",
    ("dot", "5xx"): "554 5.6.0 not wanted",
}

_PLAIN = "250-localhost\r\n250-8BITMIME\r\n"
_GREETINGS = (
    f"{_PLAIN}250 SIZE 50000000",
    f"{_PLAIN}250-PIPELINING\r\n250-CHUNKING\r\n250 SIZE 50000000",
    f"{_PLAIN}250-PIPELINING\r\n250 SIZE 50000000",
)
"""Servers differ: this one is one after the other."""


@dataclass(slots=True)
class Accepted:
    """One mail that the server took for one recipient."""

    at: int
    """When it was taken; moments of `Moments`, as below."""
    allowed_at: int
    """When it was told that its recipient is accepted: only then does the client ask for the last
    time whether the mail is its own, and go on to DATA."""
    begun_at: int
    """When it did."""
    connection: int
    message_id: str
    recipient: str
    content: bytes
    told: bool = False
    """Was 250 said?"""
    followed_at: int | None = None
    """When the client spoke again on this connection: it has written down by then that the mail
    is sent."""

    @property
    def mail(self) -> EmailMessage:
        """As its reader's program sees it."""
        return parsed(self.content)


class SmtpServer(Listening):
    """Serves on `port` while entered."""

    def __init__(self, moments: Moments) -> None:
        self.moments = moments
        self.accepted: list[Accepted] = []
        self.refused: set[str] = set()
        """Recipients of whom a mail was refused for good."""
        self.lost_replies = 0
        self._faults: list[tuple[Where, What]] = []
        self._lock = threading.Lock()
        self._connections = 0

    def plan(self, faults: Iterable[tuple[Where, What]]) -> None:
        """Make these faults, each once, in place of what was planned before."""
        with self._lock:
            self._faults = list(faults)

    def fault(self, where: Where, recipient: str = "") -> What | None:
        """The fault that is due here; only customers' addresses are refused for good."""
        with self._lock:
            for fault in self._faults:
                if fault[0] != where:
                    continue
                self._faults.remove(fault)
                is_last_word = fault[1] == "5xx" and where != "MAIL"
                if is_last_word and not recipient.endswith(".test"):
                    return "4xx"
                if is_last_word:
                    self.refused.add(recipient)
                return fault[1]
        return None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        session = _Session(self, self._connections, reader, writer)
        with contextlib.suppress(OSError, EOFError, _HungUp):
            await session.run()
        writer.transport.abort()


class _HungUp(Exception):  # noqa: N818 - no error: the server means to
    """The server hangs up without a word."""


class _Session:
    """One connection."""

    def __init__(
        self,
        server: SmtpServer,
        number: int,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._server, self._number = server, number
        self._reader, self._writer = reader, writer
        self._recipient = ""
        self._allowed_at = 0
        self._last: Accepted | None = None

    async def run(self) -> None:
        saw = self._server.moments.saw
        saw("connected")
        await self._answer("greeting", "220 localhost ready")
        while line := await self._reader.readline():
            verb = line[:4].decode("ascii", "replace").strip().upper()
            now = saw(f"{verb} seen")
            if self._last is not None and self._last.followed_at is None:
                self._last.followed_at = now
            match verb:
                case "EHLO":
                    await self._say(_GREETINGS[self._number % len(_GREETINGS)])
                case "MAIL":
                    await self._answer("MAIL", "250 OK")
                case "RCPT":
                    self._recipient = line.decode().partition("<")[2].partition(">")[0]
                    await self._answer("RCPT", "250 OK")
                case "DATA":
                    if await self._answer("DATA", "354 go on"):
                        raw = await self._reader.readuntil(b"\r\n.\r\n")
                        await self._take(raw[:-3].replace(b"\r\n..", b"\r\n."), begun_at=now)
                case "BDAT":
                    content = await self._reader.readexactly(int(line.split()[1]))
                    await self._take(content, begun_at=now)
                case "QUIT":
                    await self._say("221 bye")
                    return
                case _:
                    await self._say("250 OK")

    async def _take(self, content: bytes, *, begun_at: int) -> None:
        server = self._server
        server.moments.saw("dot seen")
        fault = server.fault("dot", self._recipient)
        if fault in ("4xx", "5xx"):
            await self._say(_REPLIES["dot", fault])
            return
        if fault == "drop":
            raise _HungUp
        message_id = str(parsed(content)["Message-ID"])
        mail = Accepted(
            at=server.moments.now,
            allowed_at=self._allowed_at,
            begun_at=begun_at,
            connection=self._number,
            message_id=message_id,
            recipient=self._recipient,
            content=content,
        )
        server.accepted.append(mail)
        self._last = mail
        server.moments.saw("mail kept")
        if fault == "keep and drop":
            server.lost_replies += 1
            raise _HungUp
        if fault == "stall":
            await asyncio.sleep(STALL)
        mail.told = True
        await self._say("250 2.0.0 taken")
        server.moments.saw("250 sent")

    async def _answer(self, where: Where, usual: str) -> bool:
        """Say what is usual, or make the fault that is planned. Was it the usual?"""
        fault = self._server.fault(where, self._recipient)
        if fault == "drop":
            raise _HungUp
        if fault == "stall":
            await asyncio.sleep(STALL)
        reply = _REPLIES.get((where, fault or ""))
        if where == "RCPT":
            self._allowed_at = self._server.moments.tick()
        await self._say(reply or usual)
        if reply is not None and where == "greeting":
            raise _HungUp
        return reply is None

    async def _say(self, reply: str) -> None:
        self._writer.write(f"{reply}\r\n".encode())
        await self._writer.drain()
