"""The door, as people and strangers come to it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sites import PASSWORD, Clock, Guest, Hosted, hosted, user

from mailresponder.jobs import audit
from mailresponder.store.audit import Entry
from mailresponder.web.asking import Role

USERS = user("Ana") + user("eva", "viewer")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def site(tmp_path: Path, clock: Clock) -> Iterator[Hosted]:
    """A desk with an admin, Ana, and a viewer, eva."""
    with hosted(tmp_path, more=USERS, clock=clock) as up:
        yield up


def nobody(site: Hosted) -> Guest:
    return site.guest(Role.NOBODY)


def done(site: Hosted) -> list[tuple[str, str]]:
    """Who did what, the newest first."""
    return [(entry.by, entry.what) for entry in entries(site)]


def entries(site: Hosted) -> list[Entry]:
    with site.app.store.read() as conn:
        return audit.latest(conn)


def test_name_and_password_let_in(site: Hosted) -> None:
    """A user comes to the queue, with the role the configuration gives, and is written down."""
    for name, by, audit_page in (("ana", "Ana (web)", 200), ("eva", "eva (web)", 403)):
        guest = nobody(site)
        answered = guest.sign_in(name)

        assert (answered.status, answered.headers["location"]) == (303, "/queue")
        assert guest.get("/audit").status == audit_page
        assert done(site)[0] == (by, "signed_in")
        assert entries(site)[0].about == "127.0.0.1"


@pytest.mark.parametrize(
    ("name", "password"), [("ana", "wrong"), ("ana", ""), ("nobody", PASSWORD), ("", "")]
)
def test_anything_else_does_not(site: Hosted, name: str, password: str) -> None:
    """The answer is the same whether there is such a name, and sets no cookie."""
    guest = nobody(site)
    answered = guest.sign_in(name, password)

    assert answered.status == 401
    assert "do not match" in answered.text
    assert not guest.cookies
    assert password not in answered.text or not password


def test_what_is_typed_into_the_wrong_field_is_written_nowhere(site: Hosted) -> None:
    """A refusal is written down under the user's name, and under none where there is no such
    user: it may be a password."""
    nobody(site).sign_in("ANA", "wrong")
    nobody(site).sign_in("hunter2hunter2", "x")

    assert done(site) == [("", "sign_in_refused"), ("Ana", "sign_in_refused")]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "", "Origin": "https://evil.test"},
    ],
    ids=str,
)
def test_another_site_cannot_sign_anybody_in(site: Hosted, headers: dict[str, str]) -> None:
    """Right words in a form from elsewhere would make somebody work in another's name."""
    guest = nobody(site)
    assert guest.sign_in("ana", **headers).status == 403
    assert guest.post("/login", {"name": "ana", "password": PASSWORD}).status == 403
    assert not guest.cookies


def test_a_guesser_is_stopped_and_told_how_long(site: Hosted, clock: Clock) -> None:
    """After five wrong tries even the right password waits a quarter of an hour."""
    guest = nobody(site)
    for _ in range(5):
        assert guest.sign_in("ana", "wrong").status == 401
    answered = guest.sign_in("ana")
    assert answered.status == 429
    assert answered.headers["retry-after"] == "900"
    assert "Wait 15 minutes" in answered.text

    clock.now += timedelta(minutes=15)
    assert guest.sign_in("ana").status == 303


def test_a_guesser_does_not_lock_out_who_has_been_here(site: Hosted, clock: Clock) -> None:
    """While somebody tries Ana's name for ever, Ana's own browser still signs her in; it gives
    nobody else's name more tries."""
    browser = nobody(site)
    browser.sign_in("ana")
    browser.send("/leave")
    for _ in range(30):
        nobody(site).sign_in("ana", "wrong")
    assert nobody(site).sign_in("ana").status == 429

    assert browser.sign_in("ana").status == 303
    for _ in range(10):
        last = browser.sign_in("eva", "wrong")
    assert last.status == 429


def test_a_mark_of_a_known_browser_cannot_be_made(site: Hosted) -> None:
    """Another value under the same cookie's name is a stranger's."""
    browser = nobody(site)
    browser.sign_in("ana")
    [mark] = [name for name in browser.cookies if name.startswith("browser")]
    session = next(held for name, held in browser.cookies.items() if name != mark)
    for held in ("", "x", browser.cookies[mark][:-2], session):
        guest = nobody(site)
        guest.cookies = {mark: held}
        assert guest.sign_in("ana", "wrong").status in (401, 429)
    assert nobody(site).sign_in("ana", "wrong").status == 401
    assert nobody(site).sign_in("ana", "wrong").status == 429


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        ("/tickets/MR-22222", "/tickets/MR-22222"),
        ("/queue?state=open&q=a+b", "/queue?state=open&q=a+b"),
        ("//evil.test", "/queue"),
        ("https://evil.test/", "/queue"),
        ("/\\evil.test", "/queue"),
        ("/\t/evil.test", "/queue"),
        ("javascript:alert(1)", "/queue"),
        ("/queue\r\nSet-Cookie: a=b", "/queue"),
        ("/leave", "/queue"),
        ("/enter?key=x", "/queue"),
        ("/login?next=//evil.test", "/queue"),
    ],
)
def test_one_comes_to_where_one_was_going_here(site: Hosted, wanted: str, leads_to: str) -> None:
    """After signing in, and when signed in already, the way leads to a page of ours only."""
    guest = nobody(site)
    fields = {"name": "ana", "password": PASSWORD, "next": wanted}
    answered = guest.post("/login", fields, Sec_Fetch_Site="same-origin")
    assert answered.headers["location"] == leads_to
    again = guest.get(f"/login?next={quote(wanted)}")
    assert (again.status, again.headers["location"]) == (303, leads_to)


def test_where_users_have_passwords_no_link_lets_in(site: Hosted) -> None:
    """Nothing that is not printed is a key, the empty one neither."""
    for key in ("", "None", "x"):
        assert nobody(site).get(f"/enter?key={key}").status == 403


def test_the_way_out_is_written_down(site: Hosted) -> None:
    """Who left is known."""
    guest = nobody(site)
    guest.sign_in("ana")
    answered = guest.send("/leave")

    assert answered.headers["location"] == "/login"
    assert done(site)[0] == ("Ana (web)", "signed_out")


@pytest.mark.parametrize(
    ("came_from", "back"),
    [
        ("http://127.0.0.1:{port}/why?x=1", "/why?x=1"),
        ("http://127.0.0.1:{port}/login?next=%2Fwhy", "/login?next=%2Fwhy"),
        ("http://127.0.0.1:{port}//evil.test", "/queue"),
        ("https://evil.test/why", "/queue"),
        ("http://127.0.0.1:{port}/speak/en", "/queue"),
        ("http://[no-address", "/queue"),
        ("", "/queue"),
    ],
)
def test_another_language_leads_back(site: Hosted, came_from: str, back: str) -> None:
    """Choosing a language keeps one where one was, and is remembered; only paths of ours count."""
    guest = nobody(site)
    answered = guest.get("/speak/es", Referer=came_from.format(port=guest.port))

    assert answered.headers["location"] == back
    assert '<html lang="es">' in guest.get("/login").text


def test_a_language_nobody_speaks_changes_nothing(site: Hosted) -> None:
    """An unknown one is not remembered."""
    guest = nobody(site)
    assert guest.get("/speak/xx").status == 303
    assert not guest.cookies


@pytest.mark.parametrize(("language", "scheme"), [("en-GB", "light"), ("es-ES", "dark")])
def test_somebody_signs_in_with_the_keyboard(
    browse: Callable[..., Page], language: str, scheme: str
) -> None:
    """From the page they wanted, in their language, on a telephone: name, password, enter; axe
    finds nothing to object to."""
    narrow = {"width": 360, "height": 640}
    page = browse(Role.NOBODY, locale=language, color_scheme=scheme, viewport=narrow)
    page.goto("/why")
    assert Axe().run(page).violations_count == 0
    expect(page.locator("#name")).to_be_focused()
    page.keyboard.type("ana")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")

    page.wait_for_url("**/why")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="(Ana)").click()
    page.wait_for_url("**/login")
    page.goto("/why")
    page.wait_for_url("**/login?next=%2Fwhy")
