"""A mail server in a thread of this process: IMAP by pymap, SMTP by aiosmtpd, mail in memory.

For the demo, and for tests where no real server is at hand. It listens on the loopback only and
forgets everything when it ends. It has IDLE, MOVE and UIDPLUS, but neither TLS nor SPECIAL-USE.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self, TypeVar

from mailresponder.errors import ConfigError, ConfigProblem

if TYPE_CHECKING:
    pass

_T = TypeVar("_T")

_STEP_TIMEOUT = 30.0
"""Seconds that anything asked of the server's thread may take."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SentMail:
    """A mail that the SMTP server took."""

    sender: str
    """The envelope sender; empty for the null return path."""
    recipient: str
    content: bytes


class LoopThread:
    """An asyncio loop in a thread of its own, for servers that the caller talks to by socket."""

    def __init__(self, name: str) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name=name, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Run it in the loop and hand back what it returns or raises."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(_STEP_TIMEOUT)

    def close(self) -> None:
        """Cancel whatever still runs, let it close its connections, and end the thread."""
        self.run(self._cancel_all())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(_STEP_TIMEOUT)
        self.loop.close()

    async def _cancel_all(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # Transports close a turn of the loop after they were told to.
        await asyncio.sleep(0)
        await asyncio.sleep(0)


class EmbeddedServers:
    """Serves while entered. Every user has the folders INBOX and Sent."""

    host = "127.0.0.1"

    def __init__(self, users: Mapping[str, str], *, clock: Callable[[], datetime]) -> None:
        """`users`: address, which is the user name too, to password. `clock`: aware times."""
        self._users = dict(users)
        self._clock = clock
        self.sent: list[SentMail] = []
        """What the SMTP server took, oldest first, for whomever it was."""
        self.imap_port = 0
        self.smtp_port = 0

    def __enter__(self) -> Self:
        """Raises ConfigError where the extra `demo` is not installed."""
        try:
            from mailresponder.demo.pymap_store import MemoryMail
        except ImportError as error:
            problem = ConfigProblem(
                path="demo",
                message="the embedded mail server is not installed",
                hint="in the folder of the source: pip install '.[demo]'",
            )
            raise ConfigError([problem]) from error
        self._thread = LoopThread("embedded-mail-server")
        self._mail: MemoryMail = MemoryMail(self._users, clock=self._clock)
        try:
            self._servers = self._thread.run(self._start())
        except BaseException:
            self._thread.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.run(self._stop())
        self._thread.close()

    def deliver(self, user: str, content: bytes, *, at: datetime | None = None) -> None:
        """Put a mail into the user's INBOX. `at` (aware): its INTERNALDATE, else the clock's."""
        self._thread.run(self._mail.deliver(user, content, at=at))

    async def _start(self) -> list[asyncio.Server]:
        loop = asyncio.get_running_loop()
        await self._mail.add_folders()
        imap = await asyncio.start_server(self._mail.serve, self.host, 0)
        smtp = await loop.create_server(lambda: _smtp_server(self._take, loop), self.host, 0)
        self.imap_port = imap.sockets[0].getsockname()[1]
        self.smtp_port = smtp.sockets[0].getsockname()[1]
        return [imap, smtp]

    async def _stop(self) -> None:
        for server in self._servers:
            server.close()

    async def _take(self, mail: SentMail) -> None:
        self.sent.append(mail)
        if mail.recipient in self._users:
            trace = f"Return-Path: <{mail.sender}>\r\nDelivered-To: {mail.recipient}\r\n"
            await self._mail.deliver(mail.recipient, trace.encode() + mail.content)


def _smtp_server(
    take: Callable[[SentMail], Awaitable[None]], loop: asyncio.AbstractEventLoop
) -> asyncio.Protocol:
    """One SMTP connection that hands every mail to `take`, once for each recipient."""
    from aiosmtpd.smtp import SMTP

    class Handler:
        async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
            sender = "" if envelope.mail_from == "<>" else envelope.mail_from
            for recipient in envelope.rcpt_tos:
                await take(SentMail(sender=sender, recipient=recipient, content=envelope.content))
            return "250 2.0.0 taken"

    connection: asyncio.Protocol = SMTP(
        Handler(), loop=loop, hostname="localhost", enable_SMTPUTF8=True
    )
    return connection
