"""What a theme is called: the words that its messages have and others have not.

A word tells by the log-odds of meeting it in a message of the theme rather than in another one. It
is told as people write it, not as its stem; and never a person's name, a number or an address:
those are masked first, and a word counts only if several people use it.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from mailresponder.listening.cues import find
from mailresponder.listening.letter import body
from mailresponder.listening.lexicon import load
from mailresponder.listening.masking import masked
from mailresponder.listening.speech import load as load_speech
from mailresponder.listening.stems import NOT, stem
from mailresponder.listening.words import Break, split

_LONGEST = 1000
"""Characters read of a text."""
_MOST_WORDS = 4
_FEWEST = 3
"""People who use a word, at least."""
LEAST_SHARE = 0.12
"""Of the messages, that have the word."""
_PRIOR = 0.5
"""Added to each count, so that what was never met elsewhere is not infinitely telling."""
_TELLING = 1.0
"""Log-odds from which on a word says what the theme is about."""
_SHORTEST = 3
"""Letters of a word that tells."""
_REMEMBERED = 2048
"""Texts whose words are remembered: the same others are compared with each theme."""
_BETWEEN = 2
"""Function words that may stand between two words of a pair."""
_MASK = re.compile(r"\[[^\[\]\n]{1,20}\]")
_LEAST_BESIDE = 0.33
"""What a further word of a name tells, against the first."""
_PAIR_SHARE = 0.33
"""Of a theme's messages, that have a pair instead of which its one word would say too little."""
_PAIR = 1.15
"""What two words beside each other count more than the best of them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Telling:
    """A word, or two beside each other, that tells what a theme is about."""

    stems: tuple[str, ...]
    written: str
    """As most people write it, in small letters."""
    score: float
    share: float
    """Of the messages, that have it."""

    @property
    def phrase(self) -> str:
        """As a theme of the taxonomy has it: without the little words between."""
        parts = self.written.split()
        return self.written if len(self.stems) == 1 else f"{parts[0]} {parts[-1]}"


def telling(
    own: Sequence[str],
    others: Sequence[str],
    language: str,
    *,
    people: Sequence[str] = (),
    names: Sequence[tuple[str, ...]] = (),
    least: float = LEAST_SHARE,
) -> list[Telling]:
    """The words of these texts that others have not, the most telling first.

    `people` are the writers of `own`, one each: what several people write counts; by default each
    text has its own. `names` are what these are called; `least` is the share of the texts that has
    a word at least. Raises MailresponderError where the language has no lexicon.
    """
    writers = people or [str(n) for n in range(len(own))]
    met: dict[tuple[str, ...], set[str]] = defaultdict(set)
    counts: Counter[tuple[str, ...]] = Counter()
    written: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    called = names or [()] * len(own)
    for text, writer, name_ in zip(own, writers, called, strict=True):
        for stems, as_written in grams(text, language, name_).items():
            counts[stems] += 1
            met[stems].add(writer)
            written[stems][as_written] += 1
    elsewhere = Counter(stems for text in others for stems in grams(text, language))
    found = []
    for stems, count in counts.items():
        share = count / len(own)
        if len(met[stems]) < min(_FEWEST, len(own)) or share < least:
            continue
        odds = log_odds(count, len(own), elsewhere[stems], len(others))
        if odds >= _TELLING:
            score = odds * math.sqrt(share) * (_PAIR if len(stems) > 1 else 1.0)
            most = min(written[stems].items(), key=lambda pair: (-pair[1], pair[0]))[0]
            found.append(Telling(stems=stems, written=most, score=score, share=share))
    return sorted(found, key=lambda one: (-one.score, one.written))


def log_odds(count: int, of: int, elsewhere: int, others: int) -> float:
    """How much likelier a word is in these texts than in others, as the difference of log-odds."""
    here = math.log((count + _PRIOR) / (of - count + _PRIOR))
    return here - math.log((elsewhere + _PRIOR) / (others - elsewhere + _PRIOR))


def name(words: Sequence[Telling]) -> str:
    """A name of two to four words from the most telling ones; empty where nothing tells."""
    chosen: list[Telling] = []
    said: set[str] = set()
    for word in words:
        one = _with_its_pair(word, words, said)
        if not said.isdisjoint(one.stems) or len(said) + len(one.stems) > _MOST_WORDS:
            continue
        if chosen and word.score < chosen[0].score * _LEAST_BESIDE:
            break
        chosen.append(one)
        said.update(one.stems)
        if len(said) >= _MOST_WORDS - 1:
            break
    text = ", ".join(one.written for one in chosen)
    return text[:1].upper() + text[1:]


def _with_its_pair(word: Telling, words: Sequence[Telling], said: set[str]) -> Telling:
    """The pair that a word mostly stands in, if there is one: "white screen" for white."""
    if len(word.stems) > 1:
        return word
    least = max(_PAIR_SHARE, _PAIR_SHARE * word.share)
    pairs = (
        pair
        for pair in words
        if len(pair.stems) > 1
        and word.stems[0] in pair.stems
        and pair.share >= least
        and said.isdisjoint(pair.stems)
    )
    return next(pairs, word)


@lru_cache(maxsize=_REMEMBERED)
def grams(text: str, language: str, names: tuple[str, ...] = ()) -> Mapping[tuple[str, ...], str]:
    """The stems of a text's words, and of each two beside each other, as they are written.

    Function words between two do not part them: "pantalla en blanco" is pantalla and blanco. What
    people write in any letter ("let me know") is left out.
    """
    lexicon = load(language)
    clean = _MASK.sub("\n", masked(body(text[:_LONGEST], lexicon), language, names))
    words = split(clean)
    empty = _empty(language)
    usual = {
        n for hit in find(words, load_speech(language).usual) for n in range(hit.start, hit.end)
    }
    found: dict[tuple[str, ...], str] = {}
    before: tuple[int, str] | None = None
    for n, word in enumerate(words.folded):
        if before is not None and (
            words.breaks[n - 1] is not Break.NONE or n - before[0] > _BETWEEN + 1
        ):
            before = None
        if word in lexicon.function_words and stem(word, language) != NOT:
            continue
        stemmed = stem(word, language)
        if stemmed == NOT:
            before = (n, stemmed)
            continue
        if len(word) < _SHORTEST or not word.isalpha() or word in empty or n in usual:
            before = None
            continue
        found.setdefault((stemmed,), words.quote(n, n + 1).lower())
        if before is not None and before[1] != stemmed:
            found.setdefault((before[1], stemmed), words.quote(before[0], n + 1).lower())
        before = (n, stemmed)
    return found


@cache
def _empty(language: str) -> frozenset[str]:
    """Words that only greet, take leave or are polite."""
    lexicon = load(language)
    said = [*lexicon.greetings, *lexicon.closings]
    return frozenset(word for phrase in said for word in phrase.split()) | lexicon.intensifiers
