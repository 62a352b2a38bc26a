"""Weighs what a text says: a TextBlob sentiment analyzer that hears anger, one per language.

The features of the text, each times its weight, are added up as log-odds: over the whole and over
each sentence, because a long mail may be angry in a single one. `anger` imports this module when
it is first needed.
"""

import math
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mailresponder.listening.correction import Correction
from mailresponder.listening.features import EVERYTHING, Reading, read
from mailresponder.listening.interface import CONTINUOUS, tell_textblob
from mailresponder.listening.letter import body
from mailresponder.listening.lexicon import Lexicon
from mailresponder.listening.lexicon import load as load_lexicon
from mailresponder.listening.semantic import Blend, embedding
from mailresponder.listening.weights import Weights
from mailresponder.listening.weights import load as load_weights
from mailresponder.listening.words import plain

_HEAD = 4000
_TAIL = 2000
_MOST_REASONS = 8
_LONGEST_QUOTE = 80
_LEAST_TOLD = 0.25
_FEWEST_WORDS = 2
"""A sentence of fewer is not weighed by itself."""


class Sentiment(NamedTuple):
    """What `AngerAnalyzer.analyze` returns."""

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


class AngerAnalyzer:
    """Hears anger in one language: `TextBlob(text, analyzer=AngerAnalyzer("es")).sentiment`, where
    TextBlob was imported before the analyzer was made.

    Raises MailresponderError where the language has no lexicon.
    """

    kind = CONTINUOUS

    def __init__(self, language: str) -> None:
        tell_textblob(AngerAnalyzer)
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
            parts = [part._replace(added=part.added * blend.scale) for part in parts]
        if correction is not None:
            log_odds += correction.shift(self._named(reading, weighed.scale), self._language)
            parts += _corrected(reading, weighed.scale, correction, self._language)
        because = _because(reading.words.text, parts, self._lexicon.function_words)
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


class _Part(NamedTuple):
    """What one feature adds to the log-odds, and the characters it stands for."""

    start: int
    end: int
    added: float


@dataclass(slots=True)
class _Span:
    """Parts that overlap, in the place of the strongest."""

    start: int
    end: int
    added: float


class Weighed:
    """A text on the scales: the whole, and its worst sentence."""

    def __init__(self, reading: Reading, weights: Weights) -> None:
        self._reading = reading
        self._weights = weights
        words = reading.words
        lengths = Counter(words.sentences)
        of = weights.of
        self.scale = weights.scale(len(words.folded))
        """What the words of the whole are multiplied by."""
        whole = weights.bias
        sums: defaultdict[int, float] = defaultdict(float)
        for name, value, start, _ in reading.signs:
            if (weight := of.get(name)) is not None:
                added = weight * value
                whole += added
                sums[words.sentence_at(start)] += added
        met: set[str] = set()
        plain_sums: defaultdict[int, float] = defaultdict(float)
        for name, value, start, _ in reading.grams:
            if (weight := of.get(name)) is not None:
                added = weight * value
                plain_sums[words.sentences[start]] += added
                if name not in met:
                    met.add(name)
                    whole += added * self.scale
        for sentence, added in plain_sums.items():
            sums[sentence] += added * weights.scale(lengths[sentence])
        fit = [(total, n) for n, total in sums.items() if lengths[n] >= _FEWEST_WORDS]
        above, self._worst = max(fit, default=(0.0, -1))
        self.whole = whole
        """The sum over the whole text, not calibrated."""
        expected = weights.sentences * math.log(max(len(lengths), 1))
        self.above = max(0.0, weights.bias + above - whole - expected)
        """What the worst sentence has above that, beyond what the worst of so many would have."""
        self._worst_scale = weights.scale(lengths[self._worst])

    @property
    def log_odds(self) -> float:
        """Calibrated log-odds of anger."""
        weights = self._weights
        return weights.slope * (self.whole + weights.worst * self.above) + weights.intercept

    def parts(self) -> list[_Part]:
        """What each feature added to the log-odds; a feature met again adds nothing."""
        words, weights = self._reading.words, self._weights
        places, sentences, of = words.places, words.sentences, weights.of
        share = weights.worst if self.above > 0 else 0.0
        whole, worst = weights.slope * (1 - share), weights.slope * share
        parts: list[_Part] = []
        for name, value, start, end in self._reading.signs:
            if weight := of.get(name):
                here = worst if words.sentence_at(start) == self._worst else 0.0
                parts.append(_Part(start, end, weight * value * (whole + here)))
        whole, worst = whole * self.scale, worst * self._worst_scale
        met: set[str] = set()
        for name, value, start, end in self._reading.grams:
            if weight := of.get(name):
                first = 0.0 if name in met else whole
                met.add(name)
                here = worst if sentences[start] == self._worst else 0.0
                if added := weight * value * (first + here):
                    parts.append(_Part(places[start][0], places[end - 1][1], added))
        return parts


def _corrected(
    reading: Reading, scale: float, correction: Correction, language: str
) -> Iterator[_Part]:
    for sign in reading.signs:
        if weight := correction.weights.get(f"{language}:{sign.name}"):
            yield _Part(sign.start, sign.end, weight * sign.value)
    for gram in {gram.name: gram for gram in reversed(reading.grams)}.values():
        if weight := correction.weights.get(f"{language}:{gram.name}"):
            start, end = reading.words.span(gram.start, gram.end)
            yield _Part(start, end, weight * gram.value * scale)


def _because(
    text: str, parts: Sequence[_Part], function_words: frozenset[str]
) -> tuple[tuple[str, float], ...]:
    """The reasons worth telling. What overlaps is told as one, in the words of the strongest: a
    cue in capitals is a cue and a shout. The same words elsewhere are told once. A `your` or a
    single mark counts, and tells a person nothing."""
    spans: list[_Span] = []
    starts: list[int] = []
    places: list[_Span] = []
    """The spans from left to right, as `starts`."""
    for start, end, added in sorted(parts, key=lambda part: (-part.added, part.start)):
        at = bisect_right(starts, start)
        if at and places[at - 1].end > start:
            places[at - 1].added += added
        elif at < len(starts) and starts[at] < end:
            places[at].added += added
        elif added > 0:
            spans.append(_Span(start, end, added))
            starts.insert(at, start)
            places.insert(at, spans[-1])
    told: dict[str, tuple[str, float]] = {}
    for span in sorted(spans, key=lambda span: -span.added):
        quote = " ".join(text[span.start : span.end].split())[:_LONGEST_QUOTE].rstrip()
        said = plain(quote)
        if len(said) > 1 and not function_words.issuperset(said.split(" ")):
            first, sum_ = told.get(said, (quote, 0.0))
            told[said] = first, sum_ + span.added
    strongest = sorted(told.values(), key=lambda reason: -reason[1])[:_MOST_REASONS]
    return tuple((quote, round(sum_, 2)) for quote, sum_ in strongest if sum_ >= _LEAST_TOLD)
