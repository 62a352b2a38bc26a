"""Which words of a text are told as the reason why it was heard as it was."""

from bisect import bisect_right
from collections.abc import Iterable

from mailresponder.listening.words import plain

_MOST_REASONS = 8
_LONGEST_QUOTE = 80
_LEAST_TOLD = 0.25

Part = tuple[int, int, float]
"""What one feature adds to the log-odds: the characters it stands for, from the first up to the
last excluded, and how much. There are as many as words in a mail, so it is a bare tuple."""


def told(
    text: str, parts: Iterable[Part], function_words: frozenset[str]
) -> tuple[tuple[str, float], ...]:
    """The reasons worth telling. What overlaps is told as one, in the words of the strongest: a
    cue in capitals is a cue and a shout. The same words elsewhere are told once. A `your` or a
    single mark counts, and tells a person nothing."""
    sums: dict[str, tuple[str, float]] = {}
    for start, end, added in _apart(parts):
        quote = " ".join(text[start:end].split())[:_LONGEST_QUOTE].rstrip()
        said = plain(quote)
        first, sum_ = sums.get(said, (quote, 0.0))
        sums[said] = first, sum_ + added
    strong = [
        (quote, sum_)
        for said, (quote, sum_) in sums.items()
        if sum_ >= _LEAST_TOLD and len(said) > 1 and not function_words.issuperset(said.split(" "))
    ]
    strong.sort(key=lambda reason: -reason[1])
    return tuple((quote, round(sum_, 2)) for quote, sum_ in strong[:_MOST_REASONS])


def _apart(parts: Iterable[Part]) -> list[Part]:
    """The parts that overlap no stronger one, each with what those that overlap it add too, the
    strongest first."""
    ordered = [(-added, start, n, end) for n, (start, end, added) in enumerate(parts)]
    ordered.sort()
    # The spans in the order they were found, what is added in each, and then, from left to right,
    # where they start and end and their numbers.
    spans: list[tuple[int, int]] = []
    sums: list[float] = []
    starts: list[int] = []
    ends: list[int] = []
    numbers: list[int] = []
    for less, start, _, end in ordered:
        at = bisect_right(starts, start)
        if at and ends[at - 1] > start:
            sums[numbers[at - 1]] -= less
        elif at < len(starts) and starts[at] < end:
            sums[numbers[at]] -= less
        elif less < 0:
            starts.insert(at, start)
            ends.insert(at, end)
            numbers.insert(at, len(spans))
            spans.append((start, end))
            sums.append(-less)
    found = [(start, end, added) for (start, end), added in zip(spans, sums, strict=True)]
    found.sort(key=lambda part: -part[2])
    return found
