"""A small HTTP server for a monitoring system on this machine: two pages, nothing to change.

It keeps no process from its work: where it cannot listen it says so in the log and tries again, and
whoever holds its connections open loses them.
"""

import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from mailresponder.app import App
from mailresponder.jobs import probe
from mailresponder.jobs.work import log
from mailresponder.monitoring.exposition import registry_of
from mailresponder.monitoring.looking import Looker

MOST_CONNECTIONS = 8
"""At once; one more is closed unheard."""
DONE_WITHIN = 10.0
"""Seconds from a connection to the end of its answer."""
TRY_AGAIN = 10.0
"""Seconds until it tries to listen again where it could not."""
MOST_NAMED = 50
"""Complaints in an answer of `/healthz`."""

_TEXT = "text/plain; charset=utf-8"


@contextmanager
def serving(app: App, *, host: str, port: int) -> Iterator[None]:
    """Answer while the block lasts."""
    service = _Service(app, host, port)
    service.start()
    try:
        yield
    finally:
        service.stop()


class _Service:
    """Listens in a thread of its own, again and again if it must."""

    def __init__(self, app: App, host: str, port: int) -> None:
        self._host, self._port = host, port
        looker = Looker(app)
        self._pages = _Pages(looker, registry_of(app, looker))
        self._ended = threading.Event()
        self._turn = threading.Lock()
        self._server: _Server | None = None
        self._thread = threading.Thread(target=self._run, name="metrics", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        with self._turn:
            self._ended.set()
            server = self._server
        if server is not None:
            server.shutdown()
        self._thread.join()

    def _run(self) -> None:
        is_told = False
        while not self._ended.is_set():
            try:
                server = _Server(self._host, self._port, self._pages)
            except OSError as error:
                if not is_told:
                    log.error(
                        "metrics_not_served",
                        host=self._host,
                        port=self._port,
                        reason=error.strerror or type(error).__name__,
                        mend="another process listens there? choose another [metrics] port, "
                        "or --metrics-port for this one",
                    )
                is_told = True
                self._ended.wait(TRY_AGAIN)
                continue
            with server:
                self._serve(server)

    def _serve(self, server: "_Server") -> None:
        with self._turn:
            if self._ended.is_set():
                return
            self._server = server
        log.info("metrics_served", host=self._host, port=self._port)
        server.serve_forever()


class _Pages:
    """What is answered."""

    def __init__(self, looker: Looker, registry: CollectorRegistry) -> None:
        self._looker, self._registry = looker, registry

    def answer(self, path: str) -> tuple[HTTPStatus, str, bytes]:
        """Status, content type and content."""
        match path.partition("?")[0]:
            case "/metrics":
                return HTTPStatus.OK, CONTENT_TYPE_LATEST, generate_latest(self._registry)
            case "/healthz":
                status, text = self._health()
                return status, _TEXT, text.encode()
            case _:
                return HTTPStatus.NOT_FOUND, _TEXT, b"There is /metrics and /healthz.\n"

    def _health(self) -> tuple[HTTPStatus, str]:
        look = self._looker.look()
        if look.error:
            return HTTPStatus.SERVICE_UNAVAILABLE, f"{probe.without_addresses(look.error)}\n"
        if not look.complaints:
            return HTTPStatus.OK, "ok\n"
        lines = [probe.in_words(one) for one in look.complaints[:MOST_NAMED]]
        if len(look.complaints) > MOST_NAMED:
            lines.append(f"and {len(look.complaints) - MOST_NAMED} more")
        return HTTPStatus.SERVICE_UNAVAILABLE, "".join(f"{line}\n" for line in lines)


class _Server(socketserver.ThreadingMixIn, HTTPServer):
    """Few connections at a time, each for a short time."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, host: str, port: int, pages: _Pages) -> None:
        self.pages = pages
        self._open: dict[socket.socket, float] = {}
        self._lock = threading.Lock()
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        self.address_family, _, _, _, address = found[0]
        super().__init__((str(address[0]), port), _Handler)

    def server_bind(self) -> None:
        # Not HTTPServer's, which asks the DNS for its own name.
        socketserver.TCPServer.server_bind(self)

    def verify_request(self, request: object, client_address: object) -> bool:  # noqa: ARG002 - given
        """Is there room for one more?"""
        assert isinstance(request, socket.socket)  # noqa: S101 - a TCP server's
        with self._lock:
            if len(self._open) >= MOST_CONNECTIONS:
                return False
            self._open[request] = time.monotonic()
        return True

    def shutdown_request(self, request: object) -> None:
        assert isinstance(request, socket.socket)  # noqa: S101 - a TCP server's
        with self._lock:
            self._open.pop(request, None)
        super().shutdown_request(request)

    def service_actions(self) -> None:
        """Now and then: hang up on who takes too long."""
        ends = time.monotonic() - DONE_WITHIN
        with self._lock:
            for connection, begun in self._open.items():
                if begun < ends:
                    _hang_up(connection)

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - given
        """The other side has gone, or a mistake of ours: no more than this answer is lost."""
        log.warning("metrics_not_answered", exc_info=True)


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        # It has gone meanwhile.
        return


class _Handler(BaseHTTPRequestHandler):
    """One request, then the connection is closed."""

    timeout = DONE_WITHIN

    def do_GET(self) -> None:
        status, kind, content = self._answer()
        self._head(status, kind, len(content))
        self.wfile.write(content)

    def do_HEAD(self) -> None:
        status, kind, content = self._answer()
        self._head(status, kind, len(content))

    def _answer(self) -> tuple[HTTPStatus, str, bytes]:
        assert isinstance(self.server, _Server)  # noqa: S101 - nobody else uses it
        return self.server.pages.answer(self.path)

    def _head(self, status: HTTPStatus, kind: str, length: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()

    def version_string(self) -> str:
        """What is told of this server: no versions."""
        return "mailresponder"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its own name
        """Who asked is no event."""
