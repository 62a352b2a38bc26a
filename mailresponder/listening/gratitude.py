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
_LONGEST_SIGNED = 600
"""With what stands below the writer's name."""
_MOST_NAMES = 3
_FULL_NAME = 2
_MOST_BELOW_NAME = 8
_LONGEST_BELOW_NAME = 6
_CONTACT = re.compile(r"\S+@\S+|https?://\S+|www\.\S+|\+?\d[\d ().-]{6,}\d")
_POSTSCRIPTS = frozenset({"ps", "pd"})
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
    own = {fold(name) for name in split(writer).folded}
    if len(text) > _LONGEST_SIGNED or not _QUESTION_MARKS.isdisjoint(text):
        return False
    text = _without_card(text, own, lexicon)
    if len(text) > _LONGEST or any(sign.isdigit() for sign in text):
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
    return all(
        n in known or _is_name(words, n, known, own, lexicon) for n in range(len(words.folded))
    )


def _without_card(text: str, own: set[str], lexicon: Lexicon) -> str:
    """The text without what stands below its writer's full name at the end: a role or a firm, and
    then how to reach them. Outlook and Apple Mail put no "-- " above. A number alone stays: it may
    be what they were asked for."""
    lines = [line for line in text.split("\n") if line.strip()]
    names = (n for n, line in enumerate(lines) if n and _is_full_name(line, own))
    name = next(names, len(lines))
    below = lines[name + 1 :]
    contacts = [_CONTACT.search(line) is not None for line in below]
    is_card = any(contacts) and not contacts[0] and len(below) <= _MOST_BELOW_NAME
    if not is_card or not all(_is_on_card(line, lexicon) for line in below):
        return text
    return "\n".join([*lines[:name], "", lines[name]])


def _is_full_name(line: str, own: set[str]) -> bool:
    words = split(line).folded
    return len(words) >= _FULL_NAME and own.issuperset(words)


def _is_on_card(line: str, lexicon: Lexicon) -> bool:
    """May this stand on a business card? No other number, sentence, or word of wishes and wants."""
    if _CONTACT.search(line) is not None:
        line = _CONTACT.sub("", line).strip(" .:|")
    line = line.strip()
    words = split(line).folded
    return (
        _POSTSCRIPTS.isdisjoint(("".join(words[:1]), "".join(words[:2])))
        and len(words) <= _LONGEST_BELOW_NAME
        and line[:1] == line[:1].upper()
        and not line.endswith((".", "!", "…"))
        and not any(sign.isdigit() for sign in line)
        and _LONG_FACE.search(line) is None
        and lexicon.never_names.isdisjoint(words)
        and lexicon.negations.isdisjoint(words)
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
    return not thanks and f"{before} ".startswith(tuple(lexicon.closings))
