"""The wordings of the year: written well, and enough of them."""

from collections import Counter
from datetime import date
from random import Random

import pytest
from year import plan, wording
from year.people import SERIAL, Cast
from year.writing import Slots, Text, Writer

DAY = date(2025, 5, 5)


def written(count: int, theme: str, language: str) -> list[Text]:
    """So many calm mails about a theme."""
    random = Random(1)
    cast, writer = Cast(random), Writer(random)
    return [
        writer.first(cast.somebody(language), (theme,), angry=False, day=DAY) for _ in range(count)
    ]


def test_choices_hold_slots_and_choices() -> None:
    """Of each choice one is taken, also of one within another, and slots are filled in."""
    found = {
        wording.read("It {is|was {very |}late}, {name}").filled(
            Random(seed), {"name": "Ana"}.__getitem__
        )
        for seed in range(30)
    }

    assert found == {"It is, Ana", "It was very late, Ana", "It was late, Ana"}


@pytest.mark.parametrize("source", ["a {b", "a} b", "{a{b}c}"])
def test_braces_that_do_not_match_are_refused(source: str) -> None:
    """A wording whose braces are wrong is a mistake, not a mail."""
    with pytest.raises(ValueError, match=r"brace|slot"):
        wording.read(source)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("theme", [*plan.SHARES, plan.SERIAL_THEME])
def test_every_wording_can_be_filled_in(theme: str, language: str) -> None:
    """Each slot of each wording is one that a mail has, and no brace is left."""
    if (theme, language) == (plan.SERIAL_THEME, "en"):
        return
    random = Random(1)
    person = SERIAL if language == "es" else Cast(random).somebody("en")
    slots = Slots(random, person, theme, DAY)
    for section in ("said", "more", "subject"):
        for one in wording.sections(theme)[language, section]:
            said = one.filled(random, slots)
            assert said
            assert not set("{}|") & set(said)


@pytest.mark.parametrize("theme", plan.THEMES)
def test_a_theme_is_told_in_many_ways_in_both_languages(theme: str) -> None:
    """Each theme has as many wordings in one language as in the other, most of them 30 or more, and
    no two the same."""
    said = wording.sections(theme)
    counts = [len(said[language, "said"] + said[language, "more"]) for language in ("en", "es")]

    assert min(counts) >= (20 if theme == plan.JUMPY else 30)
    assert abs(counts[0] - counts[1]) <= 1
    for language in ("en", "es"):
        assert len(set(said[language, "said"])) == len(said[language, "said"])


@pytest.mark.parametrize("language", ["en", "es"])
def test_mails_are_no_copies_of_each_other(language: str) -> None:
    """Of two mails about one theme, hardly any say the same in five words on end but for a part."""
    texts = [text.body for text in written(150, "late-delivery", language)]
    runs = [_runs(text) for text in texts if len(text.split()) > 20]
    pairs = [
        len(one & other) / len(one | other)
        for at, one in enumerate(runs)
        for other in runs[:at]
        if one and other
    ]

    assert max(Counter(texts).values()) <= 3
    assert sum(alike > 0.6 for alike in pairs) / len(pairs) < 0.01


def test_lengths_differ_as_those_of_people_do() -> None:
    """There are mails of a few words and mails of more than a hundred."""
    lengths = [len(text.body.split()) for theme in plan.THEMES for text in written(40, theme, "en")]

    assert min(lengths) <= 4
    assert max(lengths) >= 100
    assert 20 <= sorted(lengths)[len(lengths) // 2] <= 60


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = text.casefold().split()
    return frozenset(tuple(words[at : at + 5]) for at in range(len(words) - 4))
