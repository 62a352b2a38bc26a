"""What an HTTP server does in place of an answer."""

import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

Misdeed = Callable[[BaseHTTPRequestHandler], None]


def reply(handler: BaseHTTPRequestHandler, body: bytes, *, status: int, **headers: str) -> None:
    """Send an answer."""
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def saying(body: bytes, *, status: int = 200, **headers: str) -> Misdeed:
    """A misdeed: just these bytes."""
    return lambda handler: reply(handler, body, status=status, **headers)


def endless(handler: BaseHTTPRequestHandler) -> None:
    """A misdeed: an answer that goes on until the other side has had enough."""
    handler.send_response(200)
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b"[" * 65_536)
    except OSError:
        return


def dripping(handler: BaseHTTPRequestHandler) -> None:
    """A misdeed: a byte whenever the other side might think of giving up."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    try:
        while True:
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.01)
    except OSError:
        return
