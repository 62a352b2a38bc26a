import pytest

from mailresponder.errors import MailresponderError
from mailresponder.listening.lexicon import available
from mailresponder.listening.speech import load


@pytest.mark.parametrize("language", available())
def test_every_language_with_a_lexicon_has_a_speech(language: str) -> None:
    """What can be listened to can be quoted: each mask is one word in brackets, none twice."""
    masks = load(language).masks
    assert len(set(masks.values())) == len(masks) == 9
    assert all(mask.startswith("[") and mask.endswith("]") for mask in masks.values())


def test_another_language_is_told() -> None:
    """Nothing is masked by guess."""
    with pytest.raises(MailresponderError, match="'de'"):
        load("de")
