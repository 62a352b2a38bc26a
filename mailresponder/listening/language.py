"""Which of the desk's languages a text is written in, by its frequent words and letters.

Not a general detector: it tells apart a few given languages, so Portuguese will pass for Spanish
where Portuguese is not among them.
"""

import re
from collections.abc import Sequence

from mailresponder.listening.lexicon import available, load
from mailresponder.listening.words import plain

_ENOUGH = 2000
_FEWEST_WORDS = 3
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_ADDRESS = ("@", "://", "www.")
"""What marks a run of letters that is in no language."""


def detect(text: str, languages: Sequence[str], *, default: str) -> str:
    """The one of `languages` the text is in, or `default`.

    `default` where the text has fewer than three words, where nothing speaks for any of them, and
    on a tie. Languages without a lexicon are never detected. The first 2,000 characters are read.
    """
    text = text[:_ENOUGH]
    if any(mark in text for mark in _ADDRESS):
        text = " ".join(w for w in text.split() if not any(mark in w for mark in _ADDRESS))
    words = _WORD.findall(plain(text))
    if len(words) < _FEWEST_WORDS:
        return default
    signs = set() if text.isascii() else set(text.lower())
    votes: dict[str, int] = {}
    for language in languages:
        if language in available():
            lexicon = load(language)
            known = lexicon.stop_words
            count = sum(map(known.__contains__, words)) + len(lexicon.letters & signs)
            votes[language] = count
    most = max(votes.values(), default=0)
    best = [language for language, count in votes.items() if count == most]
    return best[0] if most and len(best) == 1 else default
