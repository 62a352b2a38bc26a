"""What the servers of a storm share: a port of the loopback, served in a thread of its own."""

import asyncio
from typing import Self

from mailresponder.demo.server import LoopThread


class Listening:
    """Serves on `port` while entered."""

    host = "127.0.0.1"
    port = 0

    def __enter__(self) -> Self:
        self._thread = LoopThread(type(self).__name__)
        self._listener = self._thread.run(asyncio.start_server(self._serve, self.host, 0))
        self.port = self._listener.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.loop.call_soon_threadsafe(self._listener.close)
        self._thread.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, to its end."""
        raise NotImplementedError
