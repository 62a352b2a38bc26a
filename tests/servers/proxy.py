"""A TCP proxy in front of a test server: it delays, falls silent, hangs up, and counts.

It knows no protocol, so it works between the program and any server, TLS included.
"""

import asyncio
import contextlib
import time
from dataclasses import dataclass
from typing import Self

from mailresponder.demo.server import LoopThread

_CHUNK = 64 * 1024


@dataclass(slots=True)
class Traffic:
    """What went through since it was last reset."""

    connections: int = 0
    to_server: int = 0
    """Bytes."""
    to_client: int = 0
    """Bytes."""
    round_trips: int = 0
    """How often the client spoke after the server had: each costs it one wait for an answer."""


class Proxy:
    """Serves on `port` while entered, and passes everything on to a port of the loopback."""

    host = "127.0.0.1"

    def __init__(self, server_port: int, *, round_trip: float = 0.0, note: bytes = b"") -> None:
        """`round_trip` in seconds: half of it passes on the way there, half on the way back.
        `note`: words of the server whose times are kept in `noted`."""
        self.server_port = server_port
        self.port = 0
        self.traffic = Traffic()
        self.noted: list[float] = []
        """When the server said the words, by the monotonic clock."""
        self._note = note
        self._delay = round_trip / 2
        self._listening: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._flows = asyncio.Event()

    def __enter__(self) -> Self:
        self._thread = LoopThread("proxy")
        self._thread.run(self._listen())
        self._flows.set()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.run(self._refuse())
        self._thread.close()

    def reset(self) -> None:
        """Begin to count anew."""
        self.traffic = Traffic()

    def fall_silent(self) -> None:
        """Keep every connection open, take new ones, and pass nothing on: half-open."""
        self._thread.loop.call_soon_threadsafe(self._flows.clear)

    def speak_again(self) -> None:
        """End `fall_silent`: what was held back goes out now."""
        self._thread.loop.call_soon_threadsafe(self._flows.set)

    def hang_up(self) -> None:
        """Reset every open connection; new ones are taken."""
        self._thread.loop.call_soon_threadsafe(self._abort)

    def refuse(self) -> None:
        """Reset every open connection and refuse new ones: the server is down."""
        self._thread.run(self._refuse())

    def serve(self) -> None:
        """End `refuse`; the port stays the same."""
        self._thread.run(self._listen())

    async def _listen(self) -> None:
        if self._listening is None:
            self._listening = await asyncio.start_server(self._accept, self.host, self.port)
            self.port = self._listening.sockets[0].getsockname()[1]

    async def _refuse(self) -> None:
        if self._listening is not None:
            self._listening.close()
            self._listening = None
        self._abort()
        await asyncio.sleep(0)

    def _abort(self) -> None:
        for writer in self._open:
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.traffic.connections += 1
        try:
            there = await asyncio.open_connection(self.host, self.server_port)
        except OSError:
            writer.transport.abort()
            return
        ends = (writer, there[1])
        self._open.update(ends)
        spoken = _Spoken()
        try:
            # A stream's own callback has no use for the cancelling of its task at the end.
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.gather(
                    self._pass_on(reader, there[1], spoken, to_server=True),
                    self._pass_on(there[0], writer, spoken, to_server=False),
                )
        finally:
            self._open.difference_update(ends)
            for end in ends:
                end.transport.abort()

    async def _pass_on(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        spoken: "_Spoken",
        *,
        to_server: bool,
    ) -> None:
        loop = asyncio.get_running_loop()
        # Chunks wait side by side: a delay is no limit on how much goes through.
        waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def read() -> None:
            with contextlib.suppress(OSError):
                while chunk := await reader.read(_CHUNK):
                    self._count(chunk, spoken, to_server=to_server)
                    waiting.put_nowait((loop.time() + self._delay, chunk))
            waiting.put_nowait((loop.time() + self._delay, b""))

        reading = asyncio.ensure_future(read())
        try:
            while True:
                due, chunk = await waiting.get()
                if (left := due - loop.time()) > 0:
                    await asyncio.sleep(left)
                await self._flows.wait()
                if not chunk:
                    with contextlib.suppress(OSError):
                        writer.write_eof()
                    return
                writer.write(chunk)
                with contextlib.suppress(OSError):
                    await writer.drain()
        finally:
            reading.cancel()

    def _count(self, chunk: bytes, spoken: "_Spoken", *, to_server: bool) -> None:
        if to_server:
            self.traffic.to_server += len(chunk)
            self.traffic.round_trips += spoken.last_by_server
        else:
            self.traffic.to_client += len(chunk)
            if self._note and self._note in chunk:
                self.noted.append(time.monotonic())
        spoken.last_by_server = not to_server


@dataclass(slots=True)
class _Spoken:
    """Who spoke last on one connection."""

    last_by_server: bool = False
