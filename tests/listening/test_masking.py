import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailresponder.listening.masking import masked

LETTER = """Dear Sarah,

My order 12345 never came. Call me on 07700 900123 or write to emma.patel@example.com.
I live at 12 Mill Lane, Derby DE1 2AB. See https://shop.example/x?id=3 or ask @emma_p.

Kind regards,
Emma Patel"""
CARTA = """Hola María:

El pedido nº 45092 no ha llegado a la calle Mayor 12, 2º B, 28013 Madrid. Mi IBAN es
ES91 2100 0418 4502 0005 1332 y mi tarjeta 4111 1111 1111 1111. Mi usuario es gonzalo.rey531.

Un saludo,
Inés Romero
600 000 310"""


def test_a_letter_keeps_its_shape() -> None:
    """What is private is replaced by what it is; the rest reads as before."""
    assert masked(LETTER, "en") == (
        "Dear [name],\n\nMy order [number] never came. Call me on [phone] or write to [e-mail].\n"
        "I live at [address]. See [link] or ask [user].\n\nKind regards,\n[name]"
    )
    assert masked(CARTA, "es") == (
        "Hola [nombre]:\n\nEl pedido nº [número] no ha llegado a la [dirección]. Mi IBAN es\n"
        "[cuenta] y mi tarjeta [tarjeta]. Mi usuario es [usuario].\n\n"
        "Un saludo,\n[nombre]\n[teléfono]"
    )


@pytest.mark.parametrize(
    ("text", "language", "secret"),
    [
        ("my name is zofia and I wait", "en", "zofia"),
        ("me llamo edurne", "es", "edurne"),
        ("hola soy pepe gonzález y no me ha llegado", "es", "gonz"),
        ("soy maria lopez ibarguren de valencia", "es", "ibarguren"),
        ("this is peter okonkwo calling", "en", "okonkwo"),
        ("You gave my parcel to Mr Patterson", "en", "Patterson"),
        ("me dijo la sra. Ibarguren que no", "es", "Ibarguren"),
        ("Priya from your team was wonderful", "en", "Priya"),
        ("ayer hablé con nuria en la tienda", "es", "nuria"),
        ("I spoke to Xanthippe yesterday", "en", "Xanthippe"),
        ("Thanks, Wendy", "en", "Wendy"),
        ("the invoice INV-2024-0012 is wrong", "en", "0012"),
        ("mi DNI es 12345678Z", "es", "12345678Z"),
        ("ticket #77 is open", "en", "77"),
        ("llámame al +34 600-000-310", "es", "310"),
        ("write to emma (at) example.com", "en", "emma"),
        ("vivo en avda. de la Paz 4", "es", "Paz"),
        ("go to shop.example/orders/17", "en", "17"),
        ("my flat 2, 18 Elm Road please", "en", "Elm"),
        ("passport: X1234567", "en", "X1234567"),
        ("vivo en C/ Valdeolmos 5, 28013 Madrid", "es", "Valdeolmos"),
        ("ring 612\u2013345\u2013678", "en", "345"),
        ("ring 612\u202f345\u202f678", "en", "345"),
        ("ring 612\u00b7345\u00b7678", "en", "345"),
        ("ring 6\u200b12\u00ad345\u200b678", "en", "45"),
        ("write to xanthi＠posteo.test now", "en", "xanthi"),
    ],
)
def test_what_is_private_is_not_left(text: str, language: str, secret: str) -> None:
    """Names, numbers and places go, however they are written."""
    assert secret not in masked(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I paid £45.90 on 12/08/2025 at 10:30 and waited 3 weeks.", "en"),
        ("pagué 45,90 € en 2024 y llevo 10 días esperando", "es"),
        ("hi, app = white. please help", "en"),
        ("My phone with 128GB shows nothing since Monday.", "en"),
        ("Where Is My Order", "en"),
        ("Hello where is my parcel", "en"),
        ("Hola, ¿dónde está mi pedido?", "es"),
        ("I called yesterday, I called three times, and my name is not on the list.", "en"),
        ("soy cliente vuestro desde hace años", "es"),
        ("i am happy with the lamp", "en"),
        ("Cuando se llama siempre comunica.", "es"),
        ("A good mark for your driver, and a rose for your garden.", "en"),
    ],
)
def test_what_is_not_private_stays(text: str, language: str) -> None:
    """Sums, days, times and ordinary words are not masked."""
    assert masked(text, language) == text


def test_known_names_are_masked_wherever_they_stand() -> None:
    """The writer's name is known: in small letters and in the genitive too."""
    said = masked("it is yasmin's parcel, OKONKWO again", "en", ["Yasmin Okonkwo"])
    assert said == "it is [name]'s parcel, [name] again"


def test_a_known_name_that_is_a_word_needs_a_capital() -> None:
    """Mr Will's "will" stays."""
    assert masked("I will wait. It's me, Will", "en", ["Will"]) == "I will wait. It's me, [name]"


_NAME = st.text("bcdfghjklmnpqrstvwxzáéíóúñ", min_size=4, max_size=12)
_DIGITS = st.text("0123456789", min_size=6, max_size=19)
_AROUND = st.sampled_from(
    [
        "No ha llegado {} nada",
        "it is {}",
        "{}",
        "¡{}!",
        "Dear team,\n\n{}\n\nRegards",
        "a,{};b",
        "({})",
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    _NAME,
    _AROUND,
    st.sampled_from(["en", "es"]),
    st.sampled_from([str.lower, str.title, str.upper]),
)
def test_no_known_name_survives(name: str, around: str, language: str, spell: object) -> None:
    """Wherever a known name stands and however it is written, it is not left."""
    written = spell(name)  # type: ignore[operator]
    assert written.lower() not in masked(around.format(written), language, [name]).lower()


@settings(max_examples=150, deadline=None)
@given(_DIGITS, _AROUND, st.sampled_from(["en", "es"]), st.sampled_from(["", " ", "-", ".", "/"]))
def test_no_long_number_survives(digits: str, around: str, language: str, between: str) -> None:
    """A number of six digits or more is not left, in groups or not."""
    written = between.join(digits[n : n + 3] for n in range(0, len(digits), 3))
    said = masked(around.format(written), language)
    assert not any(sign.isdigit() for sign in said)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300), st.sampled_from(["en", "es"]))
def test_masking_twice_is_masking_once(text: str, language: str) -> None:
    """What was masked is not taken for something else, and no text makes it stumble."""
    once = masked(text, language)
    assert masked(once, language) == once
