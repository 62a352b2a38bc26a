"""Who waits."""

import re
from collections.abc import Callable
from datetime import timedelta

import cases
import pytest
import tales
from playwright.sync_api import Page, expect
from sites import Guest, Hosted

from mailresponder.mail.message import Address
from mailresponder.policy.ticket import TicketState
from mailresponder.store import searching
from mailresponder.web.asking import Role

HOUR = timedelta(hours=1)


@pytest.fixture
def full(site: Hosted) -> Hosted:
    """A desk at noon with tickets of several sorts."""
    ana = Address(email="ana@cliente.test", name="Ana Núñez")
    settled = {"due_at": None, "waiting_since": None}
    with site.app.store.begin() as conn:
        for ticket in (
            cases.open_ticket("MR-CALM2", subject="Invoice", customer=ana, language="es"),
            cases.open_ticket("MR-LATE2", due_at=cases.NOON - HOUR),
            cases.angry_ticket("MR-ANGRY", assigned_to="jane@example.com"),
            cases.open_ticket("MR-SLEEP", snoozed_until=cases.NOON + HOUR),
            cases.open_ticket("MR-DONE2", state=TicketState.ANSWERED, **settled),
            cases.open_ticket("MR-SHUT2", state=TicketState.CLOSED, spam=True, **settled),
        ):
            cases.add(conn, ticket, "The lámpara is broken.")
    return site


def shown(text: str) -> list[str]:
    """The tickets of a page, in its order."""
    return re.findall(r'href="/tickets/MR-(\w+)"', text)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["ANGRY", "LATE2", "CALM2"]),
        ("?show=all", ["ANGRY", "LATE2", "CALM2", "SLEEP", "DONE2", "SHUT2"]),
        ("?show=snoozed", ["SLEEP"]),
        ("?angry=1", ["ANGRY"]),
        ("?overdue=1", ["LATE2"]),
        ("?overdue=1&angry=1", []),
        ("?unacknowledged=1", ["ANGRY"]),
        ("?spoken=es", ["CALM2"]),
        ("?whose=jane@example.com", ["ANGRY"]),
        ("?whose=-&show=answered", ["DONE2"]),
        ("?stay=closed", ["SHUT2"]),
        ("?q=NUNEZ", ["CALM2"]),
        ("?q=lampara", ["ANGRY", "LATE2", "CALM2", "SLEEP", "DONE2", "SHUT2"]),
        ("?q=lampara&show=closed&stay=waiting", ["SHUT2"]),
        ("?show=nonsense&page=-1&mailbox=", ["ANGRY", "LATE2", "CALM2"]),
        ("?page=%F0%9D%9F%9A", ["ANGRY", "LATE2", "CALM2"]),
        ("?page=99999999999999999999", ["ANGRY", "LATE2", "CALM2"]),
        ("?page=2", ["ANGRY", "LATE2", "CALM2"]),
        ("?show=closed&page=99999", ["SHUT2"]),
    ],
)
def test_tickets_are_chosen_by_the_query(full: Hosted, query: str, expected: list[str]) -> None:
    """Who waits is shown first; who looks for words looks everywhere; nonsense is left out."""
    answered = full.guest(Role.VIEWER).get(f"/queue{query}")

    assert answered.status == 200
    assert shown(answered.text) == expected


def test_a_ticket_says_what_a_person_must_know(full: Hosted) -> None:
    """Whose it is, how angry, how late, and that it was not acknowledged."""
    text = full.guest().get("/queue?show=all", Accept_Language="es").text

    for words in ("Enfadado", "vencido hace 1 h", "Sin acuse de recibo", "jane@example.com"):
        assert words in text
    assert "Pospuesto hasta 2026-11-23 14:00" in text
    assert "dentro de 2 h" in text


def test_there_is_a_further_page(site: Hosted, admin: Guest) -> None:
    """The rest of what was looked for, with all else as it was."""
    with site.app.store.begin() as conn:
        for number in range(60):
            cases.add(conn, cases.open_ticket(f"MR-{number:05}", subject="Lamp"), "x")

    first = admin.get("/queue?q=lamp&show=waiting").text
    [further] = re.findall(r'rel="next" href="([^"]+)"', first)
    second = admin.get(further.replace("&amp;", "&")).text

    assert "1 to 50 of 60" in first
    assert "51 to 60 of 60" in second
    assert len({*shown(first), *shown(second)}) == 60
    assert 'rel="prev"' in second
    assert 'rel="next"' not in second


def test_the_last_page_stands_in_for_one_that_is_gone(site: Hosted, admin: Guest) -> None:
    """Others settled tickets meanwhile: nobody is told that nobody waits."""
    with site.app.store.begin() as conn:
        for number in range(60):
            cases.add(conn, cases.open_ticket(f"MR-{number:05}"), "x")

    text = admin.get("/queue?page=7").text

    assert "51 to 60 of 60" in text
    assert len(shown(text)) == 10
    assert 'rel="prev" href="/queue?show=waiting"' in text


def test_words_that_are_everywhere_are_not_looked_for_everywhere(
    full: Hosted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said that there are more than are shown."""
    monkeypatch.setattr(searching, "MOST_FOUND", 2)

    for query in ("q=lampara", "q=lampara&angry=1"):
        text = full.guest().get(f"/queue?{query}").text

        assert "Many tickets hold these words: the newest 2 are shown." in text


def test_an_empty_queue_is_good_news(admin: Guest) -> None:
    """It says so, and what was looked for in vain can be taken back."""
    assert "Nobody waits for an answer." in admin.get("/queue").text
    assert "No ticket is like that." in admin.get("/queue?q=lamp").text


def test_what_is_looked_for_is_only_text(full: Hosted) -> None:
    """Words that would be markup or a link's end are shown as they were typed."""
    answered = full.guest().get("/queue?q=%22%3E%3Cscript%3Ex%26show=all")

    assert "<script>x" not in answered.text
    assert 'value="&#34;&gt;&lt;script&gt;x&amp;show=all"' in answered.text


def test_somebody_finds_a_ticket_with_the_keyboard(
    full: Hosted, browse: Callable[..., Page]
) -> None:
    """Search, choose only the angry ones, take that back, open the ticket: no mouse."""
    page = browse()
    page.goto("/queue")

    page.get_by_label("Search").focus()
    page.keyboard.type("lampara")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(6)
    page.get_by_role("link", name="Angry").focus()
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.get_by_label("Search")).to_have_value("lampara")
    page.get_by_role("link", name="Angry").focus()
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(6)
    page.get_by_role("link", name="Invoice").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("MR-CALM2 Invoice")


def test_somebody_chooses_from_the_lists(full: Hosted, browse: Callable[..., Page]) -> None:
    """Whose and in which language; where they stood is kept."""
    page = browse()
    page.goto("/queue?show=all")

    page.get_by_label("Language").select_option("Español")
    page.get_by_role("button", name="Show").click()

    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.get_by_role("link", name="All 1")).to_have_attribute("aria-current", "true")
    page.get_by_role("link", name="Show all").click()
    expect(page.locator("tbody tr")).to_have_count(3)


@pytest.mark.parametrize("language", ["en-GB", "es-ES"])
def test_a_phone_needs_no_scrolling_sideways(
    full: Hosted, browse: Callable[..., Page], language: str
) -> None:
    """Tickets are cards on a screen of 360 pixels, also where a subject is one endless word."""
    with full.app.store.begin() as conn:
        cases.add(conn, cases.angry_ticket("MR-22222", subject="W" * 300))
        tales.tell_hostile(conn)
    page = browse(locale=language, viewport={"width": 360, "height": 740})
    page.goto("/queue?show=all")

    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.locator("tbody tr").first.bounding_box()["width"] <= 340  # type: ignore[index]
