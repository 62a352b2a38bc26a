"""Which words only say what a message is about."""

import pytest

from mailresponder.listening.train.topics import is_topical


@pytest.mark.parametrize(
    ("feature", "language"),
    [
        *(("parcel", "en"), ("parcels", "en"), ("the parcel", "en"), ("^parcel", "en")),
        *(("deliv*", "en"), ("# parcels", "en"), ("paquete", "es"), ("el paquete", "es")),
    ],
)
def test_a_topic_is_known_in_every_form(feature: str, language: str) -> None:
    """A topic by itself, inflected, first, or beside a function word or a number is one."""
    assert is_topical(feature, language)


@pytest.mark.parametrize("feature", ["the", "the #", "useless parcel", "liars", "<insult>", "^why"])
def test_what_judges_is_no_topic(feature: str) -> None:
    """A judgement beside a topic, a function word alone and a cue are free."""
    assert not is_topical(feature, "en")
