"""Learns a small correction of the model from what a desk's staff have said, and tries it out.

Logistic regression on top of the shipped model: its log-odds are where every text starts, and each
weight has to be earned against a penalty (L2), so few labels change little. Whoever labels corrects
mistakes, and mistakes alone would teach that the model is always wrong: what was heard and nobody
objected to counts, too. The same samples in any order give the same correction.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from mailresponder.listening.correction import MOST_WEIGHTS, Correction
from mailresponder.listening.lexicon import available, load

LEAST_CUSTOMERS = 3
"""In whose mails a feature must occur: what one customer writes stays between them and the desk."""
FOLDS = 10
_BIAS_SPREAD = 1.0
_WEIGHT_SPREAD = 0.7
"""Standard deviations of what is expected before any label is seen, in log-odds."""
_TELLING = 2.0
"""How many standard errors the mistakes beside a feature must lean to one side."""
_TACIT = 0.2
_TACIT_SHARE = 0.25
"""What a message that nobody objected to counts at least beside a label; all beside all labels."""
_LEAST_ADMITTED = 0.02
_SWEEPS = 200
_SMALL = 1e-4


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """A message to learn from, without its text."""

    customer: str
    """Who wrote it: told apart, never stored."""
    language: str
    log_odds: float
    """Of anger, by the shipped model."""
    features: Mapping[str, float]
    heard: bool
    """Did the shipped model call it angry?"""
    angry: bool | None
    """What staff said; None where they let stand what was heard."""

    @property
    def wanted(self) -> float:
        """The probability of anger to aim at: what staff said, else what was heard."""
        return chance(self.log_odds) if self.angry is None else float(self.angry)


def tacit_weight(samples: Collection[Sample]) -> float:
    """What a message that nobody objected to counts, 0..1, where a label counts 1.

    A model admits how often it errs: by its own probabilities. Where the labels hold more mistakes
    than that, staff sought them out, and for each there are as many verdicts that they let stand
    as the model says.
    """
    labels = [s for s in samples if s.angry is not None]
    others = [s for s in samples if s.angry is None]
    if not labels or not others:
        return 0.0
    chances = sorted((chance(s.log_odds), s.heard) for s in others)
    errors = sum(1 - angry if heard else angry for angry, heard in chances)
    admitted = max(_LEAST_ADMITTED, errors / len(others))
    mistakes = sum(s.heard is not s.angry for s in labels)
    owed = min(1.0, (mistakes / admitted - len(labels)) / len(others))
    return max(owed, min(_TACIT, _TACIT_SHARE * len(labels) / len(others)))


def fit(
    samples: Collection[Sample], *, model: str, private: Collection[str] = frozenset()
) -> Correction:
    """The correction that the labels of these samples speak for.

    Args:
        samples: Labelled ones, and others that keep the model where it was right.
        model: Fingerprint of the model that gave the log-odds.
        private: Words (folded) that must not be learnt, as people's names.
    """
    ordered = sorted(samples, key=_order)
    problem = _Problem(ordered)
    languages = sorted({s.language for s in ordered if s.angry is not None})
    for language in languages:
        rows = [(n, 1.0) for n, s in enumerate(ordered) if s.language == language]
        problem.add(rows, _BIAS_SPREAD)
    problem.solve()
    columns = _columns(ordered, frozenset(word.casefold() for word in private))
    names, scales = [], []
    for name in _telling(problem, ordered, columns):
        used = [value for _, value in columns[name]]
        scale = math.sqrt(sum(value * value for value in used) / len(used))
        problem.add([(n, value / scale) for n, value in columns[name]], _WEIGHT_SPREAD)
        names.append(name)
        scales.append(scale)
    problem.solve()
    found = problem.weights
    learnt = zip(names, found[len(languages) :], scales, strict=True)
    return Correction(
        model=model,
        bias=dict(zip(languages, found[: len(languages)], strict=True)),
        weights={name: weight / scale for name, weight, scale in learnt},
    )


def held_out(
    samples: Collection[Sample], *, model: str, private: Collection[str] = frozenset()
) -> list[tuple[Sample, float]]:
    """Each sample with the log-odds that a correction gives it which was learnt without any mail
    of its customer: grouped, stratified cross-validation.

    Empty where fewer than two customers wrote what is labelled.
    """
    ordered = sorted(samples, key=_order)
    tried = []
    for customers in _folds(ordered):
        learnt = [s for s in ordered if s.customer not in customers]
        correction = fit(learnt, model=model, private=private)
        tried += [
            (s, s.log_odds + correction.shift(s.features, s.language))
            for s in ordered
            if s.customer in customers
        ]
    return sorted(tried, key=lambda pair: _order(pair[0]))


def _order(sample: Sample) -> tuple[object, ...]:
    features = tuple(sorted(sample.features.items()))
    said = -1 if sample.angry is None else int(sample.angry)
    return (sample.customer, sample.language, said, sample.log_odds, sample.heard, features)


def _folds(samples: Sequence[Sample]) -> list[set[str]]:
    """The customers in parts of about as many angry and calm mails each, by what staff said and,
    after those, by what was heard; the large ones first."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    labelled = {sample.customer for sample in samples if sample.angry is not None}
    for sample in samples:
        counts[sample.customer][sample.heard if sample.angry is None else sample.angry] += 1
    number = min(FOLDS, len(labelled))
    if number < 2:
        return []
    filled = [[0, 0] for _ in range(number)]
    folds: list[set[str]] = [set() for _ in range(number)]

    def place(customer: str) -> tuple[bool, int, str]:
        tacit = customer not in labelled
        return tacit, -sum(counts[customer]), sha256(customer.encode(errors="replace")).hexdigest()

    for customer in sorted(counts, key=place):
        calm, angry = counts[customer]
        mostly = angry > calm
        fold = min(range(number), key=lambda n: (filled[n][mostly], sum(filled[n]), n))
        folds[fold].add(customer)
        filled[fold][0] += calm
        filled[fold][1] += angry
    return [fold for fold in folds if fold]


_Column = list[tuple[int, float]]


def _columns(ordered: Sequence[Sample], private: frozenset[str]) -> dict[str, _Column]:
    """The features that may be learnt, with the samples they occur in."""
    customers: dict[str, set[str]] = defaultdict(set)
    columns: dict[str, _Column] = defaultdict(list)
    for n, sample in enumerate(ordered):
        for name, value in sample.features.items():
            if value and math.isfinite(value):
                columns[name].append((n, value))
                if sample.angry is not None:
                    customers[name].add(sample.customer)
    return {
        name: columns[name]
        for name in sorted(columns)
        if len(customers[name]) >= LEAST_CUSTOMERS
        and not _is_private(name, private)
        and not _is_empty(name)
    }


def _is_private(name: str, private: frozenset[str]) -> bool:
    """Does the name of a feature hold a number, an address or a word that must not be kept?"""
    if any(letter.isdigit() or letter == "@" for letter in name):
        return True
    said = name.partition(":")[2].casefold()
    if said.endswith("*") and any(word.startswith(said[:-1]) for word in private):
        return True
    return not private.isdisjoint([*said.lstrip("^").split(), *_letters(said)])


def _letters(text: str) -> list[str]:
    """The runs of letters in a text: of `o'brien`, `o` and `brien`."""
    return "".join(c if c.isalpha() else " " for c in text).split()


def _is_empty(name: str) -> bool:
    """Does a feature consist of numbers and words without a meaning of their own? Nobody's trade
    shows in these."""
    language, _, said = name.partition(":")
    if language not in available():
        return False
    function_words = load(language).function_words
    return all(w == "#" or w in function_words for w in said.lstrip("^").split(" "))


def _telling(
    problem: "_Problem", ordered: Sequence[Sample], columns: Mapping[str, _Column]
) -> list[str]:
    """The features beside which the model errs to one side, whoever writes."""
    mistakes = problem.mistakes()
    strength: dict[str, float] = {}
    for name, column in columns.items():
        by_customer: dict[str, float] = defaultdict(float)
        for n, value in column:
            by_customer[ordered[n].customer] += mistakes[n] * value
        spread = math.sqrt(sum(lean * lean for lean in by_customer.values()))
        if spread:
            strength[name] = abs(sum(by_customer.values())) / spread
    told = [name for name, strong in strength.items() if strong >= _TELLING]
    return sorted(told, key=lambda name: (-strength[name], name))[:MOST_WEIGHTS]


class _Problem:
    """Penalised logistic regression, one coordinate after another in a region that is trusted:
    Genkin, Lewis, Madigan, "Large-Scale Bayesian Logistic Regression" (2007), section 5."""

    def __init__(self, ordered: Sequence[Sample]) -> None:
        tacit = tacit_weight(ordered)
        self._margins = [s.log_odds for s in ordered]
        self._counts = [tacit if s.angry is None else 1.0 for s in ordered]
        self._wanted = [s.wanted for s in ordered]
        self._columns: list[_Column] = []
        self._penalties: list[float] = []
        self._trusted: list[float] = []
        self.weights: list[float] = []

    def add(self, column: _Column, spread: float) -> None:
        """One more coordinate, at 0."""
        self._columns.append(column)
        self._penalties.append(1 / spread**2)
        self._trusted.append(1.0)
        self.weights.append(0.0)

    def mistakes(self) -> list[float]:
        """Above 0 where a text is angrier than is said of it now."""
        return [
            count * (wanted - chance(margin))
            for count, wanted, margin in zip(self._counts, self._wanted, self._margins, strict=True)
        ]

    def solve(self) -> None:
        """Move every coordinate until none moves any more."""
        for _ in range(_SWEEPS):
            moved = max((abs(self._move(n)) for n in range(len(self.weights))), default=0.0)
            if moved < _SMALL:
                return

    def _move(self, number: int) -> float:
        penalty, trusted = self._penalties[number], self._trusted[number]
        margins, counts, wanted = self._margins, self._counts, self._wanted
        slope, curve = -penalty * self.weights[number], penalty
        for n, value in self._columns[number]:
            margin, count = margins[n], counts[n]
            slope += count * (wanted[n] - chance(margin)) * value
            beyond = abs(margin) - trusted * abs(value)
            steep = 0.25 if beyond <= 0 else chance(-beyond) * chance(beyond)
            curve += count * steep * value * value
        step = max(-trusted, min(trusted, slope / curve))
        self.weights[number] += step
        self._trusted[number] = max(2 * abs(step), trusted / 2)
        for n, value in self._columns[number]:
            margins[n] += step * value
        return step


def chance(log_odds: float) -> float:
    """The probability of these log-odds."""
    if log_odds < -500:
        return 0.0
    return 1 / (1 + math.exp(-log_odds))
