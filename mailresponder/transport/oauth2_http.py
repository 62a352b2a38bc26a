"""One question to an authorization server and its answer, by the standard library.

Whatever comes back is bounded: in time as a whole, since a server may drip, and in size. A redirect
is not followed: it would carry a secret somewhere nobody has named.
"""

import contextlib
import http.client
import json
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from mailresponder.errors import ConfigError, ConfigProblem, ServerUnavailable
from mailresponder.transport.connection import network_failure, prepare_socket, tls_context

PATIENCE = 30.0
"""Seconds an answer may take as a whole."""

_CONNECT_TIMEOUT = 10.0
"""Seconds for one of a host's addresses."""

ANSWER_LIMIT = 128 * 1024
"""Bytes of an answer. A token of Microsoft's has some 2 KiB."""

_RETRY_AFTER = re.compile(r"\d{1,6}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a server said."""

    server: str
    """`host:port`."""
    status: int
    fields: Mapping[str, Any]
    """The JSON object; empty where there was none."""
    retry_after: timedelta | None

    def text(self, name: str) -> str:
        """A field of text; empty where it is something else or is not there."""
        value = self.fields.get(name)
        return value if isinstance(value, str) else ""

    def seconds(self, name: str) -> int | None:
        """A field of whole seconds, not below 0; some servers write them as text."""
        value = self.fields.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            return None
        try:
            return min(max(int(float(value)), 0), _TEN_YEARS)
        except (ValueError, OverflowError):
            return None


_TEN_YEARS = 10 * 365 * 24 * 3600


def post(
    url: str, form: Mapping[str, str], *, ca_file: Path | None, patience: float = PATIENCE
) -> Answer:
    """Send a form to `url`; `patience` in seconds, for the whole of it.

    Raises ServerUnavailable where there is no answer in time or one that is no HTTP, and
    ConfigError where the address is none that a secret may be sent to.
    """
    host, port = _checked(url)
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    server = f"{host}:{port}"
    context = tls_context(ca_file) if parts.scheme == "https" else None
    if context is not None:
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            host, port, context=context
        )
    else:
        connection = http.client.HTTPConnection(host, port)
    headers = {
        "Accept": "application/json",
        "Content-Type": "application/x-www-form-urlencoded",
        "User-Agent": "mailresponder",
    }
    with _bounded(connection, server, patience):
        _connect(connection, context, patience)
        connection.request("POST", path, urlencode(form), headers)
        response = connection.getresponse()
        body = response.read(ANSWER_LIMIT + 1)
    if len(body) > ANSWER_LIMIT:
        raise ServerUnavailable(f"{server}: the answer has no end")
    wait = response.getheader("Retry-After", "").strip()
    return Answer(
        server=server,
        status=response.status,
        fields=_object(body),
        retry_after=timedelta(seconds=int(wait)) if _RETRY_AFTER.fullmatch(wait) else None,
    )


def _connect(
    connection: http.client.HTTPConnection, context: ssl.SSLContext | None, patience: float
) -> None:
    """As `connection.connect`, whose patience is for each of the host's addresses and each step."""
    host, ends = connection.host, time.monotonic() + patience
    failure: OSError = TimeoutError()
    for *_, address in socket.getaddrinfo(host, connection.port, type=socket.SOCK_STREAM):
        if (left := ends - time.monotonic()) <= 0:
            raise TimeoutError
        try:
            sock = socket.create_connection(
                (str(address[0]), connection.port), timeout=min(left, _CONNECT_TIMEOUT)
            )
        except OSError as error:
            failure = error
            continue
        sock.settimeout(patience)
        prepare_socket(sock)
        connection.sock = sock
        if context is not None:
            # Not before it can be ended from without.
            tls = context.wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
            connection.sock = tls
            tls.do_handshake()
        return
    raise failure


@contextlib.contextmanager
def _bounded(
    connection: http.client.HTTPConnection, server: str, patience: float
) -> Iterator[None]:
    """The connection's time as a whole: a socket's own timeout is for each part that comes."""
    over = threading.Event()

    def end() -> None:
        over.set()
        if (sock := connection.sock) is not None:
            with contextlib.suppress(OSError):
                # TLS would wait for the other side's farewell.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    timer = threading.Timer(patience, end)
    timer.daemon = True
    timer.start()
    try:
        yield
        if over.is_set():
            # To the reader it looked like the end of an answer.
            raise TimeoutError
    except (OSError, http.client.HTTPException) as error:
        if over.is_set():
            raise network_failure(TimeoutError(), server) from error
        if isinstance(error, OSError) and not isinstance(error, http.client.HTTPException):
            raise _told(error, server) from error
        # It quotes the answer, and that may be a token.
        raise ServerUnavailable(f"{server}: the server's answer could not be understood") from None
    finally:
        timer.cancel()
        connection.close()


def _told(error: OSError, server: str) -> ServerUnavailable:
    """As for a mail server, but a certificate and a host are named by other keys here."""
    failure = network_failure(error, server)
    if isinstance(error, ssl.SSLError | socket.gaierror | TimeoutError):
        return ServerUnavailable(
            failure.message,
            mend="check ca_file and the addresses under [mailbox.oauth2], network and clock",
        )
    return ServerUnavailable(failure.message, mend="check this machine's network, and any firewall")


def _checked(url: str) -> tuple[str, int]:
    """Host and port. A secret goes over TLS, or not beyond this machine."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
        parts = urlsplit("")
    if not host or parts.scheme not in ("https", "http") or not url.isprintable():
        raise _problem(f"{url!r} is no address of a server", "as https://host/path")
    if parts.scheme == "http" and not is_loopback(host):
        raise _problem(f"http://{host} is not encrypted", "the address must begin with https://")
    return host, port or (443 if parts.scheme == "https" else 80)


def is_loopback(host: str) -> bool:
    """Does the host stay on this machine?"""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _problem(message: str, hint: str) -> ConfigError:
    return ConfigError([ConfigProblem(path="oauth2", message=message, hint=hint)])


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
