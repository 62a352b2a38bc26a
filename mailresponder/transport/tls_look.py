"""A look at a mail server before anybody signs in: its addresses, whether it answers there, its
greeting, and its TLS certificate, also one that is not accepted.

Nothing is decided here, and nothing is said to the server but what leads to TLS. The whole look
has one limit of time, however slowly the server speaks.
"""

import errno
import re
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from mailresponder.errors import ServerUnavailable
from mailresponder.mail.dates import date_of
from mailresponder.transport.connection import (
    ServerSettings,
    network_failure,
    server_words,
    tls_context,
)

Kind = Literal["imap", "smtp"]

PATIENCE = 10.0
"""Seconds for a whole look."""

_NO_WAY = frozenset(
    {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL}
)
_LONGEST = 64 * 1024
"""Bytes of answers that are read."""
_NO_CHECK_TIME = 0x200000
"""OpenSSL's X509_V_FLAG_NO_CHECK_TIME, which Python gives no name."""
_TIME = re.compile(r"(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Certificate:
    """A server's certificate, as it says itself."""

    names: tuple[str, ...]
    """Host names and IP addresses that it is for."""
    issuer: str
    """Who signed it: an organisation, or else a common name."""
    begins: datetime
    ends: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What a server showed."""

    addresses: tuple[str, ...]
    """IP addresses of the host, as they would be tried."""
    silent: tuple[str, ...] = ()
    """Those that were tried, and did not answer or refused."""
    no_way: tuple[str, ...] = ()
    """Those that this machine has no way to: it has no IPv6, mostly."""
    greeting: str = ""
    """The server's first line; empty where it was not read."""
    version: str = ""
    """As `TLSv1.3`; empty without TLS."""
    certificate: Certificate | None = None
    """None without TLS."""

    @property
    def time(self) -> datetime | None:
        """The server's time, where its greeting names it, as many an SMTP server's does."""
        found = _TIME.search(self.greeting)
        return None if found is None else date_of(found[0])


class BadCertificate(ServerUnavailable):
    """The server's certificate is not accepted."""

    def __init__(self, message: str, *, mend: str, certificate: Certificate | None) -> None:
        super().__init__(message, mend=mend)
        self.certificate = certificate
        """None where it could not be read."""


def look(settings: ServerSettings, kind: Kind, *, patience: float = PATIENCE) -> Seen:
    """Look at a server as who connects to it would. `patience` in seconds.

    Raises ServerUnavailable where nobody could connect: no such host, no answer, no TLS. A
    certificate that is not accepted is BadCertificate.
    """
    deadline = _Deadline(patience)
    server = f"{settings.host}:{settings.port}"
    context = None if settings.security == "none" else tls_context(settings.ca_file)
    with _translated(server):
        seen, sock = _reached(settings, deadline)
    with _closing(sock) as held:
        try:
            with _translated(server):
                return _greeted(held, seen, settings, kind, context, deadline)
        except ServerUnavailable as error:
            refused = error.__cause__
            if not isinstance(refused, ssl.SSLCertVerificationError):
                raise
            shown = _presented(settings, kind, deadline)
            raise BadCertificate(error.message, mend=error.mend, certificate=shown) from refused


class _Deadline:
    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds; never 0, which would mean not to wait at all. Raises TimeoutError."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


def _reached(settings: ServerSettings, deadline: _Deadline) -> tuple[Seen, socket.socket]:
    """A connection to the first address that answers; of each kind of address one is tried."""
    found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)
    addresses = tuple(dict.fromkeys(str(address[0]) for *_, address in found))
    tried = {family: address for family, *_, address in reversed(found)}
    silent: list[str] = []
    no_way: list[str] = []
    connected: socket.socket | None = None
    failure: OSError | None = None
    for family in dict.fromkeys(family for family, *_ in found):
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            # One that is silent must leave time for the others.
            sock.settimeout(deadline.left() / 2)
            sock.connect(tried[family])
        except OSError as error:
            sock.close()
            failure = failure or error
            (no_way if error.errno in _NO_WAY else silent).append(str(tried[family][0]))
        else:
            if connected is None:
                connected = sock
            else:
                sock.close()
    if connected is None:
        raise failure or TimeoutError
    seen = Seen(addresses=addresses, silent=tuple(silent), no_way=tuple(no_way))
    return seen, connected


def _greeted(
    held: "_Held",
    seen: Seen,
    settings: ServerSettings,
    kind: Kind,
    context: ssl.SSLContext | None,
    deadline: _Deadline,
) -> Seen:
    lines = _Lines(held, deadline)
    if settings.security == "starttls":
        greeting = lines.reply(kind, b"*")
        _ask_for_tls(lines, kind, f"{settings.host}:{settings.port}")
    if context is not None:
        held.sock.settimeout(deadline.left())
        secured = context.wrap_socket(held.sock, server_hostname=settings.host)
        held.sock = secured
        seen = replace(
            seen, version=secured.version() or "", certificate=_read(secured.getpeercert() or {})
        )
    if settings.security != "starttls":
        greeting = b""
        # That it can be reached is known; that it is silent is for whoever signs in to tell.
        with suppress(OSError, ServerUnavailable):
            greeting = lines.reply(kind, b"*")
    with suppress(OSError):
        held.sock.sendall(b"x LOGOUT\r\n" if kind == "imap" else b"QUIT\r\n")
    return replace(seen, greeting=server_words(greeting))


def _ask_for_tls(lines: "_Lines", kind: Kind, server: str) -> None:
    if kind == "imap":
        lines.say(b"x STARTTLS\r\n")
        agreed = lines.reply(kind, b"x").upper().startswith(b"X OK")
    else:
        lines.say(b"EHLO [127.0.0.1]\r\n")
        lines.reply(kind, b"")
        lines.say(b"STARTTLS\r\n")
        agreed = lines.reply(kind, b"").startswith(b"220")
    if not agreed:
        ports = ("993", "143") if kind == "imap" else ("465", "587")
        raise ServerUnavailable(
            f"{server}: the server does not offer STARTTLS",
            mend=f'set security = "tls" and the port for TLS, usually {ports[0]}',
        )
    if lines.has_more:
        # It would be taken for something said under TLS (CVE-2011-0411).
        raise ServerUnavailable(
            f"{server}: the server, or somebody between, says more before TLS than it may",
            mend='somebody may be tampering with the connection; use security = "tls"',
        )


class _Held:
    """A socket that may become another one: the same under TLS."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock


@contextmanager
def _closing(sock: socket.socket) -> Iterator[_Held]:
    held = _Held(sock)
    try:
        yield held
    finally:
        held.sock.close()


class _Lines:
    """The lines of a server, whose bytes and time are limited."""

    def __init__(self, held: _Held, deadline: _Deadline) -> None:
        self._held, self._deadline = held, deadline
        self._buffer = b""
        self._taken = 0

    @property
    def has_more(self) -> bool:
        """Has the server said more than was asked for?"""
        return bool(self._buffer)

    def say(self, line: bytes) -> None:
        """Say a command."""
        self._held.sock.settimeout(self._deadline.left())
        self._held.sock.sendall(line)

    def reply(self, kind: Kind, tag: bytes) -> bytes:
        """The last line of an IMAP answer with this tag, or of an SMTP reply."""
        while True:
            line = self._line()
            last = line[3:4] != b"-" if kind == "smtp" else line.startswith(tag + b" ")
            if last:
                return line

    def _line(self) -> bytes:
        while b"\n" not in self._buffer:
            self._held.sock.settimeout(self._deadline.left())
            more = self._held.sock.recv(4096)
            self._taken += len(more)
            if not more:
                raise ConnectionError(errno.ECONNRESET, "the server closed the connection")
            if self._taken > _LONGEST:
                raise ConnectionError(errno.EMSGSIZE, "the server says no end of things")
            self._buffer += more
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line.rstrip(b"\r")


def _presented(settings: ServerSettings, kind: Kind, deadline: _Deadline) -> Certificate | None:
    """The certificate that was refused. Two more connections: one that takes any certificate, to
    have it, and one that trusts exactly that one, as only then Python's ssl reads it for us."""
    anyone = ssl.create_default_context()
    anyone.check_hostname, anyone.verify_mode = False, ssl.CERT_NONE
    try:
        with _handshake(settings, kind, anyone, deadline) as shown:
            content = shown.getpeercert(binary_form=True)
        if content is None:
            return None
        this_one = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        this_one.check_hostname = False
        this_one.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | ssl.VerifyFlags(_NO_CHECK_TIME)
        this_one.load_verify_locations(cadata=content)
        with _handshake(settings, kind, this_one, deadline) as shown:
            return _read(shown.getpeercert() or {})
    except (OSError, ValueError, ServerUnavailable):
        return None


@contextmanager
def _handshake(
    settings: ServerSettings, kind: Kind, context: ssl.SSLContext, deadline: _Deadline
) -> Iterator[ssl.SSLSocket]:
    """A connection on which TLS is spoken."""
    sock = socket.create_connection((settings.host, settings.port), deadline.left())
    with _closing(sock) as held:
        if settings.security == "starttls":
            lines = _Lines(held, deadline)
            lines.reply(kind, b"*")
            _ask_for_tls(lines, kind, settings.host)
        held.sock.settimeout(deadline.left())
        secured = context.wrap_socket(held.sock, server_hostname=settings.host)
        held.sock = secured
        yield secured


def _read(content: Any) -> Certificate | None:
    """As `ssl.SSLSocket.getpeercert` gives it; None where it names no times."""
    if "notAfter" not in content:
        return None
    names = tuple(str(name) for _, name in content.get("subjectAltName", ()))
    subject, issuer = (
        {key: value for part in content.get(whose, ()) for key, value in part}
        for whose in ("subject", "issuer")
    )
    common = subject.get("commonName", "")
    return Certificate(
        names=names or ((common,) if common else ()),
        issuer=server_words(issuer.get("organizationName") or issuer.get("commonName") or ""),
        begins=_moment(content["notBefore"]),
        ends=_moment(content["notAfter"]),
    )


def _moment(text: str) -> datetime:
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(text), UTC)


@contextmanager
def _translated(server: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise network_failure(error, server) from error
