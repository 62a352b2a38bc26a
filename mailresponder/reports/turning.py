"""When did something begin to be met more often, or less? Windows of equal length, looked at back
from the last one.

What is claimed must hold by time and against all else that came: a week in which little comes, as
a holiday's, says nothing of any theme, and nor does one in which much of everything comes. Counts
are of people, so one who writes ten times is no trend; and what never came evenly must rise further
before it is called a rise.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mailresponder.reports import comparing

RECENT = 3
"""What turned so many windows ago is still news."""
_FURTHEST = 8
"""Further back no turn is looked for."""
_EARLIER = 8
"""How many windows the time before a turn has at most,"""
_AT_LEAST = 4
"""and at least."""
_EFFECT = 1.5
"""How much more, or less, than in the windows just before the last must have."""
_UNEVEN = 1.25
"""Nothing that people write about comes quite as evenly as chance alone would have it."""
_SURE = 0.001
_SPLITS = 4
"""Windows on either side of a turn in the longer view."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """From some window on there was more or less of something."""

    windows: int
    """How many since then; 1: only the last."""
    up: bool
    chance: float
    """How likely noise alone is to look like it."""
    usual: float
    """A window's average before."""


def turn(counts: Sequence[int], totals: Sequence[int]) -> Turn | None:
    """The clearest turn of a theme; None where it is no news, or too small, or there is none.

    Args:
        counts: People who wrote about it in each window, the last one at the end.
        totals: People who wrote at all.
    """
    counts, totals = _since_mail_came(counts, totals)
    found = [
        one
        for windows in range(1, _FURTHEST + 1)
        if (one := _turned(counts, totals, windows)) is not None
    ]
    clearest = min(found, key=lambda one: one.chance, default=None)
    if clearest is None or clearest.windows > RECENT or not _still(counts, up=clearest.up):
        return None
    return clearest


def newness(number: int, total: int, windows: int, total_before: int) -> float:
    """How likely so many write about a thing for the first time in one window, where as many as
    ever could have written about it in so many windows before."""
    rest = total - number
    by_share = rest / (rest + total_before) if rest else 0.0
    return float(max(1 / (windows + 1), by_share) ** number)


def began(counts: Sequence[int], totals: Sequence[int]) -> int | None:
    """The window from which on there was more of it, up to now; None where it always was so."""
    earlier = len(counts)
    counts, totals = _since_mail_came(counts, totals)
    earlier -= len(counts)
    chances = {}
    for at in range(_SPLITS, len(counts)):
        one = _compared(counts[at:], counts[:at], totals[at:], totals[:at], spread=1.0)
        if one is not None and one[1]:
            chances[at] = one[0]
    if not chances:
        return None
    at = min(chances, key=lambda one: (chances[one], one))
    return earlier + at if chances[at] * len(chances) < _SURE else None


def _since_mail_came(
    counts: Sequence[int], totals: Sequence[int]
) -> tuple[Sequence[int], Sequence[int]]:
    """Without the windows before the desk's first mail: all that people write about would have
    begun with it."""
    first = next((at for at, total in enumerate(totals) if total), len(totals))
    return counts[first:], totals[first:]


def _turned(counts: Sequence[int], totals: Sequence[int], windows: int) -> Turn | None:
    begin = max(0, len(counts) - windows - _EARLIER)
    earlier, recent = counts[begin:-windows], counts[-windows:]
    if len(earlier) < _AT_LEAST:
        return None

    def compared(spread: float) -> tuple[float, bool] | None:
        return _compared(
            recent, earlier, totals[-windows:], totals[begin:-windows], spread=max(spread, _UNEVEN)
        )

    found = compared(comparing.spread(counts[:-windows]))
    if found is None:
        return None
    chance, up = found
    # What came evenly but for chance would have to be gone for weeks before it is called better.
    # Not so for a rise: one loud week of a thing that comes in gusts is no news.
    if not up and not comparing.is_uneven(counts[:-windows], totals[:-windows]):
        chance, up = compared(_UNEVEN) or found
    usual = sum(earlier) / len(earlier)
    return Turn(windows=windows, up=up, chance=min(1.0, chance * RECENT), usual=usual)


def _compared(
    recent: Sequence[int],
    earlier: Sequence[int],
    totals: Sequence[int],
    totals_before: Sequence[int],
    *,
    spread: float,
) -> tuple[float, bool] | None:
    """How likely the difference is by noise, by time or against the rest of what came, whichever
    is likelier; and is it more? None where the two do not agree."""
    now, before = sum(recent), sum(earlier)
    rest, rest_before = sum(totals) - now, sum(totals_before) - before
    exposures = [len(recent) / len(earlier)]
    # Where all that comes is about it, as in a report of one theme, there is no rest.
    if rest > 0 and rest_before > 0:
        exposures.append(rest / rest_before)
    more = {now > before * exposure for exposure in exposures}
    if len(more) != 1:
        return None
    chance = max(
        comparing.chance(now, before, exposure=exposure, spread=spread) for exposure in exposures
    )
    return chance, more.pop()


def _still(counts: Sequence[int], *, up: bool) -> bool:
    """Does the last window show it too, against those just before?"""
    just_before = counts[-1 - _AT_LEAST : -1]
    usual = sum(just_before) / len(just_before)
    return counts[-1] >= _EFFECT * usual if up else counts[-1] * _EFFECT <= usual
