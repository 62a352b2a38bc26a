"""What customers are called."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailresponder.policy.naming import first_name, name


@pytest.mark.parametrize(
    ("written", "called"),
    [
        ("Ana García", "Ana García"),
        ("García López, Ana", "Ana García López"),
        ("Acme, Inc.", "Acme, Inc."),
        ("Acme, SL", "Acme, SL"),
        ("Ana Smith, PhD", "Ana Smith, PhD"),
        ("ana@customer.test", ""),
        ("Win at www.evil.test", ""),
        ("http://evil.test", ""),
        ("A [MR-AAAAA]", ""),
        ("x" * 61, ""),
        ("Ana\r\nBcc", "Ana Bcc"),
        ("", ""),
    ],
)
def test_only_a_name_greets(written: str, called: str) -> None:
    """A display name that is an address, a link or an essay is left out."""
    assert name(written) == called


@pytest.mark.parametrize(
    ("written", "first"),
    [
        ("Ana García", "Ana"),
        ("Ana", "Ana"),
        ("García, Ana", "Ana"),
        ("García López, María José", "María José"),
        ("María José García López", "María José"),
        ("Juan Carlos Ruiz", "Juan Carlos"),
        ("María del Mar Ruiz", "María"),
        ("José Ruiz Ortega", "José"),
        ("Mary Ann Smith", "Mary"),
        ("Jean-Luc Picard", "Jean-Luc"),
        ("Seán O'Brien", "Seán"),
        ("D'Arcy Wentworth", "D'Arcy"),
        ("Ana M. García", "Ana"),
        ("Ana de la Cruz", "Ana"),
        ("ANA GARCÍA", "Ana"),
        ("GARCÍA LÓPEZ, ANA", "Ana"),
        ("ana garcía", "Ana"),
        ("GARCÍA Ana", "Ana"),
        ("Ana GARCÍA", "Ana"),
        ("Dr. Ana García", "Ana"),
        ("Dra. Ana García", "Ana"),
        ("Sr. D. Luis Ruiz", "Luis"),
        ("D.ª Ana García", "Ana"),
        ("Doña Ana", "Ana"),
        ("Mrs Ana Smith", "Ana"),
        ("Prof. Dr. Ana Smith", "Ana"),
        ("Ana Smith, PhD", "Ana"),
        ("Ana Smith Jr.", "Ana"),
        ("'Ana García'", "Ana"),
        ("Ana García (Acme)", "Ana"),
        ("Ana García | Acme", "Ana"),
        ("Ana García - Acme Lamps", "Ana"),
        ("Ana García via Acme", "Ana"),
        ("de la Cruz, Inés", "Inés"),
        ("Jose\u0301 Garci\u0301a", "José"),
        ("Sir Elton John", "Elton"),
        ("José Ortega y Gasset", "José"),
        ("Luis San Martín", "Luis"),
        ("Ana Kim", "Ana"),
    ],
)
def test_a_first_name_is_found(written: str, first: str) -> None:
    """Whatever the order, the titles, the capitals and what stands behind the name."""
    assert first_name(written) == first


@pytest.mark.parametrize(
    "written",
    [
        "",
        "ana@customer.test",
        "www.evil.test",
        "Acme, Inc.",
        "Acme, SL",
        "Acme S.L.",
        "Lámparas García, S.A.",
        "Acme Ltd",
        "Acme Support",
        "The Lamp Shop",
        "La Tienda de Ana",
        "Equipo de soporte",
        "Atención al Cliente",
        "Ayuntamiento de Madrid",
        "García & Hijos",
        "Hermanos García",
        "Madrid, Spain Office",
        "Sra. García",
        "Dr. Smith",
        "Mr. Jones",
        "IBM",
        "jsmith",
        "ana.garcia",
        "ana_garcia",
        "ana1985",
        "A. García",
        "J. R. R. Tolkien",
        "Don Johnson",
        "Don Pedro",
        "PayPal",
        "AnaGarcía",
        "de la Cruz",
        "van der Berg, Jan Piet Klaas",
        "J.R.R. Tolkien",
        "JR Smith",
        "ＡＮＡ García",
        "García Ana",
        "Wang Wei",
        "Kim Min-su",
        "Nguyễn Văn An",
        "Nagy Péter",
        "Abdul Rahman",
        "Fco Javier Pérez",
        "Ana y Luis García",
        "Mme Dupont",
        "Padre Ángel",
        "Familia García",
        "undefined undefined",
        "Do Not Reply",
        "Recursos Humanos",
        "Farmacia Ruiz",
        "山田太郎",
        "Иван Петров",
        "Ana María Luisa de los Ángeles García López Ruiz",
        "Customer 4711",
        "!!! Ana",
        "❤ Ana ❤",
        "no-reply",
        "Test",
        "Info",
        "x" * 61,
    ],
)
def test_where_it_is_not_plain_there_is_none(written: str) -> None:
    """A firm, an office, a surname, an initial or a login greets nobody."""
    assert first_name(written) == ""


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_name_gives_letters_or_nothing(written: str) -> None:
    """However a name is written, a greeting gets at most two words of letters."""
    first = first_name(written)
    assert len(first) <= 60
    assert (
        first == ""
        or first.replace(" ", "").replace("-", "").replace("'", "").replace("’", "").isalpha()
    )
