"""A desk's page that is up, and a browser in front of it."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import missing
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)
from sites import Guest, Hosted, hosted

from mailresponder.web.asking import Role

_CHROMIUM = shutil.which("chromium")
_REFUSED = re.compile(r"responded with a status of (?:403|409|422) ")
"""How Chromium logs the answer to a form that is refused, or shown again with what is wrong."""
_FLAGS = (
    # As root, and without a word to anybody but the page.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Hosted]:
    """The page of an empty desk."""
    with hosted(tmp_path) as up:
        yield up


@pytest.fixture
def admin(site: Hosted) -> Guest:
    """An admin without a browser."""
    return site.guest(Role.ADMIN)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    if _CHROMIUM is None:
        missing("Chromium", "chromium")
    # A busy machine is slow, not wrong.
    expect.set_options(timeout=30_000)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=_CHROMIUM, args=list(_FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def browse(chromium: Browser, site: Hosted) -> Iterator[Callable[..., Page]]:
    """Opens a window of its own for somebody signed in: `browse(Role.VIEWER, name="eva")`.

    Keyword arguments are those of Playwright's `new_context`. What a page logs as an error, a
    refusal by the Content-Security-Policy say, fails the test; that a form was refused is none.
    """
    opened: list[BrowserContext] = []
    errors: list[str] = []

    def note(logged: ConsoleMessage) -> None:
        if logged.type == "error" and not _REFUSED.search(logged.text):
            errors.append(logged.text)

    def window(role: Role = Role.ADMIN, *, name: str = "ana", **options: Any) -> Page:
        context = chromium.new_context(
            **{"base_url": site.url, "locale": "en-GB", "viewport": {"width": 1280, "height": 900}}
            | options
        )
        opened.append(context)
        if role > Role.NOBODY:
            cookies = site.cookies(role, name=name)
            context.add_cookies(
                [{"name": k, "value": v, "url": site.url} for k, v in cookies.items()]
            )
        context.on("console", note)
        context.on("weberror", lambda error: errors.append(str(error.error)))
        return context.new_page()

    yield window
    for context in opened:
        context.close()
    assert not errors
