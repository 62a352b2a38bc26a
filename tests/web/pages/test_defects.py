"""Faults that have a name, and telling everyone that one is mended."""

import re
from collections.abc import Callable

import cases
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sites import Guest, Hosted
from sqlalchemy import insert

from mailresponder.mail.message import Address
from mailresponder.policy.defects import DefectState, LinkState
from mailresponder.store import announcing, defects
from mailresponder.store.schema_themes import defect_tickets
from mailresponder.web.asking import Role

HOSTILE = "<script>document.title = 'taken'</script>"


@pytest.fixture
def named(site: Hosted) -> Hosted:
    """A desk with a defect, a ticket that is linked to it, and two that are proposed."""
    guest = site.guest()
    guest.send("/defects", name=f"Lid {HOSTILE}", words_en="lid closes")
    with site.app.store.begin() as conn:
        for number, state in enumerate(("linked", "proposed", "proposed")):
            customer = Address(email=f"c{number}@customer.test", name=f"Customer {HOSTILE}")
            language = "es" if number == 2 else "en"
            ticket = cases.open_ticket(f"MR-2222{number}", customer=customer, language=language)
            stored = cases.add(conn, ticket, "The lid does not close.")
            link = {"defect_id": 1, "ticket_id": stored.id, "state": state, "how": "words"}
            about = {"by": "mailresponder", "at": cases.NOON}
            conn.execute(insert(defect_tickets).values(link | about))
    return site


def links(site: Hosted) -> dict[str, LinkState]:
    """What the tickets are to the defect."""
    with site.app.store.read() as conn:
        return {link.reference: link.state for link in defects.links(conn, 1)}


def test_a_defect_gets_its_name(site: Hosted, admin: Guest) -> None:
    """With owner, theme and words; the same name again, none, or words that are none are
    refused."""
    assert "No defect is open." in admin.get("/defects").text
    made = admin.send(
        "/defects", name="App crashes", owner="Apps", words_en="crash*\napp freezes", theme=""
    )

    assert made.headers["location"] == "/defects/1?done=defect_added"
    page = admin.get("/defects/1").text
    assert "crash* · app freezes" in page
    for form, said in (
        ({"name": "APP crashes"}, "there is a defect of this name already"),
        ({"name": " "}, "it needs a name"),
        ({"name": "Other", "words_en": "((("}, "Nothing was changed"),
        ({"name": "Other", "theme": "nothing"}, "There is no such theme."),
    ):
        refused = admin.send("/defects", **form)
        assert refused.status == 400
        assert said in refused.text


def test_tickets_are_accepted_and_refused_one_or_all(named: Hosted, admin: Guest) -> None:
    """What staff say counts; what they did not see does not."""
    admin.send("/defects/1", do="link", references="MR-22221")
    admin.send("/defects/1", do="refuse", references="mr-22222")
    admin.send("/defects/1", do="unlink", references="MR-22220")

    assert links(named) == {"MR-22221": LinkState.LINKED, "MR-22222": LinkState.REFUSED}
    admin.send("/defects/1", do="link", references="MR-22220 MR-22222")
    assert set(links(named).values()) == {LinkState.LINKED}
    for form in ({"do": "link", "references": "MR-99999"}, {"do": "link"}, {"do": "eat"}):
        assert admin.send("/defects/1", **form).status == 400
    assert admin.send("/defects/9", do="fix").status == 404


def test_a_ticket_is_linked_on_its_page(named: Hosted, admin: Guest) -> None:
    """To a defect that there is; the ticket then says so."""
    with named.app.store.begin() as conn:
        cases.add(conn, cases.open_ticket("MR-33333"), "The lid again.")
    text = admin.get("/tickets/MR-33333").text
    seen = re.search(r'name="seen" value="([^"]*)"', text)
    assert seen

    done = admin.send("/tickets/MR-33333", do="defect", seen=seen[1], defect=f"Lid {HOSTILE}")

    assert done.status == 303
    assert links(named)["MR-33333"] is LinkState.LINKED
    assert 'href="/defects/1"' in admin.get("/tickets/MR-33333").text
    assert "MR-33333" in admin.get("/queue?defect=1").text


def test_a_viewer_and_another_site_change_nothing(named: Hosted, admin: Guest) -> None:
    """Nor is anything announced by them."""
    viewer = named.guest(Role.VIEWER)

    assert "It is mended" not in viewer.get("/defects/1").text
    assert viewer.send("/defects/1", do="fix").status == 403
    assert viewer.send("/defects", name="Mine").status == 403
    assert viewer.get("/defects/1/announce").status == 403
    assert admin.post("/defects/1", {"do": "fix"}).status == 403
    with named.app.store.read() as conn:
        [defect] = defects.all_defects(conn)
    assert defect.state is DefectState.OPEN


def test_a_known_problem_needs_a_day_ahead(named: Hosted, admin: Guest) -> None:
    """And a defect that is open; its sentence is kept by language."""
    past = admin.send("/defects/1", do="know", known_en="We know.", until="2026-11-01")
    assert past.status == 400
    admin.send("/defects/1", do="know", known_en="We know.", until="2026-12-24")

    text = admin.get("/defects/1").text
    assert "known problem" in text
    assert 'value="2026-12-24"' in text
    admin.send("/defects/1", do="fix")
    assert admin.send("/defects/1", do="know", known_en="We know.").status == 400


def test_nobody_is_told_what_was_not_shown(named: Hosted, admin: Guest) -> None:
    """Not while it is open, not without having looked, not if that changed since, not twice."""
    assert "not marked as mended" in admin.get("/defects/1/announce").text
    assert admin.send("/defects/1/announce", do="look").status == 409
    admin.send("/defects/1", do="fix")
    assert admin.send("/defects/1/announce", do="send").status == 409
    assert admin.send("/defects/1/announce", do="look", most="many").status == 400
    assert admin.send("/defects/1/announce", do="look", words_en="x" * 3000).status == 400
    plan = admin.send("/defects/1/announce", do="look", words_en="It closes now.").text
    seen = re.search(r'name="seen" value="(\w+)"', plan)
    assert seen
    other = admin.send("/defects/1/announce", do="send", words_en="Another.", seen=seen[1])
    assert "has changed. Nothing was sent" in other.text
    with named.app.store.read() as conn:
        assert not announcing.of_defect(conn, 1)
    form = {"do": "send", "words_en": "It closes now.", "seen": seen[1]}
    assert admin.send("/defects/1/announce", **form).status == 303
    assert "being announced already" in admin.send("/defects/1/announce", **form).text
    admin.send("/defects/1", do="stop")
    assert admin.send("/defects/1", do="remove").status == 400


@pytest.mark.parametrize(("language", "scheme"), [("en-GB", "light"), ("es-ES", "dark")])
def test_from_a_proposal_to_the_last_step(
    named: Hosted, browse: Callable[..., Page], language: str, scheme: str
) -> None:
    """Accept, mend, look, send: names are text everywhere, axe finds nothing, and a phone needs no
    scrolling sideways."""
    spanish = language == "es-ES"
    page = browse(locale=language, color_scheme=scheme, viewport={"width": 360, "height": 740})

    def check() -> None:
        page.wait_for_load_state()
        assert "taken" not in page.title().split(HOSTILE)[0]
        assert page.locator("main script").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        assert Axe().run(page).violations_count == 0

    page.goto("/defects")
    check()
    page.get_by_role("link", name=f"Lid {HOSTILE}").click()
    check()
    page.get_by_role("button", name="Sí a los 2" if spanish else "Yes to all 2").click()
    page.get_by_role("button", name="Está arreglado" if spanish else "It is mended").click()
    page.get_by_role("link", name="Avisar a todos" if spanish else "Tell everyone").click()
    page.locator("#words-en").fill("Please ask us for a new lid.")
    page.get_by_role("button", name="Ver a quién" if spanish else "Show whom").click()
    expect(page.locator("#plan")).to_contain_text("3")
    expect(page.locator("main")).to_contain_text("Please ask us for a new lid.")
    check()
    page.get_by_role("button", name="Avisar a 3" if spanish else "Tell 3 people").click()
    expect(page.get_by_role("status")).to_be_visible()
    with named.app.store.read() as conn:
        [one] = announcing.of_defect(conn, 1)
    assert one.said.words == {"en": "Please ask us for a new lid."}
