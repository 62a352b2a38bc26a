"""What staff say to each other in reply to a notice, told from what they say to a customer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailresponder.mail.message import Address
from mailresponder.policy import among_staff, few_words

LENA = Address(email="lead@example.com", name="Lena Ruiz")
COLLEAGUES = among_staff.names([Address(email="ana.gomez@example.com"), LENA])
CUSTOMER = among_staff.names([Address(email="emma@customer.test", name="Emma Brown")])
SIGNATURE = "\n\nLena Ruiz\nAcme Support\n+34 600 000 000"
TALK = [
    *("Ana, can you take this?", "@Marta can you look?", "Hi Ana,\n\nplease call.", "Ana?", "Ana"),
    *("Hola Ana, ¿puedes mirarlo?", "Hola equipo:\n\nesto urge.", "Hi all, who has this?"),
    *("Who is handling this?", "¿Quién lleva esto?", "¿Quién se encarga?", "Anyone?"),
    *("Hi,\n\nwho is handling this?", "Hi Marta,\n\ncan you take this one?"),
    *("Can someone take this?", "¿Alguien puede contestar?", "¿Te encargas tú?"),
    *("Ya le contesté ayer", "I already replied to this one", "I answered this yesterday."),
    *("Already answered.", "Ya está contestado", "Le llamé ayer", "Called, all good."),
    *("Lo lleva Ana", "Ana is handling this", "Ask Ana", "Esto es de Ana", "This is Ana's"),
    *("Not mine.", "No es mío", "Not my department.", "Esto no es de mi departamento"),
    *("Why am I getting this?", "¿Por qué me llega esto?", "Dejad de enviarme esto"),
    *("I'll look into it tomorrow", "Looking into it", "Estoy en ello", "Mañana lo contesto"),
    *("Waiting for the warehouse to answer", "Pendiente del almacén"),
    *("I've passed this on to accounting", "Reenviado a contabilidad"),
    *(
        "Refund them",
        "Dile que no",
        "Devuélvele el dinero",
        "You can close this",
        "Se puede cerrar",
    ),
    *(
        "Duplicate",
        "Es duplicado",
        "Visto",
        "In progress",
        "Sorted, thanks",
        "No sé",
        "I don't know",
    ),
]
ANSWERS = [
    *("No.", "No, sorry.", "Friday.", "Refunded.", "It arrives on Friday", "Mañana le llega."),
    *(
        "We are looking into it and will write tomorrow.",
        "Estamos en ello.",
        "We will look into it.",
    ),
    *("Who signed for it?", "¿Quién firmó la entrega?", "Can you send a picture of it?"),
    *("¿Puede enviarnos una foto?", "Emma, can you send us a photo?", "Why do you ask?"),
    *("My colleague Ana will call you today.", "Mi compañera Ana le llamará hoy."),
    *("Ya le contesté ayer, mire en su carpeta de spam.", "I answered you yesterday by mail."),
    *("Somebody will call you.", "Alguien se pondrá en contacto con usted."),
    *("Hi Emma,\n\nI answered this yesterday.", "Hi Emma,\n\ncan you look into it again?"),
    *("Done, it is cancelled.", "Your refund is done.", "Listo, ya puede entrar."),
    *("Dear Marta,\n\nAna has it.", "I have passed it to our warehouse; they will write to you."),
    "Hi Emma,\n\nthe customer before you told him so, he never wrote it down.",
    "It arrives on Friday.\n\nGood day!",
    *("Please send them back to us.", "Dale al botón rojo.", "Call them on 600 000 000."),
    "Your parcel waits at the post office, and it is Ana who signed for it there on Monday.",
]

LONGER_TALK = [
    "Is this right?\n\nDear Emma,\n\nit arrives on Friday.",
    "¿Lo mando así?\n\nHola Emma:\n\nllega el viernes.",
    (
        "This is the woman who rang three times yesterday. I told her that we pay nothing, and I do"
        " not understand why she keeps writing."
    ),
    (
        "Esta clienta ya llamó ayer tres veces y le dije que no le vamos a devolver nada, no sé por"
        " qué insiste tanto."
    ),
]


def spoken(text: str, customer: frozenset[str] = CUSTOMER) -> bool:
    """Is it taken for talk of staff?"""
    return among_staff.is_among_staff(text, LENA, colleagues=COLLEAGUES, customer=customer)


@pytest.mark.parametrize("text", TALK)
def test_talk_of_staff_is_not_for_the_customer(text: str) -> None:
    """They speak to a colleague, ask who answers, or tell what became of it."""
    assert spoken(text)
    signed = f"{text}{SIGNATURE}"
    assert spoken(signed) or few_words.is_meant_for_us(signed, LENA)


@pytest.mark.parametrize("text", ANSWERS)
def test_few_words_to_a_customer_are_an_answer(text: str) -> None:
    """Also where they speak of a colleague, or in words that staff use among themselves."""
    assert not spoken(text)
    assert not spoken(f"{text}{SIGNATURE}")


@pytest.mark.parametrize("text", LONGER_TALK)
def test_longer_talk_is_not_for_the_customer(text: str) -> None:
    """They show a colleague a draft, or speak of the customer."""
    assert spoken(text)


def test_customer_with_a_colleagues_name_may_be_greeted() -> None:
    """The name alone tells not who is meant."""
    ana = among_staff.names([Address(email="a@customer.test", name="Ana")])

    assert not spoken("Hi Ana,\n\nit arrives on Friday.", customer=ana)
    assert spoken("Hi Ana,\n\nit arrives on Friday.")


@pytest.mark.parametrize(
    "text",
    ["It will arrive on Friday.", "Will arrive Friday.", "Orders left today.", "Mark it as paid."],
)
def test_words_that_are_names_too_are_words(text: str) -> None:
    """Some colleagues are called as a word is, and some addresses after what is done there."""
    people = [Address(email=f"{one}@example.com") for one in ("will", "orders", "mark")]
    colleagues = among_staff.names(people)

    assert not among_staff.is_among_staff(text, LENA, colleagues=colleagues, customer=CUSTOMER)


@given(st.text(max_size=200))
def test_nothing_makes_it_fail(text: str) -> None:
    """Whatever is written, there is a verdict."""
    assert spoken(text) in (True, False)
