import pytest

from mailresponder.listening.persons import masked
from mailresponder.listening.speech import load


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("Dear Zofia Nowak,\nwhere is it?", "en", "Dear _ _,\nwhere is it?"),
        ("Hi all, it broke", "en", "Hi all, it broke"),
        ("It broke.\n\nBest wishes,\nZofia", "en", "It broke.\n\nBest wishes,\n_"),
        ("It broke.\n\nThanks in advance", "en", "It broke.\n\nThanks in advance"),
        ("No va.\n\nun saludo, edurne", "es", "No va.\n\nun saludo, _"),
        ("No va.\n\nGracias por todo", "es", "No va.\n\nGracias por todo"),
        ("Here I'm sure that I've paid.", "en", "Here I'm sure that I've paid."),
        ("I told Mrs Okafor", "en", "I told Mrs _"),
        ("pregunten por Edurne Etxe", "es", "pregunten por _ _"),
        ("A BIG SHOUT FOR THE TEAM", "en", "A BIG SHOUT FOR THE TEAM"),
        ("Pay with PayPal on Monday", "en", "Pay with PayPal on Monday"),
    ],
)
def test_names_are_found_by_where_they_stand(text: str, language: str, said: str) -> None:
    """Greeting, leave-taking, title and capital tell a name; what only looks like one stays."""
    assert masked(text, load(language), (), "_") == said
