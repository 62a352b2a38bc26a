"""Fits the weights of one language: logistic regression around the weights a lexicon names by hand.

What the fit is told beside the messages, each with its reason, stands here and nowhere else.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, hstack
from scipy.special import expit

from mailresponder.listening.lexicon import load
from mailresponder.listening.train.corpus import Source
from mailresponder.listening.train.topics import is_topical
from mailresponder.listening.weights import by_hand

Floats = NDArray[np.float64]
Vector = Mapping[str, float]

LENGTH = 20.0
WORST = 0.7
SENTENCES = 0.4
"""See `Weights`. Chosen on the development sets: more weight for the worst sentence hears more in
long factual letters, and finds one too often in long calm ones."""
_WEIGHTS = {"goemotions": 0.3, "xed": 0.3, "brighter": 0.6, "banking77neg": 0.3, "email": 3.0}
_OWN_WEIGHT = 0.7
"""What one message counts: film subtitles and forum talk less than what is written to a firm. Our
own are many, and of few writers: counted in full, the model learns how these write."""
OWN_TONE = ("goemotions", "xed", "brighter")
"""These sets have a share of anger and a tone of their own: each gets a bias of its own in the
fit, or its ordinary words would carry it."""
_FEWEST = 3
_WORD_PENALTY = 20.0
_SIGN_PENALTY = 10.0
"""L2 around the weights named by hand. Signs are fewer: they may move further."""
_MOST_TOPICAL = 0.15
"""What a word such as `parcel` may weigh: who is angry does not hang on what it is about."""
_LEAST = 0.035
"""A weight below this is left out of the model."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fitted:
    """The weights of one language, before calibration."""

    bias: float
    of: Mapping[str, float]


def fit(
    language: str,
    sources: Sequence[tuple[Source, Sequence[Vector]]],
    *,
    hand: Mapping[str, float] | None = None,
    freedom: float = 1.0,
) -> Fitted:
    """The weights that tell the angry messages of these sources from the others.

    Each source comes with the feature vectors of its messages. The same sources give the same
    weights. `hand` are the weights it starts from, by default those of the lexicon, and the more
    `freedom`, the farther it may go from them.
    """
    hand = by_hand(load(language)) if hand is None else hand
    vectors = [vector for _, found in sources for vector in found]
    names = _names(sources, hand)
    matrix = _matrix(vectors, names)
    angry = np.array([m.angry for source, _ in sources for m in source.messages], dtype=float)
    counted = np.concatenate([np.full(len(found), worth(source)) for source, found in sources])
    prior = np.array([hand.get(name, 0.0) for name in names])
    penalty = np.array([_SIGN_PENALTY if name[0] == "<" else _WORD_PENALTY for name in names])
    penalty /= freedom
    tones = _tones(sources)
    moved, bias = logistic(
        hstack([matrix, csr_matrix(tones)], format="csr"),
        angry,
        counted,
        np.concatenate([penalty, np.full(tones.shape[1], 0.01)]),
        matrix @ prior,
    )
    found = dict(zip(names, (prior + moved[: len(names)]).tolist(), strict=True))
    return Fitted(bias=float(bias), of=_kept(found, language))


def _names(
    sources: Sequence[tuple[Source, Sequence[Vector]]], hand: Mapping[str, float]
) -> list[str]:
    """The features worth a weight, sorted. What only one source says is a name or its habit."""
    counts: Counter[str] = Counter()
    origins: Counter[str] = Counter()
    for _, found in sources:
        here = Counter(name for vector in found for name in vector)
        counts.update(here)
        origins.update(here.keys())
    several = min(len(sources), 2)
    frequent = (n for n, count in counts.items() if count >= _FEWEST and origins[n] >= several)
    return sorted({*frequent, *(counts.keys() & hand.keys())})


def _kept(found: Mapping[str, float], language: str) -> dict[str, float]:
    kept = {}
    for name, weight in found.items():
        if is_topical(name, language):
            weight = max(-_MOST_TOPICAL, min(_MOST_TOPICAL, weight))
        if abs(weight) >= _LEAST:
            kept[name] = round(weight, 2)
    return kept


def worth(source: Source) -> float:
    """What one message of a source counts."""
    return _OWN_WEIGHT if source.own else _WEIGHTS[source.name]


def _tones(sources: Sequence[tuple[Source, Sequence[Vector]]]) -> Floats:
    """One column for each set with a tone of its own, 1 where a message is of it."""
    with_tone = [source.name for source, _ in sources if source.name in OWN_TONE]
    rows = [
        np.tile([float(source.name == name) for name in with_tone], (len(found), 1))
        for source, found in sources
    ]
    return np.concatenate(rows) if with_tone else np.zeros((sum(len(f) for _, f in sources), 0))


def _matrix(vectors: Sequence[Vector], names: Sequence[str]) -> csr_matrix:
    column = {name: n for n, name in enumerate(names)}
    values, columns, starts = [], [], [0]
    for vector in vectors:
        for name, value in vector.items():
            if name in column:
                columns.append(column[name])
                values.append(value)
        starts.append(len(columns))
    return csr_matrix((values, columns, starts), shape=(len(vectors), len(names)))


def logistic(
    matrix: csr_matrix, angry: Floats, counted: Floats, penalty: Floats, offset: Floats
) -> tuple[Floats, float]:
    """Weights and bias of least penalised log-loss; the bias is not penalised."""
    turned = matrix.T.tocsr()

    def loss(point: Floats) -> tuple[float, Floats]:
        weights, bias = point[:-1], point[-1]
        sums = matrix @ weights + bias + offset
        cost = counted @ (np.logaddexp(0.0, sums) - angry * sums)
        wrong = counted * (expit(sums) - angry)
        slope = np.append(turned @ wrong + penalty * weights, wrong.sum())
        return float(cost + 0.5 * penalty @ (weights * weights)), slope

    start = np.zeros(matrix.shape[1] + 1)
    options = {"maxiter": 300, "maxcor": 20}
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options=options)
    return found.x[:-1], float(found.x[-1])
