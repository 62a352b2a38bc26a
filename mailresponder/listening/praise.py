"""Is somebody content with us, and says so? From 0 to 1.

Praise is more than a lack of anger, and more than thanks: thanks in advance are courtesy, "would be
great" asks for something, and the furious thank as well, for nothing. What courtesy says is taken
out; the rest is weighed as `analyzer` weighs anger, by weights of its own (`train.praise`).
"""

import math
import tomllib
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from mailresponder.listening.cues import find
from mailresponder.listening.features import Reading
from mailresponder.listening.features import read as read_features
from mailresponder.listening.letter import body
from mailresponder.listening.lexicon import load
from mailresponder.listening.speech import load as load_speech
from mailresponder.listening.weights import Weights, shipped
from mailresponder.listening.words import split

if TYPE_CHECKING:
    from mailresponder.listening.analyzer import Weighed

PRAISE = 0.5
"""From here on a text is praise: four of five that are told are, of writers it has not met."""
_LONGEST = 3000
_LENGTH = 20.0
"""See `Weights`, as for anger."""


def heard(text: str, language: str) -> float:
    """How sure it is that a text praises us, 0..1; 0 for a text that says nothing.

    Raises MailresponderError where the language has no lexicon.
    """
    found = reading(text, language)
    if found.blank:
        return 0.0
    odds = _weighed(found, _weights(language)).log_odds
    return 1 / (1 + math.exp(-odds))


def reading(text: str, language: str) -> Reading:
    """What is read of a text: neither greeting nor leave-taking, nor what is only courtesy."""
    lexicon = load(language)
    words = split(body(text[:_LONGEST], lexicon))
    said = words.text
    for hit in reversed(find(words, load_speech(language).courtesy)):
        start, end = words.span(hit.start, hit.end)
        said = f"{said[:start]}{said[end:]}"
    return read_features(said, lexicon)


def weights(bias: float, of: Mapping[str, float]) -> Weights:
    """These weights as `analyzer` takes them. No sentence counts more than the whole: one kind word
    in a complaint is no praise."""
    return Weights(
        bias=bias,
        of=of,
        length=_LENGTH,
        worst=0.0,
        sentences=0.0,
        slope=1.0,
        intercept=0.0,
        threshold=PRAISE,
        upset=PRAISE,
    )


def _weighed(found: Reading, by: Weights) -> "Weighed":
    # The analyzer brings TextBlob along, which is slow to import.
    from mailresponder.listening.analyzer import Weighed

    return Weighed(found, by)


@cache
def _weights(language: str) -> Weights:
    """Those of a language; in one that was not trained nothing is praise."""
    trained = tomllib.loads(shipped("praise.toml")).get(language, {"bias": -math.inf})
    of: dict[str, float] = {}
    for line in shipped("praise.tsv").splitlines():
        code, name, weight = line.split("\t")
        if code == language:
            of[name] = float(weight)
    return weights(float(trained["bias"]), of)
