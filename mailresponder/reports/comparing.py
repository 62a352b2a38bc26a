"""Is it more than noise? Intervals and chances for counts, shares and waits of two periods.

Counts: the exact interval of the ratio of two Poisson rates (Clopper and Pearson, for the share of
the one in both). Shares: Wilson's interval of each, Newcombe's of their difference (1998, method
10). Medians: intervals by order statistics, their difference put together in the same way; the test
is Mood's. Where many things are compared at once, Benjamini and Hochberg keep false alarms rare.
"""

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TypeVar

from mailresponder.reports.report import Change, Verdict

LEVEL = 0.95
"""Of the intervals that are told."""
FALSE_ALARMS = 0.01
"""Of the changes that one report calls more than noise, so many are noise on average."""
FEW = 8
"""Fewer in both periods together are no count to compare."""
FEW_OF = 20
"""Shares of fewer in either period are not compared, and neither are waits."""

_Z = 1.959963984540054
"""Of a normal distribution, 95 % lie this many standard deviations around its mean."""
_SURELY = 2.326
"""Of a normal distribution, 99 % lie below so many standard deviations."""
_TINY = 1e-300
_STEPS = 300
_HALVINGS = 36

K = TypeVar("K")


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """Two figures held against each other, before it is known what else was."""

    now: float
    before: float | None
    low: float | None = None
    high: float | None = None
    more: bool = False
    """Is it more now, by what each period could hold?"""
    chance: float = 1.0
    """How likely noise alone is to make so large a difference; 1 where none is known."""
    is_enough: bool = True
    """False where there is too little to compare."""


def counts(
    now: int, before: int, *, exposure: float = 1.0, spread: float = 1.0, tested: int | None = None
) -> Comparison:
    """Two counts.

    Args:
        now: The later one.
        before: The earlier one.
        exposure: How much longer the later period is than the earlier.
        spread: How much more than Poisson's the counts vary, as variance by mean; 1 at least.
        tested: How many there must be in both together to be compared; `FEW` unless told.
    """
    enough = now + before >= (FEW if tested is None else tested)
    if not enough:
        return Comparison(now=now, before=before, is_enough=False)
    low, high = (_odds(bound) / exposure for bound in shares_of(now / spread, before / spread))
    return Comparison(
        now=now,
        before=before,
        low=low,
        high=high,
        more=now > before * exposure,
        chance=chance(now, before, exposure=exposure, spread=spread),
    )


def chance(now: int, before: int, *, exposure: float = 1.0, spread: float = 1.0) -> float:
    """How likely noise alone is to make two counts so unequal; arguments as of `counts`."""
    one, other, even = now / spread, before / spread, exposure / (1 + exposure)
    more = beta(one, other + 1, even) if one else 1.0
    fewer = 1 - beta(one + 1, other, even) if other else 1.0
    return min(1.0, 2 * min(more, fewer))


def shares(
    part: int, of: int, part_before: int, of_before: int, *, spread: float = 1.0
) -> Comparison:
    """Two shares: so many of so many. `spread` is how much more than by chance they vary, as
    `spread_of_shares` has it."""
    if not of or not of_before:
        return Comparison(now=part / of if of else 0.0, before=None, is_enough=False)
    now, before = part / of, part_before / of_before
    if min(of, of_before) < FEW_OF:
        return Comparison(now=now, before=before, is_enough=False)
    low, high = _between(now, wilson(part, of), before, wilson(part_before, of_before))
    by_noise = _chance_of_shares(part, of, part_before, of_before, spread)
    return Comparison(
        now=now, before=before, low=low, high=high, more=now > before, chance=by_noise
    )


def quantiles(
    now: Sequence[float],
    before: Sequence[float],
    at: float,
    others: Sequence[Sequence[float]] = (),
) -> Comparison:
    """The quantile `at` (0..1) of two samples, sorted; the median is at 0.5. At least one value in
    the later one. `others` are earlier samples, which show how much they vary."""
    value = quantile(now, at)
    if not before:
        return Comparison(now=value, before=None, is_enough=False)
    earlier = quantile(before, at)
    if min(len(now), len(before)) < FEW_OF:
        return Comparison(now=value, before=earlier, is_enough=False)
    low, high = _between(value, around(now, at), earlier, around(before, at))
    # Mood's test: of both together so many lie above; do as many of each?
    edge = quantile(sorted([*now, *before]), at)
    above, above_before = (_above(sample, edge) for sample in (now, before))
    spread = spread_of_shares([_above(one, edge) for one in others], [len(one) for one in others])
    by_noise = _chance_of_shares(above, len(now), above_before, len(before), spread)
    return Comparison(
        now=value, before=earlier, low=low, high=high, more=value > earlier, chance=by_noise
    )


def judged(compared: Mapping[K, Comparison], *, level: float = FALSE_ALARMS) -> dict[K, Change]:
    """What is more than noise among all that was compared."""
    believed = discoveries({key: one.chance for key, one in compared.items()}, level)
    return {key: _change(one, believed=key in believed) for key, one in compared.items()}


def discoveries(chances: Mapping[K, float], level: float) -> frozenset[K]:
    """Those that are no noise, so that on average no more than `level` of them are all the same
    (Benjamini and Hochberg 1995)."""
    ordered = sorted(chances, key=chances.__getitem__)
    many = 0
    for rank, key in enumerate(ordered, start=1):
        if chances[key] <= level * rank / len(ordered):
            many = rank
    return frozenset(ordered[:many])


def spread(numbers: Sequence[int]) -> float:
    """How much more than Poisson's some counts of equal periods vary: variance by mean, 1 at
    least."""
    if len(numbers) < 3 or not any(numbers):
        return 1.0
    mean = fmean(numbers)
    variance = sum((one - mean) ** 2 for one in numbers) / (len(numbers) - 1)
    return max(1.0, variance / mean)


def is_uneven(parts: Sequence[int], of: Sequence[int]) -> bool:
    """Do some parts vary more than in proportion to what they are of, by more than chance (one in a
    hundred; Pearson's chi square by its degrees of freedom, by Wilson and Hilferty)?"""
    degrees = len(parts) - 1
    if degrees < 2:
        return False
    width = 2 / (9 * degrees)
    return (math.cbrt(spread_of_shares(parts, of)) - (1 - width)) / math.sqrt(width) > _SURELY


def spread_of_shares(parts: Sequence[int], of: Sequence[int]) -> float:
    """How much more than by chance some shares vary (Pearson's chi square by its degrees of
    freedom), 1 at least: who writes on a Friday night waits as long as all who do."""
    known = [(part, many) for part, many in zip(parts, of, strict=True) if many]
    share = sum(part for part, _ in known) / max(sum(many for _, many in known), 1)
    if len(known) < 3 or share in (0, 1):
        return 1.0
    square = sum((p - many * share) ** 2 / (many * share * (1 - share)) for p, many in known)
    return max(1.0, square / (len(known) - 1))


def trend(parts: Sequence[int], of: Sequence[int]) -> float:
    """How surely a share rises (above 0) or falls from period to period, in standard deviations
    (Cochran and Armitage); 0 where there is nothing to see."""
    total, part = sum(of), sum(parts)
    if not total or part in (0, total):
        return 0.0
    share = part / total
    middle = sum(at * many for at, many in enumerate(of)) / total
    moved = sum(
        (at - middle) * (one - many * share)
        for at, (one, many) in enumerate(zip(parts, of, strict=True))
    )
    variance = share * (1 - share) * sum(many * (at - middle) ** 2 for at, many in enumerate(of))
    return moved / math.sqrt(variance) if variance else 0.0


def wilson(part: int, of: int) -> tuple[float, float]:
    """The interval of a share, of at least one."""
    share, square = part / of, _Z * _Z
    middle = share + square / (2 * of)
    half = _Z * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    scale = 1 + square / of
    low, high = (middle - half) / scale, (middle + half) / scale
    return (0.0 if part == 0 else low), (1.0 if part == of else high)


def shares_of(one: float, other: float) -> tuple[float, float]:
    """The exact interval of the share that `one` has in both, counts or parts of counts."""
    tail = (1 - LEVEL) / 2
    low = _solved(one, other + 1, tail) if one else 0.0
    high = _solved(one + 1, other, 1 - tail) if other else 1.0
    return low, high


def quantile(ordered: Sequence[float], at: float) -> float:
    """Of values in order, the one below which so many lie (between two: in proportion)."""
    place = at * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def around(ordered: Sequence[float], at: float) -> tuple[float, float]:
    """The interval of a quantile, by the ranks between which it lies."""
    number = len(ordered)
    half = _Z * math.sqrt(number * at * (1 - at))
    low, high = math.floor(number * at - half), math.ceil(number * at + half)
    return ordered[max(low - 1, 0)], ordered[min(high, number - 1)]


def beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function: how likely a share is below `x` (Lentz's
    continued fraction)."""
    if x <= 0 or x >= 1:
        return float(x > 0)
    if x > (a + 1) / (a + b + 2):
        return 1 - beta(b, a, 1 - x)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    c, d = 1.0, _inverse(1 - (a + b) * x / (a + 1))
    found = d
    for m in range(1, _STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d, c = _inverse(1 + term * d), 1 + term / c
            found *= c * d
        if abs(c * d - 1) < 1e-12:
            break
    return front * found / a


def _inverse(value: float) -> float:
    return 1 / (value if abs(value) > _TINY else _TINY)


def _solved(a: float, b: float, wanted: float) -> float:
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if beta(a, b, middle) < wanted else (low, middle)
    return (low + high) / 2


def _odds(share: float) -> float:
    return share / (1 - share) if share < 1 else math.inf


def _between(
    now: float, around_now: tuple[float, float], before: float, around_before: tuple[float, float]
) -> tuple[float, float]:
    difference = now - before
    below = math.hypot(now - around_now[0], around_before[1] - before)
    above = math.hypot(around_now[1] - now, before - around_before[0])
    return difference - below, difference + above


def _above(ordered: Sequence[float], edge: float) -> int:
    return len(ordered) - bisect_right(ordered, edge)


def _chance_of_shares(part: int, of: int, part_before: int, of_before: int, spread: float) -> float:
    both = (part + part_before) / (of + of_before)
    deviation = math.sqrt(spread * both * (1 - both) * (1 / of + 1 / of_before))
    if not deviation:
        return 1.0
    return math.erfc(abs(part / of - part_before / of_before) / deviation / math.sqrt(2))


def _change(one: Comparison, *, believed: bool) -> Change:
    if one.before is None or not one.is_enough:
        return Change(verdict=Verdict.TOO_FEW, before=one.before)
    verdict = Verdict.ALIKE
    if believed:
        verdict = Verdict.MORE if one.more else Verdict.LESS
    # No upper bound of a ratio to nothing: JSON has no infinity.
    high = one.high if one.high is not None and math.isfinite(one.high) else None
    return Change(verdict=verdict, before=one.before, low=one.low, high=high)
