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
        self.others: tuple[TemplateError, ...] = ()
        """What else was found in the same source, further down."""

    def __str__(self) -> str:
        return f"{self.name}, line {self.line}: {self.message}"


MOST = 20
"""Mistakes that are told of one source; whoever has more mends these first."""


def together(found: Iterable[TemplateError]) -> TemplateError:
    """The first of several mistakes by its line, with the others; at least one is needed."""
    told = {(error.line, error.message): error for error in found}
    first, *others = sorted(told.values(), key=lambda error: error.line)
    first.others = tuple(others[: MOST - 1])
    return first


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean …?` with the known word most like this one, or nothing."""
    found = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f"; did you mean `{found[0]}`?" if found else ""
