"""The page `/audit`: what was done on the page lately, by whom; for admins."""

from starlette.responses import Response

from mailresponder.jobs import audit
from mailresponder.web import meanings
from mailresponder.web.asking import Asked, Role
from mailresponder.web.routing import route
from mailresponder.web.site import Site

_SHOWN = 200


def show(site: Site, asked: Asked) -> Response:
    """The page."""
    with site.app.store.read() as conn:
        entries = audit.latest(conn, limit=_SHOWN)
    return site.show(asked, "audit.html.j2", entries=entries, shown=_SHOWN, meanings=meanings)


ROUTES = (route("/audit", show, role=Role.ADMIN),)
