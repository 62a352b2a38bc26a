"""Hears how angry a text is, in one language, by the weights that `train` found.

`analyzer` offers it to TextBlob, which is slow to import: no mail waits for that.
"""

import math
from collections.abc import Container, Iterator, Mapping
from typing import NamedTuple

from mailresponder.listening.correction import Correction
from mailresponder.listening.features import EVERYTHING, Reading, read
from mailresponder.listening.letter import body
from mailresponder.listening.lexicon import Lexicon
from mailresponder.listening.lexicon import load as load_lexicon
from mailresponder.listening.reasons import Part, told
from mailresponder.listening.semantic import Blend, embedding
from mailresponder.listening.weighing import Weighed
from mailresponder.listening.weights import load as load_weights

_HEAD = 4000
_TAIL = 2000


class Sentiment(NamedTuple):
    """What `Listener.analyze` returns."""

    score: float
    """The probability that the writer is angry, 0..1."""
    because: tuple[tuple[str, float], ...]
    """Words as they stand in the text, each once, with what they added to the log-odds in two
    decimals, strongest first."""
    second: float | None = None
    """What the second opinion added to the log-odds; None: it was not asked, or has none."""


class Observed(NamedTuple):
    """What a text is before staff's labels correct it."""

    log_odds: float
    """Calibrated log-odds of anger."""
    features: Mapping[str, float]
    """Of the whole text, by name."""


class Listener:
    """Hears anger in one language.

    Raises MailresponderError where the language has no lexicon.
    """

    def __init__(self, language: str) -> None:
        # TextBlob's base class, where `analyzer` adds it.
        super().__init__()
        self._language = language
        self._lexicon = load_lexicon(language)
        self._weights = load_weights(language)
        self._corrected: tuple[Correction | None, Container[str]] = (None, self._weights.of)

    def analyze(
        self, text: str, correction: Correction | None = None, blend: Blend | None = None
    ) -> Sentiment:
        """How angry the text is; `correction` is what staff's labels have taught, `blend` how a
        second opinion is taken in.

        Greeting and closing say nothing; of a long text, its beginning and its end are read. A
        text without a word or a sign scores 0, whatever the bias.
        """
        reading = reading_of(text, self._lexicon, self._known(correction))
        if reading.blank:
            return Sentiment(0.0, ())
        weighed = Weighed(reading, self._weights)
        log_odds, parts, second = weighed.log_odds, weighed.parts(), None
        if blend is not None:
            second = blend.second(embedding(reading.words.text))
            log_odds = blend.scale * log_odds + second
            parts = [(start, end, added * blend.scale) for start, end, added in parts]
        if correction is not None:
            log_odds += correction.shift(self._named(reading, weighed.scale), self._language)
            parts += _corrected(reading, weighed.scale, correction, self._language)
        because = told(reading.words.text, parts, self._lexicon.function_words)
        return Sentiment(1 / (1 + math.exp(-log_odds)), because, second)

    def observe(self, text: str) -> Observed:
        """The log-odds without a correction, and the features that one may weigh anew."""
        reading = reading_of(text, self._lexicon)
        weighed = Weighed(reading, self._weights)
        return Observed(weighed.log_odds, self._named(reading, weighed.scale))

    def _known(self, correction: Correction | None) -> Container[str]:
        """The features that weigh something: others need not be counted."""
        if correction is None:
            return self._weights.of
        last, known = self._corrected
        if last is not correction:
            begins = f"{self._language}:"
            taught = (n.removeprefix(begins) for n in correction.weights if n.startswith(begins))
            known = frozenset(self._weights.of).union(taught)
            self._corrected = correction, known
        return known

    def _named(self, reading: Reading, scale: float) -> dict[str, float]:
        """The features of the whole text, named for all languages, as `es:cancel`."""
        vector = reading.vector(scale)
        return {f"{self._language}:{name}": value for name, value in vector.items()}


def reading_of(text: str, lexicon: Lexicon, known: Container[str] = EVERYTHING) -> Reading:
    """What is read of a text: without greeting and closing, its beginning and its end."""
    if len(text) > _HEAD + _TAIL:
        text = f"{text[:_HEAD]}\n{text[-_TAIL:]}"
    return read(body(text, lexicon), lexicon, known)


def _corrected(
    reading: Reading, scale: float, correction: Correction, language: str
) -> Iterator[Part]:
    for sign in reading.signs:
        if weight := correction.weights.get(f"{language}:{sign.name}"):
            yield sign.start, sign.end, weight * sign.value
    firsts = {gram[0]: gram for gram in reversed(reading.grams)}
    for name, value, first, last in firsts.values():
        if weight := correction.weights.get(f"{language}:{name}"):
            start, end = reading.words.span(first, last)
            yield start, end, weight * value * scale
