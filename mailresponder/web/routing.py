"""From a request to a page's function and back: who may, from where, and the form read whole."""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mailresponder.errors import MailresponderError
from mailresponder.web.asking import Asked, Role
from mailresponder.web.site import Site, go

MAX_FIELD = 1_000_000
"""Bytes of one field of a form."""
MAX_BODY = 12_000_000
"""Bytes of a whole form, an uploaded mail with it."""
TOKEN = "token"  # noqa: S105 - a field's name
"""The field, or in a script's request the header `X-Token`, that brings the visitor's token."""

Handler = Callable[[Site, Asked], Response]


class Door(Protocol):
    """Who is asking; `sessions` answers."""

    def asked(self, request: Request) -> Asked:
        """The request without its form."""

    def trusts(self, request: Request, asked: Asked, token: str) -> bool:
        """Does a form come from a page of ours, filled in by this visitor?"""


def route(
    path: str, handler: Handler, *, role: Role = Role.VIEWER, method: str = "GET"
) -> Callable[[Site, Door], Route]:
    """A page's function at a path, for visitors of a role and above.

    A MailresponderError it raises is shown as a sentence. A form without the visitor's token is
    refused before the function sees it.
    """

    def bound(site: Site, door: Door) -> Route:
        async def endpoint(request: Request) -> Response:
            asked = door.asked(request)
            if asked.visitor.role < role:
                return _turned_away(site, asked, request)
            if method == "POST":
                form = await request.form(max_files=1, max_fields=50, max_part_size=MAX_FIELD)
                fields = {k: v for k, v in form.items() if isinstance(v, str)}
                token = fields.pop(TOKEN, "") or request.headers.get("X-Token", "")
                if not door.trusts(request, asked, token):
                    return site.refuse(asked, 403, asked.words("common.not_from_here"))
                file = form.get("file")
                chosen = isinstance(file, UploadFile) and bool(file.filename)
                upload = await file.read() if isinstance(file, UploadFile) and chosen else None
                asked = replace(asked, form=fields, upload=upload)
            return await run_in_threadpool(_answer, site, asked, handler)

        return Route(path, endpoint, methods=[method], max_body_size=MAX_BODY)

    return bound


def _answer(site: Site, asked: Asked, handler: Handler) -> Response:
    try:
        return handler(site, asked)
    except MailresponderError as error:
        return site.refuse(asked, 400, error.message, mend=error.mend)


def _turned_away(site: Site, asked: Asked, request: Request) -> Response:
    if asked.visitor.role is Role.NOBODY:
        wanted = request.url.path if request.method == "GET" else ""
        return go("/login", next=wanted)
    return site.refuse(asked, 403, asked.words("common.not_allowed"))
