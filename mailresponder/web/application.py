"""The pages put together into one ASGI application."""

from importlib.resources import files

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from mailresponder.app import App
from mailresponder.web.front import Front
from mailresponder.web.headers import Headers
from mailresponder.web.pages import (
    announcing,
    audit,
    defects,
    entrance,
    health,
    manual,
    queue,
    report,
    templates,
    themes,
    tickets,
    why,
)
from mailresponder.web.routing import MEGABYTES
from mailresponder.web.sessions import Sessions
from mailresponder.web.site import Site

_PAGES = (
    *templates.ROUTES,
    *queue.ROUTES,
    *tickets.ROUTES,
    *report.ROUTES,
    *themes.ROUTES,
    *defects.ROUTES,
    *announcing.ROUTES,
    *health.ROUTES,
    *why.ROUTES,
    *audit.ROUTES,
    *manual.ROUTES,
)
_REFUSALS = {404: "not_found", 405: "no_method", 413: "too_large"}


def build(app: App, sessions: Sessions) -> Starlette:
    """The site of a desk; `sessions` says who may see it."""
    site = Site(app)
    static = StaticFiles(directory=str(files("mailresponder.web") / "static"))
    routes: list[BaseRoute] = [
        Mount("/static", static),
        *entrance.routes(site, sessions),
        *(page(site, sessions) for page in _PAGES),
    ]

    def refused(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 400
        asked = sessions.asked(request) if status == 404 else sessions.stranger(request)
        key = f"common.{_REFUSALS.get(status, 'not_understood')}"
        words = asked.words(key, megabytes=MEGABYTES)
        back = sessions.home.came_from(request.headers) if request.method == "POST" else ""
        response = site.refuse(asked, status, words, back=back)
        response.headers.update(getattr(error, "headers", None) or {})
        return response

    return Starlette(
        routes=routes,
        middleware=[
            Middleware(Headers, secure=sessions.home.secure),
            Middleware(Front, site=site, door=sessions, home=sessions.home),
        ],
        exception_handlers={HTTPException: refused},
    )
