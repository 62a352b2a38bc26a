"""Long lists of phrases, which are looked for in every mail and found in few.

A pattern of many phrases is tried at each character of a text, one phrase after the other: that
took longer than all else that is decided about a mail. Whether a text has a word that one of the
phrases needs is known many times sooner.
"""

import re
from functools import cached_property


def folded(text: str) -> str:
    """Without case. The dot that a Turkish capital I leaves behind goes as well."""
    return text.casefold().replace("\u0307", "")


class Phrases:
    """A pattern, behind words of which each text that it matches has one."""

    def __init__(self, pattern: str, *, words: str, case: bool = False) -> None:
        """`words` are `folded`, with `|` between them. `case`: the pattern minds it. It is
        compiled when it is first tried."""
        self.pattern = pattern
        self.flags = re.NOFLAG if case else re.IGNORECASE
        self.words = tuple(words.split("|"))
        self._plain_words = tuple(filter(str.isascii, self.words))

    def search(self, text: str) -> re.Match[str] | None:
        """As `re.Pattern.search`."""
        return self._compiled.search(text) if self._may_stand_in(text) else None

    def sub(self, replacement: str, text: str) -> str:
        """As `re.Pattern.sub`."""
        return self._compiled.sub(replacement, text) if self._may_stand_in(text) else text

    def _may_stand_in(self, text: str) -> bool:
        if text.isascii():
            plain, words = text.lower(), self._plain_words
        else:
            plain, words = comparable(text), self.words
        return any(word in plain for word in words)

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern, self.flags)


def comparable(text: str) -> str:
    """Text as `Phrases.words` are compared with it: where case counts for nothing, the Turkish ı
    is an i too."""
    return folded(text).replace("ı", "i")
