"""A text on the scales: its features, each times its weight, added up as log-odds.

Over the whole and over each sentence, because a long mail may be angry in a single one.
"""

import math
from collections import Counter, defaultdict

from mailresponder.listening.features import Reading
from mailresponder.listening.reasons import Part
from mailresponder.listening.weights import Weights

_FEWEST_WORDS = 2
"""A sentence of fewer is not weighed by itself."""


class Weighed:
    """The whole text, and its worst sentence."""

    def __init__(self, reading: Reading, weights: Weights) -> None:
        self._places = reading.words.places
        self._weights = weights
        sentences, of = reading.words.sentences, weights.of
        lengths = Counter(sentences)
        self.scale = scale = weights.scale(len(sentences))
        """What the words of the whole are multiplied by."""
        whole = weights.bias
        sums: defaultdict[int, float] = defaultdict(float)
        # Of each sign and each word its sentence, its place, what it adds before it is scaled, and
        # of a word whether it is met for the first time.
        self._signs: list[tuple[int, int, int, float]] = []
        self._grams: list[tuple[int, int, int, float, bool]] = []
        for name, value, start, end in reading.signs:
            if (weight := of.get(name)) is not None:
                added = weight * value
                whole += added
                sentence = reading.words.sentence_at(start)
                sums[sentence] += added
                self._signs.append((sentence, start, end, added))
        met: set[str] = set()
        plain_sums: defaultdict[int, float] = defaultdict(float)
        for name, value, start, end in reading.grams:
            if (weight := of.get(name)) is not None:
                added = weight * value
                sentence = sentences[start]
                plain_sums[sentence] += added
                is_first = name not in met
                if is_first:
                    met.add(name)
                    whole += added * scale
                self._grams.append((sentence, start, end, added, is_first))
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

    def parts(self) -> list[Part]:
        """What each feature added to the log-odds; a feature met again adds nothing, but in the
        worst sentence."""
        weights, places, worst = self._weights, self._places, self._worst
        share = weights.worst if self.above > 0 else 0.0
        everywhere, there = weights.slope * (1 - share), weights.slope * share
        parts = [
            (start, end, added * (everywhere + (there if sentence == worst else 0.0)))
            for sentence, start, end, added in self._signs
        ]
        everywhere, there = everywhere * self.scale, there * self._worst_scale
        for sentence, start, end, added, is_first in self._grams:
            first = everywhere if is_first else 0.0
            if told := added * (first + (there if sentence == worst else 0.0)):
                parts.append((places[start][0], places[end - 1][1], told))
        return parts
