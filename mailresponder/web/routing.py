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
from mailresponder.web import mistakes
from mailresponder.web.asking import Asked, Role
from mailresponder.web.site import Site, go

MAX_FIELD = 1_000_000
"""Bytes of one field of a form."""
MEGABYTES = 10
"""How large a file may be."""
MAX_BODY = MEGABYTES * 1_200_000
"""Bytes of a whole form, an uploaded mail with it."""
TOKEN = "token"  # noqa: S105 - a field's name
"""The field, or in a script's request the header `X-Token`, that brings the visitor's token."""

Handler = Callable[[Site, Asked], Response]


class Door(Protocol):
    """Who is asking; `sessions` answers."""

    def asked(self, request: Request) -> Asked:
        """The request without its form."""

    def stranger(self, request: Request) -> Asked:
        """The same, of nobody: without a look at who it is."""

    def trusts(self, request: Request, asked: Asked, token: str | None) -> bool:
        """Does a form come from a page of ours, filled in by this visitor? With None for a token,
        as who is not signed in has none: does the browser say that it comes from a page of ours?
        """


def route(
    path: str,
    handler: Handler,
    *,
    role: Role = Role.VIEWER,
    method: str = "GET",
    max_body: int = MAX_BODY,
) -> Callable[[Site, Door], Route]:
    """A page's function at a path, for visitors of a role and above.

    A MailresponderError it raises is shown as a sentence. A form without the visitor's token is
    refused before the function sees it.
    """

    def bound(site: Site, door: Door) -> Route:
        async def shown(request: Request) -> Response:
            return await run_in_threadpool(show, request)

        def show(request: Request) -> Response:
            asked = door.asked(request)
            if asked.visitor.role < role:
                return _turned_away(site, asked, request)
            return _answer(site, asked, handler)

        async def sent(request: Request) -> Response:
            asked = await run_in_threadpool(door.asked, request)
            # Before the form is read: a stranger's may be large.
            if asked.visitor.role < role:
                return _turned_away(site, asked, request)
            async with request.form(max_files=1, max_fields=50, max_part_size=MAX_FIELD) as form:
                fields = {k: v for k, v in form.items() if isinstance(v, str)}
                file = form.get("file")
                chosen = isinstance(file, UploadFile) and bool(file.filename)
                upload = await file.read() if isinstance(file, UploadFile) and chosen else None
            token = fields.pop(TOKEN, "") or request.headers.get("X-Token", "")
            if not door.trusts(request, asked, token if role > Role.NOBODY else None):
                return site.refuse(asked, 403, asked.words("common.not_from_here"))
            asked = replace(asked, form=fields, upload=upload)
            return await run_in_threadpool(_answer, site, asked, handler)

        endpoint = sent if method == "POST" else shown
        return Route(path, endpoint, methods=[method], max_body_size=max_body)

    return bound


def _answer(site: Site, asked: Asked, handler: Handler) -> Response:
    try:
        return handler(site, asked)
    except MailresponderError as error:
        message, mend = mistakes.refused(asked.words, error.message, error.mend)
        return site.refuse(asked, 400, message, mend=mend)


def _turned_away(site: Site, asked: Asked, request: Request) -> Response:
    if asked.visitor.role is not Role.NOBODY:
        return site.refuse(asked, 403, asked.words("common.not_allowed"))
    if request.method != "POST":
        query = request.url.query
        return go("/login", next=request.url.path + (f"?{query}" if query else ""))
    # A form cannot be sent after the door, and going back leads there too: our pages are not kept.
    return site.refuse(
        asked,
        403,
        asked.words("common.signed_out"),
        mend=asked.words("common.sign_in_again"),
    )
