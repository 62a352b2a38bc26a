"""What a correction is worth: figures with and without it, on mails it was not learnt from.

Nothing is learnt here: see `learning`.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from mailresponder.listening.learning import Sample, chance, tacit_weight

NOISE = 2.0
"""Standard errors by which a correction must be better to be believed."""
_LEAST_CUSTOMERS = 5
"""From how many on the error of a mean over customers says anything."""

Judged = tuple[bool, float, bool]
"""Whether staff called it angry, its log-odds, whether it is called angry for them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """How well log-odds agree with what staff said."""

    log_loss: float
    """Mean, in nats: 0 is perfect, 0.69 is a coin."""
    roc_auc: float | None
    """How often an angry mail scores above a calm one; None where there is but one kind."""
    found: int
    """Angry, and called so."""
    missed: int
    """Angry, and called calm."""
    false_alarms: int
    """Calm, and called angry."""
    left_alone: int
    """Calm, and called so."""

    @property
    def precision(self) -> float | None:
        """How many that are called angry are; None where none is called so."""
        called = self.found + self.false_alarms
        return self.found / called if called else None

    @property
    def recall(self) -> float | None:
        """How many that are angry are called so; None where none is."""
        angry = self.found + self.missed
        return self.found / angry if angry else None

    def shown(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "log_loss": self.log_loss,
            "roc_auc": self.roc_auc,
            "precision": self.precision,
            "recall": self.recall,
            "found": self.found,
            "missed": self.missed,
            "false_alarms": self.false_alarms,
            "left_alone": self.left_alone,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """The shipped model and the corrected one, on customers neither was corrected for."""

    before: Figures
    after: Figures
    gain: float
    """By how much the log-loss falls, what nobody objected to included: at its weight, and against
    what was heard, so that nothing is gained there and something may be lost."""
    error: float | None
    """The standard error of that, over customers; None where they are too few to tell."""

    @property
    def is_better(self) -> bool:
        """Is the gain more than noise?"""
        return self.error is not None and self.gain > max(NOISE * self.error, 1e-9)


def compare(
    tried: Sequence[tuple[Sample, float]], thresholds: Mapping[str, float]
) -> Comparison | None:
    """What `learning.held_out` gave, against the shipped model; None where it gave nothing.

    The figures are of what staff labelled.

    `thresholds` holds for each language the score (0..1) from which on a text is angry.
    """
    if not tried:
        return None
    gains: dict[str, float] = defaultdict(float)
    tacit = tacit_weight([sample for sample, _ in tried])
    number = 0.0
    for sample, corrected in tried:
        weight = tacit if sample.angry is None else 1.0
        gained = _loss(sample.wanted, sample.log_odds) - _loss(sample.wanted, corrected)
        gains[sample.customer] += weight * gained
        number += weight
    customers = len(gains)
    mean = sum(gains.values()) / customers
    labelled = [(s, corrected) for s, corrected in tried if s.angry is not None]
    error = None
    if len({s.customer for s, _ in labelled}) >= _LEAST_CUSTOMERS:
        spread = sum((gain - mean) ** 2 for gain in gains.values()) / (customers - 1)
        error = math.sqrt(customers * spread) / number
    return Comparison(
        before=_figures([_judged(s, s.log_odds, thresholds) for s, _ in labelled]),
        after=_figures([_judged(s, corrected, thresholds) for s, corrected in labelled]),
        gain=sum(gains.values()) / number,
        error=error,
    )


def _judged(sample: Sample, log_odds: float, thresholds: Mapping[str, float]) -> Judged:
    return bool(sample.angry), log_odds, is_angry(log_odds, thresholds[sample.language])


def is_angry(log_odds: float, threshold: float) -> bool:
    """Is the score of these log-odds at or above the threshold?"""
    return chance(log_odds) >= threshold


def _figures(judged: Sequence[Judged]) -> Figures:
    def count(*, said: bool, called: bool) -> int:
        return sum(one[0] is said and one[2] is called for one in judged)

    return Figures(
        log_loss=sum(_loss(said, log_odds) for said, log_odds, _ in judged) / len(judged),
        roc_auc=_roc_auc(judged),
        found=count(said=True, called=True),
        missed=count(said=True, called=False),
        false_alarms=count(said=False, called=True),
        left_alone=count(said=False, called=False),
    )


def _loss(wanted: float, log_odds: float) -> float:
    """The cross-entropy of a probability, without overflow."""
    return max(0.0, log_odds) - wanted * log_odds + math.log1p(math.exp(-abs(log_odds)))


def _roc_auc(judged: Sequence[Judged]) -> float | None:
    """By ranks (Mann and Whitney 1947); equal scores count half."""
    angry = sum(said for said, _, _ in judged)
    calm = len(judged) - angry
    if not angry or not calm:
        return None
    ranks, place = 0.0, 0
    ordered = sorted((log_odds, said) for said, log_odds, _ in judged)
    for _, tied in groupby(ordered, key=lambda pair: pair[0]):
        said = [one for _, one in tied]
        ranks += sum(said) * (place + (len(said) + 1) / 2)
        place += len(said)
    return (ranks - angry * (angry + 1) / 2) / (angry * calm)
