"""What a page of somebody else's can do to whoever is signed in here: in a real browser."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page
from sites import Hosted
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from mailresponder.web.server import Server


@contextmanager
def elsewhere(html: str) -> Iterator[str]:
    """A page of somebody else's: on another port of this machine, where our cookies are sent."""

    async def show(request: Request) -> HTMLResponse:
        return HTMLResponse(html)

    server = Server(Starlette(routes=[Route("/", show)]), host="127.0.0.1", port=0)
    with server.serving():
        yield f"http://127.0.0.1:{server.port}/"


@pytest.fixture
def victim(chromium: Browser, site: Hosted) -> Iterator[Page]:
    """A browser in which an admin is signed in."""
    context = chromium.new_context(base_url=site.url)
    context.add_cookies(
        [{"name": k, "value": v, "url": site.url} for k, v in site.cookies().items()]
    )
    yield context.new_page()
    context.close()


def still_signed_in(victim: Page) -> bool:
    victim.goto("/queue")
    return victim.url.endswith("/queue")


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"]
)
def test_a_form_from_elsewhere_does_nothing(victim: Page, site: Hosted, kind: str) -> None:
    """Not even with the right token, had somebody stolen it."""
    victim.goto("/queue")
    token = victim.locator("input[name=token]").first.get_attribute("value")
    form = (
        f'<form id="f" method="post" action="{site.url}/leave" enctype="{kind}">'
        f'<input name="token" value="{token}"></form><script>f.submit()</script>'
    )
    with elsewhere(form) as evil:
        victim.goto(evil)
        victim.wait_for_url("**/leave")
        assert "was not filled in here" in victim.content()

    assert still_signed_in(victim)


def test_nobody_is_signed_in_from_elsewhere(victim: Page, site: Hosted) -> None:
    """A form that signs one in as somebody else is refused before a password is looked at."""
    victim.context.clear_cookies()
    form = (
        f'<form id="f" method="post" action="{site.url}/login">'
        '<input name="name" value="mallory"><input name="password" value="x"></form>'
        "<script>f.submit()</script>"
    )
    with elsewhere(form) as evil:
        victim.goto(evil)
        victim.wait_for_url("**/login")
        assert "was not filled in here" in victim.content()


def test_nothing_can_be_read_from_elsewhere(victim: Page, site: Hosted) -> None:
    """Neither a script's request, nor a frame, nor a script or style tag shows a page of ours."""
    with elsewhere("<iframe></iframe>") as evil:
        victim.goto(evil)
        read = victim.evaluate(
            """async (url) => {
                try {
                    const got = await fetch(url, {credentials: "include"});
                    return await got.text();
                } catch (error) { return "refused"; }
            }""",
            f"{site.url}/queue",
        )
        assert read == "refused"

        victim.locator("iframe").evaluate(
            "(frame, url) => { frame.src = url; }", f"{site.url}/queue"
        )
        victim.wait_for_function(
            "() => { try { return !frames[0].document; } catch { return true; } }"
        )
        assert victim.frames[1].url.startswith("chrome-error:")
        opened = victim.evaluate(
            """(url) => new Promise((done) => {
                const script = document.createElement("script");
                script.onload = () => done("loaded");
                script.onerror = () => done("refused");
                script.src = url;
                document.body.append(script);
            })""",
            f"{site.url}/static/style.css",
        )
        assert opened == "refused"


def test_a_link_from_elsewhere_leads_in(victim: Page, site: Hosted) -> None:
    """A page's address in a mail opens, as it should, for whoever is signed in."""
    with elsewhere(f'<a href="{site.url}/queue?done=closed">here</a>') as other:
        victim.goto(other)
        victim.get_by_text("here").click()
        victim.wait_for_url("**/queue?done=closed")
        assert victim.get_by_role("button", name="Sign out").is_visible()
