"""The words of the page."""

from mailresponder.web.words import LANGUAGES, Words, _words, spoken


def test_every_language_has_the_same_words() -> None:
    """No page lacks a word in one of its languages."""
    keys = {language: sorted(_words(language)) for language in LANGUAGES}

    assert len({tuple(found) for found in keys.values()}) == 1


def test_the_first_language_that_the_page_speaks_is_taken() -> None:
    """A browser asks for what it likes best; a region does not matter."""
    assert spoken(["fr", "es-MX", "en"]) == Words("es")
    assert spoken(["de"]) == Words("en")
