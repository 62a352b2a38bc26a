"""Fits the second opinion: a linear model on the embeddings of the same messages, and its blend.

It learns from all languages at once, as an embedding hardly tells them apart. Public sets are
thinned out, because each message costs some ten milliseconds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

from mailresponder.listening import semantic
from mailresponder.listening.semantic import Blend
from mailresponder.listening.train import fitting, trial
from mailresponder.listening.train.card import Trial
from mailresponder.listening.train.corpus import Source
from mailresponder.listening.train.figures import Flags, Floats

MOST_MESSAGES = 2000
"""Of a public set, so many are read, evenly spaced."""
_MEASURED = ("support", "longmix")
"""Sets that are not trained on and are tried: customers' messages, short and long."""
_PENALTY = 3.0
"""L2. Strong: with less, it learns how those who wrote our own messages write."""
SHARE = 0.5
"""What its log-odds count beside the first opinion's. Our own messages would be fitted best by
several times that, because it knows the tone of language models, who wrote them; the sets of others
gain little from more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """Messages of one source as both opinions hear them."""

    source: Source
    language: str
    angry: Flags
    first: Floats
    """Log-odds by the shipped kind of model, calibrated, not trained on this source."""
    embeddings: Floats
    """One row a message."""

    @property
    def name(self) -> str:
        """As `en_shops`."""
        return self.source.title


@dataclass(frozen=True, kw_only=True, slots=True)
class Fitted:
    """A linear model on embeddings, not blended."""

    weights: Floats
    bias: Mapping[str, float]
    """By language."""

    def __call__(self, sample: Sample) -> Floats:
        """Log-odds of anger of its messages."""
        return sample.embeddings @ self.weights + self.bias[sample.language]


@dataclass(frozen=True, kw_only=True, slots=True)
class Second:
    """The second opinion, and what it was tried on."""

    fitted: Fitted
    samples: Sequence[Sample]
    unseen: Mapping[str, Floats]
    """Its log-odds of each sample by name, by a model not trained on that source."""
    blends: Mapping[str, Blend]
    """By language."""

    def together(self, sample: Sample) -> Floats:
        """Calibrated log-odds of both opinions."""
        blend = self.blends[sample.language]
        return together(blend, self.fitted, sample, self.unseen[sample.name])

    def added(self, sample: Sample) -> Floats:
        """What the second opinion adds to the log-odds."""
        blend = self.blends[sample.language]
        return added(blend, self.fitted, sample, self.unseen[sample.name])


def samples(trials: Sequence[Trial]) -> list[Sample]:
    """What of the trials is read twice. Raises MailresponderError where the extra is missing."""
    return [
        _sample(tried, read)
        for tried in trials
        for read in tried.sources
        if read.source.trainable or read.source.name in _MEASURED
    ]


def _sample(tried: Trial, read: trial.Read) -> Sample:
    name, n = read.source.name, len(read.readings)
    raw = tried.writer_unseen[name] if read.source.own else tried.source_unseen[name]
    chosen = np.arange(n)
    if not read.source.own and n > MOST_MESSAGES:
        chosen = np.arange(MOST_MESSAGES) * n // MOST_MESSAGES
    return Sample(
        source=read.source,
        language=read.source.language,
        angry=read.angry[chosen],
        first=tried.weights.slope * raw[chosen] + tried.weights.intercept,
        embeddings=np.array([semantic.embedding(read.readings[i].words.text) for i in chosen]),
    )


def second_opinion(trials: Sequence[Trial], found: Sequence[Sample]) -> Second:
    """The second opinion fitted to samples, tried on what it has not met, and blended by that."""
    trainable = [sample for sample in found if sample.source.trainable]
    fitted = _rounded(fit(trainable))
    unseen = {}
    for held in found:
        others = [other for other in trainable if not _is_kin(other, held)]
        model = fit(others) if held.source.trainable else fitted
        unseen[held.name] = model(held)
    blends = {tried.language: _blend(tried, fitted, found, unseen) for tried in trials}
    return Second(fitted=fitted, samples=found, unseen=unseen, blends=blends)


def _is_kin(one: Sample, other: Sample) -> bool:
    """A public set in another language has the same origin."""
    if one.source.own or other.source.own:
        return one.name == other.name
    return one.source.name == other.source.name


def fit(found: Sequence[Sample]) -> Fitted:
    """The weights of least penalised log-loss. Each language has a bias, and each set with a tone
    of its own, as in `fitting`."""
    languages = sorted({sample.language for sample in found})
    tones = [s.name for s in found if s.source.name in fitting.OWN_TONE]
    extra = [
        np.tile(
            [float(sample.language == language) for language in languages]
            + [float(sample.name == tone) for tone in tones],
            (len(sample.angry), 1),
        )
        for sample in found
    ]
    matrix = np.hstack([np.concatenate([s.embeddings for s in found]), np.concatenate(extra)])
    angry = np.concatenate([sample.angry for sample in found]).astype(float)
    counted = np.concatenate([np.full(len(s.angry), _worth(s)) for s in found])
    free = len(languages) + len(tones)
    penalty = np.concatenate([np.full(semantic.DIMENSIONS, _PENALTY), np.full(free, 0.01)])
    # Embeddings lie close together: around their middle, the fit is quick.
    middle = matrix[:, : semantic.DIMENSIONS].mean(axis=0)
    matrix[:, : semantic.DIMENSIONS] -= middle
    none = np.zeros(len(angry))
    moved, bias = fitting.logistic(csr_matrix(matrix), angry, counted, penalty, none)
    weights = moved[: semantic.DIMENSIONS]
    by_language = moved[semantic.DIMENSIONS :][: len(languages)] + bias - float(middle @ weights)
    return Fitted(weights=weights, bias=dict(zip(languages, by_language.tolist(), strict=True)))


def _worth(sample: Sample) -> float:
    """What one message counts: as in `fitting`; those of a set that was thinned out count for the
    ones left out, three times as much at most."""
    thinned = len(sample.source.messages) / len(sample.angry)
    return fitting.worth(sample.source) * min(3.0, thinned)


def _rounded(fitted: Fitted) -> Fitted:
    return replace(fitted, weights=fitted.weights.round(2))


def _blend(
    tried: Trial, fitted: Fitted, found: Sequence[Sample], unseen: Mapping[str, Floats]
) -> Blend:
    """Calibrated by our own messages, whose writer neither opinion has met.

    The threshold is not: as precise on ours, it would flag more calm messages of others. Theirs
    are flagged as often as by the first opinion alone.
    """
    here = [sample for sample in found if sample.language == tried.language]
    own = [sample for sample in here if sample.source.own]
    angry = np.concatenate([sample.angry for sample in own])
    first = np.concatenate([sample.first for sample in own])
    second = np.concatenate([unseen[sample.name] for sample in own])
    summed = csr_matrix((first + SHARE * second)[:, None])
    (scale,), shift = fitting.logistic(
        summed, angry.astype(float), trial.counted(angry), np.zeros(1), np.zeros(len(angry))
    )
    # What is added to every text belongs to what the second opinion is told to add.
    blend = Blend(
        scale=round(float(scale), 3),
        blend=round(SHARE * float(scale), 3),
        bias=round(fitted.bias[tried.language] + shift / (SHARE * float(scale)), 3),
        threshold=tried.weights.threshold,
    )
    calm = [sample for sample in here if sample.source.trainable and not sample.source.own]
    alone = np.concatenate([sample.first[~sample.angry] for sample in calm])
    both = np.concatenate([together(blend, fitted, s, unseen[s.name])[~s.angry] for s in calm])
    rare = _as_rare(probability(alone), probability(both), blend.threshold)
    return replace(blend, threshold=rare)


def _as_rare(alone: Floats, both: Floats, threshold: float) -> float:
    """The threshold that no more of `both` reaches than of `alone` reaches `threshold`."""
    return round(float(np.quantile(both, float((alone < threshold).mean()))), 3)


def added(blend: Blend, fitted: Fitted, sample: Sample, second: Floats) -> Floats:
    """What the second opinion adds to the log-odds of a sample; `second`: its own log-odds."""
    limit = semantic.MOST_SHIFT
    moved = blend.bias - fitted.bias[sample.language]
    return np.clip(blend.blend * (second + moved), -limit, limit)


def together(blend: Blend, fitted: Fitted, sample: Sample, second: Floats) -> Floats:
    """Log-odds of a sample by both opinions."""
    return blend.scale * sample.first + added(blend, fitted, sample, second)


def probability(log_odds: Floats) -> Floats:
    """Log-odds as a score."""
    likely: Floats = 1 / (1 + np.exp(-log_odds))
    return likely


def write(target: Path, second: Second, model: str) -> None:
    """Write `semantic.toml` and `semantic.tsv`; `model` is the fingerprint of the first opinion."""
    tables = [f'model = "{model}"\n']
    for language, blend in second.blends.items():
        settings = "".join(f"{n} = {getattr(blend, n)}\n" for n in Blend.__dataclass_fields__)
        tables.append(f"[{language}]\n{settings}")
    (target / "semantic.toml").write_text("\n".join(tables), encoding="utf-8")
    lines = "".join(f"{weight:g}\n" for weight in second.fitted.weights)
    (target / "semantic.tsv").write_text(lines, encoding="utf-8")
