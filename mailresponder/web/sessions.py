"""Who is signed in: a signed cookie, and the one-time key of the link that is printed."""

import hmac
import secrets
import threading
from datetime import timedelta

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response

from mailresponder.clock import Clock
from mailresponder.web.asking import Asked, Role, Visitor
from mailresponder.web.words import Words, spoken

COOKIE = "mailresponder"
LANGUAGE = "language"
"""The query's key, and the cookie, that choose the page's language."""
LASTS = timedelta(hours=12)

_NOBODY = Visitor(name="", role=Role.NOBODY, token="")


class Sessions:
    """The door of the site. Safe among threads."""

    def __init__(self, key: bytes, clock: Clock) -> None:
        """`key`: what cookies are signed with."""
        self._signer = URLSafeTimedSerializer(key, salt="mailresponder.web")
        self._clock = clock
        self._lock = threading.Lock()
        self._one_time: str | None = None

    def new_key(self) -> str:
        """A key that lets one visitor in as an admin, once; the one before it no longer does."""
        with self._lock:
            self._one_time = secrets.token_urlsafe(24)
            return self._one_time

    def spend(self, key: str) -> bool:
        """Is this the one-time key? It no longer is then."""
        with self._lock:
            known = self._one_time
            if known is None or not hmac.compare_digest(known.encode(), key.encode()):
                return False
            self._one_time = None
            return True

    def let_in(self, response: Response, name: str, role: Role) -> Response:
        """The response, with a cookie that says who the visitor is."""
        held = self._signer.dumps([name, int(role), secrets.token_urlsafe(16)])
        seconds = int(LASTS.total_seconds())
        response.set_cookie(COOKIE, held, max_age=seconds, httponly=True, samesite="lax")
        return response

    def let_out(self, response: Response) -> Response:
        """The response, which makes the browser forget who the visitor was."""
        response.delete_cookie(COOKIE, httponly=True, samesite="lax")
        return response

    def asked(self, request: Request) -> Asked:
        """As `routing.Door`."""
        return Asked(
            path=dict(request.path_params),
            query=dict(request.query_params),
            form={},
            upload=None,
            visitor=self._visitor(request),
            words=_words(request),
            now=self._clock(),
        )

    def trusts(self, request: Request, asked: Asked, token: str) -> bool:
        """As `routing.Door`."""
        expected = asked.visitor.token
        return bool(expected) and hmac.compare_digest(expected.encode(), token.encode())

    def _visitor(self, request: Request) -> Visitor:
        try:
            held = self._signer.loads(
                request.cookies.get(COOKIE, ""), max_age=int(LASTS.total_seconds())
            )
            name, role, token = held
            return Visitor(name=str(name), role=Role(role), token=str(token))
        except (BadData, ValueError, TypeError):
            return _NOBODY


def _words(request: Request) -> Words:
    chosen = request.query_params.get(LANGUAGE) or request.cookies.get(LANGUAGE) or ""
    accepted = request.headers.get("Accept-Language", "")
    return spoken([chosen, *(part.partition(";")[0] for part in accepted.split(","))])
