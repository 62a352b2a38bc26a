"""Weighs what a text says: a TextBlob sentiment analyzer that hears anger, one per language.

Cues from the lexicon, the shape of the writing and, in English, TextBlob's own polarity are added
up as log-odds. TextBlob is slow to import: `anger` imports this module when it is first needed.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from textblob.base import CONTINUOUS, BaseSentimentAnalyzer
from textblob.en import sentiment as pattern

from mailresponder.listening.cues import Hit, find, negated
from mailresponder.listening.lexicon import Lexicon, Role, load
from mailresponder.listening.words import Words, plain, split

_HEAD = 4000
_TAIL = 2000
_MOST_REASONS = 8
_LEAST_TOLD = 0.1
_RUN = re.compile(r"!{2,}|\?{2,}|\?+!+[?!]*|!+\?+[?!]*")
_CAPITALS = re.compile(r"\b[A-ZÀ-ÖØ-Þ]{4,}\b")
_SHOUT = re.compile(r"\b[A-ZÀ-ÖØ-Þ]{4,}\b(?:[^\S\n]+[A-ZÀ-ÖØ-Þ]{2,}\b){0,3}")
_MASKS = frozenset("#@$%&*")
_MASKED = re.compile(
    r"(?<![*\w])(?=\S{3})[^\W\d_]{1,3}\*(?:\*+[^\W\d_]*|[^\W\d_]{2,})"
    r"|(?<![*\w])[^\W\d_]{2,3}\*[^\W\d_]"
    r"|(?<!\S)(?!(\S)\1+(?!\S))(?=[!*]*[#@$%&])[#@$%&!*]{3,}(?!\S)"
)
"""Not the asterisks of *emphasis*."""
_FADE = 0.6
"""How much the next cue of one group counts beside the one before it."""
_INTENSIFIED = 1.25
_BARE = 3
"""Praise in a sentence of so many words may be sarcasm."""
_MOST_SOOTHING = -2.0
"""However polite: a courteous letter can still be an angry one."""


class Sentiment(NamedTuple):
    """What `AngerAnalyzer.analyze` returns."""

    polarity: float
    """TextBlob's, -1..1, of the words no cue has spoken for; 0 where the language has none."""
    score: float
    """How angry, 0..1."""
    because: tuple[tuple[str, float], ...]
    """Words as they stand in the text, each once, with what they added to the log-odds in two
    decimals, strongest first."""


class _Reason(NamedTuple):
    quote: str
    weight: float


class AngerAnalyzer(BaseSentimentAnalyzer):  # type: ignore[misc]  # TextBlob ships no types
    """Hears anger in one language: `TextBlob(text, analyzer=AngerAnalyzer("es")).sentiment`.

    Raises MailresponderError where the language has no lexicon.
    """

    kind = CONTINUOUS

    def __init__(self, language: str) -> None:
        super().__init__()
        self._lexicon = load(language)

    def analyze(self, text: str) -> Sentiment:
        """How angry the text is. Of a long one, its beginning and its end are read.

        A blank text says nothing: its score is 0, whatever the language's bias.
        """
        if not text.strip():
            return Sentiment(0.0, 0.0, ())
        if len(text) > _HEAD + _TAIL:
            text = f"{text[:_HEAD]}\n{text[-_TAIL:]}"
        lexicon = self._lexicon
        words = split(text)
        hits = find(words, lexicon.cues)
        polarity, opinion = _opinion(words, hits) if lexicon.shape.polarity else (0.0, "")
        felt = _Reason(opinion, -lexicon.shape.polarity * polarity)
        reasons = [
            *_heat(words, hits, lexicon),
            *_calm(words, hits, lexicon),
            *_shape(words, lexicon),
            felt,
        ]
        logit = lexicon.bias + sum(reason.weight for reason in reasons)
        return Sentiment(polarity, 1 / (1 + math.exp(-logit)), _because(reasons))


def _heat(words: Words, hits: Sequence[Hit], lexicon: Lexicon) -> list[_Reason]:
    """The heated cues, each group fading, and the reproach where one of them speaks to us.

    The same words again, as in subject and body, say nothing new: they count once.
    """
    groups: dict[str, dict[tuple[str, ...], _Reason]] = {}
    heated: set[int] = set()
    sentence = words.sentences
    for hit in hits:
        group = hit.group
        if group.role is not Role.HEAT and group.role is not Role.TROUBLE:
            continue
        if group.negatable and negated(words, hit.start, lexicon.negations):
            continue
        weight = group.weight
        if hit.start and words.folded[hit.start - 1] in lexicon.intensifiers:
            weight *= _INTENSIFIED
        if group.role is Role.HEAT:
            heated.add(sentence[hit.start])
        found = groups.setdefault(group.name, {})
        said = words.folded[hit.start : hit.end]
        if said not in found or found[said].weight < weight:
            found[said] = _Reason(words.quote(hit.start, hit.end), weight)
    reasons = [reason for told in groups.values() for reason in _faded(told.values())]
    for hit in hits:
        if hit.group.role is Role.ADDRESS and sentence[hit.start] in heated:
            quote = words.quote(hit.start, hit.end)
            return [*reasons, _Reason(quote, lexicon.shape.reproach)]
    return reasons


def _faded(reasons: Iterable[_Reason]) -> list[_Reason]:
    strongest_first = sorted(reasons, key=lambda reason: -reason.weight)
    return [_Reason(r.quote, r.weight * _FADE**n) for n, r in enumerate(strongest_first)]


def _calm(words: Words, hits: Sequence[Hit], lexicon: Lexicon) -> list[_Reason]:
    """Courtesy, thanks and praise; or the sarcasm of a bare "Brilliant." beside a trouble."""
    sentence = words.sentences
    lengths = Counter(sentence)
    troubled = {sentence[h.start] for h in hits if h.group.role is Role.TROUBLE}
    thanked = any(hit.group.role is Role.THANKS for hit in hits)
    soothing = 0.0
    sarcasm: dict[tuple[str, ...], _Reason] = {}
    for hit in hits:
        if hit.group.role is Role.CALM or hit.group.role is Role.THANKS:
            soothing += hit.group.weight
        elif hit.group.role is Role.PRAISE and not negated(words, hit.start, lexicon.negations):
            bare = lengths[sentence[hit.start]] <= _BARE
            if bare and troubled - {sentence[hit.start]} and not thanked:
                quote = words.quote(hit.start, hit.end)
                sarcasm[words.folded[hit.start : hit.end]] = _Reason(quote, lexicon.shape.sarcasm)
            else:
                soothing += hit.group.weight
    return [*_faded(sarcasm.values()), _Reason("", max(_MOST_SOOTHING, soothing))]


def _shape(words: Words, lexicon: Lexicon) -> list[_Reason]:
    """Shouting, `!!`, `??` and masked curses."""
    shape, reasons = lexicon.shape, []
    loud = _CAPITALS.findall(words.text)
    if len(loud) > 1:
        share = min(1.0, 3 * len(loud) / len(words.folded))
        quote = max(_SHOUT.findall(words.text), key=len)
        reasons.append(_Reason(quote, shape.shouting * share))
    runs = _RUN.findall(words.text)
    for sign, weight in (("!", shape.exclamations), ("?", shape.doubled_question)):
        if found := next((run for run in runs if sign in run), None):
            reasons.append(_Reason(found, weight))
    if not _MASKS.isdisjoint(words.text) and (masked := _MASKED.search(words.text)):
        reasons.append(_Reason(masked[0], shape.masked))
    return reasons


def _opinion(words: Words, hits: Sequence[Hit]) -> tuple[float, str]:
    """TextBlob's polarity of the words no cue has spoken for, and the worst of them.

    Its tokenizer takes most of its time, so it is handed our words; of unknown words only the
    one after a known word matters to it, as the end of a negation.
    """
    known = _known_to_textblob()
    spoken_for = {n for hit in hits if hit.group.weight for n in range(hit.start, hit.end)}
    kept: list[tuple[str, None]] = []
    open_end = False
    for n, word in enumerate(words.folded):
        negation = word.endswith("n't")
        familiar = (word in known or negation) and n not in spoken_for
        if familiar or open_end:
            kept.append(("not" if negation else word if familiar else "-", None))
        open_end = familiar
    found = pattern.assessments(kept)
    if not found:
        return 0.0, ""
    worst = min(found, key=lambda assessment: float(assessment[1]))[0][-1]
    quotes = (words.quote(n, n + 1) for n, word in enumerate(words.folded) if word == worst)
    return sum(float(assessment[1]) for assessment in found) / len(found), next(quotes, "")


@cache
def _known_to_textblob() -> frozenset[str]:
    return frozenset(pattern) | frozenset(pattern.negations)


def _because(reasons: Iterable[_Reason]) -> tuple[tuple[str, float], ...]:
    """The reasons worth telling. The same words are told once, with all that they added: a cue
    in capitals is a cue and a shout. They are quoted as they stand where they weigh most."""
    told: dict[str, _Reason] = {}
    for reason in sorted(reasons, key=lambda reason: -reason.weight):
        if reason.quote and reason.weight >= _LEAST_TOLD:
            said = plain(reason.quote)
            first = told.get(said, _Reason(reason.quote, 0.0))
            told[said] = _Reason(first.quote, first.weight + reason.weight)
    strongest = sorted(told.values(), key=lambda reason: -reason.weight)[:_MOST_REASONS]
    return tuple((reason.quote, round(reason.weight, 2)) for reason in strongest)
