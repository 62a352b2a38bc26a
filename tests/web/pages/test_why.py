"""The page that says why a mail is read as it is."""

import re
from collections.abc import Callable
from pathlib import Path

import cases
import hostile
import letters
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sites import Answered, Guest, Hosted, hosted
from sqlalchemy import func, select

from mailresponder.mail.message import RawMessage
from mailresponder.mail.parse import parse
from mailresponder.policy.facts import Outcome
from mailresponder.store import tickets
from mailresponder.store.messages import MessageRecord, record_message
from mailresponder.store.schema import metadata
from mailresponder.web.asking import Role
from mailresponder.web.routing import MEGABYTES

SALES = """
[[mailbox]]
name = "sales"
address = "sales@example.com"
aliases = ["shop@example.com"]
own_lists = ["weekly.list.test"]
[mailbox.imap]
host = "127.0.0.1"
security = "none"
username = "sales"
password = "secret"
[mailbox.smtp]
host = "127.0.0.1"
security = "none"
username = ""
"""
HOSTILE = letters.letter(
    sender='"<img src=x onerror=alert(1)> \u202eknab" <eve@customer.test>',
    subject="<script>document.title = 'taken'</script> \u202egnp.exe",
    text=(
        "</pre><script>document.title = 'taken'</script>\n\u202ereversed\u202c {{ 7 * 7 }}\n"
        "<form action=https://evil.test><button>Sign in</button></form> <!-- {% raw %}\n"
        + "W"
        * 4000
    ),
    message_id="<hostile-1@customer.test>",
)


def text_of(page: str) -> str:
    """What is read on it, on one line."""
    return " ".join(re.sub("<[^<>]*>", " ", page).replace("&#39;", "'").split())


def asks(guest: Guest, content: bytes, language: str = "en", **fields: str) -> Answered:
    """Upload a mail, as a browser does."""
    given = {"token": guest.token(), **fields}
    parts = [
        f'--form-7F3K2\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in given.items()
    ]
    head = (
        b'--form-7F3K2\r\nContent-Disposition: form-data; name="file"; filename="mail.eml"\r\n\r\n'
    )
    body = b"".join([*parts, head, content, b"\r\n--form-7F3K2--\r\n"])
    kind = {"Content-Type": "multipart/form-data; boundary=form-7F3K2"}
    return guest.ask("POST", f"/why?language={language}", body, kind)


def rows(site: Hosted) -> dict[str, int]:
    """How many rows each table has."""
    with site.app.store.read() as conn:
        return {
            table.name: conn.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }


def test_a_pasted_mail_is_read(site: Hosted, admin: Guest) -> None:
    """An ordinary customer's mail would be acknowledged, and nothing of it is kept."""
    token = admin.token()
    before = rows(site)

    pasted = "\r\n\n " + letters.english().decode()
    text = text_of(admin.post("/why", {"token": token, "mail": pasted, "past": "1"}).text)

    assert "It is acknowledged. It opens a new ticket of emma@customer.test." in text
    assert "From emma@customer.test not proven Nothing proves the sender: our mail server" in text
    assert "Subject Where is my order 20417?" in text
    assert "Language English (the text is in it) Anger calm" in text
    assert "Could you tell me when it will?" in text
    assert rows(site) == before


def test_an_uploaded_machine_s_mail_says_why_nobody_is_answered(admin: Guest) -> None:
    """The verdict first, then what was recognised, each rule with its name."""
    text = text_of(asks(admin, letters.out_of_office()).text)

    assert "It is not acknowledged. It is written down, and opens no ticket." in text
    assert "Its header Auto-Submitted says that a program sent it. auto_submitted" in text
    assert "What it is automatic reply" in text


def test_it_speaks_spanish(admin: Guest) -> None:
    """Verdict, kind, language, anger and rules in the visitor's language; the customer's words as
    they wrote them."""
    spam = letters.angry_spanish().replace(b"Subject:", b"X-Spam-Flag: YES\nSubject:", 1)

    text = text_of(asks(admin, spam, "es").text)

    assert "No se acusa recibo. Abre un caso nuevo de javier@cliente.test." in text
    assert "Nuestro servidor marcó su correo como no deseado. marked_as_spam" in text
    assert "Qué es correo de una persona Idioma Español (es el del texto) Enfado enfadado" in text
    assert "indignante" in text


def test_who_passed_it_on_and_what_was_hard_to_read_is_said(admin: Guest) -> None:
    """Sender, proof and notes are told in words of the page."""
    given = b"Subject: hello\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\xff\xfe\x80 hi\r\n"

    text = text_of(asks(admin, given, "es").text)

    assert "De nadie sin verificar Nada demuestra quién lo envió" in text
    assert "No tiene ninguna dirección de remitente válida." in text
    assert "quizá no sea un correo entero" in text


def test_what_the_desk_knows_counts_only_where_it_is_asked(site: Hosted, admin: Guest) -> None:
    """A further mail of a ticket is one with the desk's past, and the first of its sender
    without."""
    with site.app.store.begin() as conn:
        cases.add(conn, cases.open_ticket("MR-7F3K2", subject_key="where is my order?"), "Where?")
    again = letters.letter(
        sender="Emma Clarke <emma@customer.test>",
        subject="Re: Where is my order?",
        text="Any news?\n",
        In_Reply_To="<MR-7F3K2-0@customer.test>",
    )

    with_past = asks(admin, again, past="1").text
    without = text_of(asks(admin, again).text)

    known = text_of(with_past)
    assert "It is a further message of MR-7F3K2: it answers a mail of the ticket." in known
    assert "There is one acknowledgement a ticket." in known
    assert 'href="/tickets/MR-7F3K2"' in with_past
    assert "It opens a new ticket of emma@customer.test." in without


def test_what_became_of_a_mail_when_it_came_is_said(site: Hosted, admin: Guest) -> None:
    """Of a mail that was taken: when, which ticket, and why its writer was not acknowledged."""
    mail = letters.english()
    parsed = parse(RawMessage(uid=0, received_at=cases.NOON, content=mail))
    with site.app.store.begin() as conn:
        suppressed = cases.angry_ticket("MR-7F3K2", opened_at=cases.NOON)
        ticket = tickets.add_ticket(conn, suppressed)
        record_message(
            conn,
            MessageRecord(
                dedup_key=f"{parsed.digest}:{parsed.message_id}",
                message_id=parsed.message_id,
                ticket_id=ticket.id,
                mailbox="support",
                direction="in",
                kind="human",
                from_="emma@customer.test",
                to="support@example.com",
                subject=parsed.subject,
                new_text=parsed.new_text,
                at=cases.NOON,
                outcome=Outcome.OPENED,
            ),
        )

    page = asks(admin, mail, past="1").text
    text = text_of(page)

    assert "When it came 2026-11-23 13:00: opened a ticket. MR-7F3K2 Not acknowledged:" in text
    assert "MR-7F3K2</a> Not acknowledged:" in " ".join(page.split())
    assert "Their mail has no return path, as if from a machine. null_return_path" in text


def test_it_can_be_asked_as_delivered_to_an_address_of_ours(tmp_path: Path) -> None:
    """Each mailbox has its own rules, aliases lead to theirs, and no other address is taken."""
    with hosted(tmp_path, more=SALES) as site:
        viewer = site.guest(Role.VIEWER)
        page = viewer.get("/why").text
        mail = letters.mailing_list()
        verdicts = {
            to: "It is acknowledged." in text_of(asks(viewer, mail, to=to).text)
            for to in ("", "support@example.com", "shop@example.com", "shop@elsewhere.test")
        }

    assert re.findall(r'<option value="([^"]*)"', page) == [
        "",
        "support@example.com",
        "sales@example.com",
        "shop@example.com",
    ]
    assert [to for to, acknowledged in verdicts.items() if acknowledged] == ["shop@example.com"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Paste a mail, or choose a file."),
        (b" \r\n\r\n", "Paste a mail, or choose a file."),
        (b"x" * (MEGABYTES * 1_000_000 + 1), f"This file is larger than {MEGABYTES} MB."),
    ],
    ids=["nothing", "blank", "too large"],
)
def test_what_cannot_be_read_is_said(admin: Guest, content: bytes, said: str) -> None:
    """The form comes back with what is wrong."""
    answered = asks(admin, content)

    assert answered.status == 400
    assert said in text_of(answered.text)


@pytest.mark.parametrize(
    "content",
    [
        bytes(range(256)) * 4000,
        b"\x00" * 1_000_000,
        b"From: " + b"\xf0\x9f" * 5000 + b"\r\n\r\n\xed\xa0\x80",
        hostile.large_attachment(MEGABYTES * 1_000_000 - 5_000),
        hostile.nested_messages(),
        hostile.many_parts(),
        b"-" * (MEGABYTES * 1_000_000),
    ],
    ids=["bytes", "nulls", "half letters", "10 MB", "nested", "parts", "one line"],
)
def test_no_mail_breaks_the_page(admin: Guest, content: bytes) -> None:
    """Garbage and what was made to bring a reader down end in a verdict."""
    answered = asks(admin, content)

    assert answered.status == 200
    assert "It is " in text_of(answered.text)


@pytest.mark.parametrize(
    ("content", "doubted"),
    [
        (b"\x7fELF\x02\x01\x01\x00" + bytes(range(256)) * 40, True),
        (b"Message-ID: <a@x>\r\n\r\n\x00\x01", False),
        (b"\r\nA text without any header.\n", False),
        ("Subject: 件名\n\n本文".encode("iso-2022-jp"), False),
    ],
    ids=["program", "header", "text", "japanese"],
)
def test_what_does_not_look_like_a_mail_is_said_first(
    admin: Guest, content: bytes, doubted: bool
) -> None:
    """A program has no header, and bytes that no text has: its verdict is not worth much."""
    english = asks(admin, content).text
    spanish = asks(admin, content, language="es").text

    assert ("This does not look like a mail" in english) is doubted
    assert ("Esto no parece un correo" in spanish) is doubted
    if doubted:
        assert english.index("does not look like a mail") < english.index('class="verdict')


def test_who_may_look_may_ask(site: Hosted) -> None:
    """Asking changes nothing, so a viewer may; who is not signed in may not."""
    assert asks(site.guest(Role.VIEWER), letters.english()).status == 200
    stranger = site.guest(Role.NOBODY).post("/why", {"mail": "From: a@b.test"})
    assert stranger.status == 403


def test_a_hostile_mail_stays_text(browse: Callable[..., Page]) -> None:
    """Script in name, subject and body is shown and not run, nothing turns the writing direction,
    and the page stays as wide as the screen; pasted or uploaded, also on a phone."""
    for width in (1280, 360):
        page = browse(viewport={"width": width, "height": 740})
        for way in ("paste", "upload"):
            page.goto("/why")
            if way == "paste":
                page.get_by_label("The mail’s source").fill(HOSTILE.decode())
            else:
                file = {"name": "<b>.eml", "mimeType": "message/rfc822", "buffer": HOSTILE}
                page.get_by_label("Or a file").set_input_files(file)
            page.get_by_role("button", name="Read it").click()

            expect(page.get_by_role("heading", name="It is acknowledged.")).to_be_visible()
            page.wait_for_load_state()
            main = page.locator("main")
            expect(main).to_contain_text("<script>document.title = 'taken'</script> gnp.exe")
            expect(page.locator("pre")).to_contain_text(
                "</pre><script>document.title = 'taken'</script> reversed {{ 7 * 7 }}"
            )
            assert page.title() == "Why was a mail read like this? · Acme Support"
            assert main.locator("script, form, img").count() == 0
            assert "\u202e" not in page.content()
            assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize(("language", "scheme"), [("en-GB", "light"), ("es-ES", "dark")])
def test_the_answer_can_be_used_by_everybody(
    browse: Callable[..., Page], language: str, scheme: str
) -> None:
    """axe finds nothing on a verdict either, light or dark."""
    page = browse(locale=language, color_scheme=scheme)
    for mail in (letters.angry_english(), letters.bounce()):
        page.goto("/why")
        page.locator("#file").set_input_files(
            {"name": "mail.eml", "mimeType": "message/rfc822", "buffer": mail}
        )
        page.locator("main button").click()
        expect(page.locator(".verdict")).to_be_visible()
        page.wait_for_load_state()

        assert Axe().run(page).violations_count == 0
