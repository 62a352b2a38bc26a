"""What customers said, added up."""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import timedelta

import cases
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sites import Guest, Hosted
from sqlalchemy import select

from mailresponder.store import mailboxes, themes
from mailresponder.store.schema import messages
from mailresponder.store.schema_themes import message_themes, themed
from mailresponder.store.themes import State, ThemeRow
from mailresponder.web.asking import Role

DAY = timedelta(days=1)
HOSTILE = "<script>document.title = 'taken'</script>"
FOUND = ThemeRow(
    key="found-1",
    state=State.FOUND,
    names={"en": f"=lid {HOSTILE}", "es": "tapa"},
    space="words:en",
    found_at=cases.NOON,
    changed_at=cases.NOON,
    changed_by="mailresponder",
)


def tell(site: Hosted) -> None:
    """Two weeks of mail: each day somebody complains of late delivery, and lately, angrily, of a
    theme that was found."""
    with site.app.store.begin() as conn:
        themes.put(conn, FOUND)
        for number in range(28):
            at = cases.NOON - number * DAY / 2
            angry = number < 6
            make = cases.angry_ticket if angry else cases.open_ticket
            ticket = make(
                f"MR-{number:05}",
                opened_at=at,
                waiting_since=at,
                due_at=at + DAY,
                language="es" if number % 3 else "en",
                mailbox="support",
            )
            cases.add(conn, ticket, f"{HOSTILE} My parcel of Emma Clarke is late, this is a shame!")
        for row, at in conn.execute(select(messages.c.id, messages.c.at)).all():
            theme = "found-1" if at > cases.NOON - 3 * DAY else "late-delivery"
            looked = {"message_row": row, "taxonomy": "t", "praise": 0.0, "at": at}
            conn.execute(themed.insert().values(looked))
            about = {"message_row": row, "theme": theme, "how": "words", "weight": 1.0}
            conn.execute(message_themes.insert().values(about))


@pytest.fixture
def told(site: Hosted) -> Hosted:
    """A desk at noon with two weeks of mail."""
    tell(site)
    return site


def behind(text: str, label: str) -> str:
    """The path that a bar leads to."""
    found = re.search(rf'<a class="behind" href="([^"]+)">(?:(?!</a>).)*?{label}', text, re.S)
    assert found, label
    return found[1].replace("&amp;", "&")


def test_a_desk_without_mail_is_told_what_to_do(admin: Guest) -> None:
    """No empty charts: where mail is counted from, and which page says whether it comes."""
    answered = admin.get("/report")

    assert answered.status == 200
    assert "No customer has written yet." in answered.text
    assert 'href="/health"' in answered.text
    assert '<svg class="column"' not in answered.text


def test_figures_are_told_with_their_definition(told: Hosted) -> None:
    """Value, comparison and what is counted, in the visitor's language."""
    english = told.guest(Role.VIEWER).get("/report").text
    spanish = told.guest(Role.VIEWER).get("/report", Accept_Language="es").text

    assert "Mails from people" in english
    assert "How it is counted" in english
    assert "Counted from: messages." in english
    assert "Correos de personas" in spanish
    assert "tapa" in spanish


def test_a_bar_leads_to_its_tickets(told: Hosted) -> None:
    """Of a theme and of a week, as many tickets as the bar has mails, which here are one each."""
    guest = told.guest(Role.VIEWER)
    text = guest.get("/report").text

    path = behind(text, "Late delivery")
    number = re.search(
        rf'href="{re.escape(path.replace("&", "&amp;"))}".*?value">(\d+)', text, re.S
    )
    queue = guest.get(path).text
    assert number
    assert f"1 to {number[1]} of {number[1]}" in queue
    assert "About: <bdi>Late delivery</bdi>" in queue

    [week] = re.findall(r'<li class="in"><a href="([^"]+)" aria-label="([^"]+)"', text)[-1:]
    mails = re.search(r": (\d+) mails", week[1])
    assert mails
    assert f"of {mails[1]}" in guest.get(week[0].replace("&amp;", "&")).text


def test_it_can_be_narrowed(told: Hosted) -> None:
    """To a language, a theme, a time of one's own; what is no time is said, and shown is a week."""
    guest = told.guest(Role.VIEWER)

    spanish = guest.get("/report?spoken=es&period=4w").text
    assert "Spanish</span>" in spanish
    theme = guest.get("/report?theme=late-delivery&period=4w").text
    assert "What customers said about: Late delivery" in theme
    own = guest.get("/report?period=own&first=2026-11-10&last=2026-11-15").text
    assert "10 November 2026 to 15 November 2026" in own
    for query in (
        "first=2026-11-15&last=2026-11-10",
        "first=x",
        "period=own&last=0050-01-01",
        "last=9999-12-31&first=1",
        "period=own&first=0001-01-01&last=0001-01-01",
    ):
        wrong = guest.get(f"/report?{query}")
        assert wrong.status == 400, query
        assert "That is no time a report can be about" in wrong.text
    assert guest.get("/report?period=nonsense").status == 200
    assert guest.get("/report?theme=nothing").status == 400
    assert guest.get("/report?mailbox=nobody").status == 400
    assert guest.get("/report.csv?first=x").status == 400


def test_a_mailbox_that_is_configured_no_more_has_its_report(told: Hosted) -> None:
    """It is offered, since the report counts its mail; one that never was there is none."""
    with told.app.store.begin() as conn:
        mailboxes.started(conn, "old", cases.NOON)
        cases.add(conn, cases.open_ticket("MR-99999", mailbox="old", opened_at=cases.NOON), "Late.")
    guest = told.guest(Role.VIEWER)
    shown = guest.get("/report?mailbox=old")
    assert shown.status == 200
    assert '<option value="old" selected>' in shown.text
    assert json.loads(guest.get("/report.json?mailbox=old").text)["mailbox"] == "old"
    assert guest.get("/report?mailbox=never").status == 400


def test_it_can_be_taken_along(told: Hosted) -> None:
    """As a table and as data, under the name of its days; no name in it becomes a formula, and no
    text of a customer is in the table."""
    guest = told.guest(Role.VIEWER)

    table = guest.get("/report.csv?period=4w")
    data = guest.get("/report.json?period=4w")

    assert 'filename="report-2026-10-26-2026-11-23.csv"' in table.headers["content-disposition"]
    assert 'filename="report-2026-10-26-2026-11-23.json"' in data.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(table.text.removeprefix("\ufeff"))))
    assert {row["part"] for row in rows} >= {"figure", "theme", "week", "waiting"}
    assert {row["name"] for row in rows if row["key"] == "found-1"} == {f"'=lid {HOSTILE}"}
    assert "parcel" not in table.text
    assert json.loads(data.text)["figures"]


def test_what_customers_wrote_stays_text(told: Hosted, browse: Callable[..., Page]) -> None:
    """Script in a mail or in a theme's name is shown and not run; quotes lead to their ticket and
    tell nobody's name."""
    page = browse()
    page.goto("/report?period=4w")

    expect(page.locator("main")).to_contain_text("=lid <script>")
    assert page.title() == "What customers said · Acme Support"
    assert page.locator("main script").count() == 0
    quotes = page.locator(".quote")
    assert quotes.count() > 0
    assert "Emma Clarke" not in page.content()
    page.locator(".blame .quote a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("MR-")


def test_strangers_see_nothing(told: Hosted) -> None:
    """Page and files are for who is signed in."""
    for path in ("/report", "/report.csv", "/report.json", "/themes", "/defects"):
        answered = told.guest(Role.NOBODY).get(path)
        assert answered.status == 303
        assert answered.headers["location"].startswith("/login")


def test_what_is_long_is_folded_on_a_phone_alone(told: Hosted, browse: Callable[..., Page]) -> None:
    """On a wide page and on paper all figures are in sight, without a click."""
    page = browse(Role.VIEWER, viewport={"width": 360, "height": 740})
    page.goto("/report")
    last, further = page.locator(".figures .card").last, page.locator("details.fold > summary")
    expect(last).not_to_be_visible()
    further.first.click()
    expect(last).to_be_visible()

    page.goto("/report")
    page.emulate_media(media="print")
    expect(last).to_be_visible()
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(last).to_be_visible()
    expect(further.first).not_to_be_visible()


@pytest.mark.parametrize(("language", "scheme"), [("en-GB", "light"), ("es-ES", "dark")])
def test_it_can_be_used_by_everybody(
    told: Hosted, browse: Callable[..., Page], language: str, scheme: str
) -> None:
    """axe finds nothing on it, light or dark, wide or on a phone, where nothing is scrolled
    sideways."""
    page = browse(locale=language, color_scheme=scheme, viewport={"width": 360, "height": 740})
    page.goto("/report?period=4w")
    for details in page.locator("details").all():
        details.evaluate("one => one.open = true")

    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert Axe().run(page).violations_count == 0
    page.set_viewport_size({"width": 1280, "height": 900})
    assert Axe().run(page).violations_count == 0
