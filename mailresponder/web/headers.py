"""What every answer carries: nothing from elsewhere is loaded, nobody frames us, and how long the
server took."""

import time

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: browsers would then not say either where a form comes from.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_ONLY_ENCRYPTED = "max-age=31536000"
"""For this host name alone: of others below it we know nothing (RFC 6797)."""


class Headers:
    """Adds the headers; what an answer sets itself stays."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        """`secure`: browsers only ever reach us encrypted."""
        self._app = app
        strict = {"Strict-Transport-Security": _ONLY_ENCRYPTED} if secure else {}
        self._headers = _HEADERS | strict

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = time.perf_counter()

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
                # What is shown is a customer's: no cache keeps it.
                headers.setdefault("Cache-Control", "no-store")
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                took = (time.perf_counter() - begun) * 1000
                headers["Server-Timing"] = f"total;dur={took:.1f}"
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)
