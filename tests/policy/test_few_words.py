"""What few words of staff are: a signature, a word to us, or an answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailresponder.mail.message import Address
from mailresponder.policy import few_words

LENA = Address(email="lead@example.com", name="Lena Ruiz")
NAMELESS = Address(email="lead@example.com")
SIGNATURES = [
    "Lena Ruiz\nAcme Support\n+34 600 000 000",
    "Lena Ruiz\nAtención al cliente\nAcme S.L.\nTel. +34 600 000 000\nwww.example.com",
    (
        "Un saludo,\n\nLena Ruiz Pérez\nResponsable de Atención al Cliente y Calidad\n"
        "Acme Soluciones Integrales, S.L.\nC/ Mayor, 1 - 28013 Madrid\nTfno.: 91 000 00 00"
    ),
    (
        "Saludos / Regards\nLena Ruiz\nCustomer Care / Atención al cliente\nAcme S.L.\n"
        "T +34 600 000 000 | M +34 611 111 111"
    ),
    (
        "Best wishes,\nLena Ruiz (she/her)\nHead of Customer Happiness, Acme Ltd.\n"
        "12 High Street, Leeds LS1 1AA, United Kingdom\nFollow us on LinkedIn and Instagram!\n"
        "Acme Ltd. is registered in England and Wales, no. 0123456."
    ),
    (
        "Lena Ruiz\n[Logotipo, nombre de la empresa Descripción generada automáticamente]"
        "<https://www.example.com/>\nAcme Support"
    ),
    "Magdalena R. Ortega\nCustomer Service Specialist\nAcme Support",
    "L. Ruiz\nAcme",
    "¡Gracias!\n\nLena Ruiz\nAcme",
    "Slds,\nLena",
    "*Lena Ruiz*\n*Acme Support*\n*+34 600 000 000*",
    "Lena Ruiz | Customer Care Manager | Acme Support S.L. | Calle Mayor 1 | 28013 Madrid",
]
TO_US = [
    *(
        "On it",
        "On it today",
        "Lo miro ahora mismo",
        "OK",
        "Done.",
        "Perfect, thanks!",
        "Ok, lo miro.",
        "Close.",
        "please close",
    ),
    *("Please close this ticket.", "This is spam", "Es spam, ciérralo por favor", "ciérralo"),
    *("assign to ana@example.com", "asígnaselo a Ana", "Called her, all good now.", "👍"),
    *("I have already answered her.", "not a customer", "Answered by phone", "I'll call her"),
]
ANSWERS = [
    *("No.", "No, sorry.", "Friday.", "Refunded.", "It arrives on Friday", "El viernes."),
    *("Ya está enviado.", "We'll call you tomorrow at 10.", "Solved, please try again."),
    *("Mañana sale.", "Listo, ya puede entrar.", "You will get it on Friday."),
    "Hi Emma,\n\nOur customer service will call.",
    "Call the customer service, please.",
    "Llame a atención al cliente.",
    "Hola Emma!! Llega el viernes",
    "You can follow it here: https://www.example.com/track?id=1",
    "Si quiere que se lo enviemos antes, tiene que llamar al 900 000 000.",
]


@pytest.mark.parametrize("by", [LENA, NAMELESS])
@pytest.mark.parametrize("signature", SIGNATURES)
def test_signatures_say_nothing(signature: str, by: Address) -> None:
    """As mail programs put them there, with the writer's name in From or without, and also below a
    greeting that nothing follows."""
    assert few_words.is_signature(signature, by)
    assert few_words.is_signature(f"Hi Emma,\n\n{signature}", by)


@pytest.mark.parametrize("said", TO_US)
def test_word_to_us_is_one_above_any_signature(said: str) -> None:
    """Most mail programs put a signature below whatever is written."""
    for signature in ("", *SIGNATURES):
        assert few_words.is_meant_for_us(f"{said}\n\n{signature}".strip(), LENA)


@pytest.mark.parametrize("by", [LENA, NAMELESS])
@pytest.mark.parametrize("said", ANSWERS)
def test_short_answer_is_none_of_these(said: str, by: Address) -> None:
    """A few words may be all there is to say to a customer."""
    for signature in ("", *SIGNATURES):
        text = f"{said}\n\n{signature}".strip()

        assert not few_words.is_signature(text, by)
        assert not few_words.is_meant_for_us(text, by)
        assert not few_words.points_below(text, by)


@pytest.mark.parametrize("text", ["Hi Emma,", "Hola, Emma:", "Good morning Emma!"])
def test_greeting_alone_says_nothing(text: str) -> None:
    """What was to follow stands elsewhere, as between the lines of a quote without marks."""
    assert few_words.is_signature(text, LENA)


@pytest.mark.parametrize(
    "text", ["See inline", "See below.", "Please see my replies in CAPITALS", "Respuestas en rojo"]
)
def test_text_that_points_below(text: str) -> None:
    """Without what it points to it says nothing."""
    assert few_words.points_below(f"Hi Emma,\n\n{text}\n\nLena", LENA)


@given(st.text(max_size=200))
def test_nothing_makes_it_fail(text: str) -> None:
    """Whatever is written, there is a verdict."""
    assert few_words.is_signature(text, LENA) in (True, False)
    assert few_words.is_meant_for_us(text, LENA) in (True, False)
