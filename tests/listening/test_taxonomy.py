import pytest

from mailresponder.listening.taxonomy import Theme, checked, taxonomy


def _theme(**given: object) -> Theme:
    return Theme(**({"key": "late", "names": {"en": "Late"}, "words": {"en": ("late",)}} | given))  # type: ignore[arg-type]


def test_digest_goes_by_keys_and_words_only() -> None:
    """A new name or owner makes no message be looked at anew; another word does."""
    first = taxonomy([_theme()])
    renamed = taxonomy([_theme(names={"en": "Too late"}, owner="Ana")])
    reworded = taxonomy([_theme(words={"en": ("late", "delay")})])
    assert renamed.digest == first.digest
    assert reworded.digest != first.digest


def test_name_falls_back_to_another_language_and_the_key() -> None:
    """A theme is called something in every language."""
    assert _theme().name("es") == "Late"
    assert _theme(names={}).name("es") == "late"


@pytest.mark.parametrize("words", ["", "  ", "*", "late ..", "not .. arrive", "(late"])
def test_malformed_words_are_refused(words: str) -> None:
    """What cannot be looked for is told as a mistake."""
    with pytest.raises(ValueError, match=r"."):
        checked(words, "en")


def test_words_of_an_unknown_language_are_refused() -> None:
    """A language needs a lexicon."""
    with pytest.raises(ValueError, match="no lexicon"):
        checked("spät", "de")


def test_checked_words_lose_spaces_around_them() -> None:
    """Words are kept as they are written otherwise."""
    assert checked("  not   arrive ", "en") == "not arrive"
