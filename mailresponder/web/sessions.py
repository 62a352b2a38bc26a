"""Who is signed in: what a browser keeps and sends back, and the one-time key of the link that is
printed where nobody has a password.

A session lives in a signed cookie and is over after half a day, when it was ended here, or when
the user's password or role is another one than it was.
"""

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any

from itsdangerous import BadData, URLSafeSerializer
from starlette.requests import Request
from starlette.responses import Response

from mailresponder.app import App
from mailresponder.jobs.work import log
from mailresponder.store import sessions as ended
from mailresponder.web.asking import Asked, Role, Visitor
from mailresponder.web.origin import Home
from mailresponder.web.passwords import Passwords
from mailresponder.web.throttle import Throttle
from mailresponder.web.words import Words, spoken

LANGUAGE = "language"
"""The query's key, and the cookie, that choose the page's language."""
LASTS = timedelta(hours=12)
KNOWN_FOR = timedelta(days=180)
"""How long a browser that has signed in is told from a stranger's."""

_NOBODY = Visitor(name="", role=Role.NOBODY, token="")


class Sessions:
    """The door of the site. Safe among threads."""

    def __init__(self, app: App, home: Home, *, invite: Callable[[str], None]) -> None:
        """`invite` tells whoever may come in of a fresh one-time key, once one was used."""
        self.passwords = Passwords(app.config.web.user)
        self.throttle = Throttle()
        self.home = home
        self._app = app
        self._invite = invite
        self._signer = _signer(app, "session")
        self._browsers = _signer(app, "browser")
        self._forms = app.signer.key_for("form")
        # A link is this process's: whoever it let in is out when the process ends.
        self._process = secrets.token_urlsafe(16)
        # Two desks on one machine share its name, and so their cookies.
        desk = app.signer.key_for("name of the desk").hex()[:8]
        prefix = "__Host-" if home.secure else ""
        self._cookie = f"{prefix}mailresponder-{desk}"
        self._browser_cookie = f"{prefix}browser-{desk}"
        self._lock = threading.Lock()
        self._one_time: str | None = None

    def take_over(self, before: "Sessions") -> None:
        """Know whom another one of this process has let in, kept out and sent a link."""
        self.throttle = before.throttle
        self._process = before._process
        with before._lock:
            self._one_time = before._one_time

    @property
    def by_password(self) -> bool:
        """Does one come in with a password? Else by a link."""
        return bool(self._app.config.web.user)

    def new_key(self) -> str:
        """A key that lets one visitor in as an admin, once; the one before it no longer does."""
        with self._lock:
            self._one_time = secrets.token_urlsafe(24)
            return self._one_time

    def spend(self, key: str) -> bool:
        """Is this the one-time key? It no longer is then, and there is a fresh one."""
        with self._lock:
            known = self._one_time
            if known is None or not _same(known, key):
                return False
            self._one_time = None
        try:
            self._invite(self.new_key())
        except OSError as error:
            # Whoever started us has closed the terminal, say. This visitor has the right key.
            log.warning("link_not_told", error=type(error).__name__)
        return True

    def let_in(self, response: Response, name: str, role: Role) -> Response:
        """The response, with a cookie that says who the visitor is."""
        now = self._app.clock()
        held = [name, int(role), secrets.token_urlsafe(16), self._seal(name, role), _until(now)]
        self._set(response, self._cookie, self._signer.dumps(held), LASTS)
        if self.by_password:
            known = self._browsers.dumps([name, secrets.token_urlsafe(8)])
            self._set(response, self._browser_cookie, known, KNOWN_FOR)
        return response

    def let_out(self, response: Response, visitor: Visitor) -> Response:
        """End the visitor's session, here and in the browser."""
        now = self._app.clock()
        with self._app.store.begin() as conn:
            ended.end(conn, visitor.session, until=now + LASTS, now=now)
        response.delete_cookie(self._cookie, secure=self.home.secure, httponly=True, samesite="lax")
        return response

    def knows(self, asked: Asked, name: str) -> str:
        """What names this browser, where that user has signed in with it before; else empty."""
        try:
            user, browser = self._browsers.loads(asked.known)
        except (BadData, ValueError, TypeError):
            return ""
        return str(browser) if user == name else ""

    def asked(self, request: Request) -> Asked:
        """As `routing.Door`."""
        return self.stranger(request, self._visitor(request))

    def stranger(self, request: Request, visitor: Visitor = _NOBODY) -> Asked:
        """As `routing.Door`."""
        return Asked(
            path=dict(request.path_params),
            query=dict(request.query_params),
            form={},
            upload=None,
            visitor=visitor,
            words=_words(request),
            now=self._app.clock(),
            address=_address(request),
            known=request.cookies.get(self._browser_cookie, ""),
        )

    def trusts(self, request: Request, asked: Asked, token: str | None) -> bool:
        """As `routing.Door`."""
        sent = self.home.sent(request.headers)
        if token is None:
            return sent is True
        expected = asked.visitor.token
        return sent is not False and bool(expected) and _same(expected, token)

    def _visitor(self, request: Request) -> Visitor:
        try:
            held: Any = self._signer.loads(request.cookies.get(self._cookie, ""))
            name, role, session, seal, until = held
            role = Role(role)
        except (BadData, ValueError, TypeError):
            return _NOBODY
        if until <= self._app.clock().timestamp() or seal != self._seal(name, role):
            return _NOBODY
        with self._app.store.read() as conn:
            if ended.has_ended(conn, session):
                return _NOBODY
        token = hmac.digest(self._forms, session.encode(), "sha256").hex()
        return Visitor(name=name, role=role, token=token, session=session)

    def _seal(self, name: str, role: Role) -> str:
        """Differs once the user's password or role does, or there are users where there were
        none."""
        if not self.by_password:
            return self._process
        user = self.passwords.find(name)
        kept = f"{user.name}\n{user.role}\n{user.password_hash}" if user else secrets.token_hex()
        granted = f"{kept}\n{role.name}"
        return hmac.digest(self._forms, granted.encode(), "sha256").hex()[:32]

    def _set(self, response: Response, name: str, held: str, lasts: timedelta) -> None:
        response.set_cookie(
            name,
            held,
            max_age=int(lasts.total_seconds()),
            httponly=True,
            secure=self.home.secure,
            samesite="lax",
        )


def _signer(app: App, purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(
        app.signer.key_for(purpose),
        salt=purpose,
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )


def _same(known: str, given: str) -> bool:
    return hmac.compare_digest(known.encode(), given.encode(errors="replace"))


def _until(now: datetime) -> int:
    return int((now.astimezone(UTC) + LASTS).timestamp())


def _address(request: Request) -> str:
    """Empty where a reverse proxy hands on what is none."""
    try:
        return str(ip_address(request.client.host if request.client else ""))
    except ValueError:
        return ""


def _words(request: Request) -> Words:
    chosen = request.query_params.get(LANGUAGE) or request.cookies.get(LANGUAGE) or ""
    accepted = request.headers.get("Accept-Language", "")
    return spoken([chosen, *(part.partition(";")[0] for part in accepted.split(","))])
