"""What customers write about, and what people decide about it."""

from collections.abc import Callable
from dataclasses import replace

import cases
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sites import Guest, Hosted
from sqlalchemy import select

from mailresponder.jobs import audit
from mailresponder.jobs.audit import Deed
from mailresponder.store import themes
from mailresponder.store.schema import messages
from mailresponder.store.schema_themes import message_themes
from mailresponder.store.themes import State, ThemeRow
from mailresponder.web.asking import Role

HOSTILE = "<script>document.title = 'taken'</script>"
LID = ThemeRow(
    key="found-1",
    state=State.FOUND,
    names={"en": f"lid {HOSTILE}", "es": "tapa"},
    words={"en": ("lid closes",), "es": ("tapa cierra",)},
    space="words:en",
    found_at=cases.NOON,
    changed_at=cases.NOON,
    changed_by="mailresponder",
)


@pytest.fixture
def found(site: Hosted) -> Hosted:
    """A desk with two themes that were found, and a customer who wrote about the first."""
    with site.app.store.begin() as conn:
        themes.put(conn, LID)
        themes.put(conn, replace(LID, key="found-2", names={"en": "cap"}))
        cases.add(conn, cases.open_ticket("MR-22222"), f"{HOSTILE} The lid does not close.")
        row = conn.execute(select(messages.c.id)).scalar_one()
        about = {"message_row": row, "theme": "found-1", "how": "alike", "weight": 1.0}
        conn.execute(message_themes.insert().values(about))
    return site


def states(site: Hosted) -> dict[str, tuple[State, str | None]]:
    """What became of the themes that were found."""
    with site.app.store.read() as conn:
        return {
            theme.key: (theme.state, theme.merged_into)
            for theme in themes.all_themes(conn)
            if theme.key.startswith("found")
        }


def deeds(site: Hosted) -> set[str]:
    """What was written down."""
    with site.app.store.read() as conn:
        return {entry.what for entry in audit.latest(conn)}


def test_a_theme_shows_what_customers_said(found: Hosted) -> None:
    """Its mails of the last weeks with the way to their tickets, and examples, as text."""
    text = found.guest(Role.VIEWER).get("/themes").text

    assert "1 mail in 8 weeks" in text
    assert "Mails a week, oldest first: 0, 0, 0, 0, 0, 0, 0, 1" in text
    assert "The lid does not close." in text
    assert "No mail in 8 weeks" in text
    assert HOSTILE not in text


def test_a_theme_has_a_page_of_its_own(found: Hosted) -> None:
    """With its words, examples and what became of it; there is none of an unknown one."""
    viewer = found.guest(Role.VIEWER)
    text = viewer.get("/themes/found-1").text

    assert "lid closes" in text
    assert "The lid does not close." in text
    assert "found, not decided about" in text
    assert HOSTILE not in text
    assert viewer.get("/themes/late-delivery").status == 200
    assert viewer.get("/themes/found-9").status == 404


def test_a_viewer_looks_only(found: Hosted) -> None:
    """No buttons, and none of what they do."""
    viewer = found.guest(Role.VIEWER)

    assert "Dismiss" not in viewer.get("/themes").text
    assert viewer.send("/themes/found-1", do="dismiss").status == 403
    assert states(found)["found-1"] == (State.FOUND, None)


def test_no_other_site_decides(found: Hosted, admin: Guest) -> None:
    """A form without the visitor's token is refused."""
    assert admin.post("/themes/found-1", {"do": "dismiss"}).status == 403
    assert states(found)["found-1"] == (State.FOUND, None)


def test_a_theme_is_merged_dismissed_and_taken_back(found: Hosted, admin: Guest) -> None:
    """One click each; who did it is written down."""
    assert admin.send("/themes/found-1", do="merge", into="found-2").status == 303
    assert states(found)["found-1"] == (State.MERGED, "found-2")
    assert "counts as cap" in admin.get("/themes").text
    admin.send("/themes/found-1", do="restore")
    admin.send("/themes/found-1", do="dismiss")
    assert states(found)["found-1"] == (State.DISMISSED, None)
    assert {Deed.THEME_MERGED, Deed.THEME_RESTORED, Deed.THEME_DISMISSED} <= deeds(found)


@pytest.mark.parametrize(
    ("path", "form", "status", "said"),
    [
        ("found-9", {"do": "dismiss"}, 404, "There is no such theme."),
        ("found-1", {"do": "eat"}, 400, "This cannot be done to a theme."),
        ("found-1", {"do": "merge", "into": "found-1"}, 400, "please choose another theme"),
        ("found-1", {"do": "merge", "into": "nothing"}, 400, "please choose another theme"),
        ("found-1", {"do": "keep", "name_en": " "}, 400, "it needs a name"),
        ("found-1", {"do": "keep", "name_en": "x" * 200}, 400, "a name has at most 80 letters"),
    ],
)
def test_what_cannot_be_done_is_said(
    found: Hosted, admin: Guest, path: str, form: dict[str, str], status: int, said: str
) -> None:
    """In a sentence, and nothing is changed."""
    answered = admin.send(f"/themes/{path}", **form)

    assert answered.status == status
    assert said in answered.text
    assert states(found)["found-1"] == (State.FOUND, None)


def test_a_theme_is_kept_under_a_name(found: Hosted, browse: Callable[..., Page]) -> None:
    """An admin names it in both languages, without a mouse; it then stands in the desk's file and
    among what is kept, its name as text."""
    page = browse()
    page.goto("/themes")
    card = page.locator("#found-1")

    card.get_by_text("Keep …").focus()
    page.keyboard.press("Enter")
    card.get_by_label("Name in English").fill("Lid <b>open</b>")
    card.get_by_label("Name in Spanish").fill("Tapa abierta")
    card.get_by_label("Who looks after it").fill("Workshop")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("Kept.")
    expect(page.locator("tr#found-1")).to_contain_text("Lid <b>open</b>")
    expect(page.locator("tr#found-1")).to_contain_text("Looked after by Workshop")
    assert "Tapa abierta" in found.app.config.themes_path.read_text(encoding="utf-8")
    assert page.title() == "What they write about · Acme Support"
    narrow = {"width": 360, "height": 740}
    for path, language, scheme in (
        ("/themes", "en-GB", "light"),
        ("/themes", "es-ES", "dark"),
        ("/themes/found-1", "es-ES", "dark"),
    ):
        page = browse(locale=language, color_scheme=scheme, viewport=narrow)
        page.goto(path)
        assert Axe().run(page).violations_count == 0
        assert page.evaluate("document.documentElement.scrollWidth") == 360
