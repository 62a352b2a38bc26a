"""The page's own HTTP server, until it is told to stop."""

import asyncio
import errno
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from mailresponder.app.liveness import Progress
from mailresponder.errors import MailresponderError, PermanentFailure, TemporaryFailure

MOST_CONNECTIONS = 200
"""At once; one more is answered with 503."""
ASKS_WITHIN = 15.0
"""Seconds for a connection to ask something, its header whole."""
DONE_WITHIN = 120.0
"""Seconds for a request from there to the end of its answer."""
GOES_ON_FOR = 5
"""Seconds that answers under way have once it is to stop."""


class Impatient(H11Protocol):
    """uvicorn waits for ever for whoever sends or reads a byte now and then; a few hundred such
    would keep everybody else out."""

    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait(ASKS_WITHIN)

    def on_response_complete(self) -> None:
        self._wait(ASKS_WITHIN)
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    def _wait(self, seconds: float, seen: RequestResponseCycle | None = None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_later(seconds, self._look, seen)

    def _look(self, seen: RequestResponseCycle | None) -> None:
        # None until something is asked, whatever its type says.
        cycle: RequestResponseCycle | None = self.cycle
        busy = cycle is not None and not cycle.response_complete
        if busy and cycle is not seen:
            self._wait(DONE_WITHIN, cycle)
        else:
            self.transport.abort()


class Server(uvicorn.Server):
    """Serves in a thread of its own."""

    def __init__(
        self,
        application: ASGIApp,
        *,
        host: str,
        port: int,
        behind_proxy: bool = False,
        progress: Progress | None = None,
    ) -> None:
        """Port 0 takes a free one. `behind_proxy`: another program on this machine passes the
        requests on, and says for whom. `progress` is told that requests are taken.

        Raises MailresponderError where it cannot listen there.
        """
        self._socket = _listening(host, port)
        self._progress = progress or Progress()
        super().__init__(
            uvicorn.Config(
                application,
                http=Impatient,
                ws="none",
                lifespan="off",
                log_config=None,
                # What goes wrong is logged by the application, without what was asked.
                log_level="critical",
                access_log=False,
                server_header=False,
                proxy_headers=behind_proxy,
                forwarded_allow_ips=["127.0.0.1", "::1"],
                limit_concurrency=MOST_CONNECTIONS,
                timeout_graceful_shutdown=GOES_ON_FOR,
            )
        )

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._socket.getsockname()[1]
        return port

    async def on_tick(self, counter: int) -> bool:
        self._progress.made()
        return await super().on_tick(counter)

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Serve while the block lasts; the answers under way have `GOES_ON_FOR` to end."""
        # The threads that answer are daemons as it is: one that waits for a mail server must not
        # keep the process from ending.
        thread = threading.Thread(target=self.run, args=([self._socket],), name="web", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self.should_exit = True
            thread.join()


def _listening(host: str, port: int) -> socket.socket:
    """A socket that takes connections from now on."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = found[0]
        return socket.create_server(address, family=family)
    except (OSError, UnicodeError) as error:
        raise _cannot_listen(host, port, error) from error


def _cannot_listen(host: str, port: int, error: OSError | UnicodeError) -> MailresponderError:
    """UnicodeError: no machine can be called that, as `a..b`."""
    where = f"the page cannot listen on {host}, port {port}: "
    match getattr(error, "errno", None):
        case errno.EADDRINUSE:
            mend = "stop the other one, or choose a port with --port"
            return TemporaryFailure(f"{where}another program does", mend=mend)
        case errno.EACCES:
            mend = "choose one from 1024 on, and put a reverse proxy in front of it"
            return PermanentFailure(f"{where}this user may not use such a port", mend=mend)
        case _:
            mend = "name an address of this machine, as 127.0.0.1"
            return PermanentFailure(
                f"{where}{getattr(error, 'strerror', None) or 'not possible'}", mend=mend
            )
