"""What tells a language from others."""

import pytest

from mailresponder.listening.lexicon import available, load
from mailresponder.listening.traits import read

LEAST = {
    "bias": 1,
    "stop_words": ["más", "el", "de"],
    "shared": ["de", "unknown"],
    "strangers": ["não", "él"],
    "stranger_beginnings": ["l'"],
    "endings": ["ción"],
    "letters": "ñá",
    "shared_letters": "áx",
    "stranger_letters": "ã",
    "charsets": ["utf-8"],
    "domains": ["es"],
}


def test_words_are_compared_without_accents() -> None:
    """Accents are dropped, and a word that is the language's own is no stranger to it."""
    traits = read(LEAST)

    assert traits.stop_words == {"mas", "el", "de"}
    assert traits.strangers == {"nao"}
    assert traits.endings == ("cion",)


def test_only_its_own_words_are_shared() -> None:
    """What neighbours have too is a part of what it has itself."""
    traits = read(LEAST)

    assert traits.shared == {"de"}
    assert traits.shared_letters == {"á"}


@pytest.mark.parametrize("key", LEAST)
def test_every_trait_must_be_there(key: str) -> None:
    """A lexicon that leaves one out is malformed."""
    with pytest.raises(KeyError):
        read({name: value for name, value in LEAST.items() if name != key})


def test_no_country_is_two_languages_of_the_product() -> None:
    """A domain speaks for one of the shipped languages only."""
    domains = [domain for code in available() for domain in load(code).traits.domains]
    assert len(domains) == len(set(domains))
