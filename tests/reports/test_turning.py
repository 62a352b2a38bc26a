"""When more or less of something began to come: found in its window, and nowhere else."""

from random import Random

import pytest

from mailresponder.reports import turning


@pytest.mark.parametrize(
    ("counts", "windows", "up"),
    [
        ([5, 4, 6, 5, 5, 4, 6, 5, 18], 1, True),
        ([5, 4, 6, 5, 5, 4, 6, 16, 18], 2, True),
        ([15, 14, 16, 15, 15, 14, 16, 1], 1, False),
        ([9, 10, 8, 9, 11, 9, 10, 9, 2, 1], 2, False),
    ],
)
def test_a_turn_is_found_where_it_is(counts: list[int], windows: int, up: bool) -> None:
    """With the number of windows since then, and what was usual before."""
    found = turning.turn(counts, [100] * len(counts))

    assert found is not None
    assert (found.windows, found.up) == (windows, up)
    assert found.chance < 0.01


@pytest.mark.parametrize(
    "counts",
    [
        [],
        [40],
        [5, 40],
        [5, 4, 6, 5, 5, 7],
        [5, 4, 6, 5, 5, 20, 18, 21, 19],
        [0, 9, 0, 0, 12, 1, 0, 10, 0, 12],
        [5, 4, 6, 5, 20, 18, 6],
    ],
)
def test_no_turn_is_found_where_none_is_news(counts: list[int]) -> None:
    """Too little past, noise, what turned long ago, what jumps anyway, what is over."""
    found = turning.turn(counts, [100] * len(counts))

    assert found is None or found.chance > 0.01


def test_a_week_in_which_little_comes_turns_nothing() -> None:
    """Where everything falls or rises alike, no theme does."""
    counts, totals = [20, 21, 19, 20, 22, 20, 8], [200, 210, 190, 200, 220, 200, 80]
    fewer = turning.turn(counts, totals)
    more = turning.turn([*counts[:-1], 32], [*totals[:-1], 320])

    assert fewer is None or fewer.chance > 0.5
    assert more is None or more.chance > 0.5


def test_what_is_new_must_be_written_by_some() -> None:
    """Three after a year of silence are news, three after four weeks are not."""
    assert turning.newness(3, 80, 52, 52 * 80) < 0.0001
    assert turning.newness(3, 80, 4, 4 * 80) > 0.005


def test_the_week_in_which_more_began_is_known_later() -> None:
    """Half a year on, it is still the week from which on it came; where it always did, there is
    none."""
    totals = [100] * 26

    assert turning.began([1, 0, 2, 1] * 4 + [7, 8, 6, 9, 7, 8, 6, 9, 7, 8], totals) == 16
    assert turning.began([4, 5, 6, 5, 4, 6] * 4 + [5, 5], totals) is None
    assert turning.began([9, 8, 9, 10] * 4 + [0] * 10, totals) is None


def test_noise_seldom_turns() -> None:
    """In a thousand windows of an even theme hardly any claims a turn."""
    random = Random(4)
    counts = [sum(random.random() < 0.08 for _ in range(100)) for _ in range(400)]
    found = [turning.turn(counts[at - 13 : at], [100] * 13) for at in range(13, 400)]

    assert sum(one is not None and one.chance < 0.003 for one in found) <= 2


def test_nothing_begins_with_the_desk() -> None:
    """Before its first mail nothing came of anything: that is no rise, whenever one looks."""
    counts, totals = [0] * 12 + [6, 8, 7, 5, 6, 9, 7, 6], [0] * 12 + [80] * 8

    assert turning.began(counts, totals) is None
    assert all(turning.turn(counts[:n], totals[:n]) is None for n in range(9, len(counts)))
    assert turning.began([0] * 12 + [1] * 8 + [9] * 8, [0] * 12 + [80] * 16) == 20


def test_what_is_gone_is_better_though_it_never_came_quite_evenly() -> None:
    """Unevenness that chance explains makes nobody wait weeks for word that it got better; what
    comes in gusts is gone for a week or two as ever."""
    people = [9, 11, 4, 12, 5, 7, 1, 6, 9, 13]
    found = turning.turn([*people, 2, 2, 0], [280] * 13)
    assert found is not None
    assert (found.up, found.windows) == (False, 3)
    assert found.chance < 0.002

    gusts = turning.turn([*(0, 19, 0, 2, 21, 1, 0, 18, 0, 16), 2, 2, 0], [280] * 13)
    assert gusts is None or gusts.chance > 0.05
