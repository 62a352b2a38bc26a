"""Thank-yous that say nothing else."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailresponder.errors import MailresponderError
from mailresponder.listening.gratitude import only_thanks, only_thanks_in

MESSAGES = Path(__file__).parent / "messages"


def lines(name: str) -> list[str]:
    """The mails of a file; `|` stands for a new line."""
    text = (MESSAGES / f"{name}.txt").read_text(encoding="utf-8")
    return [line.replace("|", "\n") for line in text.splitlines()]


@pytest.mark.parametrize("language", ["en", "es"])
def test_nobody_who_wants_more_is_taken_to_give_thanks(language: str) -> None:
    """Of the mails that look like thanks and are more, none is taken for thanks."""
    assert [t for t in lines(f"more_than_thanks_{language}") if only_thanks(t, language)] == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_few_thanks_start_a_clock(language: str) -> None:
    """Of two hundred mails that only thank, hardly any is not heard."""
    told = lines(f"thanks_{language}")
    assert len([t for t in told if only_thanks(t, language)]) >= 0.97 * len(told)


def test_thanks_are_heard_in_any_language_of_the_desk() -> None:
    """Two words are too few to tell a language by."""
    assert only_thanks_in("muchas gracias", ("en", "es"))
    assert not only_thanks_in("muchas gracias", ("en",))


@pytest.mark.parametrize(
    ("text", "writer", "only"),
    [
        ("Thanks. Emma", "Emma Clarke emma", True),
        ("Thanks.\nEmma Clarke", "Emma Clarke emma", True),
        ("Thanks. Expedite", "Emma Clarke emma", False),
        ("Thanks. Expedite", "", False),
        ("Thanks,\nEmma", "", True),
        ("Thanks.\n\nEmma", "", True),
        ("Thanks.\n\nEm", "Emma Clarke emma", True),
        ("Thanks.\n\nMary", "kd", True),
        ("Thanks.\n\nLarge", "Emma Clarke emma", False),
        ("Thanks,\nOption B", "Emma Clarke emma", False),
        ("Thanks.\n\nExpedite\nthanks", "", False),
        ("Thanks, best regards. Emma", "", True),
        ("Thanks\n", "Emma", True),
    ],
)
def test_a_name_is_one_where_names_stand(text: str, writer: str, only: bool) -> None:
    """A capital at the beginning of a sentence makes no name, unless it is the writer's own."""
    assert only_thanks(text, "en", writer=writer) is only


@pytest.mark.parametrize(
    ("below", "only"),
    [
        ("Head of Sales\nExample Ltd\n+44 20 7946 0000\nwww.example.com", True),
        ("Head of Sales | Example Ltd\n\nTel: +44 20 7946 0000", True),
        ("+44 20 7946 0000", False),
        ("Head of Sales", False),
        ("Please call me\n+44 20 7946 0000", False),
        ("Still broken\nwww.example.com", False),
        ("Head of Sales\nOrder 5512\nwww.example.com", False),
        ("Head of Sales\nwww.example.com\nPS: and the other one?", False),
        ("Head of Sales\nwww.example.com\nP.S. The other cup", False),
        ("Head of Sales\nwww.example.com\nPS. It came, and is it meant to be blue", False),
        ("Head of Sales\nwww.example.com\n" + "Example Ltd\n" * 60 + "Refund me", False),
    ],
)
def test_a_card_below_the_writers_name_says_nothing(below: str, only: bool) -> None:
    """A role and how to reach them, as Outlook puts it without a mark; anything else is read."""
    text = f"Thank you!\n\nKind regards,\nEmma Clarke\n{below}"
    assert only_thanks(text, "en", writer="Emma Clarke emma") is only
    assert not only_thanks(text, "en", writer="Tom Hill tom")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Thanks!", "en"),
        ("THANKS A LOT!!", "en"),
        ("Great, thanks John", "en"),
        ("Thanks, it works now.", "en"),
        ("Thanks 👍", "en"),
        ("Thank you so much for your quick reply!\n\nBest regards,\nLucía Pérez", "en"),
        ("Hi Tom,\n\nthank you for your help. I really appreciate it.\n\nJane", "en"),
        ("Thanks for your help, have a great weekend!", "en"),
        ("Gracias", "es"),
        ("Muchas gracias, un saludo", "es"),
        ("Ya funciona, ¡muchas gracias!", "es"),
        ("Gracias por responder tan rápido. Saludos, Pedro", "es"),
        ("Buenos días: muchas gracias por su ayuda. Un cordial saludo.\nAna María Ruiz", "es"),
        ("Mil gracias por todo, que tengáis buen día", "es"),
    ],
)
def test_a_thank_you_is_heard(text: str, language: str) -> None:
    """Thanks with greetings, pleasantries and a name are only thanks."""
    assert only_thanks(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("", "en"),
        ("Hello!", "en"),
        ("Great.", "en"),
        ("Thanks for nothing", "en"),
        ("Thanks for all the trouble", "en"),
        ("Thanks, but it still doesn't work", "en"),
        ("Thanks, it doesn't work", "en"),
        ("Thanks, when will it arrive?", "en"),
        ("Thanks. Cancel", "en"),
        ("Thanks, cancel it", "en"),
        ("Estimate, thanks", "en"),
        ("Thanks, order 5512", "en"),
        ("Thank you idiots", "en"),
        ("Thank you for your reply. I will send the documents tomorrow.", "en"),
        ("Thanks! " * 60, "en"),
        ("Thanks :(", "en"),
        ("Thank you >:-(", "en"),
        ('Thank you for your "help"', "en"),
        ("Thanks for the ‘help’", "en"),
        ("Thanks ？", "en"),
        ("Gracias por nada", "es"),
        ("Gracias por la «ayuda»", "es"),
        ("¿Gracias", "es"),
        ("Gracias\n\nLlamadme", "es"),
        ("Gracias, pero sigue sin funcionar", "es"),
        ("Gracias, no funciona", "es"),
        ("Gracias. Cancelen", "es"),
        ("Gracias por la ayuda. ¿Cuándo llega?", "es"),
        ("Presupuesto, gracias", "es"),
    ],
)
def test_anything_more_is_not_only_thanks(text: str, language: str) -> None:
    """A question, a request, a number, sarcasm or an unknown word: somebody must read it."""
    assert not only_thanks(text, language)


def test_a_language_without_a_lexicon_is_refused() -> None:
    """It is an error, not a silent no."""
    with pytest.raises(MailresponderError):
        only_thanks("Thanks!", "tlh")


@given(st.text(max_size=80))
def test_thanks_with_a_question_are_never_only_thanks(text: str) -> None:
    """Whatever stands beside it, a question mark asks for an answer."""
    assert not only_thanks(f"Thanks. {text}?", "en")
