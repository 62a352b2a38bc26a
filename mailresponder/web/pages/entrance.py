"""In and out: a name and a password, or the one-time link; signing out; the page's language."""

from math import ceil

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mailresponder.jobs import audit
from mailresponder.jobs.audit import Deed
from mailresponder.web.asking import Asked, Role, on_the_page
from mailresponder.web.origin import is_ours
from mailresponder.web.routing import route
from mailresponder.web.sessions import LANGUAGE, Sessions
from mailresponder.web.site import Site, go
from mailresponder.web.throttle import limits
from mailresponder.web.words import LANGUAGES

_MAX_FORM = 10_000
"""Bytes: a stranger's form is small."""
_PASSING = ("/enter", "/leave", "/speak")
_BY_LINK = "admin"
"""Whoever came in by the link."""


def routes(site: Site, sessions: Sessions) -> list[Route]:
    """What is there for who is not signed in."""

    def home(site: Site, asked: Asked) -> Response:
        return go("/queue")

    def enter(site: Site, asked: Asked) -> Response:
        if not sessions.spend(asked.query.get("key", "")):
            return site.refuse(asked, 403, asked.words("entrance.spent"))
        with site.app.store.begin() as conn:
            by, what = on_the_page(_BY_LINK), Deed.SIGNED_IN_BY_LINK
            audit.note(conn, by=by, what=what, about=asked.address, now=asked.now)
        return sessions.let_in(go("/queue"), _BY_LINK, Role.ADMIN)

    def login(site: Site, asked: Asked) -> Response:
        if asked.visitor.role > Role.NOBODY:
            return _onward(asked.query.get("next", ""))
        return _form(site, asked, sessions, next=asked.query.get("next", ""))

    def sign_in(site: Site, asked: Asked) -> Response:
        return _sign_in(site, asked, sessions)

    def leave(site: Site, asked: Asked) -> Response:
        site.note(asked, Deed.SIGNED_OUT)
        return sessions.let_out(go("/login"), asked.visitor)

    async def speak(request: Request) -> Response:
        """Remember the language, and back to where the visitor was."""
        wanted = request.path_params["language"]
        response = _onward(sessions.home.came_from(request.headers), passing=_PASSING)
        if wanted in LANGUAGES:
            secure = sessions.home.secure
            response.set_cookie(LANGUAGE, wanted, max_age=31_536_000, secure=secure, httponly=True)
        return response

    pages = [
        route("/", home),
        route("/enter", enter, role=Role.NOBODY),
        route("/login", login, role=Role.NOBODY),
        route("/login", sign_in, role=Role.NOBODY, method="POST", max_body=_MAX_FORM),
        route("/leave", leave, method="POST", max_body=_MAX_FORM),
    ]
    return [Route("/speak/{language}", speak), *(page(site, sessions) for page in pages)]


def _sign_in(site: Site, asked: Asked, sessions: Sessions) -> Response:
    name, wanted = asked.form.get("name", ""), asked.form.get("next", "")
    known = sessions.passwords.find(name)
    # A name that nobody has is written down nowhere: it may be a password in the wrong field.
    shown = known.name if known else ""
    counted = limits(
        address=asked.address, name=name, known=sessions.knows(asked, shown) if known else ""
    )
    wait = sessions.throttle.admit(counted, asked.now)
    if wait:
        minutes = ceil(wait.total_seconds() / 60)
        problem = asked.words("entrance.too_often", count=minutes)
        held = _form(site, asked, sessions, status=429, problem=problem, name=name, next=wanted)
        held.headers["Retry-After"] = str(ceil(wait.total_seconds()))
        return held
    user = sessions.passwords.fit(name, asked.form.get("password", ""))
    with site.app.store.begin() as conn:
        if user is None:
            audit.refused(conn, by=shown, about=asked.address, now=asked.now)
        else:
            by, what = on_the_page(user.name), Deed.SIGNED_IN
            audit.note(conn, by=by, what=what, about=asked.address, now=asked.now)
    if user is None:
        problem = asked.words("entrance.wrong")
        return _form(site, asked, sessions, status=401, problem=problem, name=name, next=wanted)
    sessions.throttle.forgive(counted)
    return sessions.let_in(_onward(wanted), user.name, Role[user.role.upper()])


def _form(
    site: Site,
    asked: Asked,
    sessions: Sessions,
    *,
    status: int = 200,
    problem: str = "",
    name: str = "",
    next: str = "",  # noqa: A002 - the field's name
) -> Response:
    return site.show(
        asked,
        "login.html.j2",
        status=status,
        by_password=sessions.by_password,
        problem=problem,
        name=name,
        next=next,
    )


def _onward(path: str, *, passing: tuple[str, ...] = (*_PASSING, "/login")) -> Response:
    """To a page of ours; to the queue where it is none, or one that only leads elsewhere."""
    stays = is_ours(path) and not path.startswith(passing)
    return RedirectResponse(path if stays else "/queue", 303)
