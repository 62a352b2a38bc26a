"""Long lists of phrases, which are looked for in every mail and found in few.

A pattern of many phrases is tried at each character of a text, one phrase after the other: that
took longer than all else that is decided about a mail. Whether a text has a word that one of the
phrases needs is known many times sooner.
"""

import re
from collections.abc import Callable, Iterable
from functools import cached_property

Tried = Callable[[str], re.Match[str] | None]


def folded(text: str) -> str:
    """Without case. The dot that a Turkish capital I leaves behind goes as well."""
    return text.casefold().replace("\u0307", "")


class _Uncompiled:
    """A pattern that is compiled when it is first tried: a long one takes up to ten milliseconds,
    and a pass that finds no mail, or none of its kind, never tries it."""

    def __init__(self, pattern: str, flags: re.RegexFlag = re.NOFLAG) -> None:
        self.pattern = pattern
        self.flags = flags

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern, self.flags)


class Late(_Uncompiled):
    """A long pattern. Once tried, it costs no more than one of `re`."""

    @cached_property
    def match(self) -> Tried:
        """As `re.Pattern.match`, and so the others."""
        return self._compiled.match

    @cached_property
    def search(self) -> Tried:
        return self._compiled.search

    @cached_property
    def fullmatch(self) -> Tried:
        return self._compiled.fullmatch


class Phrases(_Uncompiled):
    """A pattern, behind words of which each text that it matches has one."""

    def __init__(self, pattern: str, *, words: str, case: bool = False) -> None:
        """`words` are `folded`, with `|` between them; few and rare ones cost least. `case`: the
        pattern minds it."""
        super().__init__(pattern, re.NOFLAG if case else re.IGNORECASE)
        self.words = tuple(words.split("|"))
        self._plain_words = tuple(filter(str.isascii, self.words))

    def search(self, text: str, plain: str | None = None) -> re.Match[str] | None:
        """As `re.Pattern.search`. `plain`: the `comparable` text, where it is known."""
        return self._compiled.search(text) if self.may_stand_in(text, plain) else None

    def sub(self, replacement: str, text: str) -> str:
        """As `re.Pattern.sub`."""
        return self._compiled.sub(replacement, text) if self.may_stand_in(text) else text

    def may_stand_in(self, text: str, plain: str | None = None) -> bool:
        """Has a text one of the words?"""
        words = self._plain_words if text.isascii() else self.words
        return any(map((comparable(text) if plain is None else plain).__contains__, words))


def how_many(many: Iterable[Phrases], text: str) -> int:
    """How many of these stand in a text."""
    plain = comparable(text)
    return sum(phrases.search(text, plain) is not None for phrases in many)


def comparable(text: str) -> str:
    """Text as `Phrases.words` are compared with it: where case counts for nothing, the Turkish ı
    is an i too."""
    return text.lower() if text.isascii() else folded(text).replace("ı", "i")
