"""A tap on the wire between the program and its IMAP server: it passes everything on, and tells
which command was seen and which was answered."""

import asyncio
import contextlib
import re
from typing import Self

from chaos.moments import IMAP_VERBS, Moments

from mailresponder.demo.server import LoopThread

_COMMAND = re.compile(rb"(?m)^([A-Za-z0-9]+) (?:UID )?(%s)\b" % "|".join(IMAP_VERBS).encode())
_CHUNK = 64 * 1024


class ImapTap:
    """Serves on `port` while entered."""

    host = "127.0.0.1"

    def __init__(self, server_port: int, moments: Moments) -> None:
        self._server_port, self._moments = server_port, moments
        self.port = 0

    def __enter__(self) -> Self:
        self._thread = LoopThread("chaos-imap")
        self._server = self._thread.run(asyncio.start_server(self._serve, self.host, 0))
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.loop.call_soon_threadsafe(self._server.close)
        self._thread.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(self.host, self._server_port)
        asked: dict[bytes, str] = {}
        flows = [
            asyncio.ensure_future(self._commands(reader, back, asked)),
            asyncio.ensure_future(self._answers(there, writer, asked)),
        ]
        await asyncio.wait(flows, return_when=asyncio.FIRST_COMPLETED)
        for flow in flows:
            flow.cancel()
        await asyncio.gather(*flows, return_exceptions=True)
        for end in (writer, back):
            end.transport.abort()

    async def _commands(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: dict[bytes, str]
    ) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(_CHUNK):
                for command in _COMMAND.finditer(chunk):
                    tag, verb = command[1], command[2].decode()
                    asked[tag] = verb
                    self._moments.saw(f"{verb} seen")
                writer.write(chunk)
                await writer.drain()

    async def _answers(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: dict[bytes, str]
    ) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(_CHUNK):
                for tag in list(asked):
                    if chunk.startswith(tag + b" ") or b"\n" + tag + b" " in chunk:
                        self._moments.saw(f"{asked.pop(tag)} answered")
                writer.write(chunk)
                await writer.drain()
