"""The pages put together into one ASGI application."""

from importlib.resources import files

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from mailresponder.app import App
from mailresponder.web.headers import Headers
from mailresponder.web.pages import entrance, health, queue, templates, tickets, why
from mailresponder.web.sessions import Sessions
from mailresponder.web.site import Site

_PAGES = (*templates.ROUTES, *queue.ROUTES, *tickets.ROUTES, *health.ROUTES, *why.ROUTES)


def build(app: App, sessions: Sessions) -> Starlette:
    """The site of a desk; `sessions` says who may see it."""
    site = Site(app)
    static = StaticFiles(directory=str(files("mailresponder.web") / "static"))
    routes: list[BaseRoute] = [
        Mount("/static", static),
        *entrance.routes(site, sessions),
        *(page(site, sessions) for page in _PAGES),
    ]

    async def not_found(request: Request, _: Exception) -> Response:
        asked = sessions.asked(request)
        return site.refuse(asked, 404, asked.words("common.not_found"))

    return Starlette(
        routes=routes, middleware=[Middleware(Headers)], exception_handlers={404: not_found}
    )
