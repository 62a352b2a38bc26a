"""Does a text say thank you and nothing else?

Such a mail starts no clock, so a doubt counts against it: whatever is not known as thanks, as a
pleasantry, as word that all is well now or as a name makes it a text that somebody must read.
"""

import re
from collections.abc import Iterable

from mailresponder.listening.cues import Hit, find
from mailresponder.listening.lexicon import Index, Lexicon, load
from mailresponder.listening.words import Break, Words, fold, split

_LONGEST = 300
_MOST_NAMES = 3
_QUESTION_MARKS = frozenset("?¿？؟")
_SCARE_QUOTES = re.compile(r"""["“”„«»]|(?<!\w)['‘]\w""")
"""As in: thanks for the "help"."""
_LONG_FACE = re.compile(r"[:=;]['’]?-?[(\[{/|\\<]")
"""As :( and :'-( are typed; a pictogram is a word, and unknown."""


def only_thanks(text: str, language: str, *, writer: str = "") -> bool:
    """Is it a short thank-you, as "Thanks, it works now!" or "Muchas gracias, un saludo. Ana"?

    `writer` is what is known of the writer's name. Raises MailresponderError where the language
    has no lexicon.
    """
    lexicon = load(language)
    return says_no_more(text, lexicon, (lexicon.thanks,), writer=writer)


def only_thanks_in(text: str, languages: Iterable[str], *, writer: str = "") -> bool:
    """The same in any one of several languages: so few words may be taken for another's."""
    return any(only_thanks(text, language, writer=writer) for language in languages)


def says_no_more(text: str, lexicon: Lexicon, core: Iterable[Index], *, writer: str = "") -> bool:
    """Does a text hold a phrase of these, and beside it nothing but thanks, pleasantries, word that
    all is well, and names?"""
    if len(text) > _LONGEST or any(sign in _QUESTION_MARKS or sign.isdigit() for sign in text):
        return False
    if _SCARE_QUOTES.search(text) or _LONG_FACE.search(text):
        return False
    words = split(text.strip())
    hits = [hit for index in core for hit in find(words, index)]
    if not hits:
        return False
    known = _places(hits)
    for index in (lexicon.thanks, lexicon.pleasantries, lexicon.done):
        known |= _places(find(words, index))
    own = {fold(name) for name in split(writer).folded}
    return all(
        n in known or _is_name(words, n, known, own, lexicon) for n in range(len(words.folded))
    )


def _places(hits: Iterable[Hit]) -> set[int]:
    return {place for hit in hits for place in range(hit.start, hit.end)}


def _is_name(words: Words, place: int, known: set[int], own: set[str], lexicon: Lexicon) -> bool:
    """Is this unknown word one of at most three capitalised ones that end a line or clause?

    Not at the very beginning: "Estimate, thanks" asks for something. And where it begins a
    sentence, its capital says nothing, as in "Thanks. Expedite": there it must be the writer's own
    name, stand below a leave-taking, or be all of the last paragraph and begin as a name of theirs
    does, as Em for Emma; of whom only one word is known, as of kd@, may be called anything.
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
    if words.breaks[start - 1] is not Break.SENTENCE:
        return True
    if own.issuperset(words.folded[start : end + 1]) or _takes_leave(words, start, lexicon):
        return True
    before = words.text[words.places[start - 1][1] : words.places[start][0]]
    is_last = end + 1 == len(words.folded)
    is_below = "\n\n" in before or ("\n" in before and before.lstrip().startswith(","))
    initials = {name[0] for name in own}
    is_theirs = len(own) <= 1 or words.folded[start][0] in initials
    return is_last and is_below and is_theirs


def _takes_leave(words: Words, start: int, lexicon: Lexicon) -> bool:
    """Does the clause before this word begin as the end of a letter, as "Un saludo"? Thanks end one
    too, but are what everything else stands beside."""
    first = start - 1
    while first > 0 and words.breaks[first - 1] is Break.NONE:
        first -= 1
    before = " ".join(words.folded[first:start])
    thanks = find(split(before), lexicon.thanks)
    return not thanks and f"{before} ".startswith(lexicon.closings)
