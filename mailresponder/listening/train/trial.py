"""Tries a model on messages it was not trained on, and calibrates it by them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_matrix

from mailresponder.listening.features import Reading
from mailresponder.listening.lexicon import load
from mailresponder.listening.listener import reading_of
from mailresponder.listening.train import fitting
from mailresponder.listening.train.corpus import Source
from mailresponder.listening.train.figures import Flags, Floats, threshold_at
from mailresponder.listening.weighing import Weighed
from mailresponder.listening.weights import Weights

_SHARE = 0.25
"""The share of angry messages a desk is taken to have. Ours have more, so that much is learnt."""
_ANGRY_PRECISION = 0.8
_UPSET_PRECISION = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Read:
    """A source whose messages have been read once."""

    source: Source
    readings: tuple[Reading, ...]

    @property
    def angry(self) -> Flags:
        """The labels of its messages."""
        return np.array([message.angry for message in self.source.messages])

    def vectors(self) -> list[dict[str, float]]:
        """The features of its messages."""
        return [r.vector(_UNCALIBRATED.scale(len(r.words.folded))) for r in self.readings]

    def without(self, topics: frozenset[str]) -> "Read":
        """The source without its messages on these topics."""
        kept = [n for n, m in enumerate(self.source.messages) if m.topic not in topics]
        messages = tuple(self.source.messages[n] for n in kept)
        return Read(
            source=replace(self.source, messages=messages),
            readings=tuple(self.readings[n] for n in kept),
        )


_UNCALIBRATED = Weights(
    bias=0.0,
    of={},
    length=fitting.LENGTH,
    worst=fitting.WORST,
    sentences=fitting.SENTENCES,
    slope=1.0,
    intercept=0.0,
    threshold=0.5,
    upset=0.5,
)


def read(source: Source) -> Read:
    """Read all messages of a source."""
    lexicon = load(source.language)
    return Read(source=source, readings=tuple(reading_of(m.text, lexicon) for m in source.messages))


def train(sources: Sequence[Read]) -> Weights:
    """Weights fitted to sources of one language, not calibrated."""
    language = sources[0].source.language
    found = fitting.fit(language, [(read.source, read.vectors()) for read in sources])
    return replace(_UNCALIBRATED, bias=round(found.bias, 3), of=found.of)


def scores(weights: Weights, read: Read) -> Floats:
    """The log-odds of a source's messages."""
    return np.array([Weighed(reading, weights).log_odds for reading in read.readings])


def unseen(sources: Sequence[Read], *, topics: bool) -> Mapping[str, Floats]:
    """The log-odds of each of our own sources, by a model that has not met its writer.

    `topics`: nor its topics in what other writers wrote.
    """
    found = {}
    for held in sources:
        if held.source.own:
            about = frozenset(m.topic for m in held.source.messages) if topics else frozenset()
            others = [read.without(about) for read in sources if read is not held]
            found[held.source.name] = scores(train([o for o in others if o.readings]), held)
    return found


def counted(angry: Flags) -> Floats:
    """What each message counts so that a quarter of all is angry."""
    share = float(angry.mean())
    return np.where(angry, _SHARE / share, (1 - _SHARE) / (1 - share))


def calibrated(weights: Weights, log_odds: Floats, angry: Flags) -> Weights:
    """The weights with slope, intercept and thresholds by what a model scored messages that it had
    not met (Platt, 1999)."""
    weighing = counted(angry)
    column = csr_matrix(log_odds[:, None])
    none = np.zeros(len(angry))
    slope, intercept = fitting.logistic(column, angry.astype(float), weighing, np.zeros(1), none)
    weights = replace(weights, slope=round(float(slope[0]), 3), intercept=round(intercept, 3))
    threshold, upset = thresholds(probability(weights, log_odds), angry)
    return replace(weights, threshold=threshold, upset=upset)


def thresholds(likely: Floats, angry: Flags) -> tuple[float, float]:
    """The scores from which on a message is angry, and upset."""
    weighing = counted(angry)
    return (
        round(threshold_at(_ANGRY_PRECISION, likely, angry, weighing), 3),
        round(threshold_at(_UPSET_PRECISION, likely, angry, weighing), 3),
    )


def uncalibrated(weights: Weights) -> Weights:
    """The same weights, as `train` gave them."""
    return replace(weights, slope=1.0, intercept=0.0)


def probability(weights: Weights, log_odds: Floats) -> Floats:
    """Uncalibrated log-odds as the calibrated score."""
    likely: Floats = 1 / (1 + np.exp(-(weights.slope * log_odds + weights.intercept)))
    return likely
