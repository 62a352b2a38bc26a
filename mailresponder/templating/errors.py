"""What is told of a template that cannot be used."""

import difflib
from collections.abc import Iterable

from mailresponder.errors import MailresponderError


class TemplateError(MailresponderError):
    """A template that cannot be used. The text never holds what a customer wrote."""

    def __init__(self, name: str, line: int, message: str) -> None:
        super().__init__(f"{name}, line {line}: {message}")
        self.name = name
        """The template as it was called when it was compiled."""
        self.line = line
        """Counted from 1."""
        self.message = message

    def __str__(self) -> str:
        return f"{self.name}, line {self.line}: {self.message}"


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean …?` with the known word most like this one, or nothing."""
    found = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f"; did you mean `{found[0]}`?" if found else ""
