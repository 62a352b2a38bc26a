"""One ticket, its story, and what is done to it."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import cases
import pytest
import tales
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Dialog, Page, expect
from sites import Answered, Clock, Guest, Hosted, hosted

from mailresponder.jobs import audit
from mailresponder.mail.message import Address
from mailresponder.policy.ticket import Ticket, TicketState
from mailresponder.store import outbox_view, tickets
from mailresponder.store.schema import outbox
from mailresponder.web.asking import Role

PATH = f"/tickets/{tales.REFERENCE}"
HOUR = timedelta(hours=1)
ABROAD = """
[[mailbox]]
name = "abroad"
address = "ayuda@example.com"
[mailbox.imap]
host = "127.0.0.1"
port = 9
security = "none"
username = "ayuda@example.com"
password = "secret"
[mailbox.smtp]
host = "127.0.0.1"
port = 9
security = "none"
username = ""
[mailbox.deadlines]
timezone = "America/Mexico_City"
"""
"""A second mailbox, seven hours away."""


@pytest.fixture
def told(site: Hosted) -> Hosted:
    """A desk with the ticket of `tales`, an hour after its deadline."""
    clock = site.app.clock
    assert isinstance(clock, Clock)
    clock.now = tales.LATER
    with site.app.store.begin() as conn:
        tales.tell(conn)
    return site


def ticket(site: Hosted) -> Ticket:
    with site.app.store.read() as conn:
        found = tickets.ticket_by_reference(conn, tales.REFERENCE)
    assert found is not None
    return found


def save(site: Hosted, **changes: object) -> None:
    with site.app.store.begin() as conn:
        tickets.save_ticket(conn, replace(ticket(site), **changes))  # type: ignore[arg-type]


def seen(guest: Guest) -> str:
    [mark, *_] = re.findall(r'name="seen" value="(\w+)"', guest.get(PATH).text)
    return mark


def press(guest: Guest, do: str, **fields: str) -> Answered:
    """Press a button of the page as it is now."""
    return guest.send(PATH, do=do, **({"seen": seen(guest)} | fields))


def test_all_that_is_known_is_shown(told: Hosted) -> None:
    """Who, what, whose, how angry and why, what is due, and all that was written."""
    text = unescape(told.guest().get(PATH).text)

    for words in (
        *("Emma Clarke", "emma@customer.test", "jane@example.com", "2026-11-23 15:00"),
        *("Angry (0.90 of 1)", "never again", "The lamp is broken.", "She sends a photo."),
        *("A new lamp leaves today.", "I am her son", "Nothing proves the sender"),
        *("Step 1. Told: lead@example.com.", "quotes_note", "Times are in Europe/Madrid."),
        "Heard in: <q><bdi>never again</bdi></q>, <q><bdi>!!!</bdi></q>",
    ):
        assert words in text, words


def test_it_is_told_in_spanish(told: Hosted) -> None:
    """Every word of ours is, also those of events and rules; the customer's stay."""
    text = unescape(told.guest().get(PATH, Accept_Language="es").text)

    for words in (
        *("Enfadado (0.90 sobre 1)", "Nota interna de jane@example.com", "Acuse de recibo"),
        *("Paso 1. Avisado: lead@example.com.", "Contiene palabras de una nota interna."),
        *("Respuesta automática", "Nada demuestra quién lo envió", "The lamp is broken."),
    ):
        assert words in text, words
    assert "Not acknowledged" not in text


def test_who_was_not_acknowledged_and_why(site: Hosted, admin: Guest) -> None:
    """Each rule that forbade it is told, with its name."""
    with site.app.store.begin() as conn:
        cases.add(conn, cases.angry_ticket(tales.REFERENCE), "x")

    text = admin.get(PATH).text

    assert "Their mail has no return path, as if from a machine." in text
    assert "<code>null_return_path</code>" in text
    assert "Not acknowledged" in text


def test_what_waits_or_failed_is_told(told: Hosted) -> None:
    """What waits below the story, what failed above it, with a way to try again."""
    text = told.guest().get(PATH).text

    waits = "acknowledgement</strong> to emma@customer.test: waits, leaves with the next pass"
    assert text.index(waits) > text.index('<ol class="story">')
    later = tales.LATER + HOUR
    with told.app.store.begin() as conn:
        conn.execute(outbox.update().values(next_attempt_at=later))
    assert "test: waits, held back until 2026-11-23 17:00" in told.guest().get(PATH).text
    with told.app.store.begin() as conn:
        conn.execute(outbox.update().values(attempts=1))
    assert "test: waits, next attempt 2026-11-23 17:00" in told.guest().get(PATH).text
    with told.app.store.begin() as conn:
        conn.exec_driver_sql("UPDATE outbox SET state = 'failed', last_error = '550 <b>no</b>'")
    text = told.guest().get(PATH).text
    assert text.index("550 &lt;b&gt;no&lt;/b&gt;") < text.index('<ol class="story">')
    again = '<a href="/health#failed">Try again</a>'
    assert again in text
    assert again not in told.guest(Role.VIEWER).get(PATH).text


def test_the_answer_is_written_in_the_mail_program(told: Hosted, admin: Guest) -> None:
    """A link opens it: to the customer, with us in copy and the ticket in the subject."""
    [href] = re.findall(r'href="(mailto:[^"]+)"', unescape(admin.get(PATH).text))
    asked = urlsplit(href)
    query = parse_qs(asked.query)

    assert asked.path == "emma@customer.test"
    assert query["cc"] == ["support@example.com"]
    assert query["subject"] == [f"Re: Lamp [{tales.REFERENCE}]"]
    assert query["in-reply-to"] == [f"<{tales.REFERENCE}-0@customer.test>"]
    assert '<textarea id="answer' not in admin.get(PATH).text


@pytest.mark.parametrize(
    ("language", "hint"),
    [
        ("en", "Send it from the shared mailbox, support@example.com, or reply to a notice"),
        (
            "es",
            "Envíelo desde el buzón compartido, support@example.com, o bien responda a un aviso",
        ),
    ],
)
def test_where_a_copy_counts_for_nothing_none_is_promised(
    tmp_path: Path, language: str, hint: str
) -> None:
    """Without a server whose word is trusted, an answer must leave from the shared mailbox."""
    with hosted(tmp_path, border="") as site:
        with site.app.store.begin() as conn:
            tales.tell(conn)
        text = unescape(site.guest().get(PATH, Accept_Language=language).text)

    assert hint in text
    assert "with us in copy" not in text
    assert "con nosotros en copia" not in text


@pytest.mark.parametrize(
    "changes",
    [
        {"customer": Address(email="no-reply@shop.test")},
        {"customer": Address(email="")},
        {"spam": True},
        {"merged_into": "MR-22222"},
    ],
)
def test_where_no_answer_would_arrive_none_is_offered(
    told: Hosted, admin: Guest, changes: dict[str, object]
) -> None:
    """To nobody's address, to spam, or about mails that are in another ticket."""
    save(told, **changes)

    assert "mailto:" not in admin.get(PATH).text


@pytest.mark.parametrize(
    ("do", "fields", "event", "expected"),
    [
        ("close", {}, "closed", {"state": TicketState.CLOSED}),
        ("answered", {}, "answered", {"state": TicketState.ANSWERED}),
        ("wait", {}, "waiting", {"state": TicketState.ANSWERED}),
        ("snooze", {"for": "2h"}, "snoozed", {"snoozed_until": tales.LATER + 2 * HOUR}),
        (
            "snooze",
            {"for": "2h", "day": "2026-11-25"},
            "snoozed",
            {"snoozed_until": cases.NOON + 35 * HOUR},
        ),
        ("assign", {"to": "Leo@example.com"}, "assigned", {"assigned_to": "leo@example.com"}),
        ("angry", {}, "judged_angry", {"angry": True, "judged_by": "ana (web)"}),
        ("not_angry", {}, "judged_not_angry", {"angry": False, "judged_by": "ana (web)"}),
        ("note", {"text": " Called. "}, "note", {}),
        ("spam", {}, "spam", {"spam": True, "state": TicketState.CLOSED}),
    ],
)
def test_a_button_does_what_its_command_does(
    told: Hosted,
    admin: Guest,
    do: str,
    fields: dict[str, str],
    event: str,
    expected: dict[str, object],
) -> None:
    """The ticket is changed, its story says by whom, and so does the list of what was done."""
    answered = press(admin, do, **fields)

    assert (answered.status, answered.headers["location"]) == (303, f"{PATH}?done=ticket_{do}")
    changed = ticket(told)
    assert {name: getattr(changed, name) for name in expected} == expected
    with told.app.store.read() as conn:
        events = tickets.events(conn, changed.id)
        [entry] = audit.latest(conn)
    assert [one.what for one in events if one.by == "ana (web)"] == [event]
    assert (entry.about, entry.by) == (tales.REFERENCE, "ana (web)")
    assert 'role="status"' in admin.get(answered.headers["location"]).text


def test_spam_can_be_taken_back(told: Hosted, admin: Guest) -> None:
    """The customer waits again."""
    press(admin, "spam")

    assert press(admin, "not_spam").status == 303
    assert ticket(told).state is TicketState.OPEN


def test_who_is_given_a_ticket_is_told(told: Hosted, admin: Guest) -> None:
    """A mail to them waits to be sent."""
    press(admin, "assign", to="leo@example.com")

    with told.app.store.read() as conn:
        kinds = {row.recipient: row.kind for row in outbox_view.rows(conn)}
    assert kinds["leo@example.com"] == "escalation"


@pytest.mark.parametrize(
    ("language", "named", "because"),
    [
        ("en", "word of a ticket given to them", "Before it left, nobody waited any more."),
        ("es", "aviso de caso asignado", "Antes de que saliera, ya no esperaba nadie."),
    ],
)
def test_a_notice_of_an_assignment_is_told_as_what_it_is(
    site: Hosted, admin: Guest, language: str, named: str, because: str
) -> None:
    """It waits at the end, below the customer's mail, and where it is taken back since nobody waits
    any more, that is why: nobody was to be acknowledged."""
    with site.app.store.begin() as conn:
        cases.add(conn, cases.angry_ticket(tales.REFERENCE, suppressed_by=()), "It is broken.")
    press(admin, "assign", to="leo@example.com")
    waits = admin.get(PATH, Accept_Language=language).text
    press(admin, "wait")
    withdrawn = admin.get(PATH, Accept_Language=language).text

    assert waits.index("It is broken.") < waits.index(f"<strong>{named}</strong>")
    assert because in withdrawn
    assert "notice_overtaken" in withdrawn
    assert "answered_first" not in withdrawn


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Assigned by root (command line). To leo@example.com."),
        ("es", "Asignado por root (línea de órdenes). A leo@example.com."),
    ],
)
def test_who_did_it_stands_behind_what_was_done(
    told: Hosted, admin: Guest, language: str, said: str
) -> None:
    """One sentence after another, each with its full stop."""
    with told.app.store.begin() as conn:
        tickets.add_event(
            conn,
            ticket(told).id,
            at=tales.LATER,
            what="assigned",
            why="to leo@example.com",
            by="root (command line)",
        )
    page = re.sub("<[^<>]*>", "", unescape(admin.get(PATH, Accept_Language=language).text))

    assert said in " ".join(page.split())


def test_a_visitor_with_an_address_can_take_it(told: Hosted) -> None:
    """Whose name is no address of staff is not offered that."""
    leo = told.guest(name="leo@example.com")

    assert 'value="mine"' in leo.get(PATH).text
    assert press(leo, "mine").status == 303
    assert ticket(told).assigned_to == "leo@example.com"
    assert 'value="mine"' not in leo.get(PATH).text
    assert 'value="mine"' not in told.guest().get(PATH).text
    assert press(told.guest(), "mine").status == 409


def test_nobody_acts_on_what_they_have_not_seen(told: Hosted, admin: Guest) -> None:
    """Who looked before a colleague did something is told, and nothing is done."""
    old = seen(admin)
    press(told.guest(name="eva"), "assign", to="leo@example.com")

    answered = press(admin, "close", seen=old)

    assert answered.status == 409
    assert "This ticket has changed since you looked at it" in answered.text
    assert ticket(told).state is TicketState.OPEN
    assert press(admin, "close").status == 303


def test_a_note_is_kept_as_a_mail_s_would_be(told: Hosted, admin: Guest) -> None:
    """Its lines end as everywhere, and what no screen should obey is left out."""
    press(admin, "note", text="Called her.\r\n\x1b[31mShe waits.\u202e\r\n")

    with told.app.store.read() as conn:
        last = tickets.events(conn, ticket(told).id)[-1]
    assert last.why == "Called her.\n[31mShe waits."


def test_a_note_that_cannot_be_taken_is_not_lost(told: Hosted, admin: Guest) -> None:
    """What was typed stands in the field again."""
    answered = press(admin, "note", text="long " * 1000)

    assert answered.status == 400
    assert "at most 4000 characters" in answered.text
    assert "long long long" in answered.text
    assert press(admin, "note", text=" \n ").status == 400


@pytest.mark.parametrize(
    ("do", "fields", "words"),
    [
        ("snooze", {"for": "soon"}, "diga hasta cuándo"),
        ("snooze", {"day": "2020-01-01"}, "ese día ya ha empezado"),
        ("assign", {"to": "Ana"}, "escriba una sola dirección"),
        ("assign", {"to": "ana@customer.test"}, "esa dirección no es del equipo"),
        ("not_spam", {}, "no está marcado como correo no deseado"),
    ],
)
def test_what_cannot_be_done_is_told_in_the_visitor_s_language(
    told: Hosted, do: str, fields: dict[str, str], words: str
) -> None:
    """With the ticket below, and nothing written down."""
    guest = told.guest()
    guest.cookies["language"] = "es"
    before = ticket(told)

    answered = press(guest, do, **fields)

    assert answered.status in (400, 409)
    assert words in answered.text
    assert ticket(told) == before


def test_only_what_the_page_offers_can_be_ordered(told: Hosted, admin: Guest) -> None:
    """Merging is not, nor is anything invented."""
    for do in ("merge", "help", "delete", ""):
        assert press(admin, do).status == 400


def test_an_unknown_ticket_is_not_found(told: Hosted, admin: Guest) -> None:
    """Whether it is looked at or acted on; any spelling of a known one is."""
    assert admin.get("/tickets/MR-22222").status == 404
    assert admin.send("/tickets/MR-22222", do="close", seen="").status == 404
    assert admin.get("/tickets/%3Cscript%3E").status == 404
    assert admin.get(PATH.lower().replace("/tickets/mr", "/tickets/mr")).status == 200


def test_a_merged_ticket_leads_on(told: Hosted, admin: Guest) -> None:
    """Nothing can be done to it any more."""
    mark = seen(admin)
    save(told, merged_into="MR-22222", state=TicketState.CLOSED)

    text = admin.get(PATH).text

    assert '<a href="/tickets/MR-22222">MR-22222</a>' in text
    assert 'name="do"' not in text
    assert press_at(admin, mark).status == 409


def press_at(guest: Guest, mark: str) -> Answered:
    return guest.send(PATH, do="close", seen=mark)


def test_a_ticket_of_a_mailbox_that_is_gone_can_be_read(told: Hosted, admin: Guest) -> None:
    """Nobody can act on it: its rules are gone with it."""
    mark = seen(admin)
    save(told, mailbox="former")

    answered = admin.get(PATH)

    assert answered.status == 200
    assert 'name="do"' not in answered.text
    assert "Its mailbox, former, is no longer in the configuration" in answered.text
    assert "would reach nobody" not in answered.text
    assert "next pass" not in answered.text
    refused = press_at(admin, mark)
    assert refused.status == 409
    assert "its mailbox is no longer in the configuration" in refused.text


def test_who_may_only_look_has_no_buttons(told: Hosted) -> None:
    """Nor can a form of their own change anything."""
    viewer = told.guest(Role.VIEWER, name="eva")

    text = viewer.get(PATH).text

    assert "The lamp is broken." in text
    assert 'name="do"' not in text
    assert viewer.send(PATH, do="close", seen=seen(told.guest())).status == 403
    assert ticket(told).state is TicketState.OPEN


def test_a_very_long_text_is_folded(site: Hosted, admin: Guest) -> None:
    """Its beginning is shown; what is beyond all measure is left to the mailbox."""
    with site.app.store.begin() as conn:
        cases.add(conn, cases.open_ticket(tales.REFERENCE), f"Begin\n{'x' * 300_000}End")

    text = admin.get(PATH).text

    assert "Begin" in text
    assert "Show the rest" in text
    assert "xEnd" not in text
    assert "the whole text is in the mailbox" in text
    assert len(text) < 150_000


def test_hundreds_of_long_mails_make_no_endless_page(site: Hosted, admin: Guest) -> None:
    """The newest can be read whole, of the others the beginning."""
    with site.app.store.begin() as conn:
        ticket = cases.add(conn, cases.open_ticket(tales.REFERENCE))
        tale = tales.Tale(conn=conn, ticket=ticket)
        for number in range(40):
            tale.mail(f"Mail {number}.\n" + "x" * 60_000)

    text = admin.get(PATH).text

    assert all(f"Mail {number}." in text for number in range(40))
    assert text.count("Show the rest") == 18
    assert text.count("the whole text is in the mailbox") == 23
    assert len(text) < 1_300_000


def test_thousands_of_entries_make_no_endless_page(site: Hosted, admin: Guest) -> None:
    """The newest 500 are shown, and where the others are."""
    with site.app.store.begin() as conn:
        ticket = cases.add(conn, cases.open_ticket(tales.REFERENCE))
        tale = tales.Tale(conn=conn, ticket=ticket)
        for number in range(502):
            tale.mail(f"Mail {number}.")

    text = admin.get(PATH).text

    assert "3 earlier entries are not shown here" in text
    assert f"<code>mailresponder ticket {tales.REFERENCE}</code>" in text
    assert "Mail 1." not in text
    assert text.count('<li class="entry') == 500
    assert all(f"Mail {number}." in text for number in (2, 501))


def test_other_tickets_of_the_customer_are_at_hand(told: Hosted, admin: Guest) -> None:
    """The newest, and a way to the rest."""
    with told.app.store.begin() as conn:
        for number in range(7):
            cases.add(conn, cases.open_ticket(f"MR-2222{number}", subject=f"Matter {number}"))

    text = admin.get(PATH).text

    assert "Matter 6" in text
    assert "Matter 0" not in text
    assert ">2 more</a>" in text


def test_times_are_those_of_the_mailbox(tmp_path: Path) -> None:
    """A mailbox with a time zone of its own shows that, and says so."""
    with hosted(tmp_path, more=ABROAD) as site:
        with site.app.store.begin() as conn:
            tales.tell(conn, mailbox="abroad")
        text = site.guest().get(PATH).text

    assert "2026-11-23 08:00" in text
    assert "Times are in America/Mexico_City." in text
    assert "<dd>abroad</dd>" in text


def test_a_hostile_ticket_stays_text(site: Hosted, browse: Callable[..., Page]) -> None:
    """Scripts in subject, name, address, body, note and events neither run, load nor turn."""
    with site.app.store.begin() as conn:
        tales.tell_hostile(conn)
    page = browse()
    dialogs: list[Dialog] = []
    loaded: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog))
    page.on("request", lambda request: loaded.append(request.url))
    for path in ("/queue", "/tickets/MR-3V1L2"):
        page.goto(path)
        for summary in page.locator("summary").all():
            summary.click()

    assert dialogs == []
    assert all(url.startswith(site.url) and "/x" not in url for url in loaded)
    assert "owned" not in page.evaluate("document.title.replace(/<[^>]*>[^<]*/g, '')")
    assert page.locator("main script, main img").count() == 0
    text = page.locator("body").inner_text()
    assert text.count("<script>document.title='owned'</script>") >= 8
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00\x1b]", page.content())
    assert page.evaluate("document.documentElement.scrollWidth") == 1280


def test_an_admin_settles_a_ticket_with_the_keyboard(
    told: Hosted, browse: Callable[..., Page]
) -> None:
    """Reads it, notes something, takes back that it is angry, and closes it: no mouse."""
    page = browse()
    page.goto(PATH)

    page.get_by_label("Internal note").focus()
    page.keyboard.type("All is well now.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Noted.")
    expect(page.locator(".note-entry").last).to_contain_text("All is well now.")
    page.get_by_role("button", name="Not angry").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Marked as not angry.")
    expect(page.locator(".facts")).to_contain_text("Not angry, ana (web) said")
    page.locator("summary", has_text="Close").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nobody waits any more")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Closed.")

    assert ticket(told).state is TicketState.CLOSED


def test_an_admin_puts_a_ticket_off(told: Hosted, browse: Callable[..., Page]) -> None:
    """By a choice, or until a day; the queue shows it apart."""
    page = browse(locale="es-ES")
    page.goto(PATH)

    page.get_by_label("Cuánto tiempo").select_option("un día")
    page.get_by_role("button", name="Posponer").click()
    expect(page.get_by_role("status")).to_have_text("Pospuesto.")
    page.get_by_label("o hasta este día").fill("2026-12-01")
    page.get_by_role("button", name="Posponer").click()

    expect(page.locator(".tags").first).to_contain_text("Pospuesto hasta 2026-12-01 00:00")
    page.goto("/queue")
    page.get_by_role("link", name="Pospuestos 1").click()
    expect(page.locator("tbody tr")).to_have_count(1)


def test_nothing_is_closed_by_one_careless_click(told: Hosted, browse: Callable[..., Page]) -> None:
    """What ends a wait asks first."""
    page = browse()
    page.goto(PATH)

    expect(page.get_by_role("button", name="Close it")).to_be_hidden()
    expect(page.get_by_role("button", name="It is spam")).to_be_hidden()


@pytest.mark.parametrize("reference", [tales.REFERENCE, "MR-3V1L2"])
def test_a_phone_needs_no_scrolling_sideways(
    told: Hosted, browse: Callable[..., Page], reference: str
) -> None:
    """At 360 pixels all is below one another, and what to do is a link away."""
    with told.app.store.begin() as conn:
        tales.tell_hostile(conn)
    page = browse(viewport={"width": 360, "height": 740}, locale="es-ES")
    page.goto(f"/tickets/{reference}")
    for summary in page.locator("summary").all():
        summary.click()

    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.get_by_role("link", name="Qué hacer").click()
    expect(page.get_by_role("heading", name="Qué hacer")).to_be_in_viewport()


@pytest.mark.parametrize(("language", "scheme"), [("en-GB", "light"), ("es-ES", "dark")])
def test_a_page_can_be_used_by_everybody(
    told: Hosted, browse: Callable[..., Page], language: str, scheme: str
) -> None:
    """axe finds nothing to object to, light or dark, with all unfolded."""
    with told.app.store.begin() as conn:
        tales.tell_hostile(conn)
    page = browse(locale=language, color_scheme=scheme)
    for path in (PATH, "/queue?show=all"):
        page.goto(path)
        for summary in page.locator("summary").all():
            summary.click()

        found = Axe().run(page)

        assert found.violations_count == 0, found.generate_report()
