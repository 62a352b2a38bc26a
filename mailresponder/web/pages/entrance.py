"""In and out: the one-time link, and signing out."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mailresponder.web.asking import Asked, Role
from mailresponder.web.routing import route
from mailresponder.web.sessions import LANGUAGE, Sessions
from mailresponder.web.site import Site, go
from mailresponder.web.words import LANGUAGES


def routes(site: Site, sessions: Sessions) -> list[Route]:
    """What is there for who is not signed in."""

    def home(site: Site, asked: Asked) -> Response:
        return go("/queue")

    def enter(site: Site, asked: Asked) -> Response:
        if not sessions.spend(asked.query.get("key", "")):
            return site.refuse(asked, 403, asked.words("entrance.spent"))
        return sessions.let_in(go("/queue"), "admin", Role.ADMIN)

    def login(site: Site, asked: Asked) -> Response:
        return site.show(asked, "login.html.j2")

    def leave(site: Site, asked: Asked) -> Response:
        return sessions.let_out(go("/login"))

    async def speak(request: Request) -> Response:
        """Remember the language; a link back to where the visitor was."""
        wanted = request.path_params["language"]
        response = RedirectResponse("/queue", 303)
        if wanted in LANGUAGES:
            response.set_cookie(LANGUAGE, wanted, max_age=31_536_000, samesite="lax")
        return response

    pages = [
        route("/", home),
        route("/enter", enter, role=Role.NOBODY),
        route("/login", login, role=Role.NOBODY),
        route("/leave", leave, method="POST"),
    ]
    return [Route("/speak/{language}", speak), *(page(site, sessions) for page in pages)]
