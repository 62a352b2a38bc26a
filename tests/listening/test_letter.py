"""What is read of a letter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailresponder.listening.letter import body
from mailresponder.listening.lexicon import load

MATTER = {"en": "The lamp does not work.", "es": "La lámpara no funciona."}
GREETINGS = [
    *(("Hello,", "en"), ("Hi!", "en"), ("Good morning:", "en"), ("Dear Sir or Madam,", "en")),
    *(("Hola:", "es"), ("¡Hola!", "es"), ("Buenos días:", "es"), ("Estimados señores:", "es")),
]
CLOSINGS = [
    *(("Kind regards,\nAnn Miller\nHead of Purchasing", "en"), ("Best regards.\nAnn", "en")),
    *(("Un saludo.\nAna", "es"), ("Saludos cordiales,\nAna Molina\nJefa de Compras", "es")),
]


@pytest.mark.parametrize(("greeting", "language"), GREETINGS)
def test_a_greeting_is_not_read(greeting: str, language: str) -> None:
    """A greeting on a line of its own is left out, however it is pointed."""
    letter = f"{greeting}\n\n{MATTER[language]}"
    assert body(letter, load(language)).strip() == MATTER[language]


@pytest.mark.parametrize(("closing", "language"), CLOSINGS)
def test_a_closing_and_the_signature_are_not_read(closing: str, language: str) -> None:
    """A closing and the short lines below it are left out."""
    letter = f"{MATTER[language]}\n\n{closing}"
    assert body(letter, load(language)).strip() == MATTER[language]


def test_a_postscript_is_read() -> None:
    """Lines below a closing that say something stay."""
    letter = "The lamp does not work.\nKind regards,\nAnn\nPS: Where is my refund, you liars?"
    assert "liars" in body(letter, load("en"))
    assert "regards" not in body(letter, load("en"))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hello, where is my parcel?", "en"),
        ("Hello? Is anybody there?\nI have been waiting for weeks.", "en"),
        ("Regards", "en"),
        ("Hola, ¿dónde está mi paquete?", "es"),
        ("¿Hola? ¿Hay alguien?\nLlevo semanas esperando.", "es"),
    ],
)
def test_what_says_something_is_read(text: str, language: str) -> None:
    """A greeting inside a line, a question, or a single line is no form of a letter."""
    assert body(text, load(language)) == text


LINES = st.sampled_from([*(g for g, _ in GREETINGS), *(c for c, _ in CLOSINGS), "", "Why?", "Ann"])


@given(st.one_of(st.text(), st.lists(LINES).map("\n".join)), st.sampled_from(["en", "es"]))
def test_nothing_is_added_and_no_line_changed(text: str, language: str) -> None:
    """What is read are lines of the text, in their order."""
    left = iter(text.split("\n"))
    read = body(text, load(language))
    assert not read or all(any(line == other for other in left) for line in read.split("\n"))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Refund\nHi, you are thieves", "en"),
        ("Refund\nHello again, third time writing", "en"),
        ("Refund\n\nThanks for nothing", "en"),
        ("Refund\n\nThanks for ruining Christmas", "en"),
        ("Refund\n\nRegards\nYou are all thieves.\nI will sue you.", "en"),
        ("Dear Thieves,\nMy order is missing.", "en"),
        ("Refund\n\nThanks Idiots\nJohn is my name and you know it.", "en"),
        ("Refund\n\nRegards\nFuck you", "en"),
        ("Refund\n\nRegards\n🖕", "en"),
        ("Hola Ladrones\nDonde esta", "es"),
        ("Pedido\n\nSaludos\nHijos de Puta", "es"),
        ("Pedido\n\nGracias Por Nada\nEsto no se hace.", "es"),
        ("Pedido\nHola, sois unos ladrones!", "es"),
        ("Pedido\nHola quiero mi dinero ya", "es"),
        ("Pedido\n\nGracias por nada", "es"),
        ("Pedido\n\nGracias por robarme", "es"),
        ("Pedido\n\nSaludos\nSois unos ladrones.\nOs voy a denunciar.", "es"),
    ],
)
def test_a_sentence_that_begins_like_a_greeting_or_a_closing_is_read(
    text: str, language: str
) -> None:
    """Only a line that greets or takes leave and says nothing else is left out."""
    told = body(text, load(language))
    assert [line for line in text.splitlines() if line and line not in ("Regards", "Saludos")] == [
        line for line in told.splitlines() if line
    ]


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_disclaimer_does_not_make_a_signature_speak(language: str) -> None:
    """Names and roles below a closing are left out also where a long notice follows them."""
    closing, role, notice = {
        "en": (
            "Kind regards,",
            "Head of Fraud and Theft Claims",
            "This e-mail is confidential. " * 4,
        ),
        "es": ("Un saludo,", "Abogada | Reclamaciones y Denuncias S.L.", "Aviso legal. " * 8),
    }[language]
    text = f"{MATTER[language]}\n\n{closing}\nAnne Rage\n{role}\n\n{notice}"
    told = body(text, load(language))
    assert "Rage" not in told
    assert role not in told
    assert MATTER[language] in told
