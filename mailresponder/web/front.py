"""What stands before every page: by which name it is asked for, and what becomes of a mishap."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mailresponder.errors import MailresponderError, place_of
from mailresponder.jobs.work import log
from mailresponder.web.origin import Home
from mailresponder.web.routing import MAX_BODY, MEGABYTES, Door
from mailresponder.web.site import Site


class Front:
    """Refuses what was not meant for us; whatever goes wrong behind it becomes a page that says
    so, and a line in the log without a word of what was asked or answered."""

    def __init__(self, app: ASGIApp, *, site: Site, door: Door, home: Home) -> None:
        self._app, self._site, self._door, self._home = app, site, door, home

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope)
        begun = False

        async def noticed(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        async def refuse(status: int, message: str, mend: str = "", back: str = "") -> None:
            if not begun:
                asked = self._door.stranger(request)
                words = asked.words.get(f"common.{message}") or message
                page = await run_in_threadpool(
                    self._site.refuse, asked, status, words, mend=mend, back=back
                )
                await page(scope, receive, send)

        if not self._home.is_asked_for(request.headers.get("Host", "")):
            await refuse(421, "other_name")
            return
        # Counted again where it is read; said here, for there it would be said without a page.
        if _number(request.headers.get("Content-Length", "")) > MAX_BODY:
            words = self._door.stranger(request).words("common.too_large", megabytes=MEGABYTES)
            await refuse(413, words, back=self._home.came_from(request.headers))
            return
        try:
            await self._app(scope, receive, noticed)
        except ClientDisconnect:
            return
        except MailresponderError as error:
            await refuse(503, error.message, error.mend)
        except Exception as error:  # whatever it is, the next request may do better
            log.error("page_failed", error=type(error).__name__, where=place_of(error))
            await refuse(500, "our_mistake")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
