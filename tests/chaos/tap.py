"""A tap on the wire between the program and its IMAP server: it passes everything on, and tells
which command was seen and which was answered."""

import asyncio
import contextlib
import re

from chaos.listening import Listening
from chaos.moments import IMAP_VERBS, Moments

_COMMAND = re.compile(rb"(?m)^([A-Za-z0-9]+) (?:UID )?(%s)\b" % "|".join(IMAP_VERBS).encode())
_CHUNK = 64 * 1024


class ImapTap(Listening):
    """Serves on `port` while entered."""

    def __init__(self, server_port: int, moments: Moments) -> None:
        self._server_port, self._moments = server_port, moments

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
