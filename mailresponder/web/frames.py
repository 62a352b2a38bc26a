"""Previews of mail, held for a moment so that a frame can load them by an address of their own.

A mail's HTML carries its styles in its elements, which our pages forbid themselves. So it is
served apart, under rules of its own: it may be styled, no script runs and nothing is loaded.
"""

import secrets
import threading
from collections import OrderedDict

from starlette.responses import HTMLResponse, Response

from mailresponder.web.asking import Asked

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

    def answer(self, asked: Asked) -> Response:
        """The document of the key in the path; where it is gone, a sentence that says so."""
        with self._lock:
            html = self._held.get(asked.path["key"])
        if html is None:
            html, status = f"<!DOCTYPE html><p>{asked.words('editor.frame_gone')}</p>", 404
        else:
            status = 200
        headers = {
            "Content-Security-Policy": RULES,
            # A sandboxed document that is opened on its own may not ask for a group of its own.
            "Cross-Origin-Opener-Policy": "unsafe-none",
        }
        return HTMLResponse(html, status_code=status, headers=headers)
