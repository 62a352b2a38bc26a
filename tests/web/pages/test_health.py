"""The page that says whether the desk is well."""

import re
from collections.abc import Callable
from datetime import timedelta

import cases
import pytest
from axe_playwright_python.sync_playwright import Axe
from making import HOUR, NOON
from playwright.sync_api import Page, expect
from sites import Guest, Hosted

from mailresponder.jobs import audit
from mailresponder.jobs.audit import Deed
from mailresponder.store import (
    drafts,
    leases,
    mailbox_tasks,
    mailboxes,
    outbox_view,
    refusals,
    sign_ins,
)
from mailresponder.store.drafts import ReplyDraft
from mailresponder.store.mailbox_tasks import Task
from mailresponder.store.mailboxes import Way
from mailresponder.store.refusals import Refusal
from mailresponder.store.sign_ins import SignInEnding
from mailresponder.web.asking import Role

MINUTE = timedelta(minutes=1)
HOSTILE = "</td><script>document.title = 'taken'</script>\u202e550 no"


def well(site: Hosted) -> None:
    """The mailbox was read a minute ago."""
    with site.app.store.begin() as conn:
        mailboxes.well(conn, "support", NOON - MINUTE)


def queue(site: Hosted, key: str, **values: object) -> int:
    with site.app.store.begin() as conn:
        return cases.queue_mail(conn, key=key, **values)


def failed(site: Hosted, key: str, **values: object) -> int:
    """A mail of ours that was given up just now."""
    given = {"attempts": 1, "settled_at": NOON, "last_error": "550 5.1.1 no such user"}
    return queue(site, key, state="failed", **(given | values))


def state(site: Hosted, number: int) -> str:
    with site.app.store.read() as conn:
        row = outbox_view.row(conn, number)
    assert row is not None
    return row.state


def text_of(page: str) -> str:
    """What is read on it, on one line."""
    return " ".join(re.sub("<[^<>]*>", " ", page).split())


def test_a_desk_that_works_says_so(site: Hosted, admin: Guest) -> None:
    """All is well: that is the first thing read."""
    well(site)

    text = text_of(admin.get("/health").text)

    assert "How the desk is doing As of 2026-11-23 13:00. Look again All is well." in text
    assert "Last read 1 minute ago" in text


def test_a_sign_in_that_is_about_to_end(site: Hosted, admin: Guest) -> None:
    """While mail still flows it is said until when it does, and what to do; a mailbox that cannot
    be read any more has the one finding that says so."""
    well(site)
    ending = SignInEnding(since=NOON - HOUR, until=NOON + HOUR, why="invalid_grant (sign in again)")
    with site.app.store.begin() as conn:
        sign_ins.save_ending(conn, "support", ending)

    text = text_of(admin.get("/health").text)

    assert (
        "The sign-in of support is about to end. Found out 2026-11-23 12:00, 1 hour ago. "
        "Mail flows until 2026-11-23 14:00. invalid_grant (sign in again) Nothing has stopped yet."
    ) in text
    assert "support sign-in ends soon" in text

    with site.app.store.begin() as conn:
        mailboxes.failed(conn, "support", NOON, "over")
    assert "about to end" not in text_of(admin.get("/health").text)


def test_a_failing_mailbox_is_said_with_why_and_what_to_do(site: Hosted, admin: Guest) -> None:
    """What is wrong, since when, what the server said, and what mends it stand on top."""
    with site.app.store.begin() as conn:
        mailboxes.well(conn, "support", NOON - 3 * HOUR)
        mailboxes.failed(conn, "support", NOON - 2 * HOUR, "")
        mailboxes.failed(conn, "support", NOON - MINUTE, "no such host")

    text = text_of(admin.get("/health").text)

    assert "One thing needs somebody The mailbox support cannot be read." in text
    assert "since 2026-11-23 11:00, 2 hours ago. no such host mailresponder check tries" in text
    assert "Last read 3 hours ago (2026-11-23 10:00) Last attempt 1 minute ago" in text


def test_a_mailbox_that_cannot_send_is_said_with_the_next_attempt(
    site: Hosted, admin: Guest
) -> None:
    """In both languages: since when, what the server said, when it is tried again."""
    with site.app.store.begin() as conn:
        mailboxes.well(conn, "support", NOON - MINUTE)
        cases.queue_mail(conn)
        mailboxes.failed(conn, "support", NOON - HOUR, "550 5.4.5 no more today", Way.SENDING)
        mailboxes.rest(conn, "support", NOON + HOUR, Way.SENDING)

    text = text_of(admin.get("/health").text)
    spanish = text_of(admin.get("/health?language=es").text)

    assert "The mailbox support cannot send. It has failed since 2026-11-23 12:00" in text
    assert "Next attempt: 2026-11-23 14:00. 550 5.4.5 no more today" in text
    assert "next attempt 2026-11-23 14:00" in text
    assert "leaves with the next pass" not in text
    assert "El buzón support no puede enviar. Falla desde el" in spanish
    assert "Próximo intento:" in spanish


def test_a_desk_that_nobody_works_on_is_said_in_spanish(site: Hosted, admin: Guest) -> None:
    """The same in the other language, with the command that mends it."""
    text = text_of(admin.get("/health?language=es").text)

    assert "Hay una cosa que atender" in text
    assert "Nadie trabaja: no se está leyendo ningún buzón. Ponga en marcha el servicio" in text
    assert "Última lectura nunca" in text


def test_who_works_on_a_mailbox_is_named(site: Hosted, admin: Guest) -> None:
    """Of two instances, the one that has it in hand."""
    with site.app.store.begin() as conn:
        leases.acquire(conn, "mailbox:support", "desk-2:4711:ab", MINUTE, NOON)

    assert "In the hands of desk-2:4711:ab" in text_of(admin.get("/health").text)


def test_what_is_to_be_done_in_the_mailbox_is_said(site: Hosted, admin: Guest) -> None:
    """Drafts too, where they are all that there is."""
    with site.app.store.begin() as conn:
        ticket = cases.add(conn, cases.open_ticket("MR-7F3K2"))
        drafts.add(
            conn,
            ReplyDraft(ticket_id=ticket.id, mailbox="support", message_id="<d@x>", content=b"x"),
        )
    assert "To do in the mailbox one draft of an answer Mail" in text_of(admin.get("/health").text)

    with site.app.store.begin() as conn:
        mailbox_tasks.add(conn, Task(mailbox="support", kind="flag", dedup_key="a"), NOON)

    both = "To do in the mailbox one flag, copy or move, one draft of an answer Mail"
    assert both in text_of(admin.get("/health").text)


def test_what_waits_says_what_for(site: Hosted, admin: Guest) -> None:
    """Mail that leaves next, that was refused for now, that is held back, that is being sent."""
    queue(site, "due")
    queue(site, "refused", attempts=2, next_attempt_at=NOON + HOUR, last_error="451 greylisted")
    queue(site, "held", next_attempt_at=NOON + HOUR)
    queue(site, "sending", state="sending")

    text = text_of(admin.get("/health").text)

    for words in (
        "leaves with the next pass",
        "451 greylisted next attempt 2026-11-23 14:00 Try now",
        "held back until 2026-11-23 14:00",
        "is being sent",
    ):
        assert words in text
    assert text.count("Try now") == 1


@pytest.mark.parametrize(
    ("values", "tag"),
    [
        ({"last_error": "the mail server cannot be reached"}, '"tag bad">mail does not leave<'),
        (
            {"state": "failed", "attempts": 1, "settled_at": NOON, "last_error": "550 no"},
            '"tag warn">mail was given up<',
        ),
        ({}, '"tag good">well<'),
    ],
    ids=["server down", "refused", "waits"],
)
def test_a_mailbox_is_not_well_whose_mail_does_not_leave(
    site: Hosted, admin: Guest, values: dict[str, object], tag: str
) -> None:
    """Its own card says what stands on top, however well it is read."""
    well(site)
    queue(site, "a", **values)

    assert tag in admin.get("/health").text


def test_a_mail_is_tried_again_and_that_is_written_down(site: Hosted, admin: Guest) -> None:
    """The next pass sends it; the audit names who wanted that."""
    number = failed(site, "a")

    answered = admin.send("/health/again", id=str(number))

    assert (answered.status, answered.headers["location"]) == (303, "/health?done=retry_due")
    assert state(site, number) == "queued"
    with site.app.store.read() as conn:
        entry = audit.latest(conn)[0]
    assert (entry.what, entry.by, entry.about) == (Deed.MAIL_RETRIED, "ana (web)", str(number))


@pytest.mark.parametrize("now", ["sent", "sending", "unknown"])
def test_what_needs_no_other_try_is_left_alone(site: Hosted, admin: Guest, now: str) -> None:
    """Nothing is sent twice because a page was old, and what was not done is not written down."""
    number = queue(site, "a", state=now)
    if now == "unknown":
        number += 1

    answered = admin.send("/health/again", id=str(number))

    assert answered.headers["location"] == f"/health?done=retry_{now}"
    with site.app.store.read() as conn:
        assert Deed.MAIL_RETRIED not in {entry.what for entry in audit.latest(conn)}


@pytest.mark.parametrize("written", ["", "x", "-1", "٣", "1" * 30])
def test_an_id_that_is_none_is_no_error(admin: Guest, written: str) -> None:
    """Whatever a form brings, it names a mail or it names none."""
    answered = admin.send("/health/again", id=written)

    assert answered.headers["location"] == "/health?done=retry_unknown"


def test_all_that_was_seen_is_tried_again_and_nothing_else(site: Hosted, admin: Guest) -> None:
    """A mail that failed after the page was loaded was not what the admin meant."""
    seen = [failed(site, key) for key in ("a", "b")]
    listed = re.search(r'name="ids" value="([^"]+)"', admin.get("/health").text)
    new = failed(site, "c")

    assert listed is not None
    answered = admin.send("/health/all-again", ids=listed[1])

    assert answered.headers["location"] == "/health?done=retry_all"
    assert [state(site, one) for one in (*seen, new)] == ["queued", "queued", "failed"]
    with site.app.store.read() as conn:
        assert audit.latest(conn)[0].about == f"{seen[1]}, {seen[0]}"
    again = admin.send("/health/all-again", ids="x,,99")
    assert again.headers["location"] == "/health?done=nothing"


def test_a_viewer_sees_it_all_and_has_no_buttons(site: Hosted) -> None:
    """Who may only look is offered nothing, and gets nothing by asking."""
    number = failed(site, "a")
    failed(site, "b")
    queue(site, "c", attempts=2, next_attempt_at=NOON + HOUR)
    viewer = site.guest(Role.VIEWER, name="eva")
    page = viewer.get("/health").text

    assert "550 5.1.1 no such user" in page
    assert re.findall(r'<form[^>]* action="([^"]*)"', page) == ["/leave"]
    assert "/audit" not in page
    for path, fields in {"again": {"id": str(number)}, "all-again": {"ids": str(number)}}.items():
        assert viewer.send(f"/health/{path}", **fields).status == 403
    assert state(site, number) == "failed"


def test_broken_templates_are_named_with_their_line(site: Hosted, admin: Guest) -> None:
    """A template that cannot be used is something to look after, and where it is mended is a link
    away."""
    well(site)
    broken = site.templates / "en" / "acknowledgement.md.j2"
    broken.parent.mkdir(parents=True)
    broken.write_text("Subject: Hello\n\n{{ no_such_thing }}\n", encoding="utf-8")

    text = text_of(admin.get("/health").text)

    assert "One template cannot be used." in text
    assert "en/acknowledgement.md.j2, line 3" in text


def test_a_template_s_mistake_is_told_in_spanish(site: Hosted, admin: Guest) -> None:
    """As the list of templates tells it, what is code as code."""
    broken = site.templates / "en" / "acknowledgement.md.j2"
    broken.parent.mkdir(parents=True)
    broken.write_text("Subject: Hello\n\n{{ now | zona }}\n", encoding="utf-8")

    page = admin.get("/health?language=es").text

    listed = page[page.index("línea 3</code>") :]
    assert listed.startswith('línea 3</code>: <span lang="es">')
    assert "<code>zona</code> no es ningún filtro" in listed


def test_a_configuration_that_has_changed_is_said(site: Hosted, admin: Guest) -> None:
    """A page that is older than its configuration says so, and takes no template of a mailbox
    that it does not know for a mistake."""
    well(site)
    ours = site.templates / "mailboxes" / "sales" / "en" / "acknowledgement.md.j2"
    ours.parent.mkdir(parents=True)
    ours.write_text("Subject: Hello\n\nSales.\n", encoding="utf-8")
    unknown = text_of(admin.get("/health").text)
    path = site.app.config.path
    path.write_text(f"{path.read_text(encoding='utf-8')}\n# sales\n", encoding="utf-8")
    changed = text_of(admin.get("/health").text)
    spanish = text_of(admin.get("/health?language=es").text)

    assert "One template cannot be used." in unknown
    assert "has changed since" not in unknown
    said = "One thing needs somebody The configuration has changed since this page read it"
    assert said in changed
    assert "no mailbox is named" not in changed
    assert "reiníciela" in spanish


def test_a_long_list_is_cut(site: Hosted, admin: Guest) -> None:
    """Fifty are shown, and how many more there are."""
    for number in range(53):
        failed(site, str(number))

    page = admin.get("/health").text

    assert page.count('name="id"') == 50
    assert "And 3 more: mailresponder outbox lists them all." in text_of(page)


def test_an_admin_tries_a_failed_mail_again(site: Hosted, browse: Callable[..., Page]) -> None:
    """They see the failing mailbox, find the mail that was given up, and send it again; what the
    server said is text, whatever it said."""
    with site.app.store.begin() as conn:
        mailboxes.failed(conn, "support", NOON - MINUTE, HOSTILE)
    failed(site, "a", last_error=HOSTILE)
    failed(site, "b", recipient="emma@customer.test")
    page = browse()
    page.goto("/health")

    expect(page.get_by_role("heading", name="2 things need somebody")).to_be_visible()
    expect(page.locator("#failed")).to_contain_text("<script>document.title = 'taken'</script>550")
    page.get_by_role("button", name="Try again: mail to the admins to emma@customer.test").click()

    expect(page.get_by_role("status")).to_have_text("It leaves with the next pass.")
    expect(page.locator("#waiting")).to_contain_text("emma@customer.test")
    expect(page.locator("#failed")).not_to_contain_text("emma@customer.test")
    assert page.title() == "How the desk is doing · Acme Support"


def test_an_admin_tries_all_again_with_the_keyboard(
    site: Hosted, browse: Callable[..., Page]
) -> None:
    """Tab leads to every button, and Enter presses it."""
    numbers = [failed(site, key) for key in ("a", "b")]
    page = browse(locale="es-ES")
    page.goto("/health")
    button = page.get_by_role("button", name="Intentar de nuevo estos 2")
    for _ in range(30):
        page.keyboard.press("Tab")
        if button.evaluate("button => button === document.activeElement"):
            break
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_have_text("Salen en la próxima vuelta.")
    assert [state(site, one) for one in numbers] == ["queued", "queued"]


@pytest.mark.parametrize(("language", "scheme"), [("en-GB", "light"), ("es-ES", "dark")])
def test_it_can_be_used_by_everybody_on_any_screen(
    site: Hosted, browse: Callable[..., Page], language: str, scheme: str
) -> None:
    """With all that can be wrong on it, axe finds nothing, light or dark, and at the width of a
    phone nothing must be scrolled sideways."""
    with site.app.store.begin() as conn:
        ticket = cases.add(conn, cases.angry_ticket("MR-7F3K2"))
        mailboxes.failed(conn, "support", NOON, "imap.example.com:993: " + "x" * 300)
        leases.acquire(conn, "mailbox:support", "h" * 120, MINUTE, NOON)
    failed(site, "a", ticket_id=ticket.id, recipient="w" * 64 + "@" + "customer." * 20 + "test")
    failed(site, "b", last_error="é" * 500)
    queue(site, "c", attempts=1, next_attempt_at=NOON + MINUTE)
    queue(site, "d", last_error="cannot be reached")
    page = browse(locale=language, color_scheme=scheme, viewport={"width": 360, "height": 740})
    page.goto("/health")

    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert Axe().run(page).violations_count == 0
    page.set_viewport_size({"width": 1280, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") == 1280
    assert Axe().run(page).violations_count == 0


@pytest.mark.parametrize(
    ("path", "said"),
    [("/health", "refused by run at here"), ("/health?language=es", "run at here la rechazó")],
)
def test_a_configuration_that_was_refused_is_said(
    site: Hosted, admin: Guest, path: str, said: str
) -> None:
    """A process that goes by an older configuration than it was to, and what is wrong with it."""
    well(site)
    why = "mailbox[0].imap.port: must be a whole number"
    with site.app.store.begin() as conn:
        refusals.note(conn, Refusal(process="run at here", why=why, at=NOON - MINUTE))

    text = text_of(admin.get(path).text)

    assert said in text
    assert why in text
