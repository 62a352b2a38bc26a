import pytest

from mailresponder.listening.praise import PRAISE, heard


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Thank you, wonderful service!", "en"),
        ("Thanks to your team for the quick and friendly help!", "en"),
        ("Da gusto tratar con gente así, muchas gracias por todo", "es"),
        ("Enhorabuena por el trato, todo llegó perfecto. ¡Gracias!", "es"),
    ],
)
def test_praise_is_heard(text: str, language: str) -> None:
    """Who is content and says so praises."""
    assert heard(text, language) >= PRAISE


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Great, broken again.", "en"),
        ("Brilliant. Third week without internet.", "en"),
        ("Genial, otra vez roto.", "es"),
        ("Where is my order? Thanks in advance!", "en"),
        ("¿Dónde está mi pedido? Gracias de antemano.", "es"),
        ("A discount would be great.", "en"),
        ("Good morning,\n\nPlease send the invoice.\n\nThank you and best wishes,\nAna", "en"),
        ("", "en"),
        ("12345", "es"),
    ],
)
def test_sarcasm_and_courtesy_are_no_praise(text: str, language: str) -> None:
    """A kind word where something went wrong, or where a letter needs one, is none."""
    assert heard(text, language) < PRAISE
