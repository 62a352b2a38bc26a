"""A desk's page, up: how `web` and the demo serve it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp, Receive, Scope, Send

from mailresponder.app import App
from mailresponder.app.instance import TEMPO
from mailresponder.app.liveness import Progress
from mailresponder.config import Config
from mailresponder.store.database import Store
from mailresponder.web.application import build
from mailresponder.web.origin import Home
from mailresponder.web.server import Server
from mailresponder.web.sessions import Sessions


class Page:
    """A page that is up. Its configuration can be changed; what it was asked before then is
    answered by the one before."""

    def __init__(self, app: App, home: Home, say: Callable[[str], None]) -> None:
        self._app = app
        self._home = home
        self._say = say
        self._address = ""
        self._sessions = Sessions(app, home, invite=self._invite)
        self._site: ASGIApp = build(app, self._sessions)
        self.progress = Progress()
        """Of what answers."""

    @property
    def config(self) -> Config:
        """What it goes by."""
        return self._app.config

    @property
    def store(self) -> Store:
        """The desk's."""
        return self._app.store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI asks for it."""
        await self._site(scope, receive, send)

    def reload(self, config: Config) -> None:
        """Go by another configuration of the same desk, which listens at the same place. Who has
        signed in stays so where their password and role are what they were."""
        app = App(
            config,
            self._app.store,
            self._app.signer,
            dry=False,
            clock=self._app.clock,
            passes=False,
            tempo=TEMPO,
        )
        sessions = Sessions(app, self._home, invite=self._invite)
        sessions.take_over(self._sessions)
        was_by_password = self._sessions.by_password
        self._site, self._app, self._sessions = build(app, sessions), app, sessions
        if was_by_password != sessions.by_password:
            self.tell()

    def tell(self, address: str = "") -> None:
        """Say where it is, and how to come in."""
        self._address = address or self._address
        if self._sessions.by_password:
            self._say(f"The page is at {self._address}")
        else:
            self._invite(self._sessions.new_key())

    def _invite(self, key: str) -> None:
        self._say(f"The page, for one browser: {self._address}/enter?key={key}")


@contextmanager
def page_of(app: App, *, host: str, port: int, say: Callable[[str], None]) -> Iterator[Page]:
    """Serve the page of a desk while the block lasts; port 0 takes a free one.

    `say` gets what to tell the person who started it: where the page is, and a link that lets one
    browser in, a fresh one after each that was used. Where users have passwords there is none: a
    service's output is kept in a journal.

    Raises MailresponderError where it cannot listen there.
    """
    url = app.config.web.url
    page = Page(app, Home(host, url), say)
    server = Server(page, host=host, port=port, behind_proxy=bool(url), progress=page.progress)
    with server.serving():
        page.tell(url or f"http://{f'[{host}]' if ':' in host else host}:{server.port}")
        yield page
