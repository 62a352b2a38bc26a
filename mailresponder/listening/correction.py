"""What a desk's staff have taught about anger, as numbers laid on top of the shipped model.

Weights of features by name and nothing else: no text, no message, no person. How it is learnt
stands in `learning`; here it is applied, written and read.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

from mailresponder.errors import MailresponderError

MOST_WEIGHTS = 300
"""A correction is small."""
MOST_SHIFT = 3.0
"""Log-odds that a correction moves a text at most: it cannot talk plain fury away."""
_MOST_NAME = 200
_MOST_VALUE = 1e6


@dataclass(frozen=True, kw_only=True, slots=True)
class Correction:
    """Added to the log-odds that the shipped model gives a text."""

    model: str
    """Fingerprint of the model it was learnt on, and belongs to."""
    bias: Mapping[str, float]
    """By language, as `es`: log-odds added to every text."""
    weights: Mapping[str, float]
    """By name of a feature: log-odds for each unit of it."""

    def shift(self, features: Mapping[str, float], language: str) -> float:
        """The log-odds to add for a text with these features, at most MOST_SHIFT either way."""
        weights = self.weights
        moved = sum(
            value * weights[name] for name, value in sorted(features.items()) if name in weights
        )
        return max(-MOST_SHIFT, min(MOST_SHIFT, self.bias.get(language, 0.0) + moved))

    def to_json(self) -> str:
        """As `from_json` reads it; equal corrections give equal text."""
        content = {"model": self.model, "bias": dict(self.bias), "weights": dict(self.weights)}
        return json.dumps(content, sort_keys=True, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> "Correction":
        """The correction that `to_json` wrote.

        Raises MailresponderError for anything else: three keys, finite numbers, no more than
        MOST_WEIGHTS of them.
        """
        try:
            content = json.loads(text)
        except (ValueError, RecursionError):
            content = None
        if not isinstance(content, dict) or set(content) != {"model", "bias", "weights"}:
            raise _malformed("it is not an object with model, bias and weights")
        model = content["model"]
        if not isinstance(model, str) or not model:
            raise _malformed("it names no model")
        return cls(
            model=model,
            bias=_numbers("bias", content["bias"]),
            weights=_numbers("weights", content["weights"]),
        )


def _numbers(what: str, found: object) -> dict[str, float]:
    if not isinstance(found, dict) or len(found) > MOST_WEIGHTS:
        raise _malformed(f"{what} is not an object of at most {MOST_WEIGHTS} numbers")
    for name, value in found.items():
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not math.isfinite(value) or abs(value) > _MOST_VALUE:
            raise _malformed(f"{what} holds what is no number")
        if not name or len(name) > _MOST_NAME:
            raise _malformed(f"{what} holds what is no name")
    return {name: float(value) for name, value in found.items()}


def _malformed(why: str) -> MailresponderError:
    return MailresponderError(
        f"a stored correction cannot be read: {why}",
        mend="`mailresponder learn --undo` goes back to the one before it",
    )
