"""The planted truths of the year."""

from itertools import pairwise

import pytest
from year import plan
from year.plan import Plan

YEAR = Plan(messages=100_000)


def test_the_defect_begins_in_its_week_in_both_languages() -> None:
    """Nobody writes of the white screen before week 31; from then on people of both languages
    do."""
    for language in ("en", "es"):
        weeks = [YEAR.expected(plan.DEFECT, week, language) for week in range(1, plan.WEEKS + 1)]
        assert not any(weeks[: plan.DEFECT_WEEK - 1])
        assert min(weeks[plan.DEFECT_WEEK - 1 :]) > 20


def test_the_mended_defect_ends_within_two_weeks() -> None:
    """Complaints about the lid begin in week 10, grow less in week 24, and end two weeks later."""
    weeks = {week: YEAR.expected(plan.MENDED, week) for week in range(1, plan.WEEKS + 1)}

    assert weeks[9] == 0 < weeks[10]
    assert 0 < weeks[25] < weeks[24] < weeks[23] / 2
    assert not any(weeks[week] for week in range(26, plan.WEEKS + 1))


def test_anger_rises_slowly() -> None:
    """One in ten is angry up to week 20, one in five at the end, and in no week does it jump."""
    weeks = [plan.anger(week) for week in range(1, plan.WEEKS + 1)]

    assert weeks[0] == weeks[19] == 0.1
    assert weeks[-1] == pytest.approx(0.2)
    assert max(b - a for a, b in pairwise(weeks)) < 0.005


@pytest.mark.parametrize("week", [5, 24, 31, 50])
def test_anger_is_as_planned_whatever_is_written_about(week: int) -> None:
    """Some themes are angrier than others; over all of them it is the planned share."""
    expected = {theme: YEAR.expected(theme, week) for theme in plan.SHARES}
    angry = sum(YEAR.chance_of_anger(theme, week) * many for theme, many in expected.items())

    assert angry / sum(expected.values()) == pytest.approx(plan.anger(week))


def test_a_year_has_as_many_messages_as_it_was_asked_for() -> None:
    """The matters of all weeks, with what follows on each, are the messages of the year."""
    matters = sum(YEAR.expected(theme, week) for theme in plan.SHARES for week in range(1, 53))

    assert matters * 1.45 == pytest.approx(YEAR.messages, rel=0.05)


def test_a_busy_week_is_within_noise() -> None:
    """What chance adds in the busy week is no more than the standard deviation."""
    for language in ("en", "es"):
        mean = YEAR.expected(plan.BUSY, plan.BUSY_WEEK, language)
        assert 0 < YEAR.busier(plan.BUSY, plan.BUSY_WEEK, language) <= mean**0.5
    assert not YEAR.busier(plan.BUSY, plan.BUSY_WEEK + 1, "en")
