"""Questions to a person at a terminal, asked until the answer can be used, and results shown
between them. All raise click.Abort at Ctrl-C and at the end of the input."""

from collections.abc import Callable, Iterable
from shutil import get_terminal_size
from textwrap import fill
from typing import Any, TypeVar

import click

from mailresponder.cli import output
from mailresponder.errors import ConfigError
from mailresponder.jobs.results import CheckResult

T = TypeVar("T")

_WIDEST = 96
"""Columns of a paragraph, where the terminal has them."""


def ask_until(text: str, proposed: str, put: Callable[[str], T]) -> T:
    """What `put` makes of the answer; while it raises ValueError or ConfigError, ask again.

    `proposed`: what Enter alone stands for; empty: an empty answer.
    """
    while True:
        said = _asked(text, default=proposed, show_default=bool(proposed)).strip()
        try:
            return put(said)
        except ConfigError as error:
            complaints = [(problem.message, problem.hint) for problem in error.problems]
        except ValueError as error:
            complaints = [error.args]
        # One answer may stand in several places, and be as wrong in each.
        for words in dict.fromkeys(complaints):
            output.say_marked(f"  {output.one_line('; '.join(filter(None, words)))}", colour="red")


def ask_secret(text: str) -> str:
    """What is typed without being shown; Enter alone is empty."""
    return _asked(text, default="", show_default=False, hide_input=True)


def _asked(text: str, **how: Any) -> str:
    """What is typed. A terminal that is not set to UTF-8 may send what is no text in it."""
    while True:
        try:
            return str(click.prompt(text, **how))
        except UnicodeDecodeError:
            output.say_marked("  That is not text in UTF-8: how is the terminal set?", colour="red")


def several(said: str) -> tuple[str, ...]:
    """The words of an answer that may be a list, with or without commas."""
    return tuple(said.replace(",", " ").split())


def head(text: str) -> None:
    """Begin a part."""
    output.say()
    output.say_marked(text, colour="cyan")


def listed(texts: Iterable[str]) -> None:
    """Print paragraphs, each with a dash before it."""
    for text in texts:
        _paragraph(text, "  - ")


def tell(text: str) -> None:
    """Print a paragraph between two questions."""
    _paragraph(text, "  ")


def _paragraph(text: str, bullet: str) -> None:
    output.say(
        fill(
            text,
            min(get_terminal_size().columns, _WIDEST),
            initial_indent=bullet,
            subsequent_indent=" " * len(bullet),
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


def show(results: Iterable[CheckResult]) -> frozenset[str]:
    """Print each result as it comes; gives the names of those that failed."""
    failed = set()
    for result in results:
        output.say_result(result, indent="  ")
        if not result.ok:
            failed.add(result.name)
    return frozenset(failed)


def advise(text: str) -> None:
    """Print what to do about it."""
    output.say_advice(text, indent="  ")
