"""Long lists of phrases, which are looked for in every mail and found in few.

A pattern of many phrases is tried at each character of a text, one phrase after the other: that
took longer than all else that is decided about a mail. Whether a text has a word that one of the
phrases needs is known fifty times sooner.
"""

import re
from functools import cached_property

from mailresponder.mail.marks import folded


class Phrases:
    """A pattern without regard to case, as `re` has it, behind words of which each text that it
    matches has one."""

    def __init__(self, pattern: str, *, words: str) -> None:
        """`words` are `folded`, with `|` between them. The pattern is compiled when it is first
        tried."""
        self.pattern = pattern
        self.words = tuple(words.split("|"))

    def search(self, text: str) -> re.Match[str] | None:
        """As `re.Pattern.search`."""
        plain = _plain(text)
        if any(word in plain for word in self.words):
            return self._compiled.search(text)
        return None

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern, re.IGNORECASE)


def _plain(text: str) -> str:
    # For a pattern without regard to case, the Turkish ı is an i too.
    return folded(text) if text.isascii() else folded(text).replace("ı", "i")
