"""An SMTP server (aiosmtpd) that keeps what it gets and answers as it is told to."""

# ruff: noqa: N802 - aiosmtpd looks its hooks up by these names

import asyncio
import re
import ssl
import threading
from base64 import b64decode
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from typing import Any, Self

from aiosmtpd.smtp import MISSING, SMTP, AuthResult

from mailresponder.demo.server import LoopThread, SentMail

DROP = "drop"
"""An answer: close the connection without a word."""
KEEP_AND_DROP = "keep and drop"
"""An answer to DATA: keep the mail, then close the connection without a word."""


class SmtpSink:
    """Serves while entered; `received` holds what came, one item for each recipient."""

    host = "127.0.0.1"

    def __init__(
        self,
        *,
        tls: ssl.SSLContext | None = None,
        starttls: ssl.SSLContext | None = None,
        users: Mapping[str, str] | None = None,
        lets_in: Callable[[str, str], bool] | None = None,
        smtputf8: bool = False,
        pipelining: bool = False,
        deliver: Callable[[SentMail], None] | None = None,
    ) -> None:
        """`users`: name to password; None: no AUTH offered. `lets_in`: does this user's token let
        in? XOAUTH2 and OAUTHBEARER are offered then. `pipelining`: offered (RFC 2920).
        `deliver`: handed every mail too."""
        self.port = 0
        self.received: list[SentMail] = []
        self.commands: list[str] = []
        """MAIL, RCPT, DATA, RSET, NOOP, AUTH, in the order they came."""
        self.options: list[str] = []
        """The parameters of every MAIL command."""
        self.connections = 0
        self._tls, self._starttls, self._users = tls, starttls, users
        self.lets_in = lets_in
        self.signed_in: list[str] = []
        """Mechanism and user of each sign-in by a token."""
        self._smtputf8, self.deliver = smtputf8, deliver
        self.pipelining = pipelining
        self._answers: dict[str, deque[str]] = defaultdict(deque)
        self._lock = threading.Lock()

    def answer(self, command: str, reply: str, *, times: int = 1) -> None:
        """Answer the next MAIL, RCPT, DATA (its end), AUTH or NOOP with this reply, or DROP."""
        with self._lock:
            self._answers[command].extend([reply] * times)

    def answer_as_usual(self, command: str) -> None:
        """Take back what was to be answered to this command."""
        with self._lock:
            self._answers[command].clear()

    def __enter__(self) -> Self:
        self._thread = LoopThread("smtp-sink")
        self._server = self._thread.run(self._start())
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.run(self._stop())
        self._thread.close()

    def drop_connections(self) -> None:
        """Close what is open now, as a server does with idle clients."""
        self._thread.run(self._drop_all())

    async def _start(self) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        self._open: list[SMTP] = []
        server = await loop.create_server(
            lambda: self._connection(loop), self.host, self.port, ssl=self._tls
        )
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _stop(self) -> None:
        self._server.close()
        await self._drop_all()

    async def _drop_all(self) -> None:
        for connection in self._open:
            if connection.transport is not None:
                connection.transport.abort()
        await asyncio.sleep(0)

    def _connection(self, loop: asyncio.AbstractEventLoop) -> SMTP:
        self.connections += 1
        offers: dict[str, Any] = {"auth_require_tls": False, "authenticator": self._authenticate}
        by_token = self.lets_in is not None
        connection = SMTP(
            _TokenHandler(self) if by_token else _Handler(self),
            loop=loop,
            hostname="localhost",
            tls_context=self._starttls,
            enable_SMTPUTF8=self._smtputf8,
            **(offers if by_token or self._users is not None else {"auth_require_tls": True}),
        )
        self._open.append(connection)
        return connection

    def _authenticate(
        self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any
    ) -> AuthResult:
        known = (self._users or {}).get(data.login.decode())
        good = known is not None and known == data.password.decode()
        return AuthResult(success=good, handled=False)

    def take(self, mail: SentMail) -> None:
        """Keep a mail, and hand it on."""
        self.received.append(mail)
        if self.deliver is not None:
            self.deliver(mail)

    def told(self, command: str) -> str | None:
        """What to answer this command, if anything out of the ordinary."""
        self.commands.append(command)
        with self._lock:
            answers = self._answers[command]
            return answers.popleft() if answers else None


class _Handler:
    def __init__(self, sink: SmtpSink) -> None:
        self._sink = sink

    async def _told(self, server: Any, command: str) -> str | None:
        reply = self._sink.told(command)
        if reply == DROP:
            await _hang_up(server)
        return reply

    async def handle_EHLO(
        self, _server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        offers = ["250-PIPELINING"] if self._sink.pipelining else []
        return [*responses[:-1], *offers, responses[-1]]

    async def handle_AUTH(self, server: Any, *_: Any) -> Any:
        return await self._told(server, "AUTH") or MISSING

    async def handle_NOOP(self, server: Any, *_: Any) -> str:
        return await self._told(server, "NOOP") or "250 OK"

    async def handle_RSET(self, server: Any, *_: Any) -> str:
        return await self._told(server, "RSET") or "250 OK"

    async def handle_MAIL(
        self, server: Any, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        self._sink.options.extend(options)
        reply = await self._told(server, "MAIL")
        if reply is None:
            envelope.mail_from = address
        return reply or "250 OK"

    async def handle_RCPT(
        self, server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        reply = await self._told(server, "RCPT")
        if reply is None:
            envelope.rcpt_tos.append(address)
        return reply or "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        reply = await self._told(server, "DATA")
        if reply in (None, KEEP_AND_DROP):
            sender = "" if envelope.mail_from == "<>" else envelope.mail_from
            for recipient in envelope.rcpt_tos:
                mail = SentMail(sender=sender, recipient=recipient, content=envelope.content)
                self._sink.take(mail)
        if reply == KEEP_AND_DROP:
            await _hang_up(server)
        return reply or "250 2.0.0 taken"


class _TokenHandler(_Handler):
    async def auth_XOAUTH2(self, server: Any, args: list[str]) -> AuthResult:
        return await self._by_token(server, args)

    async def auth_OAUTHBEARER(self, server: Any, args: list[str]) -> AuthResult:
        return await self._by_token(server, args)

    async def _by_token(self, server: Any, args: list[str]) -> AuthResult:
        if len(args) == 1:
            server._reader._limit = 1 << 16
            said = (await server.challenge_auth("")).decode()
        else:
            said = b64decode(args[1]).decode()
        user = re.search(r"(?:^user=|^n,a=)([^,\x01]*)", said)
        token = re.search(r"\x01auth=Bearer ([^\x01]+)\x01\x01$", said)
        assert user is not None, said
        assert token is not None, said
        assert self._sink.lets_in is not None
        if self._sink.lets_in(user[1], token[1]):
            self._sink.signed_in.append(f"{args[0]} {user[1]}")
            return AuthResult(success=True)
        last = await server.challenge_auth('{"status": "401", "scope": "mail"}')
        assert last == (b"" if args[0] == "XOAUTH2" else b"\x01"), last
        return AuthResult(success=False, handled=False)


async def _hang_up(server: Any) -> None:
    """The connection ends, and with it the task this runs in."""
    server.transport.abort()
    await asyncio.Event().wait()
