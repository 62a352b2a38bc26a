"""The part of a letter that says something: without its greeting and its closing.

Courtesy at both ends belongs to the form of a letter: a furious one has it too.
"""

from collections.abc import Sequence

from mailresponder.listening.lexicon import Lexicon
from mailresponder.listening.words import plain

_FIRST_LINES = 4
"""The subject may stand above the greeting."""
_LONGEST_GREETING = 6
_LONGEST_CLOSING = 5
_MOST_BELOW = 8
"""Lines of a signature: name, role, firm, address, order number."""
_LONGEST_BELOW = 8
_SPEAKS = frozenset("!?¡¿")
_POINTS = str.maketrans(",:;.", "    ")


def body(text: str, lexicon: Lexicon) -> str:
    """The text without a greeting on a line of its own, and without a closing and the short lines
    below it. Lines below a closing that say something, as a postscript does, stay."""
    lines = text.split("\n")
    if len(lines) == 1:
        return text
    filled = [n for n, line in enumerate(lines) if line.strip()]
    dropped: set[int] = set()
    for n in filled[:_FIRST_LINES]:
        if _begins(lines[n], lexicon.greetings, _LONGEST_GREETING):
            dropped.add(n)
            break
    for place in range(len(filled) - 1, max(len(filled) - 2 - _MOST_BELOW, 0), -1):
        if _begins(lines[filled[place]], lexicon.closings, _LONGEST_CLOSING):
            dropped.add(filled[place])
            below = filled[place + 1 :]
            if all(_is_signature(lines[n]) for n in below):
                dropped.update(below)
            break
    return "\n".join(line for n, line in enumerate(lines) if n not in dropped) if dropped else text


def _begins(line: str, phrases: Sequence[str], longest: int) -> bool:
    line = line.strip(" !¡")
    if not _SPEAKS.isdisjoint(line):
        return False
    said = plain(line).translate(_POINTS).split()
    return len(said) <= longest and f"{' '.join(said)} ".startswith(tuple(phrases))


def _is_signature(line: str) -> bool:
    return len(line.split()) <= _LONGEST_BELOW and _SPEAKS.isdisjoint(line)
