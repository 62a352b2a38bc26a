"""What was done on the page."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from making import NOON
from playwright.sync_api import Page
from sites import Guest, Hosted

from mailresponder.jobs import audit
from mailresponder.jobs.audit import Deed
from mailresponder.web.asking import Role
from mailresponder.web.words import LANGUAGES, Words


def test_who_did_what_is_shown_to_admins(site: Hosted, admin: Guest) -> None:
    """The newest first, with whom, what and about what; a viewer does not see it."""
    assert "Nothing yet." in admin.get("/audit").text
    with site.app.store.begin() as conn:
        audit.note(conn, by="ana (web)", what=Deed.TICKET_CLOSED, about="MR-22222", now=NOON)
        audit.refused(conn, by="", about="192.0.2.1", now=NOON)

    page = admin.get("/audit").text
    assert page.index("an unknown name") < page.index("closed a ticket: MR-22222")
    assert site.guest(Role.VIEWER).get("/audit").status == 403


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_deed_has_words(language: str) -> None:
    """No name of a deed is shown in place of a sentence."""
    words = Words(language)

    assert all(words.get(f"audit.{deed}") for deed in Deed)


def test_it_can_be_read_by_everybody(site: Hosted, browse: Callable[..., Page]) -> None:
    """On a telephone, in both languages, light and dark, axe finds nothing to object to."""
    with site.app.store.begin() as conn:
        for deed in Deed:
            audit.note(conn, by="ana (web)", what=deed, about="a" * 100, now=NOON)
    for language, scheme in (("en-GB", "light"), ("es-ES", "dark")):
        narrow = {"width": 360, "height": 640}
        page = browse(locale=language, color_scheme=scheme, viewport=narrow)
        page.goto("/audit")

        assert Axe().run(page).violations_count == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
