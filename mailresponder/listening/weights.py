"""What each feature of a text weighs, and how their sum becomes a probability.

The weights of the shipped model are data (`model/`), found by `train`. A language that was not
trained is heard by the weights that its lexicon names by hand.
"""

import hashlib
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from mailresponder.listening.lexicon import Lexicon, Role
from mailresponder.listening.lexicon import load as load_lexicon


@dataclass(frozen=True, kw_only=True, slots=True)
class Weights:
    """How one language is weighed. All in log-odds of anger."""

    bias: float
    of: Mapping[str, float]
    """By the name of the feature, per unit of its value."""
    length: float
    """A text of more words than this does not count for more: its words are scaled down by the
    root of the excess."""
    worst: float
    """How much of what its worst sentence has above the whole is added."""
    sentences: float
    """Times the logarithm of their number is first taken off that: of many, one is always bad."""
    slope: float
    intercept: float
    """Calibration: what the sum is multiplied by, and what is then added (Platt scaling)."""
    threshold: float
    """From this probability on a text is angry."""
    upset: float
    """From this probability on it is at least upset."""

    def scale(self, words: int) -> float:
        """What the words of a text of this many are multiplied by."""
        return math.sqrt(self.length / words) if words > self.length else 1.0


def folder() -> Traversable:
    """Where the shipped model lies: `model.toml`, and `weights.tsv` with one feature a line."""
    return resources.files("mailresponder.listening").joinpath("model")


def by_hand(lexicon: Lexicon) -> dict[str, float]:
    """The weights a lexicon names: what training starts from, and all that an untrained language
    has."""
    shape = lexicon.shape
    return {
        **{f"<{g.name}>": g.weight for g in lexicon.groups if g.role is not Role.ADDRESS},
        "<shouting>": shape.shouting,
        "<!!>": shape.exclamations,
        "<??>": shape.doubled_question,
        "<masked>": shape.masked,
        "<reproach>": shape.reproach,
        "<bare praise>": shape.sarcasm,
    }


@cache
def load(language: str) -> Weights:
    """The weights of a language. Raises MailresponderError where it has no lexicon either."""
    lexicon = load_lexicon(language)
    trained = tomllib.loads(shipped("model.toml")).get(language)
    if trained is None:
        return Weights(
            bias=lexicon.bias,
            of=by_hand(lexicon),
            length=math.inf,
            worst=0.0,
            sentences=0.0,
            slope=1.0,
            intercept=0.0,
            threshold=lexicon.threshold,
            upset=lexicon.threshold / 2,
        )
    return Weights(**trained, of=_table()[language])


@cache
def fingerprint() -> str:
    """Tells one shipped model from another: 12 hexadecimal digits."""
    return fingerprint_of(shipped("model.toml"), shipped("weights.tsv"))


def fingerprint_of(settings: str, table: str) -> str:
    """The fingerprint of a model with these files."""
    return hashlib.sha256(f"{settings}{table}".encode()).hexdigest()[:12]


@cache
def _table() -> dict[str, dict[str, float]]:
    table: dict[str, dict[str, float]] = {}
    for line in shipped("weights.tsv").splitlines():
        language, name, weight = line.split("\t")
        table.setdefault(language, {})[name] = float(weight)
    return table


def shipped(name: str) -> str:
    """What stands in a file of the shipped model."""
    return folder().joinpath(name).read_text(encoding="utf-8")
