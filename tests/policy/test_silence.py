"""Why somebody had no acknowledgement, in words."""

import pytest

from mailresponder.policy import silence
from mailresponder.policy.suppression import RULES


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_rule_has_words_for_staff(language: str) -> None:
    """In each language, also for what no rule stands for; none are another's."""
    names = [*(rule.__name__ for rule in RULES), "not_handled", "answered_first"]
    words = [name.in_language(language) for name in silence.in_words(names)]

    assert [word for word in words if "_" in word] == []
    assert len(set(words)) == len(names)


def test_a_rule_without_words_stands_for_itself() -> None:
    """A newer part of the program may record what this one has no words for."""
    [name] = silence.in_words(["new_rule"])
    assert name.in_language("en") == "new_rule"
