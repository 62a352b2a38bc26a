"""The page `/queue`."""

from starlette.responses import Response

from mailresponder.web.asking import Asked
from mailresponder.web.routing import route
from mailresponder.web.site import Site


def show(site: Site, asked: Asked) -> Response:
    """The page."""
    return site.show(asked, "queue.html.j2")


ROUTES = (route("/queue", show),)
