"""Does a text repeat what was not meant for its reader? By words in a row, not by meaning."""

import re
from collections.abc import Iterable, Sequence

ROW = 8
"""So many words in a row are no accident."""
_SHORTEST_LINE = 4
"""Words of a line that are no accident where they are all of it."""
_LIMIT = 60_000
"""Characters of one text that are looked at."""
_COMMON_LINES = 12
_SIGNATURE_WORDS = 6
"""Words of a line of a signature, at most."""

_WORD = re.compile(r"\w+")

Rows = set[tuple[str, ...]]


def repeats(text: str, *, secret: Iterable[str], known: Iterable[str]) -> bool:
    """Does `text` have so many words in a row, or a whole line, in common with a secret one that
    no known one has? Linear in the length of all of them."""
    secrets = [one[:_LIMIT] for one in secret]
    if not secrets:
        return False
    open_ = [_words(one[:_LIMIT]) for one in known]
    words = _words(text[:_LIMIT])
    for size in range(_SHORTEST_LINE, ROW + 1):
        theirs = _rows_of(secrets, size)
        common = _rows(words, size) & theirs
        if common and common - _all(open_, size):
            return True
    return False


def without_common_end(text: str, others: Iterable[str]) -> str:
    """The text without the short lines at its end with which one of the others ends too, as
    signatures are. The first line always stays."""
    lines = _lines(text)
    longest = max((_common(lines, _lines(other)) for other in others), default=0)
    return "\n".join(lines[: len(lines) - longest])


def _rows_of(texts: Sequence[str], size: int) -> Rows:
    """All rows of the full size; of a smaller one those that are a line by themselves."""
    if size == ROW:
        return _all([_words(text) for text in texts], size)
    lines = (tuple(_words(line)) for text in texts for line in text.split("\n"))
    return {line for line in lines if len(line) == size}


def _all(texts: Iterable[Sequence[str]], size: int) -> Rows:
    return {row for words in texts for row in _rows(words, size)}


def _rows(words: Sequence[str], size: int) -> Rows:
    return {tuple(words[at : at + size]) for at in range(len(words) - size + 1)}


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text[:_LIMIT].split("\n") if line.strip()]


def _common(lines: Sequence[str], others: Sequence[str]) -> int:
    count = 0
    limit = min(len(lines), len(others), _COMMON_LINES + 1) - 1
    while count < limit and lines[-1 - count].casefold() == others[-1 - count].casefold():
        if len(lines[-1 - count].split()) > _SIGNATURE_WORDS:
            break
        count += 1
    return count
