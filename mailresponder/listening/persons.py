"""Finds in a text what people are called, to mask it.

Known names are looked for everywhere. Others betray themselves by where they stand: in a greeting
or below a leave-taking, behind a title or "my name is", or as a word with a capital in the midst
of a sentence. A list of given names finds more.
"""

import re
from collections.abc import Iterable, Set
from dataclasses import dataclass
from functools import cache

from mailresponder.listening.lexicon import Lexicon, available, load
from mailresponder.listening.speech import Speech
from mailresponder.listening.speech import load as load_speech
from mailresponder.listening.words import fold, plain

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_FIRST_LINES = 3
"""Of a text, that may greet: the subject stands above."""
_MOST_NAMES = 4
_NAME_AND_SURNAME = 2
_SURNAMES = 2
_LONG_HEADLINE = 3
"""Words of a line from which on it may be a headline, of words with capitals."""
_HEADLINE = 0.6
"""How many of its words have one."""
_BEGINS = re.compile(r"(?:^|[.!?…:¡¿\"“«(*•>/-])[\s\"“«(¡¿*]*$")
"""What stands before the first word of a sentence."""
_CLOSES = ("", ",", ":", ".", "!", ";", "-")
"""What may stand behind who is greeted."""
_LINKS = frozenset(
    {"de", "del", "la", "las", "los", "y", "van", "von", "der", "da", "di", "o", "mac"}
)
"""What may stand between the names of one person."""

Span = tuple[int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Line:
    text: str
    places: tuple[Span, ...]
    written: tuple[str, ...]
    folded: tuple[str, ...]

    def begins(self, n: int) -> bool:
        """Does a sentence begin with this word?"""
        return _BEGINS.search(self.text[: self.places[n][0]]) is not None

    def joined(self, n: int) -> bool:
        """Does nothing but a space stand between this word and the one before?"""
        return n > 0 and self.text[self.places[n - 1][1] : self.places[n][0]] == " "


def masked(text: str, speech: Speech, names: Iterable[str], mask: str) -> str:
    """The text with `mask` for every name in it, `names` the ones that are known."""
    lexicon = load(speech.language)
    known = frozenset(fold(part[0]) for name in names for part in _WORD.finditer(name))
    lines = text.split("\n")
    filled = [n for n, line in enumerate(lines) if line.strip()]
    below = False
    for n in filled:
        line = _line(lines[n])
        found = _known(line, known, lexicon) | _introduced(line, speech) | _strange(line, speech)
        if n in filled[:_FIRST_LINES]:
            found |= _greeted(line, lexicon)
        takes_leave = _leave(line, lexicon)
        if takes_leave is not None:
            found |= _names(line, takes_leave, lexicon)
        elif below or (n == filled[-1] and len(filled) > 1):
            found |= _signed(line, lexicon)
        below = below or takes_leave is not None
        lines[n] = _put(line, found, mask)
    return "\n".join(lines)


def _line(text: str) -> _Line:
    found = list(_WORD.finditer(text))
    return _Line(
        text=text,
        places=tuple(match.span() for match in found),
        written=tuple(match[0] for match in found),
        folded=tuple(fold(match[0]) for match in found),
    )


def _put(line: _Line, found: set[int], mask: str) -> str:
    text = line.text
    for n in sorted(found, reverse=True):
        start, end = line.places[n]
        text = f"{text[:start]}{mask}{_ending(text[start:end])}{text[end:]}"
    return text


def _ending(word: str) -> str:
    """The 's of "Anna's"."""
    return word[-2:] if word[-2:] in ("'s", "’s") else ""


def _base(word: str) -> str:
    return word.removesuffix("'s")


def _known(line: _Line, known: frozenset[str], lexicon: Lexicon) -> set[int]:
    """The known names; where one is a word of the language too, with a capital only."""
    found = set()
    for n, word in enumerate(line.folded):
        parts = {_base(word), *word.replace("'", "-").split("-")}
        if not known.isdisjoint(parts):
            is_word = word in lexicon.function_words or word in lexicon.traits.stop_words
            if not is_word or line.written[n][0].isupper():
                found.add(n)
    return found


def _introduced(line: _Line, speech: Speech) -> set[int]:
    """What stands behind a title, or behind "my name is" and the like with a capital."""
    found: set[int] = set()
    common = load(speech.language).traits.stop_words
    for n, word in enumerate(line.folded):
        if word in speech.titles and n + 1 < len(line.folded) and _is_title(line, n):
            found |= _run(line, n + 1)
    said = " ".join(line.folded)
    for phrase in speech.introductions:
        words = phrase.split()
        if phrase not in said:
            continue
        for n in range(len(line.folded) - len(words)):
            if list(line.folded[n : n + len(words)]) == words:
                place = n + len(words)
                run = _run(line, place)
                sure = " ".join(words) in speech.sure_introductions
                if not run and sure and line.joined(place):
                    # "My name is not on the list" names nobody.
                    run = set() if line.folded[place] in common else {place}
                found |= run | _in_small_letters(line, place, common)
    return found


def _in_small_letters(line: _Line, place: int, common: Set[str]) -> set[int]:
    """ "soy pepe gonzález": behind a given name there, up to two that nothing else explains."""
    given, also_words = _given_names()
    found: set[int] = set()
    for n in range(place, min(place + 1 + _SURNAMES, len(line.folded))):
        word = line.folded[n]
        is_given = word in given - also_words
        if not line.joined(n) or (word in common or not is_given if n == place else word in common):
            break
        found.add(n)
    return found


def _is_title(line: _Line, n: int) -> bool:
    """A title has a capital or a full stop, or is longer than an initial: `d` alone is none."""
    word, after = line.written[n], line.text[line.places[n][1] : line.places[n][1] + 1]
    return word[0].isupper() or after == "."


def _run(line: _Line, start: int) -> set[int]:
    """Words with capitals from here on that stand together, links between them included."""
    found: set[int] = set()
    for n in range(start, min(start + _MOST_NAMES + 1, len(line.folded))):
        between = line.text[line.places[n - 1][1] : line.places[n][0]] if n else ""
        if between.strip(" .") or (n > start and "." in between and len(line.written[n - 1]) > 1):
            break
        if line.written[n][0].isupper():
            found.add(n)
        elif not found or line.folded[n] not in _LINKS:
            break
    return found


def _greeted(line: _Line, lexicon: Lexicon) -> set[int]:
    """Who is greeted at the beginning of a line, up to the next comma or the like."""
    start = _begin(line, lexicon.greetings)
    if start is None:
        return set()
    found = set()
    for n in range(start, min(start + _MOST_NAMES, len(line.folded))):
        between = line.text[line.places[n - 1][1] : line.places[n][0]]
        if between.strip():
            break
        if not _is_form(line.folded[n], lexicon):
            found.add(n)
        elif line.folded[n] in lexicon.function_words and line.folded[n] not in _LINKS:
            break
    if not found:
        return found
    # "hello where is my order" greets nobody.
    closes = line.text[line.places[max(found)][1] :].strip()[:1] in _CLOSES
    return found if closes or all(line.written[n][0].isupper() for n in found) else set()


def _leave(line: _Line, lexicon: Lexicon) -> int | None:
    """The number of the first word behind a leave-taking that the line begins with."""
    return _begin(line, lexicon.closings)


def _begin(line: _Line, phrases: Set[str]) -> int | None:
    best = None
    for n in range(1, min(len(line.folded), 5) + 1):
        if plain(" ".join(line.written[:n])) + " " in phrases:
            best = n
    return best


def _names(line: _Line, start: int, lexicon: Lexicon) -> set[int]:
    """The words of a leave-taking that are no form, if they are few and speak of nothing."""
    rest = [n for n in range(start, len(line.folded)) if not _is_form(line.folded[n], lexicon)]
    # "Thanks in advance", "thank you for your help": nobody is named.
    if line.folded[start : start + 1] and line.folded[start] in lexicon.function_words:
        return set()
    if len(rest) > _MOST_NAMES or len(line.folded) - start > _MOST_NAMES or "?" in line.text:
        return set()
    has_capitals = all(line.written[n][0].isupper() for n in rest)
    return set(rest) if has_capitals or len(rest) <= _NAME_AND_SURNAME else set()


def _signed(line: _Line, lexicon: Lexicon) -> set[int]:
    """A line of nothing but a few words, as one signs: with capitals, or where no sentence is."""
    rest = [n for n, word in enumerate(line.folded) if not _is_form(word, lexicon)]
    if not rest or len(line.folded) > _MOST_NAMES or line.text.rstrip()[-1:] in "?!":
        return set()
    return set(rest) if all(line.written[n][0].isupper() for n in rest) else set()


def _strange(line: _Line, speech: Speech) -> set[int]:
    """Given names, and words with a capital that nothing but a name explains."""
    capitals = [n for n, word in enumerate(line.written) if word[0].isupper()]
    many = len(line.folded) >= _LONG_HEADLINE and len(capitals) >= _HEADLINE * len(line.folded)
    given, also_words = _given_names()
    common = load(speech.language).traits.stop_words
    found = set()
    for n, word in enumerate(line.folded):
        base, written = _base(word), line.written[n]
        sure = base not in also_words or (written[0].isupper() and not many and not line.begins(n))
        if (base in given and sure) or (
            written[0].isupper()
            and not many
            and not written.isupper()
            and base not in speech.capitals
            and base not in speech.titles
            and word not in common
            and not line.begins(n)
        ):
            found.add(n)
    # The family name behind a given one.
    for n in range(1, len(line.folded)):
        has_capital = line.written[n][0].isupper() and line.folded[n] not in speech.capitals
        if n - 1 in found and has_capital and line.joined(n):
            found.add(n)
    return found


def _is_form(word: str, lexicon: Lexicon) -> bool:
    return (
        word in lexicon.function_words
        or f"{word} " in lexicon.greetings
        or f"{word} " in lexicon.closings
        or word in _closing_words(lexicon.language)
    )


@cache
def _closing_words(language: str) -> frozenset[str]:
    return frozenset(word for phrase in load(language).closings for word in phrase.split())


@cache
def _given_names() -> tuple[frozenset[str], frozenset[str]]:
    """The given names of all languages, and those of them that are words as well."""
    known = [load_speech(language) for language in available()]
    return (
        frozenset().union(*(one.given_names for one in known)),
        frozenset().union(*(one.also_words for one in known)),
    )
