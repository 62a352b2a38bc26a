"""How well scores tell angry messages from the others. Higher scores are angrier."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def roc_auc(scores: Floats, angry: Flags) -> float:
    """The chance that an angry message scores above another; ties count half."""
    order = np.argsort(scores, kind="stable")
    _, inverse, counts = np.unique(scores[order], return_inverse=True, return_counts=True)
    ranks = np.empty(len(scores))
    ranks[order] = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    hits = int(angry.sum())
    return float((ranks[angry].sum() - hits * (hits + 1) / 2) / (hits * (len(scores) - hits)))


def pr_auc(scores: Floats, angry: Flags) -> float:
    """Average precision, ties taken together."""
    recall, precision = _curve(scores, angry)
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))


def recall_at(precision: float, scores: Floats, angry: Flags) -> float:
    """The most recall that any threshold of at least this precision has."""
    recall, precise = _curve(scores, angry)
    fit = recall[precise >= precision]
    return float(fit.max()) if len(fit) else 0.0


def threshold_at(precision: float, scores: Floats, angry: Flags, counted: Floats) -> float:
    """The lowest threshold at which what lies above is so precise; `counted`: what each counts."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum((counted * angry)[order])
    all_ = np.cumsum(counted[order])
    fit = np.flatnonzero(hits / all_ >= precision)
    last = int(fit.max()) if len(fit) else 0
    following = min(last + 1, len(scores) - 1)
    return float((scores[order][last] + scores[order][following]) / 2)


def interval(
    figure: Callable[[Floats, Flags], float], scores: Floats, angry: Flags, *, rounds: int = 1000
) -> tuple[float, float]:
    """The 95 % interval of a figure: a bootstrap over messages, the same each time."""
    random = np.random.default_rng(0)
    found: list[float] = []
    while len(found) < rounds:
        drawn = random.integers(0, len(scores), len(scores))
        if 0 < angry[drawn].sum() < len(drawn):
            found.append(figure(scores[drawn], angry[drawn]))
    low, high = np.percentile(found, [2.5, 97.5])
    return float(low), float(high)


def reliability(
    scores: Floats, angry: Flags, counted: Floats, edges: Sequence[float]
) -> list[tuple[float, float, int, float, float]]:
    """For each range of scores: its ends, its messages, their mean score, their share of anger."""
    table = []
    for low, high in pairwise(edges):
        inside = (scores >= low) & ((scores < high) | (high == edges[-1]))
        if inside.any():
            weights = counted[inside]
            mean = float(np.average(scores[inside], weights=weights))
            share = float(np.average(angry[inside], weights=weights))
            table.append((low, high, int(inside.sum()), mean, share))
    return table


def _curve(scores: Floats, angry: Flags) -> tuple[Floats, Floats]:
    """Recall and precision at each threshold that takes ties together, strictest first."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(angry[order])
    last_of_tie = np.append(np.diff(scores[order]) != 0, True)
    hits, taken = hits[last_of_tie], np.flatnonzero(last_of_tie) + 1
    return hits / hits[-1], hits / taken
