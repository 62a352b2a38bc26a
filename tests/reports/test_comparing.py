"""Intervals and tests are those of the books, and noise is seldom taken for news."""

import math
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from mailresponder.reports import comparing
from mailresponder.reports.comparing import Comparison
from mailresponder.reports.report import Verdict

few = settings(max_examples=40)

some = st.integers(min_value=0, max_value=3000)
sizes = st.integers(min_value=1, max_value=5000)
parts = st.floats(min_value=0.5, max_value=3000)


@few
@given(a=parts, b=parts, x=st.floats(min_value=0, max_value=1))
def test_the_beta_function_is_scipys(a: float, b: float, x: float) -> None:
    """Our few lines of it give what scipy gives."""
    assert comparing.beta(a, b, x) == pytest.approx(special.betainc(a, b, x), abs=1e-9)


@few
@given(one=some, other=some)
def test_the_interval_of_a_split_is_clopper_and_pearsons(one: int, other: int) -> None:
    """Exact intervals are those of scipy's binomial test."""
    if one + other == 0:
        return
    exact = stats.binomtest(one, one + other).proportion_ci(0.95, method="exact")

    assert comparing.shares_of(one, other) == pytest.approx((exact.low, exact.high), abs=1e-7)


@few
@given(part=some, rest=some)
def test_the_interval_of_a_share_is_wilsons(part: int, rest: int) -> None:
    """Intervals of shares are scipy's, without correction."""
    of = part + rest
    if not of:
        return
    wilson = stats.binomtest(part, of).proportion_ci(0.95, method="wilson")

    assert comparing.wilson(part, of) == pytest.approx((wilson.low, wilson.high), abs=1e-9)


@few
@given(now=some, before=some, exposure=st.sampled_from([0.25, 1.0, 3.0]))
def test_the_chance_of_two_counts_is_the_binomial_tests(
    now: int, before: int, exposure: float
) -> None:
    """It is twice the smaller tail of the split of both counts."""
    if now + before < comparing.FEW:
        return
    share = exposure / (1 + exposure)
    both = stats.binom(now + before, share)
    expected = min(1.0, 2 * min(both.cdf(now), both.sf(now - 1)))

    found = comparing.counts(now, before, exposure=exposure)

    assert found.chance == pytest.approx(expected, abs=1e-8)


def test_the_difference_of_shares_is_newcombes() -> None:
    """The example of Newcombe (1998), table II: 56 of 70 and 48 of 80."""
    found = comparing.shares(56, 70, 48, 80)

    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=1e-4)


@few
@given(now=some, before=some, factor=st.integers(min_value=2, max_value=9))
def test_more_weight_makes_an_interval_narrower(now: int, before: int, factor: int) -> None:
    """The same ratio of larger counts is known more exactly, and the ratio lies within."""
    if now + before < comparing.FEW or not now or not before:
        return
    one, many = comparing.counts(now, before), comparing.counts(now * factor, before * factor)

    assert one.low is not None
    assert one.high is not None
    assert many.low is not None
    assert many.high is not None
    assert one.low <= many.low <= now / before <= many.high <= one.high


@pytest.mark.parametrize(
    ("now", "before", "verdict"),
    [
        (0, 0, Verdict.TOO_FEW),
        (4, 1, Verdict.TOO_FEW),
        (12, 10, Verdict.ALIKE),
        (60, 20, Verdict.MORE),
        (20, 60, Verdict.LESS),
        (12, 0, Verdict.MORE),
        (0, 12, Verdict.LESS),
    ],
)
def test_counts_are_judged(now: int, before: int, verdict: Verdict) -> None:
    """A clear change is called one, a small one is not, and of few nothing is said."""
    judged = comparing.judged({"one": comparing.counts(now, before)})

    assert judged["one"].verdict is verdict


def test_what_varies_by_itself_must_change_further() -> None:
    """Counts that jump from week to week are no news where even ones would be."""
    even = comparing.judged({"one": comparing.counts(45, 20)})
    jumpy = comparing.judged({"one": comparing.counts(45, 20, spread=3.0)})

    assert (even["one"].verdict, jumpy["one"].verdict) == (Verdict.MORE, Verdict.ALIKE)


def test_a_longer_period_holds_more_without_growing() -> None:
    """Four weeks with four times as many as one are no change."""
    [found] = comparing.judged({"one": comparing.counts(200, 50, exposure=4.0)}).values()

    assert found.verdict is Verdict.ALIKE


@pytest.mark.parametrize(
    ("now", "before", "verdict"),
    [
        ((1, 5), (4, 7), Verdict.TOO_FEW),
        ((30, 100), (28, 100), Verdict.ALIKE),
        ((45, 100), (15, 100), Verdict.MORE),
        ((0, 0), (15, 100), Verdict.TOO_FEW),
    ],
)
def test_shares_are_judged(now: tuple[int, int], before: tuple[int, int], verdict: Verdict) -> None:
    """Shares of fewer than twenty are not compared."""
    judged = comparing.judged({"one": comparing.shares(*now, *before)})

    assert judged["one"].verdict is verdict


def test_medians_are_judged_by_order() -> None:
    """Waits twice as long are longer, waits from the same hat are not; one that takes a year moves
    nothing."""
    random = Random(3)
    one, same = (sorted(random.expovariate(1) for _ in range(120)) for _ in range(2))
    longer = [2.5 * wait for wait in one]

    judged = comparing.judged(
        {
            "same": comparing.quantiles(one, same, 0.5),
            "longer": comparing.quantiles(longer, same, 0.5),
            "one": comparing.quantiles([*one, 31e6], same, 0.5),
            "few": comparing.quantiles(one[:5], same, 0.5),
        }
    )

    assert {key: change.verdict for key, change in judged.items()} == {
        "same": Verdict.ALIKE,
        "longer": Verdict.MORE,
        "one": Verdict.ALIKE,
        "few": Verdict.TOO_FEW,
    }


@few
@given(values=st.lists(st.floats(0, 1e6), min_size=1, max_size=60), at=st.floats(0.01, 0.99))
def test_a_quantile_lies_in_its_interval(values: list[float], at: float) -> None:
    """So it does whatever the values are."""
    ordered = sorted(values)
    low, high = comparing.around(ordered, at)

    assert low <= comparing.quantile(ordered, at) <= high


def test_intervals_of_medians_hold_what_they_promise() -> None:
    """In 95 of 100 samples the true median lies within."""
    random = Random(5)
    samples = [sorted(random.random() for _ in range(75)) for _ in range(800)]
    held = sum(low <= 0.5 <= high for low, high in (comparing.around(s, 0.5) for s in samples))

    assert held / len(samples) > 0.94


@few
@given(chances=st.lists(st.floats(0, 1), max_size=40), level=st.sampled_from([0.01, 0.05]))
def test_discoveries_are_those_of_benjamini_and_hochberg(
    chances: list[float], level: float
) -> None:
    """They are what scipy's adjusted p-values leave."""
    named = {str(at): chance for at, chance in enumerate(chances)}
    adjusted = stats.false_discovery_control(chances) if chances else []
    # On the edge itself rounding decides.
    edge = {str(at) for at, p in enumerate(adjusted) if math.isclose(p, level, rel_tol=1e-9)}
    expected = {str(at) for at, p in enumerate(adjusted) if p <= level}

    assert comparing.discoveries(named, level) - edge == expected - edge


def test_a_year_of_noise_is_seldom_news() -> None:
    """Of 52 weeks with twelve themes each, in which nothing happens, hardly any has a change."""
    random = Random(8)

    def noise() -> dict[str, Comparison]:
        return {
            str(theme): comparing.counts(_poisson(random, 12), _poisson(random, 12))
            for theme in range(12)
        }

    claims = [
        change.verdict
        for _ in range(52)
        for change in comparing.judged(noise()).values()
        if change.verdict in (Verdict.MORE, Verdict.LESS)
    ]

    assert len(claims) <= 2


def test_a_slow_rise_is_seen_where_no_week_differs_from_the_last() -> None:
    """From one in ten to one in five in 26 weeks: a trend, and none without it."""
    of = [150] * 26
    rising = [round(150 * (0.1 + 0.1 * week / 25)) for week in range(26)]

    assert comparing.trend(rising, of) > 4
    assert comparing.trend(rising[::-1], of) < -4
    assert comparing.trend([15] * 26, of) == 0
    assert comparing.trend([], []) == comparing.trend([0, 0], [5, 5]) == 0


def _poisson(random: Random, mean: float) -> int:
    limit, product, number = math.exp(-mean), random.random(), 0
    while product > limit:
        product *= random.random()
        number += 1
    return number


def test_parts_are_uneven_where_chance_does_not_explain_it() -> None:
    """One in a hundred of those that chance alone makes are said to be; a week in which little
    comes of anything is none."""
    random = Random(8)
    of = [160, 160, 60, 160, 160, 150, 170, 160, 160, 160]
    said = sum(
        comparing.is_uneven([sum(random.random() < 0.05 for _ in range(n)) for n in of], of)
        for _ in range(600)
    )
    assert 1 <= said <= 18
    assert comparing.is_uneven([0, 19, 0, 2, 21, 1, 0, 18, 0, 16], of)
    assert not comparing.is_uneven([20, 19, 5, 20, 21, 18, 20, 21, 19, 20], of)
    assert not comparing.is_uneven([5, 5], [9, 9])
