"""The part of a letter that says something: without its greeting and its closing.

Courtesy at both ends belongs to the form of a letter: a furious one has it too. A line that says
anything beside it stays: "Hi, you are thieves", "Thanks for nothing".
"""

from functools import cache

from mailresponder.listening.cues import find
from mailresponder.listening.lexicon import Lexicon, Role
from mailresponder.listening.words import plain, split

_FIRST_LINES = 4
"""The subject may stand above the greeting."""
_LONGEST_PHRASE = 5
"""Words of a greeting or a closing."""
_MOST_NAMES = 4
_MOST_BELOW = 10
"""Lines below a closing: name, role, firm, address, order number, a disclaimer."""
_LONGEST_BELOW = 8
_SPEAKS = frozenset("!?¡¿")
_TRIMMED = " ,.:;!¡-–—"


def body(text: str, lexicon: Lexicon) -> str:
    """The text without a greeting on a line of its own, and without a closing and the lines of
    names, roles and numbers right below it. Whatever else stands below stays, as a postscript."""
    lines = text.split("\n")
    filled = [n for n, line in enumerate(lines) if line.strip()]
    if len(filled) < 2:
        return text
    dropped: set[int] = set()
    for n in filled[:_FIRST_LINES]:
        if _is_only(lines[n], lexicon.greetings, lexicon):
            dropped.add(n)
            break
    for place in range(len(filled) - 1, max(len(filled) - 2 - _MOST_BELOW, 0), -1):
        if _is_only(lines[filled[place]], lexicon.closings, lexicon):
            dropped.add(filled[place])
            for n in filled[place + 1 :]:
                if not _is_signature(lines[n], lexicon):
                    break
                dropped.add(n)
            break
    return "\n".join(line for n, line in enumerate(lines) if n not in dropped) if dropped else text


def _is_only(line: str, phrases: frozenset[str], lexicon: Lexicon) -> bool:
    """Is the line one of these phrases, by itself or with names and forms of address?"""
    line = line.strip(_TRIMMED)
    words = line.replace(",", " ").split()
    begun = plain(" ".join(words[:_LONGEST_PHRASE])).split(" ")
    if begun[0] not in _first_words(phrases) or not _SPEAKS.isdisjoint(line):
        return False
    for end in range(len(begun), 0, -1):
        if " ".join(begun[:end]) + " " in phrases:
            rest = words[end:]
            return (
                len(rest) <= _MOST_NAMES
                and all(
                    _is_name(word)
                    or f"{plain(word)} " in phrases
                    or plain(word) in lexicon.function_words
                    for word in rest
                )
                and not _is_heated(line, lexicon, by_itself=False)
            )
    return False


@cache
def _first_words(phrases: frozenset[str]) -> frozenset[str]:
    return frozenset(phrase.partition(" ")[0] for phrase in phrases)


def _is_signature(line: str, lexicon: Lexicon) -> bool:
    words = line.split()
    return (
        len(words) <= _LONGEST_BELOW
        and _SPEAKS.isdisjoint(line)
        and not plain(line.strip()).startswith(("ps", "p.s", "pd", "p.d"))
        and all(
            _is_name(word) or not word.strip(_TRIMMED).isalpha() or _is_form(word, lexicon)
            for word in words
        )
        and not _is_heated(line, lexicon, by_itself=True)
    )


def _is_heated(line: str, lexicon: Lexicon, *, by_itself: bool) -> bool:
    """Is there heat in the line? `by_itself`: only where nothing else is, or where it speaks to
    us, because people are called Rage and are heads of Fraud and Theft."""
    words = split(line)
    hits = find(words, lexicon.cues)
    heated = {n for hit in hits if hit.group.role is Role.HEAT for n in range(hit.start, hit.end)}
    if not heated or not by_itself:
        return bool(heated)
    rest = (w for n, w in enumerate(words.folded) if n not in heated)
    return any(hit.group.role is Role.ADDRESS for hit in hits) or all(
        word in lexicon.function_words for word in rest
    )


def _is_form(word: str, lexicon: Lexicon) -> bool:
    return plain(word.strip(_TRIMMED)) in lexicon.function_words


def _is_name(word: str) -> bool:
    """Capitalised, and not shouted."""
    return word[:1].isupper() and (len(word) < 3 or not word.isupper())
