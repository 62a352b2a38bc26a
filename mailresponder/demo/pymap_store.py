"""Mailboxes in memory behind pymap's IMAP server. Imports pymap: the extra `demo`.

pymap's own in-memory store drops keywords and dates mail by the machine's local time; both are
mended here by overriding, nothing else is changed.
"""

import asyncio
from argparse import Namespace
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from proxyprotocol.reader import ProxyProtocolReader
from proxyprotocol.sock import SocketInfo
from pymap.backend.dict import Config, Login
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxData, MailboxSet, Message
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials import ObjectId
from pymap.parsing.specials.flag import Flag
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext

Clock = Callable[[], datetime]

KEYWORDS = frozenset({Flag(b"$Angry"), Flag(b"$Escalated")})
"""Kept beside the system flags. pymap cannot keep just any."""


class _Folder(MailboxData):
    def __init__(self, owner: "_Folders") -> None:
        super().__init__(owner._content_cache, owner._thread_cache)
        self._clock = owner.clock

    @property
    def permanent_flags(self) -> frozenset[Flag]:
        return super().permanent_flags | KEYWORDS

    async def append(self, append_msg: AppendMessage, *, recent: bool = False) -> Message:
        when = append_msg.when or self._clock()
        dated = AppendMessage(append_msg.literal, when, append_msg.flag_set)
        return await super().append(dated, recent=recent)


class _Folders(MailboxSet):
    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock
        self._inbox = _Folder(self)

    async def add_mailbox(self, name: str) -> ObjectId:
        async with self._set_lock.write_lock():
            if name in self._set:
                raise ValueError(name)
            self._set[name] = folder = _Folder(self)
            return folder.mailbox_id


class _Config(Config):
    @property
    def greeting(self) -> bytes:
        # pymap's own asks the DNS for this machine's name.
        return b"Server ready"


class MemoryMail:
    """The users' folders, and the server for connections to them."""

    def __init__(self, users: Mapping[str, str], *, clock: Clock) -> None:
        config = _Config(
            Namespace(passlib_cfg=None, proxy_protocol=None),
            host=None,
            port=0,
            demo_data=False,
            demo_user="",
            demo_password="",
            tls_enabled=False,
            hash_context=Cleartext(),
        )
        login = Login(config)
        self._folders = {user: _Folders(clock) for user in users}
        for user, password in users.items():
            login.users_dict[user] = UserMetadata(config, user, password=password)
            config.set_cache[user] = (self._folders[user], FilterSet())
        self._serving: set[asyncio.Task[Any] | None] = set()
        self._server = IMAPServer(login, config)
        self._accept = ProxyProtocolReader(config.proxy_protocol).get_callback(self._serve)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one IMAP connection."""
        await self._accept(reader, writer)

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, info: SocketInfo
    ) -> None:
        # proxyprotocol makes a task of this and forgets it. While a large literal pauses the
        # transport, nothing else refers to it, and a garbage collection would end the connection.
        task = asyncio.current_task()
        self._serving.add(task)
        try:
            await self._server(reader, writer, info)
        finally:
            self._serving.discard(task)

    async def deliver(self, user: str, content: bytes, *, at: datetime | None = None) -> None:
        """Put a mail into the user's INBOX. `at` (aware): its INTERNALDATE, else the clock's."""
        inbox = await self._folders[user].get_mailbox("INBOX")
        await inbox.append(AppendMessage(content, at, frozenset()), recent=True)

    async def add_folders(self) -> None:
        """Give every user a Sent folder."""
        for folders in self._folders.values():
            await folders.add_mailbox("Sent")
