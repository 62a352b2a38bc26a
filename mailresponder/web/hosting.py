"""A desk's page, up: how `web` and the demo serve it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mailresponder.app import App
from mailresponder.web.application import build
from mailresponder.web.origin import Home
from mailresponder.web.server import Server
from mailresponder.web.sessions import Sessions


@contextmanager
def page_of(app: App, *, host: str, port: int, say: Callable[[str], None]) -> Iterator[None]:
    """Serve the page of a desk while the block lasts; port 0 takes a free one.

    `say` gets what to tell the person who started it: where the page is, and a link that lets one
    browser in, a fresh one after each that was used. Where users have passwords there is none: a
    service's output is kept in a journal.

    Raises MailresponderError where it cannot listen there.
    """
    url = app.config.web.url

    def invite(key: str) -> None:
        say(f"The page, for one browser: {address}/enter?key={key}")

    sessions = Sessions(app, Home(host, url), invite=invite)
    server = Server(build(app, sessions), host=host, port=port, behind_proxy=bool(url))
    address = url or f"http://{f'[{host}]' if ':' in host else host}:{server.port}"
    with server.serving():
        if sessions.by_password:
            say(f"The page is at {address}")
        else:
            invite(sessions.new_key())
        yield
