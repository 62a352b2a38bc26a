"""What is new in a mail: quotes, attribution and signature go, the writer's words stay."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailresponder.mail.quoting import new_text, reply

NEW = "The parcel is broken.\n\nAna"


@pytest.mark.parametrize(
    "rest",
    [
        "\n\nOn Mon, Nov 2, 2026 at 9:00 AM Acme <s@example.com> wrote:\n\n> Hello\n> there\n",
        "\n\nOn Mon, Nov 2, 2026 at 9:00 AM Acme\n<s@example.com> wrote:\n\n> Hello\n",
        "\n\nEl lun, 2 nov 2026 a las 9:00, Acme (<s@example.com>)\nescribió:\n\n> Hola\n",
        "\n\nEl 2 nov 2026, a las 9:00, Acme <s@example.com> escribió:\n\nHola\n",
        "\n\nEl 02/11/2026 a las 9:00, Acme escribió:\n> Hola\n",
        "\n\n2026-11-02 9:00 GMT+01:00 Acme <s@example.com>:\n\n> Hola\n",
        "\n\nAm 02.11.2026 um 9:00 schrieb Acme <s@example.com>:\n> Hallo\n",
        "\n\n-----Original Message-----\nFrom: Acme\nSent: Monday\n\nHello\n",
        "\n\n-----Mensaje original-----\nDe: Acme\nEnviado: lunes\n\nHola\n",
        (
            "\n\n________________________________\nFrom: Acme <s@example.com>\n"
            "Sent: Monday, 2 November 2026 09:00\nTo: Ana\nSubject: Parcel\n\nHello\n"
        ),
        (
            "\n\nDe: Acme <s@example.com>\nEnviado el: lunes, 2 de noviembre de 2026 9:00\n"
            "Para: Ana\nAsunto: Paquete\n\nHola\n"
        ),
        "\n\n*De:* Acme\n*Enviado:* lunes\n*Para:* Ana\n*Asunto:* Paquete\n\nHola\n",
        "\n\n> Hello\n> there\n",
        "\n\n-- \nAna García\nAcme Ltd.\n",
        "\n\nSent from my iPhone\n",
        (
            "\n\nEnviado desde mi iPhone\n\nEl 2 nov 2026, a las 9:00, Acme <s@example.com>\n"
            "escribió:\n\n> Hola\n"
        ),
        "\n\nGet Outlook for iOS\n",
        "\n\n##- Please type your reply above this line -##\n\nHello\n",
        "\n\n--- Reply above this line ---\n\nHello\n",
        "\n\n## Responda por encima de esta línea ##\n\nHola\n",
        "\n\n--- Répondez au-dessus de cette ligne ---\n\nBonjour\n",
        "\n\n--- Bitte antworten Sie oberhalb dieser Linie ---\n\nHallo\n",
        "\n\n*-------- Mensaje original --------*\n\nHola\n",
        "\n\n-----Ursprüngliche Nachricht-----\nHallo\n",
        "\n\n-------- Исходное сообщение --------\nx\n",
        "\n\nMensaje original\nDe: Acme <s@example.com>\nEnviado: lunes\nPara: Ana\nAsunto: x\n",
        "\n\n---- Acme <s@example.com> wrote ----\n\nHello\n",
        "\n\n2026/11/2 Acme <s@example.com>\n\n| Hello\n",
        "\n\n > Hello\n > there\n",
        "\n\n> Hello\n (https://example.com/a/very/long/link) >\n> there\n",
        (
            "\n\n________________________________\nÓ: Acme <s@example.com>\nSeolta: 2 Samhain 2026 "
            "9:00\nGo dtí: Ana\nÁbhar: x\n\nHello\n"
        ),
        (
            "\n\n-- \nAna García\nAcme Ltd.\n\nAVISO LEGAL: Este mensaje es confidencial y va "
            "dirigido a su destinatario.\n\nEl 2/11/26 a las 9:00, Acme escribió:\n> Hola\n"
        ),
    ],
)
def test_top_posting(rest: str) -> None:
    """What the common programs put under a reply in English and Spanish is cut."""
    assert new_text(NEW + rest) == NEW


def test_bottom_posting() -> None:
    """An answer below a quote is kept."""
    text = "On Mon, Nov 2, 2026 at 9:00 AM Acme <s@example.com> wrote:\n> Hello\n\nIt broke.\n"
    assert new_text(text) == "It broke."


def test_inline_answers() -> None:
    """Answers between quoted lines are kept, each."""
    text = "Hi,\n\n> Colour?\nBlue.\n\n> Size?\nLarge.\n-- \nAna\n"
    assert new_text(text) == "Hi,\n\nBlue.\n\nLarge."


@pytest.mark.parametrize(
    "heading",
    [
        "---------- Forwarded message ---------",
        "---------- Mensaje reenviado ---------",
        "Begin forwarded message:",
        "-------- Przekazana wiadomość --------",
        "---------- Any other heading ---------",
    ],
)
def test_forwards(heading: str) -> None:
    """A forwarded mail stays: it is what the sender wants to be read."""
    text = f"See below.\n\n{heading}\nFrom: Acme <s@example.com>\nDate: Monday\nSubject: x\n\nHello"
    assert new_text(text) == text


@pytest.mark.parametrize(
    "heading",
    ["Begin forwarded message:", "Inicio del mensaje reenviado:", "Välitetty viesti alkaa:"],
)
def test_forward_as_a_quote(heading: str) -> None:
    """Apple Mail's plain text forwards with quote marks; within a quote it is a quote."""
    forward = f"> {heading}\n>\n> From: Acme <s@example.com>\n> Subject: x\n>\n> Hello"
    assert new_text(f"See below.\n\n{forward}") == f"See below.\n\n{forward}"
    attribution = "On Mon, Nov 2, 2026 at 9:00 AM Acme <s@example.com> wrote:"
    assert new_text(f"See below.\n\n{attribution}\n{forward}") == "See below."
    assert new_text(f"See below.\n\n> Hello\n{forward}") == "See below."


@pytest.mark.parametrize(
    "text",
    [
        "De: Acme <s@example.com>\nFecha: lunes\nAsunto: x\n\nHola",
        "El 2 nov 2026, a las 9:00, Acme <s@example.com> escribió:\n\n    Hola",
        "________________________________\nFrom: Acme\nSent: Monday\nTo: Ana\nSubject: x\n\nHello",
        "> Any heading:\n>\n> Ó: Acme <s@example.com>\n>\n> Hello",
        "Ó: Acme <s@example.com>\nÁbhar: x\n\nHello\n\nAna",
    ],
)
def test_nothing_but_a_forward(text: str) -> None:
    """A mail that only forwards is kept whole, whatever its heading."""
    assert new_text(text) == text


def test_forward_by_subject() -> None:
    """An Outlook forward looks like a reply; only the subject tells."""
    text = "See below.\n\nFrom: Acme <s@example.com>\nSent: Monday\nTo: Ana\nSubject: x\n\nHello"
    assert new_text(text) == "See below."
    assert new_text(text, forwarded=True) == text


@pytest.mark.parametrize(
    "text",
    [
        "From: Madrid\nTo: Lisbon\nDate: Friday\n\nMy booking is wrong.",
        "On Monday I wrote to you:\nnothing came.",
        "On 3 May 2026 at 9:00 I wrote:\nwhere is it?",
        "I got this from my neighbour. Sent from my heart, not from a machine.",
        "Two things:\n\n1. It broke.\n2. Nobody answers.",
        "El pedido llegó tarde y nadie me escribió.",
        ">From what I see it broke.",
        ">:-( It broke.",
        "I booked:\n\nDe: Madrid\nPara: Lisboa\nFecha: 3/5/2026 10:30\nAsunto: viaje\n\nEstá mal.",
        "Mi pedido:\n\nNombre: Ana\nPara: Calle Mayor 3\nFecha: 3/5/2026 9:00\n\nNo ha llegado.",
        "Hello.\n\nOn 3 May 2026 at 9:00 you wrote:\nit is on its way.\n\nIt is not.",
        "Hola.\n\nEl 3 de mayo de 2026 a las 9:00 me escribió:\nva de camino.\n\nNo es así.",
        "Hello.\n\nOn Thursday:\n\nnobody came.\n\nOn Friday:\n\nnobody came.",
        "Hola.\n\nEl jueves:\n\nno vino nadie.\n\nEl viernes:\n\nno vino nadie.",
        "Look:\n\n```\n# comment\n####\nfor x in y:\n    print(x)\n```\n\nIt fails.",
        "Date  Item\n----------------\n1 May  Cup\n2 May  Plate\n\nBoth are broken.",
        "Steps:\n-- switch it on\n-- nothing happens\n-- switch it off",
        "Hello.\n\nI wrote above this line of the form that it broke.\n\nAna",
        "Hola.\n\nEscribí arriba de esta línea del formulario.\n\nAna",
        "Hola.\n\nRespondan sobre la línea 3 del pedido.\n\nAna",
        "Hello.\n\nPlease answer the question above the line.\n\nAna",
        "Hello.\n\nOriginal message was nicer.\n\nMensaje original:\n\nno me gustó.",
        "Thanks,\n\nAna García\nCalle Mayor 3\n+34 600 000 000",
    ],
)
def test_plain_words_stay(text: str) -> None:
    """Words that only resemble a mark are the writer's."""
    assert new_text(text) == text


@pytest.mark.parametrize(
    "text", ["> only\n> quotes", "--\nAna", "From: a@example.com\nSent: x\nTo: b\nSubject: y\n\nz"]
)
def test_nothing_left(text: str) -> None:
    """Where everything would go, everything stays."""
    assert new_text(text) == text


def test_long_signature_is_none() -> None:
    """What goes on for long after `--` is text that somebody structured so."""
    text = "First.\n--\n" + "\n".join(f"line {n}" for n in range(40))
    assert new_text(text) == text


def test_clear_signed() -> None:
    """The armour of a clear-signed mail is taken off (RFC 9580 §7)."""
    text = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nIt broke.\n"
        "-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n"
    )
    assert new_text(text) == "It broke."


LINES = st.sampled_from(
    [
        *("> q", "On Mon, Nov 2, 2026 at 9:00 AM A <a@example.com> wrote:", "-- ", "words", ""),
        *("From: a@example.com", "Sent: x", "Subject: y", "____________", "El lunes", "To: b"),
        "---------- Forwarded message ---------",
    ]
)


@settings(max_examples=200)
@given(st.lists(LINES, max_size=25))
def test_only_ever_removes(lines: list[str]) -> None:
    """What comes out are lines of the text in their order, and something wherever there was."""
    text = "\n".join(lines)
    result = new_text(text)
    remaining = iter(text.split("\n"))
    assert all(
        any(line.rstrip() == one.rstrip() for one in remaining)
        for line in result.split("\n")
        if line
    )
    assert bool(result.strip()) == bool(text.strip())


@settings(max_examples=200)
@given(st.lists(LINES, max_size=25), st.booleans())
def test_quotes_below_change_nothing(lines: list[str], forwarded: bool) -> None:
    """The words of a mail are the same with and without a quote under them."""
    text = "\n".join(["Words.", *(line for line in lines if "orward" not in line)])
    quote = "On Mon, Nov 2, 2026 at 9:00 AM A <a@example.com> wrote:\n> q"

    assert new_text(f"{text}\n\n{quote}") == new_text(f"{text}\n\n> q")


@settings(max_examples=200)
@given(st.text(st.sampled_from("ab1 :<>@-_*\n.|\xa0é写道\u200f"), max_size=300))
def test_never_raises(text: str) -> None:
    """Whatever stands there, nothing is added to it."""
    assert len(new_text(text)) <= len(text) + text.count("\n")


@pytest.mark.parametrize(
    "text",
    [
        "a" * 40_000,
        "x " * 66_000,
        ("On 2026 9:00 @" * 9_400) + ":",
        "From: a@example.com\n" * 5_000,
        "From: a@example.com\n\n" * 5_000,
        ">\n" * 100_000,
        "> a\nb\n" * 20_000,
        "On Monday, 2 Nov 2026 at 9:00 Acme <s@example.com>\n" * 5_000,
        "On 2 Nov 2026, 9:00, you wrote:\n" * 5_000,
        "-- \n" * 20_000,
        "-- \nword\n" * 10_000,
        "Sent from my iPhone\n\n" * 5_000,
        "This message is confidential and intended for the addressee\n" * 5_000,
        ("This e-mail is confidential, intended for the addressee; delete it. " * 3 + "\n\n")
        * 1_000,
        ("_" * 32 + "\nA: b\n") * 3_000,
        "a:\n" * 10_000,
        "---- x forwarde \n" * 5_000,
        " " * 130_000 + "x",
        "* " * 60_000,
    ],
    ids=lambda text: f"{text[:12].strip()!r}",
)
def test_hostile_text_takes_no_time(text: str) -> None:
    """A text made to be slow is read within a second: the work grows no faster than it."""
    started = time.process_time()

    new_text(f"It broke.\n\n{text}")

    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    "text",
    [
        "Please see.\n\nEl 3/11/26 a las 10:00, Bob escribió:\n> Se prometió.",
        "Ver abajo.\n\n> De: Bob <b@x.test>\n> Fecha: lunes\n> Para: Ana\n> Asunto: x\n>\n> Hola",
        "Look.\n\n> only a quote",
    ],
)
def test_a_forward_by_its_subject_keeps_quotes(text: str) -> None:
    """Where the subject says that it is a forward, the mail below stays, quoted or not."""
    assert new_text(text, forwarded=True) == text
    assert new_text(text) != text


@pytest.mark.parametrize(
    "heading",
    [
        "Forwarded message:",
        "Mensaje reenviado:",
        "‐‐‐‐‐‐‐ Forwarded Message ‐‐‐‐‐‐‐",
        "<---- Forwarded message ---->",
    ],
)
def test_a_forwards_heading_in_other_dress(heading: str) -> None:
    """A heading without dashes, or with typographic ones, begins a forward all the same."""
    text = f"FYI\n\n{heading}\n\n> From: Bob <b@x.test>\n>\n> The refund was promised."

    assert new_text(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Pedido\n--\nLámpara azul\n\n¿Cuándo llega?",
        "Madrid\n--\n2 lamps\n\nValencia\n--\n1 table\n\nPlease send an invoice for both.",
        "Steps:\n1. open\n--\n2. close\n--\nIt crashes.",
    ],
)
def test_dashes_between_ones_own_lines_are_no_signature(text: str) -> None:
    """A rule with sentences, or another rule, below it divides what the customer wrote."""
    assert new_text(text) == text


@pytest.mark.parametrize(
    "quote",
    [
        "\n\nOn Mon, Nov 2, 2026 at 9:00 AM Acme <s@example.com> wrote:\n\n> Hello\n> there\n",
        "\n\n-----Original Message-----\nFrom: Acme\nSent: Monday\n\nHello\n",
        "",
    ],
)
def test_a_reply_keeps_its_signature_and_nothing_of_the_quote(quote: str) -> None:
    """What is passed on is the writer's, with their name below it."""
    taken = reply(f"It is on its way.\n\n-- \nJane Doe\nAcme{quote}")

    assert taken.text == "It is on its way.\n\n--\nJane Doe\nAcme"
    assert taken.words == "It is on its way."
    assert not taken.below
    assert not taken.is_forward


def test_words_between_and_below_quotes_are_told_apart() -> None:
    """What stands above is one thing, what answers line by line another."""
    taken = reply("Hello,\n\n> When?\n\nOn Friday.\n\n> Why?\n\nBecause.\n\n-- \nJane")

    assert taken.text == "Hello,"
    assert taken.below == "On Friday.\n\nBecause."


def test_a_signature_alone_is_no_words() -> None:
    """Also where it stands above everything else."""
    taken = reply("\n-- \nJane Doe\nAcme\n\n> When?\n")

    assert taken.words == ""
    assert taken.text == "--\nJane Doe\nAcme"


def test_a_forward_is_known_as_one() -> None:
    """By its heading, whatever stands above."""
    taken = reply("Look.\n\n---------- Forwarded message ---------\nFrom: Ana\n\nHello")

    assert taken.is_forward
    assert taken.text == "Look."


@given(st.text())
def test_no_reply_makes_it_fail(text: str) -> None:
    """And no line of the text is one that was not there."""
    taken = reply(text)

    assert all(line.strip() in text for line in taken.text.split("\n"))
