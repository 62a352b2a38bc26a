"""Previews of mail, held for a moment so that a frame can load them by an address of their own.

A mail's HTML carries its styles in its elements, which our pages forbid themselves. So it is
served apart, under rules of its own: it may be styled, no script runs and nothing is loaded.
"""

import secrets
import threading
from collections import OrderedDict

from starlette.responses import HTMLResponse, Response

PATH = "/templates/frame"
RULES = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"
"""What the frame's content may do, instead of what the page around it may."""
_HELD = 64
"""More than people write templates at one moment; each is a mail's HTML."""


class Frames:
    """The newest previews. Safe among threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: OrderedDict[str, str] = OrderedDict()

    def hold(self, html: str) -> str:
        """Keep a whole HTML document; gives the path it can be loaded from, for a while."""
        key = secrets.token_urlsafe(16)
        with self._lock:
            self._held[key] = html
            while len(self._held) > _HELD:
                self._held.popitem(last=False)
        return f"{PATH}/{key}"

    def get(self, key: str) -> str | None:
        """The document of a path's last part; None where it is gone."""
        with self._lock:
            return self._held.get(key)


def framed(html: str, *, status: int = 200) -> Response:
    """The answer with a document for a frame."""
    headers = {
        "Content-Security-Policy": RULES,
        # A sandboxed document that is opened on its own may not ask for a group of its own.
        "Cross-Origin-Opener-Policy": "unsafe-none",
    }
    return HTMLResponse(html, status_code=status, headers=headers)
