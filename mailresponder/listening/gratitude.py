"""Does a text say thank you and nothing else?

Such a mail starts no clock, so a doubt counts against it: whatever is not known as thanks, as a
pleasantry or as a name at the end of a line makes it a text that somebody must read.
"""

from collections.abc import Iterable

from mailresponder.listening.cues import find
from mailresponder.listening.lexicon import Index, Lexicon, load
from mailresponder.listening.words import Break, Words, split

_LONGEST = 300
_MOST_NAMES = 3


def only_thanks(text: str, language: str) -> bool:
    """Is it a short thank-you, as "Thanks!" or "Muchas gracias, un saludo. Ana"?

    Raises MailresponderError where the language has no lexicon.
    """
    lexicon = load(language)
    return says_no_more(text, lexicon, lexicon.thanks)


def only_thanks_in(text: str, languages: Iterable[str]) -> bool:
    """The same in any one of several languages: so few words may be taken for another's."""
    return any(only_thanks(text, language) for language in languages)


def says_no_more(text: str, lexicon: Lexicon, core: Index) -> bool:
    """Does a text hold one of these phrases, and beside them nothing but thanks, pleasantries and
    names?"""
    if len(text) > _LONGEST or "?" in text or any(sign.isdigit() for sign in text):
        return False
    words = split(text.strip())
    hits = find(words, core)
    if not hits:
        return False
    known = set[int]()
    for hit in [*hits, *find(words, lexicon.thanks), *find(words, lexicon.pleasantries)]:
        known.update(range(hit.start, hit.end))
    return all(n in known or _is_name(words, n, known, lexicon) for n in range(len(words.folded)))


def _is_name(words: Words, place: int, known: set[int], lexicon: Lexicon) -> bool:
    """Is this unknown word one of at most three capitalised ones that end a line or clause?

    Not at the very beginning: "Estimate, thanks" asks for something.
    """
    start = end = place
    while start > 0 and start - 1 not in known and words.breaks[start - 1] is Break.NONE:
        start -= 1
    while words.breaks[end] is Break.NONE and end + 1 < len(words.folded):
        end += 1
    if start == 0 or end - start >= _MOST_NAMES:
        return False
    for n in range(start, end + 1):
        word, folded = words.quote(n, n + 1), words.folded[n]
        if (
            not word[0].isupper()
            or folded in lexicon.never_names
            or folded in lexicon.traits.stop_words
        ):
            return False
    return True
