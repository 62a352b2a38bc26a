"""What is new in a mail: quotes, attribution and signature go, the writer's words stay."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailresponder.mail.quoting import new_text

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


@settings(max_examples=200, deadline=None)
@given(st.lists(LINES, max_size=25))
def test_only_ever_removes_lines(lines: list[str]) -> None:
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
