"""The page of a desk, served for a test, and somebody who asks it without a browser."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import databases
from making import NOON
from starlette.applications import Starlette
from starlette.routing import Route

from mailresponder import config
from mailresponder.app import App
from mailresponder.config.password_hash import PasswordHash
from mailresponder.web.application import build
from mailresponder.web.asking import Role
from mailresponder.web.origin import Home
from mailresponder.web.routing import Door
from mailresponder.web.server import Server
from mailresponder.web.sessions import Sessions
from mailresponder.web.site import Site

CONFIG = """\
[desk]
name = "Acme Support"
timezone = "Europe/Madrid"
{desk}
[admin]
addresses = ["ops@example.com"]
[[mailbox]]
name = "support"
address = "support@example.com"
[mailbox.imap]
host = "127.0.0.1"
port = {imap_port}
security = "none"
username = "support@example.com"
password = "secret"
[mailbox.smtp]
host = "127.0.0.1"
port = {smtp_port}
security = "none"
username = ""
[staff]
addresses = ["*@example.com"]
trusted_authserv_id = "mx.example.com"
[deadlines]
answer_within = "8h"
{more}
"""
"""`mail` of the page's tests goes to no server unless a test names one."""

PASSWORD = "correct horse battery"


def user(name: str, role: str = "admin", *, password: str = PASSWORD) -> str:
    """The lines of a user who may sign in; the hash is as cheap as may be."""
    cheap = PasswordHash(salt=b"a salt for tests", digest=bytes(32), ln=14, r=8, p=1)
    kept = cheap.made(password)
    return f'[[web.user]]\nname = "{name}"\nrole = "{role}"\npassword_hash = "{kept}"\n'


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """What the page answered."""

    status: int
    headers: Mapping[str, str]
    """By lower-case name."""
    text: str


@dataclass
class Guest:
    """Asks the page as a program would: cookies are kept, redirects are not followed."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    host: str = "127.0.0.1"

    @property
    def cookie(self) -> str:
        """The header."""
        return "; ".join(f"{name}={held}" for name, held in self.cookies.items())

    def get(self, path: str, **headers: str) -> Answered:
        """Ask for a page."""
        return self.ask("GET", path, None, headers)

    def post(self, path: str, /, fields: Mapping[str, str], **headers: str) -> Answered:
        """Send a form as it is given: without a token it is refused."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        return self.ask("POST", path, urlencode(fields).encode(), headers)

    def sign_in(self, name: str, password: str = PASSWORD, **headers: str) -> Answered:
        """Fill in the form at the door, as a browser sends it."""
        headers = {"Sec_Fetch_Site": "same-origin", **headers}
        return self.post("/login", {"name": name, "password": password}, **headers)

    def token(self) -> str:
        """What forms must bring along, read from a page."""
        found = re.search(r'name="token" value="([^"]+)"', self.get("/health").text)
        assert found, "nobody is signed in"
        return found[1]

    def send(self, path: str, /, **fields: str) -> Answered:
        """Send a form as the page's own would be."""
        return self.post(path, {"token": self.token(), **fields})

    def ask(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Answered:
        """One request."""
        connection = HTTPConnection(self.host, self.port, timeout=30)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            named["Cookie"] = self.cookie
        try:
            connection.request(method, path, body, named)
            return self._kept(connection.getresponse())
        finally:
            connection.close()

    def _kept(self, response: HTTPResponse) -> Answered:
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                for key, morsel in SimpleCookie(value).items():
                    self.cookies[key] = morsel.value
        return Answered(
            status=response.status,
            headers={k.lower(): v for k, v in response.getheaders()},
            text=response.read().decode(),
        )


@dataclass(kw_only=True)
class Hosted:
    """A page that is up."""

    app: App
    application: Starlette
    sessions: Sessions
    port: int
    invited: list[str]
    """One-time keys that were made because one was used."""

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def templates(self) -> Path:
        """The admin's folder; there only once something is in it."""
        return self.app.config.templates_folder

    def link(self) -> str:
        """A one-time link, as it is printed."""
        return f"{self.url}/enter?key={self.sessions.new_key()}"

    def guest(self, role: Role = Role.ADMIN, *, name: str = "ana") -> Guest:
        """Somebody who asks, signed in as this role."""
        guest = Guest(self.port)
        if role > Role.NOBODY:
            guest.cookies = self.cookies(role, name=name)
        return guest

    def cookies(self, role: Role = Role.ADMIN, *, name: str = "ana") -> dict[str, str]:
        """The cookies of somebody signed in."""
        from starlette.responses import Response

        response = self.sessions.let_in(Response(), name, role)
        held = SimpleCookie(response.headers["set-cookie"])
        return {key: morsel.value for key, morsel in held.items()}


class Clock:
    """A clock that a test sets."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@contextmanager
def hosted(
    folder: Path,
    *,
    desk: str = "",
    more: str = "",
    clock: Clock | None = None,
    imap_port: int = 9,
    smtp_port: int = 9,
    border: str = "mx.example.com",
    pages: Sequence[Callable[[Site, Door], Route]] = (),
) -> Iterator[Hosted]:
    """A desk in a folder and its page. `desk`: further lines of `[desk]`; `more`: of the file;
    `border`: `[staff] trusted_authserv_id`; `pages`: a test's own."""
    path = folder / "config.toml"
    path.touch(mode=0o600)
    path.write_text(
        CONFIG.replace('"mx.example.com"', f'"{border}"').format(
            desk=desk, more=more, imap_port=imap_port, smtp_port=smtp_port
        ),
        encoding="utf-8",
    )
    clock = clock or Clock()
    loaded = config.load(path)
    databases.make_empty(loaded.database_path())
    with App.open(loaded, passes=False, clock=clock) as app:
        invited: list[str] = []
        home = Home("127.0.0.1", app.config.web.url)
        sessions = Sessions(app, home, invite=invited.append)
        proxied = bool(app.config.web.url)
        application = build(app, sessions)
        application.routes.extend(page(Site(app), sessions) for page in pages)
        server = Server(application, host="127.0.0.1", port=0, behind_proxy=proxied)
        with server.serving():
            yield Hosted(
                app=app,
                application=application,
                sessions=sessions,
                port=server.port,
                invited=invited,
            )
