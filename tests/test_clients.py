"""Our parser reads what the mail clients write."""

from datetime import UTC, datetime

import pytest
from clients import CLIENTS, Person, out_of_office

from mailresponder.mail import forwarding
from mailresponder.mail.automatic import Kind, classify
from mailresponder.mail.message import InboundMessage, RawMessage
from mailresponder.mail.parse import parse

SUPPORT = "Acme Support <support@example.com>"
TEXTS = {
    "en": "Hello,\n\nthank you for the answer. The parcel has still not arrived.\n\nCould you"
    " tell me when it will? I have waited for it since the middle of February, and nobody at the"
    " depot knows of it.",
    "es": "Buenos días:\n\nGracias por la respuesta. El paquete sigue sin llegar.\n\n¿Podrían"
    " decirme cuándo llegará? Lo espero desde mediados de febrero y en el almacén nadie sabe nada"
    " de él.",
}
"""What is written, in paragraphs longer than a line."""
WHO = {"en": ("Emma Clarke", "emma@customer.test"), "es": ("Lucía Peña", "lucia@cliente.test")}


def read(content: bytes) -> InboundMessage:
    """As the program reads it."""
    when = datetime(2025, 3, 10, 12, tzinfo=UTC)
    return parse(RawMessage(uid=1, received_at=when, content=content))


def unwrapped(text: str) -> str:
    """Without line ends inside paragraphs: where they stand is the client's affair."""
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))


def person(client: str, language: str, **more: object) -> Person:
    """Somebody with this client."""
    name, email = WHO[language]
    return Person(name=name, email=email, client=client, language=language, **more)  # type: ignore[arg-type]


def first(client: str, language: str) -> bytes:
    """Our support's answer, written with a client."""
    jane = Person(
        name="Acme Support", email="support@example.com", client=client, language=language
    )
    return jane.write(
        person(client, language).address, "Your order 20417", "It is on its way.\n\nJane"
    )


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("answered", CLIENTS)
def test_new_text_of_a_reply(answered: str, client: str, language: str) -> None:
    """Of a reply the new text is read and nothing else, whichever client the two sides use."""
    message = read(person(client, language).reply(first(answered, language), TEXTS[language]))

    assert unwrapped(message.new_text) == unwrapped(TEXTS[language])
    assert message.in_reply_to
    assert "on its way" in message.text


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("client", CLIENTS)
def test_new_text_of_the_fourth_mail(client: str, language: str) -> None:
    """Quotes within quotes leave no trace."""
    emma = person(client, language)
    jane = Person(
        name="Acme Support", email="support@example.com", client=client, language=language
    )
    mail = first(client, language)
    mail = jane.reply(emma.reply(mail, "And where is it?", cc=["Bo <bo@customer.test>"]), "Near.")

    message = read(emma.reply(mail, TEXTS[language], everybody=True))

    assert unwrapped(message.new_text) == unwrapped(TEXTS[language])
    assert len(message.references) == 3


def test_text_below_the_quote_is_read() -> None:
    """Thunderbird's users may write below."""
    emma = person("thunderbird", "en", bottom_posting=True, signature="Emma Clarke\n12 Elm St")

    message = read(emma.reply(first("outlook", "en"), TEXTS["en"]))

    assert unwrapped(message.new_text) == unwrapped(TEXTS["en"])


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_forward_keeps_what_it_forwards(client: str, language: str) -> None:
    """A forward is known as one, names the author and holds the mail below the remark."""
    original = person(client, language).write(SUPPORT, "20417", TEXTS[language])
    jane = Person(name="Jane Roe", email="jane@example.com", client=client, language=language)

    message = read(jane.forward(original, SUPPORT))
    found = forwarding.forwarded(message)

    assert found is not None
    assert found.author is not None
    assert found.author.email == WHO[language][1]
    assert unwrapped(TEXTS[language])[:60] in unwrapped(found.text)


@pytest.mark.parametrize("client", CLIENTS)
def test_attachments_and_copies(client: str) -> None:
    """Attachments, To and Cc are read as the client wrote them."""
    emma = person(client, "en", logo=client == "outlook", signature="Emma Clarke")
    mail = emma.reply(
        first(client, "en"), "See there.", cc=["Bo <bo@customer.test>"], attachments=["bill.pdf"]
    )

    message = read(mail)

    assert [a.email for a in message.to] == ["support@example.com"]
    assert [a.email for a in message.cc] == ["bo@customer.test"]
    assert "bill.pdf" in [a.filename for a in message.attachments]


@pytest.mark.parametrize(
    ("client", "reply", "forward"),
    [
        ("outlook", "RE: A lamp", "RV: A lamp"),
        ("outlook_mobile", "Re: A lamp", "RV: A lamp"),
        ("gmail", "RE: A lamp", "Fwd: A lamp"),
        ("thunderbird", "Re: A lamp", "Fwd: RE: A lamp"),
        ("apple_mail", "Re: A lamp", "Fwd: A lamp"),
    ],
)
def test_subjects(client: str, reply: str, forward: str) -> None:
    """Each client puts its own prefix, and most take away what was there."""
    lucia = person(client, "es")
    mail = lucia.write(SUPPORT, "RE: A lamp", "Hello.")

    assert read(lucia.reply(mail, "Yes.")).subject == reply
    assert read(lucia.forward(mail, SUPPORT)).subject == forward


@pytest.mark.parametrize("headers", [True, False])
@pytest.mark.parametrize("language", ["en", "es"])
def test_out_of_office(language: str, headers: bool) -> None:
    """A machine's reply is known as one, with its headers and without."""
    mail = out_of_office(person("outlook", language), first("outlook", language), headers=headers)

    assert classify(read(mail)).kind is Kind.AUTO_REPLY
