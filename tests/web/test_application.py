"""The pages put together."""

from collections.abc import Callable
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from sites import Guest, Hosted

from mailresponder.web.asking import Role

PAGES = ("/queue", "/templates", "/health", "/why", "/help", "/help/staff")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_needs_somebody_signed_in(site: Hosted, path: str) -> None:
    """Who is not signed in is led to the door."""
    answered = site.guest(Role.NOBODY).get(path)

    assert (answered.status, answered.headers["location"]) == (
        303,
        f"/login?next={quote(path, safe='')}",
    )


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_is_strict(admin: Guest, path: str) -> None:
    """No page lets anything in from elsewhere, is kept by a cache, or hides how long it took."""
    headers = admin.get(path).headers

    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
    assert headers["server-timing"].startswith("total;dur=")


@pytest.mark.parametrize(("language", "scheme"), [("en-GB", "light"), ("es-ES", "dark")])
def test_a_page_can_be_used_by_everybody(
    browse: Callable[..., Page], language: str, scheme: str
) -> None:
    """axe finds nothing to object to on any page in either language, light or dark."""
    page = browse(locale=language, color_scheme=scheme)
    for path in PAGES:
        page.goto(path)

        assert Axe().run(page).violations_count == 0
        assert page.locator("html").get_attribute("lang") == language[:2]
