"""A mail that does not say in which language, from delivery to the admin's question "why?": the
installed program on Dovecot and an SMTP server, with an admin's own words."""

import letters
from desks import LiveDesk, text_of

LUCIA = "lucia@cliente.es"
OWN = """\
Subject: Re: {{ subject | fallback("su mensaje") }}

**Recibido**, {{ reference }}.{% if answer_by %} Responderemos el {{ answer_by | date }}.{% endif %}
"""


def unclear(number: int, subject: str, text: str, **headers: str) -> bytes:
    return letters.letter(
        sender=f"Lucía <{LUCIA}>",
        subject=subject,
        text=text,
        message_id=f"<lucia-{number}@cliente.es>",
        **headers,
    )


def test_who_writes_no_word_of_any_language_reads_both(desk: LiveDesk) -> None:
    """A Spanish address gets Spanish above English, the Spanish half in the admin's words; the
    ticket says that it is a guess until a clear message comes."""
    desk.configure()
    folder = desk.program.folder / "templates" / "es"
    folder.mkdir(parents=True)
    (folder / "acknowledgement.md.j2").write_text(OWN, encoding="utf-8")
    desk.deliver(unclear(1, "4711", "ok\n"))
    desk.once()

    ticket = desk.ticket_of(LUCIA)
    [mail] = desk.sent_to(LUCIA)
    text = text_of(mail)
    assert text.startswith("Recibido, ")
    assert "Hello Lucía," in text
    assert text.count(ticket["reference"]) == 2
    html = mail.get_body(("html",))
    assert html is not None
    assert html.get_content().index('lang="es"') < html.get_content().index('<div lang="en"')
    assert mail["Subject"] == f"Re: 4711 [{ticket['reference']}]"
    assert (ticket["language"], ticket["language_sure"]) == ("es", False)

    desk.deliver(
        unclear(2, "Re: 4711", "I never got it. Where is it?\n", In_Reply_To="<lucia-1@cliente.es>")
    )
    desk.once()
    ticket = desk.ticket_of(LUCIA)
    assert (ticket["language"], ticket["language_from"]) == ("en", "text")
    assert len(desk.sent_to(LUCIA)) == 1
